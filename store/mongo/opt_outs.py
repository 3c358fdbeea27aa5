"""Sites that are not to be visited, in MongoDB."""

from datetime import datetime

from inspection.registry.opt_out import OptOut
from store.mongo.access import DocumentDatabase, find, insert_new, mongo_errors
from store.mongo.codec import decode, encode


class MongoOptOuts:
    """Port ``OptOutRepository``."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._opt_outs = database["opt_outs"]

    def add(self, opt_out: OptOut) -> None:
        """Put on record."""
        insert_new(
            self._opt_outs, [{"_id": f"{opt_out.code}:{opt_out.since.isoformat()}", "all": 1, **encode(opt_out)}]
        )

    def end(self, code: str, *, at: datetime) -> int:
        """End those of a site that are in force."""
        query = {"code": code, "since": {"$lte": at}, "$or": [{"until": None}, {"until": {"$gt": at}}]}
        with mongo_errors():
            return self._opt_outs.update_many(query, {"$set": {"until": at}}).modified_count

    def of_site(self, code: str) -> list[OptOut]:
        """Oldest first."""
        return [decode(document, OptOut) for document in find(self._opt_outs, {"code": code}, sort="since")]

    def in_force(self, now: datetime) -> list[OptOut]:
        """By code."""
        query = {"all": 1, "since": {"$lte": now}, "$or": [{"until": None}, {"until": {"$gt": now}}]}
        return [decode(document, OptOut) for document in find(self._opt_outs, query, sort="code")]
