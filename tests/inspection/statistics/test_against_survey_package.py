"""Our estimates against a published survey package (samplics: Taylor linearisation for stratified designs)."""

import random
import warnings

import numpy as np
import pytest

from inspection.sampling import StratumSize
from inspection.statistics.estimate import GroupSize, estimate
from inspection.statistics.kappa import Judged, cohens_kappa
from inspection.statistics.tally import Tally, VerdictCounts

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package announces its successor, and its own dependencies warn at import
    from samplics.estimation import TaylorEstimator
    from samplics.utils.types import PopParam, SinglePSUEst

STRATA = {
    "a": (400, {"passed": 37, "failed": 3}),
    "b": (90, {"passed": 20, "failed": 8, "not_determined": 2}),
    "c": (2000, {"passed": 44, "failed": 5, "not_determined": 4, "closed": 7}),
    "d": (30, {"passed": 11, "failed": 1, "closed": 3}),
}


def by_package(strata, *, within=None):
    """(ratio, standard error) of passed over decided, over all sites or those of one group."""
    rows = [
        (name, size, verdict, n)
        for name, (size, counts) in strata.items()
        for verdict, number in counts.items()
        for n in range(number)
    ]
    drawn = {name: sum(counts.values()) for name, (_, counts) in strata.items()}
    inside = [within is None or within(name, verdict, n) for name, _, verdict, n in rows]
    passed = [float(verdict == "passed" and here) for (_, _, verdict, _), here in zip(rows, inside, strict=True)]
    decided = [
        float(verdict in ("passed", "failed") and here) for (_, _, verdict, _), here in zip(rows, inside, strict=True)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = TaylorEstimator(PopParam.ratio)
        found.estimate(
            y=np.array(passed),
            x=np.array(decided),
            samp_weight=np.array([size / drawn[name] for name, size, _, _ in rows]),
            stratum=np.array([name for name, *_ in rows]),
            psu=np.arange(len(rows)),
            fpc={name: 1 - drawn[name] / size for name, (size, _) in strata.items()},
            single_psu=SinglePSUEst.error,
        )
    return float(found.point_est), float(found.stderror)


def ours(strata, *, within=None):
    drawn = {
        name: VerdictCounts(
            **{
                verdict: sum(within is None or within(name, verdict, n) for n in range(number))
                for verdict, number in counts.items()
            }
        )
        for name, (_, counts) in strata.items()
    }
    sizes = {
        name: StratumSize(stratum=name, population=size, certain=0, sampled=sum(counts.values()))
        for name, (size, counts) in strata.items()
    }
    return Tally(drawn=drawn), sizes


def assert_same(strata, *, within=None):
    rate, error = by_package(strata, within=within)
    population = sum(size for size, _ in strata.values())
    tally, sizes = ours(strata, within=within)
    found = estimate(tally, GroupSize(population=population, drawable=population), sizes)
    assert (found.rate, found.standard_error) == (pytest.approx(rate, rel=1e-9), pytest.approx(error, rel=1e-9))


def test_the_whole():
    assert_same(STRATA)


def test_a_group_that_cuts_across_strata():
    assert_same(STRATA, within=lambda name, verdict, n: n % 3 == 0 or name == "b")


def test_an_unstratified_sample():
    assert_same({"all": (43143, {"passed": 427, "failed": 42})})


@pytest.mark.parametrize("seed", range(5))
def test_designs_at_random(seed):
    rng = random.Random(seed)
    strata = {}
    for name in "abcdefg":
        counts = {verdict: rng.randint(1, 30) for verdict in ("passed", "failed", "not_determined", "closed")}
        strata[name] = (sum(counts.values()) + rng.randint(1, 900), counts)
    assert_same(strata)


def mean_by_package(rows, strata):
    """(mean, standard error) of ``value`` over (stratum, value) rows."""
    drawn = {name: sum(1 for each, _ in rows if each == name) for name in strata}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = TaylorEstimator(PopParam.mean)
        found.estimate(
            y=np.array([value for _, value in rows]),
            samp_weight=np.array([strata[name] / drawn[name] for name, _ in rows]),
            stratum=np.array([name for name, _ in rows]),
            psu=np.arange(len(rows)),
            fpc={name: 1 - drawn[name] / size for name, size in strata.items()},
            single_psu=SinglePSUEst.error,
        )
    return float(found.point_est), float(found.stderror)


@pytest.mark.parametrize("seed", range(3))
def test_kappa_of_a_stratified_sample(seed):
    """Agreement, margins and, by a numerical derivative, the linearised kappa are means that the package estimates."""
    rng = random.Random(seed)
    cells = [(one, other) for one in "pf" for other in "pf"]
    matrices = {name: {cell: rng.randint(2, 30) for cell in cells} for name in "abcd"}
    sizes = {name: sum(matrix.values()) + rng.randint(5, 900) for name, matrix in matrices.items()}
    rows = [(name, cell) for name, matrix in matrices.items() for cell, number in matrix.items() for _ in range(number)]
    shares = {cell: mean_by_package([(name, float(each == cell)) for name, each in rows], sizes)[0] for cell in cells}

    def kappa(table):
        first = {one: sum(table[one, other] for other in "pf") for one in "pf"}
        second = {other: sum(table[one, other] for one in "pf") for other in "pf"}
        chance = sum(first[each] * second[each] for each in "pf")
        return (table["p", "p"] + table["f", "f"] - chance) / (1 - chance)

    step = 1e-6
    slope = {
        cell: (kappa(shares | {cell: shares[cell] + step}) - kappa(shares | {cell: shares[cell] - step})) / (2 * step)
        for cell in cells
    }
    _, error = mean_by_package([(name, slope[cell]) for name, cell in rows], sizes)
    found = cohens_kappa([Judged(matrix=matrices[name], population=sizes[name]) for name in sizes])
    assert (found.value, found.standard_error) == (pytest.approx(kappa(shares)), pytest.approx(error, rel=1e-6))
