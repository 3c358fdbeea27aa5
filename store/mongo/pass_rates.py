"""Rolled-up pass rates in MongoDB."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from pymongo import ReplaceOne

from inspection.statistics import Dimension, PassRate
from store.mongo.access import Document, DocumentDatabase, after, find, find_one, insert_new, mongo_errors
from store.mongo.codec import decode, encode

_LISTED = 100
"""Longer lists of ids are asked for in parts."""


class MongoPassRates:
    """Port ``PassRateRepository``."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._rates = database["pass_rates"]

    def replace(self, round_id: str, rates: Sequence[PassRate]) -> None:
        """Each rate in one step, what is new first and what is gone last: no group is ever without its rate."""
        documents = _documents(round_id, rates)
        kept = {document["_id"]: document for document in find(self._rates, {"round_id": round_id})}
        insert_new(self._rates, [each for each in documents if each["_id"] not in kept])
        changed = [each for each in documents if each["_id"] in kept and kept[each["_id"]] != each]
        gone = sorted(set(kept) - {each["_id"] for each in documents})
        with mongo_errors():
            if changed:
                self._rates.bulk_write([ReplaceOne({"_id": each["_id"]}, each) for each in changed], ordered=False)
            if gone:
                self._rates.delete_many({"_id": {"$in": gone}})

    def page(
        self,
        round_id: str,
        *,
        dimension: Dimension | None = None,
        key_prefix: str = "",
        after: str = "",
        limit: int = 50,
    ) -> list[PassRate]:
        """Rates after ``<dimension>:<key>``: by their numbers where these tell the place, else by key."""
        if not key_prefix:
            found = self._numbered(round_id, dimension, after, limit)
            if found:
                return found
        query: dict[str, Any] = {"round_id": round_id}
        if dimension is not None:
            query["dimension"] = dimension.value
        if key_prefix:
            query["key"] = {"$regex": f"^{re.escape(key_prefix)}"}
        rows = find(self._rates, _after(query, "sort", after), sort="sort", limit=limit)
        return [decode(document, PassRate) for document in rows]

    def _numbered(self, round_id: str, dimension: Dimension | None, after: str, limit: int) -> list[PassRate]:
        """A range with both ends, for stores that read a list on to its end; empty where ``after`` has no number."""
        last = -1
        field = "number" if dimension is None else "place"
        if after:
            document = find_one(self._rates, {"_id": f"{round_id}:{after}"})
            if (
                document is None
                or field not in document
                or document["dimension"] != (dimension or document["dimension"])
            ):
                return []
            last = document[field]
        query: dict[str, Any] = {"round_id": round_id, field: {"$gt": last, "$lte": last + limit}}
        if dimension is not None:
            query["dimension"] = dimension.value
        return [decode(document, PassRate) for document in find(self._rates, query, sort=field, limit=limit)]

    def many(self, round_id: str, sort_keys: Sequence[str]) -> dict[str, PassRate]:
        """By id, a hundred at a time."""
        ids = [f"{round_id}:{key}" for key in sort_keys]
        parts = (ids[start : start + _LISTED] for start in range(0, len(ids), _LISTED))
        found = (decode(each, PassRate) for part in parts for each in find(self._rates, {"_id": {"$in": part}}))
        return {rate.sort_key: rate for rate in found}


_after = after


def _documents(round_id: str, rates: Sequence[PassRate]) -> list[Document]:
    """With the place of each in the whole list (``number``) and among those of its dimension (``place``)."""
    documents: list[Document] = []
    places: Counter[Dimension] = Counter()
    for number, rate in enumerate(sorted(rates, key=lambda rate: rate.sort_key)):
        key, place = rate.sort_key, places[rate.dimension]
        documents.append({"_id": f"{round_id}:{key}", "sort": key, "number": number, "place": place, **encode(rate)})
        places[rate.dimension] += 1
    return documents
