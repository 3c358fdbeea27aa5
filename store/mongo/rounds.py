"""Rounds, samples and frames in MongoDB. Samples and frames are only read whole: compressed parts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from inspection.errors import Conflict, NotFound
from inspection.observation.packing import pack, unpack
from inspection.ports import ALL_KINDS
from inspection.sampling import ForcedClosing, Round, RoundKind, RoundState, SampleMember
from store.memory import moved
from store.mongo.access import Document, DocumentDatabase, after, find, find_one, insert_new, mongo_errors
from store.mongo.codec import decode, encode

T = TypeVar("T")

_PART = 20_000


class MongoRounds:
    """Port ``RoundRepository``."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._rounds = database["rounds"]
        self._parts = database["round_parts"]

    def add(self, round_: Round, members: Sequence[SampleMember], frame: Sequence[tuple[str, str]]) -> None:
        """A new round. Its parts are written first: a round that exists is complete."""
        if find_one(self._rounds, {"_id": round_.id}) is not None:
            raise _exists(round_.id)
        self._write_parts(round_.id, "sample", sorted(members, key=lambda member: member.code))
        self._write_parts(round_.id, "frame", sorted(frame))
        if not insert_new(self._rounds, [{"_id": round_.id, "all": 1, **encode(round_)}]):
            raise _exists(round_.id)

    def _write_parts(self, round_id: str, kind: str, rows: Sequence[Any]) -> None:
        with mongo_errors():
            self._parts.delete_many({"round_id": round_id, "kind": kind})
        starts = range(0, len(rows), _PART)
        insert_new(
            self._parts,
            [
                {
                    "_id": f"{round_id}:{kind}:{number}",
                    "round_id": round_id,
                    "kind": kind,
                    "number": number,
                    "data": pack(rows[start : start + _PART]),
                }
                for number, start in enumerate(starts)
            ],
        )

    def get(self, round_id: str) -> Round:
        """One round."""
        document = find_one(self._rounds, {"_id": round_id})
        if document is None:
            raise NotFound(f"没有编号为 {round_id} 的轮次")
        return decode(document, Round)

    def page(
        self, *, office: str = "", kinds: Collection[RoundKind] = ALL_KINDS, after: str = "", limit: int = 50
    ) -> list[Round]:
        """Rounds after an id."""
        query = {**_after({"office": office} if office else {"all": 1}, "id", after), **_of_kinds(kinds)}
        return [decode(document, Round) for document in find(self._rounds, query, sort="id", limit=limit)]

    def move(self, round_id: str, *, to: RoundState, at: datetime, forced: ForcedClosing | None = None) -> Round:
        """Advance the state, only from the state that was read."""
        before = self.get(round_id)
        round_ = moved(before, to, at, forced)
        with mongo_errors():
            self._rounds.update_one({"_id": round_id, "state": before.state.value}, {"$set": encode(round_)})
        return self.get(round_id)

    def members(self, round_id: str) -> list[SampleMember]:
        """The sample."""
        return self._read_parts(round_id, "sample", SampleMember)

    def frame(self, round_id: str) -> list[tuple[str, str]]:
        """The frame."""
        return self._read_parts(round_id, "frame", tuple[str, str])

    def _read_parts(self, round_id: str, kind: str, type_: type[T]) -> list[T]:
        self.get(round_id)
        parts = find(self._parts, {"round_id": round_id, "kind": kind}, sort="number")
        return [row for part in parts for row in unpack(part["data"], list[type_])]  # type: ignore[valid-type]


_after = after
_IS: Document = {
    RoundKind.SAMPLE: {"monitoring": {"$ne": True}, "recheck": {"$ne": True}},
    RoundKind.RECHECK: {"recheck": True},
    RoundKind.MONITORING: {"monitoring": True},
}


def _of_kinds(kinds: Collection[RoundKind]) -> Document:
    return {} if set(kinds) == set(ALL_KINDS) else {"$or": [_IS[kind] for kind in kinds]}


def _exists(round_id: str) -> Conflict:
    return Conflict(f"轮次 {round_id} 已存在，请换一个编号")
