"""Content codings undone within a bound: a small answer must not become a large one."""

import zlib
from io import BytesIO

import brotli
import zstandard

from inspection.errors import RuleBroken

_ZSTD_WINDOW = 8 * 1024 * 1024


class BadCoding(RuleBroken):
    """The body is not what its Content-Encoding says."""


def decode_body(body: bytes, coding: str, limit: int) -> bytes:
    """At most ``limit`` + 1 bytes of the decoded body (one more tells that it goes on).

    A cut or damaged end gives what came before it; :class:`BadCoding` where nothing can be decoded.
    """
    for name in reversed([part.strip().lower() for part in coding.split(",") if part.strip()]):
        body = _decode(body, name, limit + 1)
    return body


def _decode(body: bytes, name: str, limit: int) -> bytes:
    if not body or name == "identity":
        return body
    try:
        if name in ("gzip", "x-gzip"):
            return _inflate(body, 16 + zlib.MAX_WBITS, limit)
        if name == "deflate":
            return _deflate(body, limit)
        if name == "br":
            return bytes(brotli.Decompressor().process(body, output_buffer_limit=limit)[:limit])
        if name == "zstd":
            decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
            return decompressor.stream_reader(BytesIO(body), read_across_frames=True).read(limit)
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise BadCoding(f"{name}: {error}") from error
    raise BadCoding(f"unknown coding {name!r}")


def _deflate(body: bytes, limit: int) -> bytes:
    """Servers mean raw deflate by "deflate" as often as zlib's format."""
    try:
        return _inflate(body, zlib.MAX_WBITS, limit)
    except zlib.error:
        return _inflate(body, -zlib.MAX_WBITS, limit)


def _inflate(body: bytes, wbits: int, limit: int) -> bytes:
    return zlib.decompressobj(wbits).decompress(body, limit)
