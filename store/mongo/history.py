"""What sites have shown over the rounds, in MongoDB: inserted in batches, never changed."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from operator import attrgetter

from inspection.observation.history import ItemRecord
from store.mongo.access import DocumentDatabase, find, insert_new
from store.mongo.codec import decode, encode


class MongoItemHistory:
    """Port ``ItemHistoryRepository``. The unique ``_id`` of site, address and digest lets the first come stay."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._records = database["item_history"]

    def add(self, records: Sequence[ItemRecord]) -> int:
        """Those not known yet."""
        return insert_new(self._records, [{"_id": _identity(record), **encode(record)} for record in records])

    def matching(
        self, code: str, *, before: datetime, urls: Collection[str], digests: Collection[str]
    ) -> list[ItemRecord]:
        """One range of the index holds all of a site; what matches is picked here, not by long lists in a query."""
        found = find(self._records, {"code": code, "remembered_at": {"$lt": before}})
        records = (decode(document, ItemRecord) for document in found)
        return sorted((each for each in records if each.matches(urls, digests)), key=attrgetter("url", "digest"))


def _identity(record: ItemRecord) -> str:
    text = f"{record.url}\n{record.digest}"
    return f"{record.code}:{hashlib.sha256(text.encode()).hexdigest()[:32]}"
