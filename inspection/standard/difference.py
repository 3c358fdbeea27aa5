"""What distinguishes two editions, row by row."""

from collections.abc import Iterator
from typing import Any

import msgspec

from inspection.standard.edition import Edition, Indicator

_COMPARED = ("name", "clause", "kind", "target", "automation", "points", "cap", "source", "check", "since")


class RowDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One matter in two editions: the rows that rule it (empty = none), and what changes between them.

    ``changes`` are (field, before, after); a threshold's field is ``params.<name>``. It is empty where a matter is
    ruled by one edition alone, or by several rows of one against one of the other.
    """

    before: tuple[Indicator, ...]
    after: tuple[Indicator, ...]
    changes: tuple[tuple[str, Any, Any], ...] = ()


def differences(before: Edition, after: Edition) -> list[RowDifference]:
    """Matters that the two editions rule differently, in the order of ``after``, then those only in ``before``.

    Rows belong together by their id, else by what they name in ``corresponds``.
    """
    old = {row.id: row for row in before.indicators}
    met: set[str] = set()
    found = []
    for row in after.indicators:
        partners = _partners(row, before)
        met.update(partner.id for partner in partners)
        difference = _compared(partners, row, before, after)
        if difference is not None:
            found.append(difference)
    found += [RowDifference(before=(row,), after=()) for id_, row in old.items() if id_ not in met]
    return found


def _partners(row: Indicator, before: Edition) -> list[Indicator]:
    same = [old for old in before.indicators if old.id == row.id]
    return same or [old for old in before.indicators if old.id in row.corresponds or row.id in old.corresponds]


def _compared(partners: list[Indicator], row: Indicator, before: Edition, after: Edition) -> RowDifference | None:
    if len(partners) != 1:
        return RowDifference(before=tuple(partners), after=(row,))
    changes = tuple(_changes(partners[0], row, before, after))
    return RowDifference(before=(partners[0],), after=(row,), changes=changes) if changes else None


def _changes(old: Indicator, new: Indicator, before: Edition, after: Edition) -> Iterator[tuple[str, Any, Any]]:
    for name in _COMPARED:
        if getattr(old, name) != getattr(new, name):
            yield name, getattr(old, name), getattr(new, name)
    scopes = [
        edition.scope_named(row.scope).name if row.scope else "" for edition, row in ((before, old), (after, new))
    ]
    if scopes[0] != scopes[1]:
        yield "scope", scopes[0], scopes[1]
    for name in dict.fromkeys([*old.params, *new.params]):
        if old.params.get(name) != new.params.get(name):
            yield f"params.{name}", old.params.get(name), new.params.get(name)
