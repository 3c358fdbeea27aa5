"""The reference list of articles in MongoDB."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from inspection.observation.reference import ReferenceArticle
from store.mongo.access import DocumentDatabase, find, insert_new
from store.mongo.codec import decode, encode


class MongoReferences:
    """Port ``ReferenceRepository``."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._references = database["references"]

    def add(self, articles: Sequence[ReferenceArticle]) -> int:
        """Those not known by their address yet."""
        identities = (hashlib.sha256(article.url.encode()).hexdigest()[:32] for article in articles)
        documents = [{"_id": id_, "all": 1, **encode(each)} for id_, each in zip(identities, articles, strict=True)]
        return insert_new(self._references, documents)

    def between(self, first: datetime, last: datetime) -> list[ReferenceArticle]:
        """By time of publication."""
        query = {"all": 1, "published_at": {"$gte": first, "$lte": last}}
        return [decode(document, ReferenceArticle) for document in find(self._references, query, sort="published_at")]
