"""Records of any kind in MongoDB: a collection for each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, TypeVar

import msgspec

from inspection.errors import Conflict
from inspection.records import Record
from store.mongo.access import Document, DocumentDatabase, find, find_one, insert_new, mongo_errors
from store.mongo.codec import areas_of, decode, encode, projection_of

R = TypeVar("R", bound=Record)
P = TypeVar("P", bound=msgspec.Struct)


class MongoRecords(Generic[R]):
    """Port ``RecordRepository``."""

    def __init__(self, database: DocumentDatabase, collection: str, type_: type[R]) -> None:
        self._records = database[collection]
        self._type = type_

    def add(self, records: Sequence[R]) -> int:
        """One write."""
        return insert_new(self._records, [_document(record) for record in records])

    def find(self, id_: str) -> R | None:
        """One record or None."""
        document = find_one(self._records, {"_id": id_})
        return None if document is None else decode(document, self._type)

    def replace(self, record: R) -> None:
        """Only in the place of the revision before."""
        query = {"_id": record.id, "revision": record.revision - 1}
        with mongo_errors():
            if self._records.replace_one(query, _document(record)).matched_count:
                return
        if self.find(record.id) != record:  # else the answer to an earlier try got lost
            raise Conflict(f"{record.id} 已被他人修改，请重新读取后再试")

    def page(self, where: Mapping[str, str] = {}, *, after: str = "", limit: int = 50) -> list[R]:
        """By id."""
        query = {**_query(where), "id": {"$gt": after}}
        return [decode(document, self._type) for document in find(self._records, query, sort="id", limit=limit)]

    def parts(self, part: type[P], where: Mapping[str, str] = {}) -> Iterator[P]:
        """One pass by a projection."""
        for document in find(self._records, _query(where), fields=projection_of(part)):
            yield decode(document, part)

    def count(self, where: Mapping[str, str] = {}) -> int:
        """How many there are."""
        with mongo_errors():
            return self._records.count_documents(_query(where))


def _document(record: Record) -> Document:
    return {"_id": record.id, "all": 1, "areas": areas_of(record.region), **encode(record)}


def _query(where: Mapping[str, str]) -> Document:
    fields = {"areas" if name == "region" else name: value for name, value in where.items() if value != ""}
    return fields or {"all": 1}
