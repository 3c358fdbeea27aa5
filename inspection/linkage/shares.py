"""Shares of sites that have something, and how they changed on the last period."""

import math

import msgspec

from inspection.bulletin.figures import Change

_Z = 1.959963984540054
"""97.5 % point of the normal distribution."""


_SHOWN = 0.1
"""Changes are printed to this many points."""


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """``have`` of the sites that must have it have it, ``lack`` have it not; of ``unknown`` it could not be told."""

    have: int = 0
    lack: int = 0
    unknown: int = 0

    @property
    def known(self) -> int:
        """Sites that count."""
        return self.have + self.lack

    @property
    def value(self) -> float | None:
        """In 0..1; None where nothing is known."""
        return self.have / self.known if self.known else None


def change_of(now: Share, before: Share | float) -> Change | None:
    """Change in points; None where one of both is not known.

    Where both are counted, the two samples are taken as independent and the difference is significant if its 95 %
    interval (Newcombe's hybrid of Wilson's intervals) leaves out zero. A published share without its numbers says
    nothing about chance.

    Newcombe, R. G. (1998): Interval estimation for the difference between independent proportions. Statistics in
    Medicine 17, 873-890.
    """
    earlier = before if isinstance(before, float) else before.value
    if now.value is None or earlier is None:
        return None
    points = 100 * (now.value - earlier)
    if isinstance(before, float):
        return Change(points=points, significant=None)
    low, high = (100 * bound for bound in _difference(now, before))
    significant = low > 0 or high < 0
    said = "变化超出抽样误差" if significant else "变化在抽样误差范围内"
    return Change(
        points=points,
        significant=significant,
        statement=f"比上期{_moved(points)}（95%置信区间 {low:+.1f} 至 {high:+.1f} 个百分点），{said}",
    )


def _moved(points: float) -> str:
    return "持平" if abs(points) < _SHOWN / 2 else f"{'提高' if points > 0 else '下降'}{abs(points):.1f}个百分点"


def _difference(now: Share, before: Share) -> tuple[float, float]:
    p, q = now.have / now.known, before.have / before.known
    (p_low, p_high), (q_low, q_high) = _wilson(now), _wilson(before)
    down = math.sqrt((p - p_low) ** 2 + (q_high - q) ** 2)
    up = math.sqrt((p_high - p) ** 2 + (q - q_low) ** 2)
    return p - q - down, p - q + up


def _wilson(share: Share) -> tuple[float, float]:
    n, p = share.known, share.have / share.known
    middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n * n))
    return middle - half, middle + half
