"""What offices keep on file, one port for all kinds: cases, messages, reports and the like.

A record is a frozen value; a change makes a new one with the next revision, and whoever changed it meanwhile wins.
Nothing is deleted: what is wrong is put right by a further step in the record itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

import msgspec

from inspection.errors import NotFound
from inspection.registry.site import NATION


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what is kept on file.

    ``id`` is unique within its kind and sorts as lists are to be shown. ``region`` is the six-digit region that it
    belongs to (:data:`NATION` for bodies of no region); ``revision`` counts changes.
    """

    id: str
    region: str = NATION
    revision: int = 0


R = TypeVar("R", bound=Record)
P = TypeVar("P", bound=msgspec.Struct)


def revised(record: R, **changes: object) -> R:
    """The record with changes, as its next revision."""
    return msgspec.structs.replace(record, revision=record.revision + 1, **changes)


class RecordRepository(Protocol[R]):
    """Records of one kind."""

    def add(self, records: Sequence[R]) -> int:
        """Add those whose id is not there yet, in as few writes as may be; returns how many were new. Idempotent."""
        ...

    def find(self, id_: str) -> R | None:
        """One record or None."""
        ...

    def replace(self, record: R) -> None:
        """Put a record in the place of its last revision; :class:`Conflict` where that is not the stored one."""
        ...

    def page(self, where: Mapping[str, str] = {}, *, after: str = "", limit: int = 50) -> list[R]:
        """Up to ``limit`` records with an id greater than ``after``, by ascending id.

        ``where``: equal fields, joined by "and"; ``region`` is a prefix of 2, 4 or 6 digits. Fields that the kind has
        no index on cost time.
        """
        ...

    def parts(self, part: type[P], where: Mapping[str, str] = {}) -> Iterator[P]:
        """Of all records that match the fields of ``part`` alone, in any order: what figures of many are counted from.

        ``part`` is a struct whose fields are some of the kind's, by name; the structs within them may have fewer
        fields, too. ``where`` is as for :meth:`page`. A record that is added or changed meanwhile may be missed.
        """
        ...

    def count(self, where: Mapping[str, str] = {}) -> int:
        """How many there are."""
        ...


_PAGE = 500


def every(records: RecordRepository[R], where: Mapping[str, str] = {}) -> Iterator[R]:
    """All records that match, by id, read in pages; a page that is not full is the last one."""
    found = records.page(where, limit=_PAGE)
    yield from found
    while len(found) == _PAGE:
        found = records.page(where, after=found[-1].id, limit=_PAGE)
        yield from found


def get(records: RecordRepository[R], id_: str, what: str) -> R:
    """One record; :class:`NotFound` names ``what`` (Chinese) was asked for."""
    record = records.find(id_)
    if record is None:
        raise NotFound(f"没有编号为 {id_} 的{what}")
    return record
