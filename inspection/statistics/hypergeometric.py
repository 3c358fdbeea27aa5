"""Exact confidence bounds for a count in a finite population (the hypergeometric Clopper-Pearson interval).

Of ``population`` sites ``sampled`` were drawn without replacement and ``passed`` of these passed. The interval
holds each number ``K`` of passing sites in the population under which neither so many nor so few would be
rarer than ``alpha / 2``. A sample that is the population leaves one value; a large population gives the
binomial interval of Clopper and Pearson.

Buonaccorsi, J. P. (1987): A note on confidence intervals for proportions in finite populations. The American
Statistician 41, 215-218.
"""

from math import exp, floor, lgamma

import msgspec

_EQUAL = 1 - 1e-9
"""Probabilities that differ by rounding alone are equal, and what is exactly as rare as the tail is kept."""


def bounds(passed: float, sampled: int, population: int, *, alpha: float = 0.05) -> tuple[float, float]:
    """Lower and upper bound of the population's share that passes.

    ``passed`` may lie between two whole numbers (an effective count); the bounds are then interpolated.
    Needs ``0 <= passed <= sampled <= population`` and ``sampled > 0``.
    """
    below = min(floor(passed), sampled)
    low, high = _bounds(below, sampled, population, alpha)
    part = passed - below
    if part <= 0:
        return low, high
    next_low, next_high = _bounds(below + 1, sampled, population, alpha)
    return low + part * (next_low - low), high + part * (next_high - high)


def _bounds(passed: int, sampled: int, population: int, alpha: float) -> tuple[float, float]:
    low = _smallest(passed, sampled, population, alpha / 2)
    # Passing and failing change places: the most that pass is what is left by the fewest that fail.
    high = population - _smallest(sampled - passed, sampled, population, alpha / 2)
    return low / population, high / population


def _smallest(hits: int, sampled: int, population: int, tail: float) -> int:
    """The smallest number of marked units under which at least ``hits`` marked draws are no rarer than ``tail``."""
    low, high = hits, population - (sampled - hits)
    while low < high:
        middle = (low + high) // 2
        if _Urn(marked=middle, draws=sampled, population=population).at_least(hits) >= tail * _EQUAL:
            high = middle
        else:
            low = middle + 1
    return low


class _Urn(msgspec.Struct, frozen=True, kw_only=True):
    """``draws`` without replacement out of ``population`` units, some of them marked."""

    marked: int
    draws: int
    population: int

    @property
    def unmarked_left(self) -> int:
        """Unmarked units beyond the number of draws; negative where some marked ones must come."""
        return self.population - self.marked - self.draws

    def at_least(self, hits: int) -> float:
        """P(X >= hits) for X marked units among the draws."""
        first, last = max(0, -self.unmarked_left), min(self.draws, self.marked)
        if hits <= first:
            return 1.0
        if hits > last:
            return 0.0
        if hits * (self.population + 2) > (self.draws + 1) * (self.marked + 1):  # beyond the mode the terms fall
            return self._sum(hits, last)
        return 1.0 - self._sum(hits - 1, first)

    def _sum(self, start: int, end: int) -> float:
        """Probabilities from ``start`` outwards to ``end``, which fall; stops when they no longer count."""
        term = total = exp(self._log_probability(start))
        step = 1 if end >= start else -1
        for k in range(start, end, step):
            term *= self._ratio(k) if step > 0 else 1 / self._ratio(k - 1)
            total += term
            if term < total * 1e-17:
                break
        return min(total, 1.0)

    def _ratio(self, k: int) -> float:
        """P(X = k + 1) / P(X = k)."""
        return (self.marked - k) * (self.draws - k) / ((k + 1) * (self.unmarked_left + k + 1))

    def _log_probability(self, k: int) -> float:
        marked, unmarked = self.marked, self.population - self.marked
        ways = _log_choose(marked, k) + _log_choose(unmarked, self.draws - k)
        return ways - _log_choose(self.population, self.draws)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
