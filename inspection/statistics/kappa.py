"""Agreement of two judgements of the same things beyond chance: Cohen's kappa, weighted by the design of the draw.

The shares of the table of judgements are weighted by the population of each stratum; the variance is that of the
linearised kappa (each pair's influence on it, the derivative by its share) within the strata, with the correction for
the finite population. For one large stratum that is the formula of Fleiss, Cohen and Everitt, but for ``n - 1`` in the
place of ``n``.

Cohen, J. (1960): A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20, 37-46.
Fleiss, J. L., Cohen, J., Everitt, B. S. (1969): Large sample standard errors of kappa and weighted kappa.
Psychological Bulletin 72, 323-327.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from math import sqrt
from statistics import NormalDist
from typing import Generic, TypeVar

import msgspec

C = TypeVar("C", bound=Hashable)


class Kappa(msgspec.Struct, frozen=True, kw_only=True):
    """``value`` in -1..1; ``low`` and ``high`` bound it within the scale; ``standard_error`` is the linearised one.

    The interval is one for large samples: where nothing disagrees it has no width, and says nothing.
    """

    value: float
    low: float
    high: float
    standard_error: float


class Judged(msgspec.Struct, Generic[C], frozen=True, kw_only=True):
    """Counts by (first, second) judgement of a random part of ``population`` things."""

    matrix: Mapping[tuple[C, C], int]
    population: int

    @property
    def drawn(self) -> int:
        """How many were judged."""
        return sum(self.matrix.values())

    @property
    def weight(self) -> float:
        """How many things of the population each judged one stands for."""
        return self.population / self.drawn


def cohens_kappa(strata: Iterable[Judged[C]], *, alpha: float = 0.05) -> Kappa | None:
    """Kappa of the population of all strata, each a simple random sample; None where it is not defined.

    That is so where nothing was judged, or where both put everything into one and the same category. Strata of which
    nothing was judged are left out.
    """
    judged = [stratum for stratum in strata if stratum.drawn]
    total = sum(stratum.population for stratum in judged)
    if not total:
        return None
    shares = _shares(judged, total)
    first, second = _margins(shares)
    if len(first.keys() | second.keys()) == 1:
        return None
    agreed = sum(share for (one, other), share in shares.items() if one == other)
    by_chance = sum(share * second[category] for category, share in first.items())
    value = (agreed - by_chance) / (1 - by_chance)
    influence = {
        (one, other): ((one == other) * (1 - by_chance) - (1 - agreed) * (second[one] + first[other]))
        / (1 - by_chance) ** 2
        for one, other in shares
    }
    mean = sum(share * influence[pair] for pair, share in shares.items())
    centred = {pair: each - mean for pair, each in influence.items()}
    variance = sum(_within(stratum, centred) for stratum in judged) / total**2
    spread = NormalDist().inv_cdf(1 - alpha / 2) * sqrt(max(variance, _floor(judged, centred) / total**2))
    return Kappa(
        value=value, low=max(-1.0, value - spread), high=min(1.0, value + spread), standard_error=sqrt(variance)
    )


def _shares(strata: Sequence[Judged[C]], total: float) -> dict[tuple[C, C], float]:
    """Shares of the pairs of judgements, weighted."""
    shares: defaultdict[tuple[C, C], float] = defaultdict(float)
    for stratum in strata:
        for pair, count in stratum.matrix.items():
            shares[pair] += count * stratum.weight / total
    return {pair: share for pair, share in shares.items() if share}


def _margins(shares: Mapping[tuple[C, C], float]) -> tuple[defaultdict[C, float], defaultdict[C, float]]:
    first: defaultdict[C, float] = defaultdict(float)
    second: defaultdict[C, float] = defaultdict(float)
    for (one, other), share in shares.items():
        first[one] += share
        second[other] += share
    return first, second


def _within(stratum: Judged[C], values: Mapping[tuple[C, C], float]) -> float:
    """Variance of the stratum's total. A single draw has none of its own: its value is taken from the mean of all."""
    draws = stratum.drawn
    square = sum(count * values[pair] ** 2 for pair, count in stratum.matrix.items())
    if draws > 1:
        mean = sum(count * values[pair] for pair, count in stratum.matrix.items()) / draws
        square = (square - draws * mean**2) / (draws - 1)
    return draws * stratum.weight**2 * (1 - draws / stratum.population) * square


def _floor(strata: Sequence[Judged[C]], values: Mapping[tuple[C, C], float]) -> float:
    """The least variance of the total that the interval is made of: that of a simple random sample, times the design
    effect of the weights alone (Kish), over the strata that were not judged whole.

    As for pass rates (:mod:`inspection.statistics.estimate`): a gain by stratification cannot be told from a heavy
    stratum in which, by chance, nothing disagreed.
    """
    parts = [stratum for stratum in strata if stratum.drawn < stratum.population]
    draws, population = sum(part.drawn for part in parts), sum(part.population for part in parts)
    if draws < 2:
        return 0.0
    shares = _shares(parts, population)
    mean = sum(share * values[pair] for pair, share in shares.items())
    spread = sum(share * (values[pair] - mean) ** 2 for pair, share in shares.items())
    kish = draws * sum(part.drawn * part.weight**2 for part in parts) / population**2
    return population**2 * kish * (1 - draws / population) * spread / (draws - 1)
