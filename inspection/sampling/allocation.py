"""How many sites each stratum gives. All arithmetic is exact, so that anybody gets the same numbers.

Proportional and Neyman allocation find the one factor ``t`` for which ``sum(clamp(t * weight, low, high))`` is
the size of the sample: what a stratum cannot give (``high`` is its population) goes on to the others in
proportion to their weights, and no stratum falls below the minimum (``low``). The quotas are then rounded by
largest remainder; equal remainders go to the stratum whose name sorts first.

Neyman, J. (1934): On the two different aspects of the representative method. JRSS 97, 558-625.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping
from decimal import ROUND_CEILING, Decimal, localcontext
from fractions import Fraction
from typing import TypeVar

import msgspec

from inspection.errors import InputRejected
from inspection.sampling.plan import Allocation, AllocationMethod, Size

T = TypeVar("T")

_DEVIATION_UNITS = 1_000_000


class _Quota(msgspec.Struct, frozen=True, kw_only=True):
    """What a stratum weighs, and the bounds of what it gives."""

    weight: int
    low: int
    high: int

    def at(self, factor: Fraction) -> Fraction:
        return min(max(factor * self.weight, Fraction(self.low)), Fraction(self.high))


def total_size(size: Size, population: int) -> int:
    """Size of the whole sample. A share is rounded up, so that "at least 30 %" holds; at least one site."""
    if size.count is not None:
        if size.count > population:
            raise InputRejected(
                f"样本量 {size.count} 大于总体 {population}，"
                "请减小 size.count、改用 size.share（占总体的比例）或放宽 [population]"
            )
        return size.count
    share = size.share or Decimal(0)
    return int((share * population).to_integral_value(ROUND_CEILING))


def allocate(allocation: Allocation, populations: Mapping[str, int], size: int) -> dict[str, int]:
    """Numbers to draw, by stratum.

    ``populations`` are the drawable sites by stratum, must-include sites taken off; ``size`` is the sample
    without must-include sites and is not used by the fixed method. Raises :class:`InputRejected` where the
    plan cannot be met.
    """
    if allocation.method is AllocationMethod.FIXED:
        return _fixed(allocation, populations)
    if allocation.method is AllocationMethod.NEYMAN:
        _refuse_idle_names(allocation.rates, populations, "rates")
    quotas = {
        stratum: _Quota(
            weight=population * _deviation(allocation, stratum),
            low=min(allocation.min_per_stratum, population),
            high=population,
        )
        for stratum, population in populations.items()
    }
    _refuse_too_small(quotas, allocation.min_per_stratum, size)
    return _rounded(quotas, size)


def _fixed(allocation: Allocation, populations: Mapping[str, int]) -> dict[str, int]:
    """The numbers the plan gives, capped by the population; a surplus lapses."""
    _refuse_idle_names(allocation.counts, populations, "counts")
    numbers = {}
    for stratum, population in populations.items():
        count = _lookup(allocation.counts, stratum, allocation.default_count)
        if count is None:
            raise InputRejected(f"层 {stratum} 没有指定数量，请在 allocation.counts 中补上或给出 default_count")
        numbers[stratum] = min(count, population)
    return numbers


def _lookup(table: Mapping[str, T], stratum: str, default: T | None) -> T | None:
    """The entry of the stratum, else of its last part, else of its first, else the default."""
    return next((table[name] for name in (stratum, *reversed(stratum.split("/"))) if name in table), default)


def _refuse_idle_names(table: Collection[str], strata: Collection[str], name: str) -> None:
    """A name that no stratum has is a slip of the pen, never to be passed over."""
    known = {part for stratum in strata for part in (stratum, *stratum.split("/"))}
    for entry in table:
        if entry not in known:
            example = min(strata, default="")
            raise InputRejected(f"allocation.{name} 中的 {entry!r} 不对应任何层；层名形如 {example!r}")


def _deviation(allocation: Allocation, stratum: str) -> int:
    """Standard deviation of pass or fail in a stratum, in millionths; 1 where the method does not use it."""
    if allocation.method is not AllocationMethod.NEYMAN:
        return 1
    rate = _lookup(allocation.rates, stratum, allocation.default_rate) or allocation.default_rate
    with localcontext(prec=28):
        return int((rate * (1 - rate)).sqrt() * _DEVIATION_UNITS)


def _refuse_too_small(quotas: Mapping[str, _Quota], minimum: int, size: int) -> None:
    needed = sum(quota.low for quota in quotas.values())
    if size < needed:
        raise InputRejected(
            f"除必查网站外样本量为 {size}，至少应为 {needed}：{len(quotas)} 个层各至少 {minimum} 个，不足的层全部抽取；"
            "请增大 [size] 或减少 strata.by 的层数"
        )


def _rounded(quotas: Mapping[str, _Quota], size: int) -> dict[str, int]:
    factor = _factor(list(quotas.values()), size)
    exact = {stratum: quota.at(factor) for stratum, quota in quotas.items()}
    numbers = {stratum: int(quota) for stratum, quota in exact.items()}
    by_remainder = sorted(exact, key=lambda stratum: (numbers[stratum] - exact[stratum], stratum))
    for stratum in by_remainder[: size - sum(numbers.values())]:
        numbers[stratum] += 1
    return numbers


def _factor(quotas: Collection[_Quota], size: int) -> Fraction:
    """The factor whose quotas add up to ``size``: between two neighbouring kinks their sum is linear in it."""
    kinks = sorted({Fraction(bound, q.weight) for q in quotas if q.weight for bound in (q.low, q.high)} | {Fraction(0)})
    above = bisect_left(kinks, Fraction(size), key=lambda factor: _total(quotas, factor))
    if above == 0:
        return kinks[0]
    low, high = kinks[above - 1], kinks[min(above, len(kinks) - 1)]
    total_low, total_high = _total(quotas, low), _total(quotas, high)
    if total_high == total_low:
        return high
    return low + (size - total_low) * (high - low) / (total_high - total_low)


def _total(quotas: Collection[_Quota], factor: Fraction) -> Fraction:
    """Sum of the quotas at a factor. Clamped ones are whole numbers and the others share the factor's
    denominator, so that the sum needs no common denominators."""
    numerator, denominator = factor.numerator, factor.denominator
    whole = free = 0
    for quota in quotas:
        product = numerator * quota.weight
        if product <= quota.low * denominator:
            whole += quota.low
        elif product >= quota.high * denominator:
            whole += quota.high
        else:
            free += quota.weight
    return whole + factor * free
