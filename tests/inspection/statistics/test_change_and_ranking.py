"""What may be said of two rates, and of many."""

import random
from math import sqrt

import pytest

from inspection.sampling import StratumSize
from inspection.statistics.change import Share, change_since, difference
from inspection.statistics.estimate import GroupSize, estimate
from inspection.statistics.ranking import standings
from inspection.statistics.tally import Tally, VerdictCounts


def share(rate, low=None, high=None, **rest) -> Share:
    return Share(rate=rate, low=low, high=high, **rest)


def wilson(hits: int, n: int) -> tuple[float, float]:
    z, p = 1.959964, hits / n
    arm = z * sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    return (p + z * z / 2 / n - arm) / (1 + z * z / n), (p + z * z / 2 / n + arm) / (1 + z * z / n)


def test_the_interval_of_a_difference_is_newcombes():
    """Example (a) of Newcombe (1998), table II, method 10: 56/70 - 48/80, Wilson intervals."""
    first, second = share(56 / 70, *wilson(56, 70)), share(48 / 80, *wilson(48, 80))
    found = difference(first, second)
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    assert found.is_significant


def test_a_change_that_chance_could_have_made():
    change = change_since(share(0.91, 0.88, 0.93), share(0.92, 0.89, 0.94))
    assert change.points == pytest.approx(1)
    assert change.significant is False
    assert (
        change.statement == "比上期提高1.0个百分点，变化无统计学意义（95%置信区间 \N{MINUS SIGN}2.6 至 +4.6 个百分点）"
    )


def test_a_change_that_chance_could_not_have_made():
    change = change_since(share(0.95, 0.93, 0.97), share(0.85, 0.82, 0.88))
    assert (change.points, change.significant) == (pytest.approx(-10), True)
    assert change.statement.startswith("比上期下降10.0个百分点，变化有统计学意义")


def test_no_change_at_all():
    change = change_since(share(0.91, 0.88, 0.93), share(0.91, 0.9, 0.92))
    assert (change.points, change.significant) == (0, False)
    assert change.statement.startswith("与上期持平，变化无统计学意义")


def test_two_censuses_differ_as_they_do():
    change = change_since(share(0.9, 0.9, 0.9), share(0.91, 0.91, 0.91))
    assert change.significant is True
    assert change.statement == "比上期提高1.0个百分点，两期均为全部检查，变化即实际变化"


def test_a_change_too_small_to_be_printed_is_not_called_none():
    change = change_since(share(0.9, 0.9, 0.9), share(0.9002, 0.9002, 0.9002))
    assert (change.points, change.significant) == (pytest.approx(0.02), True)
    assert change.statement == "与上期基本持平（变化不足0.1个百分点），两期均为全部检查，变化即实际变化"
    same = change_since(share(0.9, 0.9, 0.9), share(0.9, 0.9, 0.9))
    assert same.statement == "与上期持平，两期均为全部检查"


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (share(0.9, 0.8, 0.95, small_cell=True), share(0.5, 0.4, 0.6), "得出结论的网站过少"),
        (share(0.9, 0.8, 0.95), share(0.5, 0.4, 0.6, small_cell=True), "得出结论的网站过少"),
        (share(0.9), share(0.5, 0.4, 0.6), "没有置信区间"),
    ],
)
def test_where_nothing_can_be_said(before, now, told):
    change = change_since(before, now)
    assert change.points == pytest.approx(-40)
    assert change.significant is None
    assert told in change.statement


def test_an_unknown_rate_has_no_change():
    assert change_since(share(None), share(0.9, 0.8, 0.95)) is None
    assert change_since(share(0.9, 0.8, 0.95), share(None)) is None


def test_shared_sites_are_told():
    assert (
        "两期样本有 1,200 个网站相同"
        in change_since(share(0.9, 0.8, 0.95), share(0.8, 0.7, 0.9), shared=1200).statement
    )


def test_equal_rounds_are_seldom_called_different():
    """Two independent samples of one population: at most 5 % of 2,000 pairs may be called a significant change."""
    draws, rng = 150, random.Random(20170331)
    size, strata = GroupSize(population=3000, drawable=3000), {}
    strata["a"] = StratumSize(stratum="a", population=3000, certain=0, sampled=draws)

    def sample():
        passed = sum(rng.random() < 0.9 for _ in range(draws))
        return estimate(Tally(drawn={"a": VerdictCounts(passed=passed, failed=draws - passed)}), size, strata)

    called = sum(change_since(sample(), sample()).significant for _ in range(2000))
    assert 10 < called <= 100


def test_ranks_stand_where_intervals_part():
    rates = {"a": share(0.99, 0.98, 1.0), "b": share(0.8, 0.77, 0.83), "c": share(0.79, 0.76, 0.82)}
    found = standings(rates)
    assert [(found[key].best, found[key].worst, found[key].rank) for key in "abc"] == [(1, 1, 1), (2, 3, 2), (2, 3, 2)]


def test_no_rank_where_nothing_parts():
    found = standings({"a": share(0.9, 0.8, 0.95), "b": share(0.85, 0.75, 0.92)})
    assert [each.rank for each in found.values()] == [None, None]
    assert standings({"a": share(0.9, 0.8, 0.95)})["a"].rank is None


def test_small_cells_have_no_standing_and_count_for_nobody():
    rates = {"a": share(1.0, 0.7, 1.0, small_cell=True), "b": share(0.9, 0.88, 0.92), "c": share(0.5, 0.45, 0.55)}
    found = standings(rates)
    assert "a" not in found
    assert (found["b"].rank, found["c"].rank) == (1, 2)


def test_many_comparisons_need_more_than_one():
    """Two groups that would part in a list of two do not in a list of forty."""
    pair = {"a": share(0.9, 0.86, 0.93), "b": share(0.83, 0.79, 0.87)}
    assert standings(pair)["b"].rank == 2
    many = {**pair, **{f"g{n}": share(0.87, 0.8, 0.92) for n in range(38)}}
    assert standings(many)["b"].rank is None
