"""Domain values to BSON and back, in one place.

Datetimes are stored as such (aware UTC, millisecond precision), dates and decimals as text (exact), time
spans as ISO 8601. The facts of a page are the bulk of all data and are only read whole: they are stored as
zstd-compressed JSON.
"""

import threading
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import zstandard

T = TypeVar("T")

_COMPRESSION_LEVEL = 3


class _Compressors(threading.local):
    """One for each thread: making one takes longer than compressing a page, and threads may not share one."""

    def __init__(self) -> None:
        self.own = zstandard.ZstdCompressor(level=_COMPRESSION_LEVEL)


_compressors = _Compressors()


def compressed(data: bytes) -> bytes:
    """As zstd."""
    return _compressors.own.compress(data)


def encode(value: msgspec.Struct) -> dict[str, Any]:
    """A struct as a BSON-ready dictionary."""
    document: dict[str, Any] = msgspec.to_builtins(value, builtin_types=(datetime, bytes))
    return document


def decode(document: dict[str, Any], type_: type[T]) -> T:
    """The struct that a document holds; fields that are not the struct's are ignored."""
    return msgspec.convert(document, type_, builtin_types=(datetime, bytes), strict=False)


def pack(value: Any) -> bytes:
    """A value as compressed JSON."""
    return compressed(msgspec.json.encode(value))


def unpack(data: bytes, type_: type[T]) -> T:
    """The value that :func:`pack` packed."""
    return msgspec.json.decode(zstandard.decompress(data), type=type_)


def areas_of(region: str) -> list[str]:
    """Prefixes of a region, so that province, city and county are each one equality match."""
    return [region[:2], region[:4], region]
