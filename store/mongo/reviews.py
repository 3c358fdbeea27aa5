"""Reviews in MongoDB: only ever added."""

from inspection.review import Review
from store.mongo.access import DocumentDatabase, find, insert_new
from store.mongo.codec import decode, encode


class MongoReviews:
    """Port ``ReviewRepository``."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._reviews = database["reviews"]

    def add(self, review: Review) -> None:
        """Keep a decision."""
        document = {"_id": f"{review.round_id}:{review.key}", "key": review.key, **encode(review)}
        insert_new(self._reviews, [document])

    def of_inspection(self, round_id: str, code: str) -> list[Review]:
        """Oldest first."""
        found = find(self._reviews, {"round_id": round_id, "code": code}, sort="at")
        return [decode(document, Review) for document in found]

    def page(self, round_id: str, *, after: str = "", limit: int = 1000) -> list[Review]:
        """By key."""
        found = find(self._reviews, {"round_id": round_id, "key": {"$gt": after}}, sort="key", limit=limit)
        return [decode(document, Review) for document in found]
