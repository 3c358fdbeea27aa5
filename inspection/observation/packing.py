"""Values in one piece, as they are stored and sent where they are only read whole: zstd-compressed JSON."""

import threading
from typing import Any, TypeVar

import msgspec
import zstandard

T = TypeVar("T")

_LEVEL = 3


class _Compressors(threading.local):
    """One for each thread: making one takes longer than compressing a page, and threads may not share one."""

    def __init__(self) -> None:
        self.own = zstandard.ZstdCompressor(level=_LEVEL)


_compressors = _Compressors()


def compressed(data: bytes) -> bytes:
    """As one zstd frame that tells its size."""
    return _compressors.own.compress(data)


def pack(value: Any) -> bytes:
    """A value as compressed JSON."""
    return compressed(msgspec.json.encode(value))


def unpack(data: bytes, type_: type[T]) -> T:
    """The value that :func:`pack` packed."""
    return msgspec.json.decode(zstandard.decompress(data), type=type_)
