"""What waits for a person, the gravest first."""

from collections.abc import Iterator

import msgspec

from inspection.errors import NotFound, RuleBroken
from inspection.findings import Finding
from inspection.ports import InspectionRepository
from inspection.standard import Edition, IndicatorKind

_ORDER = tuple(IndicatorKind)
"""Vetoes, deductions, bonus points, and last what costs nothing."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that waits for a person, its site, and the kind of its indicator."""

    code: str
    kind: IndicatorKind
    finding: Finding

    @property
    def key(self) -> str:
        """``<rank>:<code>:<finding id>``, by which the queue is ordered."""
        return f"{_ORDER.index(self.kind)}:{self.code}:{self.finding.id}"


def review_queue(
    round_id: str,
    edition: Edition,
    inspections: InspectionRepository,
    *,
    indicator: str = "",
    kind: IndicatorKind | None = None,
    after: str = "",
    limit: int = 100,
) -> list[Waiting]:
    """Findings of a round that wait for a person, by kind of indicator, site and finding.

    ``edition`` is the round's own; ``indicator`` and ``kind`` narrow the queue; ``after`` is the
    :attr:`Waiting.key` of the last one seen. NotFound for an indicator that the edition does not have.
    """
    if indicator and all(row.id != indicator for row in edition.indicators):
        raise NotFound(f"{edition.id} 版标准没有指标 {indicator}")
    found: list[Waiting] = []
    for rank, key in _parts(after):
        each = _ORDER[rank]
        ids = [row.id for row in edition.indicators if row.kind is each and indicator in ("", row.id)]
        if ids and kind in (None, each) and len(found) < limit:
            rows = inspections.findings_to_review(round_id, ids, after=key, limit=limit - len(found))
            found += [Waiting(code=code, kind=each, finding=finding) for code, finding in rows]
    return found


def _parts(after: str) -> Iterator[tuple[int, str]]:
    """Ranks that are still to be read, each with the key to go on from."""
    rank, _, key = after.partition(":")
    if after and rank not in map(str, range(len(_ORDER))):
        raise RuleBroken(f"起点 {after!r} 无效，请原样使用上一次给出的值")
    first = int(rank or 0)
    return ((each, key if each == first else "") for each in range(first, len(_ORDER)))
