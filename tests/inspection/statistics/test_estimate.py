"""Estimates: against hand calculation, enumeration of all samples, and simulation."""

import random
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from math import isclose

import pytest

from inspection.sampling import StratumSize
from inspection.statistics.estimate import CENSUS, EXACT, NONE, GroupSize, estimate
from inspection.statistics.hypergeometric import bounds
from inspection.statistics.tally import Tally, VerdictCounts


def counts(passed: int = 0, failed: int = 0, unknown: int = 0, closed: int = 0) -> VerdictCounts:
    return VerdictCounts(passed=passed, failed=failed, not_determined=unknown, closed=closed)


def strata(**sizes: tuple[int, int]) -> dict[str, StratumSize]:
    """``name=(drawable, sampled)``."""
    return {
        name: StratumSize(stratum=name, population=population, certain=0, sampled=sampled)
        for name, (population, sampled) in sizes.items()
    }


def whole(design: dict[str, StratumSize], certain: int = 0) -> GroupSize:
    drawable = sum(row.population for row in design.values())
    return GroupSize(population=drawable + certain, drawable=drawable)


def test_a_simple_random_sample_has_the_exact_hypergeometric_interval():
    design = strata(a=(1000, 100))
    found = estimate(Tally(drawn={"a": counts(91, 9)}), whole(design), design)
    assert (found.rate, found.method, found.small_cell) == (0.91, EXACT, False)
    assert (found.low, found.high) == bounds(91, 100, 1000)


def test_the_finite_population_narrows_the_interval():
    widths = []
    for population in (110, 200, 1000, 100_000):
        design = strata(a=(population, 100))
        found = estimate(Tally(drawn={"a": counts(90, 10)}), whole(design), design)
        widths.append(found.high - found.low)
    assert widths == sorted(widths)
    assert widths[0] < widths[-1] / 2


def test_strata_are_weighted_by_their_population():
    design = strata(big=(900, 10), small=(100, 10))
    found = estimate(Tally(drawn={"big": counts(9, 1), "small": counts(5, 5)}), whole(design), design)
    assert found.rate == pytest.approx(0.9 * 0.9 + 0.1 * 0.5)
    assert found.low < found.rate < found.high


def test_weights_bound_the_rate():
    """Nine decided of ten in the one stratum stand for its 900 sites together with the one that is not."""
    design = strata(big=(900, 10), small=(100, 10))
    tally = Tally(certain=counts(3, 0), drawn={"big": counts(8, 1, unknown=1), "small": counts(5, 5)})
    found = estimate(tally, whole(design, certain=3), design)
    decided = 1000 * (9 * 90 + 10 * 10) / 1000
    least, most = 1.0, 90 * decided / (9 * 90 + 10 * 10)
    assert found.weights == pytest.approx((least, most))
    weights = {"certain": 1.0, "big": most, "small": most / 9}
    mean = (3 * weights["certain"] + 8 * weights["big"] + 5 * weights["small"]) / (3 + 9 * most + 10 * most / 9)
    assert found.rate == pytest.approx(mean)
    equal = strata(a=(1000, 100))
    one = estimate(Tally(drawn={"a": counts(91, 9)}), whole(equal), equal)
    assert one.weights == pytest.approx((10, 10))


def test_the_interval_by_hand():
    """Design effect and effective size of the sample above, calculated step by step."""
    design = strata(big=(900, 10), small=(100, 10))
    found = estimate(Tally(drawn={"big": counts(9, 1), "small": counts(5, 5)}), whole(design), design)
    within = {"big": 10 * 0.9 * 0.1 / 9, "small": 10 * 0.5 * 0.5 / 9}
    variance = 0.9**2 * (1 - 10 / 900) * within["big"] / 10 + 0.1**2 * (1 - 10 / 100) * within["small"] / 10
    simple = (1 - 20 / 1000) * 0.86 * 0.14 / 19
    kish = 20 * (10 * 90**2 + 10 * 10**2) / 1000**2
    effective = int(20 / max(kish, variance / simple))
    assert (found.low, found.high) == pytest.approx(bounds(0.86 * effective, effective, 1000))


@pytest.mark.parametrize(("passed", "rate"), [(0, 0.0), (30, 1.0)])
def test_all_or_none_passed_still_leaves_doubt(passed, rate):
    design = strata(a=(500, 20), b=(100, 10))
    tally = Tally(drawn={"a": counts(*(20, 0) if passed else (0, 20)), "b": counts(*(10, 0) if passed else (0, 10))})
    found = estimate(tally, whole(design), design)
    assert found.rate == rate
    assert 0.08 < found.high - found.low < 0.2
    assert found.low == 0.0 if rate == 0 else found.high == 1.0


def test_a_census_has_no_doubt_and_is_never_too_small():
    design = strata(a=(3, 3))
    found = estimate(Tally(certain=counts(2, 1)), GroupSize(population=3, drawable=0), design)
    assert (found.rate, found.low, found.high, found.method) == (2 / 3, 2 / 3, 2 / 3, CENSUS)
    assert not found.small_cell


def test_a_group_of_which_chance_took_every_site_is_a_census():
    design = strata(a=(100, 10), b=(50, 25))
    found = estimate(Tally(drawn={"a": counts(2, 1), "b": counts(1, 0)}), GroupSize(population=4, drawable=4), design)
    assert (found.rate, found.low, found.high, found.method) == (0.75, 0.75, 0.75, CENSUS)


def test_certain_sites_stand_for_themselves_only():
    design = strata(a=(100, 10))
    found = estimate(Tally(certain=counts(0, 10), drawn={"a": counts(10, 0)}), whole(design, certain=10), design)
    low, _ = bounds(10, 10, 100)
    assert found.rate == pytest.approx(100 / 110)
    assert found.low == pytest.approx(100 * low / 110)
    assert found.high == pytest.approx(100 / 110)


def test_nothing_known_of_the_part_left_to_chance():
    design = strata(a=(90, 5))
    found = estimate(Tally(certain=counts(10, 0)), whole(design, certain=10), design)
    assert (found.rate, found.low, found.high) == (1.0, 0.1, 1.0)


def test_sites_not_determined_and_closed_leave_the_denominator():
    design = strata(a=(1000, 100))
    found = estimate(Tally(drawn={"a": counts(72, 8, 15, 5)}), whole(design), design)
    assert found.rate == pytest.approx(0.9)
    assert found.worst == pytest.approx(72 / 95)
    assert found.best == pytest.approx(87 / 95)


@pytest.mark.parametrize(
    ("tally", "worst", "best"),
    [
        (Tally(), None, None),
        (Tally(drawn={"a": counts(closed=3)}), None, None),
        (Tally(certain=counts(unknown=2)), 0, 1),
    ],
)
def test_nothing_decided_gives_no_rate(tally, worst, best):
    found = estimate(tally, GroupSize(population=20, drawable=18), strata(a=(18, 5)))
    assert (found.rate, found.low, found.high, found.method) == (None, None, None, NONE)
    assert (found.worst, found.best, found.small_cell) == (worst, best, True)


@pytest.mark.parametrize(("decided", "small"), [(9, True), (10, False)])
def test_small_cells_say_so(decided, small):
    design = strata(a=(100, decided))
    found = estimate(Tally(drawn={"a": counts(decided)}), whole(design), design)
    assert found.small_cell is small


def test_a_stratum_with_a_single_draw_adds_doubt():
    design = strata(a=(100, 20), b=(100, 1), c=(100, 1))
    found = estimate(Tally(drawn={"a": counts(19, 1), "b": counts(1, 0), "c": counts(0, 1)}), whole(design), design)
    assert found.rate == pytest.approx((0.95 + 1 + 0) / 3)
    assert found.high - found.low > 0.5


Population = dict[str, Sequence[int]]


def all_samples(population: Population, sizes: dict[str, int]) -> Iterator[Tally]:
    """Every sample that the design can give; all are equally likely."""
    per_stratum = [list(combinations(values, sizes[name])) for name, values in population.items()]
    for drawn in product(*per_stratum):
        yield Tally(
            drawn={
                name: counts(sum(values), len(values) - sum(values))
                for name, values in zip(population, drawn, strict=True)
            }
        )


SMALL: Population = {"a": (1, 1, 1, 1, 1, 0), "b": (1, 1, 0, 0), "c": (1, 1, 1, 1, 1)}
SIZES = {"a": 3, "b": 2, "c": 2}


def test_the_estimate_is_unbiased_over_all_samples():
    design = strata(**{name: (len(values), SIZES[name]) for name, values in SMALL.items()})
    rates = [estimate(tally, whole(design), design).rate for tally in all_samples(SMALL, SIZES)]
    truth = sum(map(sum, SMALL.values())) / sum(map(len, SMALL.values()))
    assert len(rates) == 20 * 6 * 10
    assert isclose(sum(rates) / len(rates), truth)


def test_the_interval_covers_over_all_samples():
    design = strata(**{name: (len(values), SIZES[name]) for name, values in SMALL.items()})
    truth = sum(map(sum, SMALL.values())) / sum(map(len, SMALL.values()))
    found = [estimate(tally, whole(design), design) for tally in all_samples(SMALL, SIZES)]
    assert sum(each.low <= truth <= each.high for each in found) / len(found) >= 0.95


DESIGNS = {
    "simple": {"a": (1000, 100, 0.91)},
    "proportional": {"a": (500, 50, 0.99), "b": (300, 30, 0.9), "c": (200, 20, 0.7)},
    "province by class": {
        **{f"s{n}": (69, 1, 0.92) for n in range(100)},
        **{f"l{n}": (500, 7, 0.9) for n in range(40)},
    },
    "two of each": {f"s{n}": (50, 2, 0.9) for n in range(30)},
    "failures in the light stratum": {"heavy": (2000, 20, 0.95), "light": (200, 100, 0.99)},
    "failures in the heavy stratum": {"heavy": (2000, 40, 0.99), "light": (40, 20, 0.5)},
    "neyman": {"a": (2000, 30, 0.98), "b": (1000, 60, 0.7)},
    "half taken": {"a": (60, 30, 0.8), "b": (40, 20, 0.9)},
    "nearly all taken": {"a": (20, 18, 0.95)},
    "middle": {"a": (1000, 60, 0.5), "b": (400, 40, 0.3)},
}


@pytest.mark.parametrize("name", DESIGNS)
def test_the_95_percent_interval_covers(name):
    """Over 600 seeded draws from a synthetic population; a tenth of the sites cannot be determined."""
    random_ = random.Random(20261120)
    design = strata(**{stratum: (size, sampled) for stratum, (size, sampled, _) in DESIGNS[name].items()})
    population = {stratum: _verdicts(random_, size, share) for stratum, (size, _, share) in DESIGNS[name].items()}
    every = [verdict for values in population.values() for verdict in values]
    truth = every.count("passed") / (every.count("passed") + every.count("failed"))
    found = [estimate(_sample(random_, population, design), whole(design), design) for _ in range(600)]
    covered = sum(each.low <= truth <= each.high for each in found) / len(found)
    assert covered >= 0.93


def _verdicts(random_: random.Random, size: int, share: float) -> list[str]:
    passed = round(size * share)
    verdicts = ["passed"] * passed + ["failed"] * (size - passed)
    return [verdict if random_.random() < 0.9 else "not_determined" for verdict in verdicts]


def _sample(random_: random.Random, population: dict[str, list[str]], design: dict[str, StratumSize]) -> Tally:
    drawn = {}
    for name, row in design.items():
        taken = random_.sample(population[name], row.sampled)
        drawn[name] = counts(taken.count("passed"), taken.count("failed"), taken.count("not_determined"))
    return Tally(drawn=drawn)


def test_certain_sites_have_no_error_of_their_own():
    """Half of the decidable sites certain: half the error. All of them: none."""
    strata = {"a": StratumSize(stratum="a", population=100, certain=0, sampled=20)}
    drawn = {"a": VerdictCounts(passed=15, failed=5)}
    size = GroupSize(population=100, drawable=100)
    alone = estimate(Tally(drawn=drawn), size, strata)
    assert alone.standard_error == pytest.approx(((1 - 0.2) * 0.75 * 0.25 / 19) ** 0.5)
    joined = Tally(certain=VerdictCounts(passed=80, failed=20), drawn=drawn)
    half = estimate(joined, GroupSize(population=200, drawable=100), strata)
    assert half.standard_error == pytest.approx(alone.standard_error / 2)
    census = estimate(Tally(certain=VerdictCounts(passed=80, failed=20)), GroupSize(population=100, drawable=0), {})
    assert census.standard_error == 0
    unknown = Tally(certain=VerdictCounts(passed=8), drawn={"a": VerdictCounts(not_determined=20)})
    assert estimate(unknown, GroupSize(population=108, drawable=100), strata).standard_error is None
