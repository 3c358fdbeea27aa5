"""Cohen's kappa against worked examples and a simulation of its definition."""

import pytest

from inspection.statistics.kappa import cohens_kappa


def test_the_usual_worked_example() -> None:
    """Of 50 things both say yes to 20 and no to 15: agreement 0.7, by chance 0.5, kappa 0.4."""
    found = cohens_kappa({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15})
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert found.low < 0.4 < found.high
    assert (found.high - found.low) / 2 == pytest.approx(0.2490, abs=5e-4)


def test_three_categories_of_fleiss_cohen_and_everitt() -> None:
    """Their example of 200 diagnoses, from the table of shares: kappa 0.429, variance 0.002885."""
    shares = {
        **{("a", "a"): 106, ("a", "b"): 10, ("a", "c"): 4},
        **{("b", "a"): 22, ("b", "b"): 28, ("b", "c"): 10},
        **{("c", "a"): 2, ("c", "b"): 12, ("c", "c"): 6},
    }
    found = cohens_kappa(shares)
    assert found is not None
    assert found.value == pytest.approx(0.429, abs=5e-4)
    assert ((found.high - found.value) / 1.96) ** 2 == pytest.approx(0.002885, abs=2e-6)


def test_where_it_is_not_defined() -> None:
    assert cohens_kappa({}) is None
    assert cohens_kappa({("y", "y"): 7}) is None
    perfect = cohens_kappa({("y", "y"): 5, ("n", "n"): 5})
    assert perfect is not None
    assert (perfect.value, perfect.low, perfect.high) == (1.0, 1.0, 1.0)
