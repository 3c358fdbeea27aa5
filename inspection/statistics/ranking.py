"""Ranks as far as the intervals allow.

A group is surely better than another where the interval of their difference (:mod:`inspection.statistics.change`)
lies above 0, with both intervals widened (as those of a normal estimate would be) so that all comparisons of the list
hold together with 95 % confidence (Bonferroni). That is a partial order. A group's rank is then only known to lie
between 1 + the number of groups that are surely better and the number of groups that are not surely worse; groups that
cannot be told apart share a rank.

Goldstein, H., Healy, M. J. R. (1995): The graphical presentation of a collection of means. JRSS A 158, 175-177 (why
intervals at 95 % each are no ground for a ranking). Mogstad, M., Romano, J. P., Shaikh, A. M., Wilhelm, D. (2024):
Inference for ranks with applications to mobility across neighbourhoods and academic achievement across countries.
Review of Economic Studies 91, 476-518 (confidence sets for ranks from simultaneous pairwise comparisons).
"""

from collections.abc import Mapping
from math import comb
from statistics import NormalDist

import msgspec

from inspection.statistics.change import Measured, difference

_ALPHA = 0.05


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The best and the worst rank that a group can have, 1 = highest rate; ``groups`` have been compared."""

    best: int
    worst: int
    groups: int

    @property
    def rank(self) -> int | None:
        """The rank to print, shared by groups that cannot be told apart; None where it may be any."""
        return None if self.groups < 2 or (self.best, self.worst) == (1, self.groups) else self.best


def standings(rates: Mapping[str, Measured]) -> dict[str, Standing]:
    """Standing of each group by key. Small cells and groups without an interval have none and count for nobody."""
    ranked = {key: rate for key, rate in rates.items() if rate.low is not None and not rate.small_cell}
    widened = _widening(len(ranked))
    better, worse = dict.fromkeys(ranked, 0), dict.fromkeys(ranked, 0)
    keys = list(ranked)
    for number, first in enumerate(keys):
        for second in keys[number + 1 :]:
            found = difference(ranked[first], ranked[second], widened=widened)
            if found is None or not found.is_significant:
                continue
            winner, loser = (first, second) if found.value > 0 else (second, first)
            better[loser] += 1
            worse[winner] += 1
    return {key: Standing(best=1 + better[key], worst=len(keys) - worse[key], groups=len(keys)) for key in keys}


def _widening(groups: int) -> float:
    """How much longer the arms of a 95 % interval are to be, for all pairs of this many groups to hold at once."""
    pairs = max(comb(groups, 2), 1)
    normal = NormalDist()
    return normal.inv_cdf(1 - _ALPHA / 2 / pairs) / normal.inv_cdf(1 - _ALPHA / 2)
