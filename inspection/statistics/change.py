"""What may be said of two pass rates: how far apart they are, and whether chance could have done it.

The interval of a difference is made of the two intervals (MOVER, the method of variance estimates recovery, of which
Newcombe's hybrid score interval is the case of two simple random samples): asymmetric intervals stay asymmetric, and
the design is in them already. The samples are taken as independent; where they share sites, the two estimates go up
and down together as a rule, so that the interval is too wide rather than too narrow, and the statement says so.

Newcombe, R. G. (1998): Interval estimation for the difference between independent proportions. Statistics in Medicine
17, 873-890. Zou, G. Y., Donner, A. (2008): Construction of confidence limits about effect measures: a general approach.
Statistics in Medicine 27, 1693-1702.
"""

from math import hypot
from typing import Protocol

import msgspec

from inspection.bulletin.figures import Change

_NO_INTERVAL = "其中一期没有置信区间，不能判断变化是否有统计学意义"
_SMALL_CELL = "得出结论的网站过少，不能判断变化是否有统计学意义"
_OVERLAP = "（两期样本有 {} 个网站相同，按相互独立计算，区间偏宽）"


class Measured(Protocol):
    """A share (0..1) with its 95 % interval; :class:`~inspection.statistics.pass_rate.PassRate` is one."""

    @property
    def rate(self) -> float | None: ...

    @property
    def low(self) -> float | None: ...

    @property
    def high(self) -> float | None: ...

    @property
    def small_cell(self) -> bool: ...


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A share known from a publication, mostly without an interval."""

    rate: float | None
    low: float | None = None
    high: float | None = None
    small_cell: bool = False


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One share minus another, with its interval; all as shares."""

    value: float
    low: float
    high: float

    @property
    def is_significant(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


def difference(first: Measured, second: Measured, *, widened: float = 1.0) -> Difference | None:
    """``first`` minus ``second``; None where a rate or an interval is missing.

    ``widened`` stretches both intervals, for statements about many pairs at once.
    """
    if first.rate is None or second.rate is None:
        return None
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return None
    value = first.rate - second.rate
    down = hypot(first.rate - first.low, second.high - second.rate) * widened
    up = hypot(first.high - first.rate, second.rate - second.low) * widened
    return Difference(value=value, low=value - down, high=value + up)


def change_since(before: Measured, now: Measured, *, shared: int = 0) -> Change | None:
    """Change of a rate on the last period; None where one of the two is not known.

    ``shared`` is the number of sites that both samples have. ``significant`` is None for small cells and where an
    interval is missing.
    """
    if before.rate is None or now.rate is None:
        return None
    points = round((now.rate - before.rate) * 100, 10)
    moved = _moved(points)
    found = difference(now, before)
    if before.small_cell or now.small_cell:
        return Change(points=points, significant=None, statement=f"{moved}；{_SMALL_CELL}")
    if found is None:
        return Change(points=points, significant=None, statement=f"{moved}；{_NO_INTERVAL}")
    return Change(
        points=points, significant=found.is_significant, statement=f"{moved}，{_judged(found)}{_overlap(shared)}"
    )


def _moved(points: float) -> str:
    if abs(points) < 0.05:
        return "与上期基本持平（变化不足0.1个百分点）" if points else "与上期持平"
    return f"比上期{'提高' if points > 0 else '下降'}{abs(points):.1f}个百分点"


def _judged(found: Difference) -> str:
    if found.low == found.high:
        return "两期均为全部检查，变化即实际变化" if found.value else "两期均为全部检查"
    interval = f"（95%置信区间 {_signed(found.low)} 至 {_signed(found.high)} 个百分点）"
    return f"变化{'有' if found.is_significant else '无'}统计学意义{interval}"


def _signed(share: float) -> str:
    """In points with its sign; a line does not break after the minus sign, as it would after a hyphen."""
    return f"{share * 100:+.1f}".replace("-", "\N{MINUS SIGN}")


def _overlap(shared: int) -> str:
    return _OVERLAP.format(f"{shared:,}") if shared else ""
