"""Rolled-up pass rates in MongoDB."""

import re
from collections.abc import Sequence
from typing import Any

from inspection.statistics import Dimension, PassRate
from store.mongo.access import DocumentDatabase, after, find, insert_new, mongo_errors
from store.mongo.codec import decode, encode


class MongoPassRates:
    """Port ``PassRateRepository``."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._rates = database["pass_rates"]

    def replace(self, round_id: str, rates: Sequence[PassRate]) -> None:
        """Put in the place of all."""
        with mongo_errors():
            self._rates.delete_many({"round_id": round_id})
        documents = [{"_id": f"{round_id}:{rate.sort_key}", "sort": rate.sort_key, **encode(rate)} for rate in rates]
        insert_new(self._rates, documents)

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
