"""Page bodies in MongoDB, named by their SHA-256 and compressed with zstd."""

import hashlib
from collections.abc import Iterable

import zstandard
from bson import Binary

from inspection.errors import NotFound, RuleBroken
from inspection.observation.packing import compressed
from store.mongo.access import DocumentDatabase, find, find_one, insert_new, mongo_errors

MAX_BYTES = 15 * 1024 * 1024
"""Larger bodies do not fit a document; the fetcher's limit is far below."""
DOOMED = "doomed_at"
"""Field of a body that retention removes unless it is put again."""


class MongoSnapshots:
    """Port ``SnapshotStore``."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._snapshots = database["snapshots"]

    def put(self, bodies: Iterable[bytes]) -> list[str]:
        """Store what is not stored yet; the digest of each body, in order."""
        listed = list(bodies)
        digests = [hashlib.sha256(body).hexdigest() for body in listed]
        new = dict(zip(digests, listed, strict=True))
        known = list(find(self._snapshots, {"_id": {"$in": list(new)}}, fields={"_id": 1, DOOMED: 1}))
        for document in known:
            new.pop(document["_id"], None)
        self._spare([document["_id"] for document in known if DOOMED in document])
        insert_new(self._snapshots, [_document(digest, body) for digest, body in new.items()])
        return digests

    def _spare(self, digests: list[str]) -> None:
        """Take bodies from those that retention is about to remove."""
        if digests:
            with mongo_errors():
                self._snapshots.update_many({"_id": {"$in": digests}}, {"$unset": {DOOMED: ""}})

    def get(self, digest: str) -> bytes:
        """One body."""
        document = find_one(self._snapshots, {"_id": digest})
        if document is None:
            raise NotFound(f"没有摘要为 {digest} 的快照")
        return zstandard.decompress(document["data"], max_output_size=document["size"])


def _document(digest: str, body: bytes) -> dict[str, object]:
    data = compressed(body)
    if len(data) > MAX_BYTES:
        raise RuleBroken(f"快照压缩后 {len(data)} 字节，超过上限 {MAX_BYTES} 字节")
    return {"_id": digest, "size": len(body), "data": Binary(data)}
