"""Rolled-up pass rates in MongoDB."""

import re
from collections.abc import Sequence
from typing import Any

from pymongo import ReplaceOne

from inspection.statistics import Dimension, PassRate
from store.mongo.access import DocumentDatabase, after, find, insert_new, mongo_errors
from store.mongo.codec import decode, encode


class MongoPassRates:
    """Port ``PassRateRepository``."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._rates = database["pass_rates"]

    def replace(self, round_id: str, rates: Sequence[PassRate]) -> None:
        """Each rate in one step, what is new first and what is gone last: no group is ever without its rate."""
        documents = [{"_id": f"{round_id}:{rate.sort_key}", "sort": rate.sort_key, **encode(rate)} for rate in rates]
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
        """Rates after ``<dimension>:<key>``."""
        query: dict[str, Any] = {"round_id": round_id}
        if dimension is not None:
            query["dimension"] = dimension.value
        if key_prefix:
            query["key"] = {"$regex": f"^{re.escape(key_prefix)}"}
        found = find(self._rates, _after(query, "sort", after), sort="sort", limit=limit)
        return [decode(document, PassRate) for document in found]


_after = after
