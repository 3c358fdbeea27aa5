"""Agreement of two judgements of the same things beyond chance: Cohen's kappa with a large-sample interval.

Cohen, J. (1960): A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20, 37-46.
Fleiss, J. L., Cohen, J., Everitt, B. S. (1969): Large sample standard errors of kappa and weighted kappa.
Psychological Bulletin 72, 323-327.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from math import sqrt
from statistics import NormalDist
from typing import TypeVar

import msgspec

C = TypeVar("C", bound=Hashable)


class Kappa(msgspec.Struct, frozen=True, kw_only=True):
    """``value`` in -1..1; ``low`` and ``high`` bound it within the scale.

    The interval is one for large samples: where nothing disagrees it has no width, and says nothing.
    """

    value: float
    low: float
    high: float


def cohens_kappa(matrix: Mapping[tuple[C, C], int], *, alpha: float = 0.05) -> Kappa | None:
    """Kappa of the counts by (first, second) judgement; None where it is not defined.

    That is so where nothing was judged, or where both put everything into one and the same category.
    """
    total = sum(matrix.values())
    if not total:
        return None
    shares = {pair: count / total for pair, count in matrix.items()}
    first, second = _margins(shares)
    agreed = sum(share for (one, other), share in shares.items() if one == other)
    by_chance = sum(share * second[category] for category, share in first.items())
    if by_chance >= 1:
        return None
    value = (agreed - by_chance) / (1 - by_chance)
    spread = NormalDist().inv_cdf(1 - alpha / 2) * sqrt(_variance(shares, agreed, by_chance) / total)
    return Kappa(value=value, low=max(-1.0, value - spread), high=min(1.0, value + spread))


def _margins(shares: Mapping[tuple[C, C], float]) -> tuple[defaultdict[C, float], defaultdict[C, float]]:
    first: defaultdict[C, float] = defaultdict(float)
    second: defaultdict[C, float] = defaultdict(float)
    for (one, other), share in shares.items():
        first[one] += share
        second[other] += share
    return first, second


def _variance(shares: Mapping[tuple[C, C], float], agreed: float, by_chance: float) -> float:
    """Of one observation: formula 13 of Fleiss, Cohen and Everitt, without weights."""
    first, second = _margins(shares)
    on_diagonal = off_diagonal = 0.0
    for (one, other), share in shares.items():
        if one == other:
            on_diagonal += share * ((1 - by_chance) - (first[one] + second[one]) * (1 - agreed)) ** 2
        else:
            off_diagonal += share * (second[one] + first[other]) ** 2
    last = (agreed * by_chance - 2 * by_chance + agreed) ** 2
    return max(0.0, (on_diagonal + (1 - agreed) ** 2 * off_diagonal - last) / (1 - by_chance) ** 4)
