"""The few ways in which repositories touch collections; driver errors are translated here, once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import AutoReconnect, BulkWriteError, ConnectionFailure, DuplicateKeyError, PyMongoError

from inspection.errors import StoreUnavailable
from store.config import StoreConfig, masked

Document: TypeAlias = dict[str, Any]
Documents: TypeAlias = Collection[Document]
DocumentDatabase: TypeAlias = Database[Document]

_DUPLICATE_KEY = 11000


def connect(address: str, config: StoreConfig) -> MongoClient[Document]:
    """A client; nothing is sent yet. Writes are acknowledged when journaled by a majority."""
    timeout_ms = int(config.store_timeout_s * 1000)
    return MongoClient(
        address,
        tz_aware=True,
        w="majority",
        journal=True,
        serverSelectionTimeoutMS=timeout_ms,
        connectTimeoutMS=timeout_ms,
    )


@contextmanager
def mongo_errors(address: str = "") -> Iterator[None]:
    """Turn a lost connection into :class:`StoreUnavailable`."""
    try:
        yield
    except (ConnectionFailure, AutoReconnect) as error:
        where = f"（{masked(address)}）" if address else ""
        raise StoreUnavailable(
            f"无法连接 MongoDB{where}。请运行 xuncha stores up 启动内置存储，或检查 XUNCHA_MONGO_URI"
        ) from error
    except PyMongoError as error:
        if error.has_error_label("RetryableWriteError") or error.timeout:
            raise StoreUnavailable(f"MongoDB 暂时不可用：{error}") from error
        raise


def find(
    collection: Documents,
    query: Mapping[str, Any],
    *,
    sort: str = "",
    limit: int = 0,
    fields: Mapping[str, Any] | None = None,
) -> Iterator[Document]:
    """Documents that match, by ascending ``sort``."""
    with mongo_errors():
        cursor = collection.find(query, projection=fields)
        if sort:
            cursor = cursor.sort(sort, 1)
        if limit:
            cursor = cursor.limit(limit)
        yield from cursor


def find_one(collection: Documents, query: Mapping[str, Any]) -> Document | None:
    """One document or None."""
    with mongo_errors():
        return collection.find_one(query)


def insert_new(collection: Documents, documents: Sequence[Document]) -> int:
    """Insert what is not there yet by ``_id``; returns how many were new."""
    if not documents:
        return 0
    with mongo_errors():
        try:
            return len(collection.insert_many(documents, ordered=False).inserted_ids)
        except DuplicateKeyError:
            return 0
        except BulkWriteError as error:
            errors = error.details.get("writeErrors", [])
            if any(each.get("code") != _DUPLICATE_KEY for each in errors):
                raise
            return int(error.details.get("nInserted", 0))


def after(query: Mapping[str, Any], field: str, value: str) -> Document:
    """The query, continued behind ``value`` of the sort field."""
    return {**query, field: {"$gt": value}}
