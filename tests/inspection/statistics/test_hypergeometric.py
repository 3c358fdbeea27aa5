"""Exact bounds against enumeration, published values and their own definition."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspection.statistics.hypergeometric import bounds


def at_least(hits: int, draws: int, marked: int, population: int) -> Fraction:
    ways = sum(comb(marked, k) * comb(population - marked, draws - k) for k in range(hits, draws + 1))
    return Fraction(ways, comb(population, draws))


@given(st.data())
def test_bounds_are_those_of_the_definition(data):
    population = data.draw(st.integers(1, 40))
    draws = data.draw(st.integers(1, population))
    hits = data.draw(st.integers(0, draws))
    possible = [
        marked
        for marked in range(hits, population - (draws - hits) + 1)
        if at_least(hits, draws, marked, population) >= Fraction(1, 40)
        and 1 - at_least(hits + 1, draws, marked, population) >= Fraction(1, 40)
    ]
    low, high = bounds(hits, draws, population)
    assert (low, high) == (possible[0] / population, possible[-1] / population)


@pytest.mark.parametrize(("population", "draws"), [(12, 5), (30, 12), (50, 45)])
def test_exact_coverage_never_falls_below_the_promise(population, draws):
    for marked in range(population + 1):
        covered = Fraction(0)
        for hits in range(max(0, draws - (population - marked)), min(draws, marked) + 1):
            low, high = bounds(hits, draws, population)
            if low <= marked / population <= high:
                covered += at_least(hits, draws, marked, population) - at_least(hits + 1, draws, marked, population)
        assert covered >= Fraction(95, 100)


@pytest.mark.parametrize(
    ("hits", "draws", "low", "high"),
    # Clopper-Pearson for an infinite population, quantiles of the beta distribution
    [(91, 100, 0.836018, 0.958016), (0, 10, 0.0, 0.308497), (10, 10, 0.691503, 1.0), (427, 469, 0.880880, 0.934696)],
)
def test_a_large_population_gives_clopper_pearson(hits, draws, low, high):
    assert bounds(hits, draws, 10_000_000) == pytest.approx((low, high), abs=2e-6)


def test_a_whole_population_leaves_one_value():
    assert bounds(3, 5, 5) == (0.6, 0.6)


@given(st.integers(1, 43_143), st.data())
def test_bounds_enclose_the_share_for_fractional_hits_too(population, data):
    draws = data.draw(st.integers(1, min(population, 2000)))
    hits = data.draw(st.floats(0, draws))
    low, high = bounds(hits, draws, population)
    # The population's share can only take steps of one site.
    assert 0 <= low <= hits / draws + 1 / population
    assert hits / draws - 1 / population <= high <= 1


def test_bounds_grow_with_the_hits():
    ladder = [bounds(hits / 4, 40, 500) for hits in range(161)]
    assert ladder == sorted(ladder)
