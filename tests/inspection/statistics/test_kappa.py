"""Cohen's kappa against worked examples and a simulation of its definition."""

from math import sqrt

import pytest

from inspection.statistics.kappa import Judged, cohens_kappa

ENDLESS = 10**9
"""A population so large that the correction for its size is none."""


def test_the_usual_worked_example() -> None:
    """Of 50 things both say yes to 20 and no to 15: agreement 0.7, by chance 0.5, kappa 0.4."""
    found = cohens_kappa(
        [Judged(matrix={("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}, population=ENDLESS)]
    )
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert found.low < 0.4 < found.high
    assert (found.high - found.low) / 2 == pytest.approx(0.2490 * sqrt(50 / 49), abs=5e-4)


def test_three_categories_of_fleiss_cohen_and_everitt() -> None:
    """Their example of 200 diagnoses, from the table of shares: kappa 0.429, variance 0.002885."""
    shares = {
        **{("a", "a"): 106, ("a", "b"): 10, ("a", "c"): 4},
        **{("b", "a"): 22, ("b", "b"): 28, ("b", "c"): 10},
        **{("c", "a"): 2, ("c", "b"): 12, ("c", "c"): 6},
    }
    found = cohens_kappa([Judged(matrix=shares, population=ENDLESS)])
    assert found is not None
    assert found.value == pytest.approx(0.429, abs=5e-4)
    assert ((found.high - found.value) / 1.96) ** 2 == pytest.approx(0.002885 * 200 / 199, abs=2e-6)


def test_where_it_is_not_defined() -> None:
    nothing: Judged[str] = Judged(matrix={}, population=9)
    assert cohens_kappa([]) is None
    assert cohens_kappa([nothing]) is None
    alike = {("y", "y"): 7}
    assert cohens_kappa([Judged(matrix=alike, population=9), Judged(matrix=alike, population=31)]) is None
    perfect = cohens_kappa([Judged(matrix={("y", "y"): 5, ("n", "n"): 5}, population=99), nothing])
    assert perfect is not None
    assert (perfect.value, perfect.low, perfect.high) == (1.0, 1.0, 1.0)


def test_strata_are_weighted_by_their_population() -> None:
    """Judged at different rates, two strata give the kappa of the table that they stand for."""
    strata = [
        Judged(matrix={("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}, population=100),
        Judged(matrix={("y", "y"): 4, ("n", "n"): 1}, population=100),
    ]
    whole = Judged(matrix={("y", "y"): 120, ("y", "n"): 10, ("n", "y"): 20, ("n", "n"): 50}, population=200)
    weighted, direct = cohens_kappa(strata), cohens_kappa([whole])
    assert weighted is not None
    assert direct is not None
    assert weighted.value == pytest.approx(direct.value)
    assert (direct.standard_error, direct.low) == (0, direct.value), "all of it was judged"
    assert weighted.low < weighted.value < weighted.high


def test_the_interval_is_never_narrower_than_the_weights_allow() -> None:
    """A heavy stratum in which nothing disagrees by chance has no variance of its own."""
    heavy = Judged(matrix={("y", "y"): 4, ("n", "n"): 4}, population=10_000)
    light = Judged(matrix={("y", "y"): 40, ("y", "n"): 20, ("n", "y"): 10, ("n", "n"): 30}, population=200)
    found = cohens_kappa([heavy, light])
    assert found is not None
    assert (found.high - found.low) / 2 > 3 * found.standard_error
