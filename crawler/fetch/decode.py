"""Content codings undone within a bound: a small answer must not become a large one."""

import zlib
from io import BytesIO

import brotli
import zstandard

from inspection.errors import RuleBroken

_ZSTD_WINDOW = 8 * 1024 * 1024
_MOST_CODINGS = 3
"""More of them, one upon the other, are an attack: each costs a pass over the whole body."""
_MOST_MEMBERS = 16
_GZIP_MAGIC = b"\x1f\x8b"
_PIECE = 16 * 1024


class BadCoding(RuleBroken):
    """The body is not what its Content-Encoding says."""


def decode_body(body: bytes, coding: str, limit: int) -> bytes:
    """At most ``limit`` + 1 bytes of the decoded body (one more tells that it goes on).

    A cut or damaged end gives what came before it; :class:`BadCoding` where nothing can be decoded.
    """
    names = [part.strip().lower() for part in coding.split(",") if part.strip()]
    if len(names) > _MOST_CODINGS:
        raise BadCoding(f"{len(names)} codings")
    for name in reversed(names):
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
    """Piece by piece, so that what precedes a damage is not lost; concatenated members are one body."""
    out = bytearray()
    at = 0
    for _ in range(_MOST_MEMBERS):
        at = _inflate_member(body, at, wbits, limit, out)
        if at >= len(body) or len(out) >= limit or not body.startswith(_GZIP_MAGIC, at):
            break
    return bytes(out)


def _inflate_member(body: bytes, at: int, wbits: int, limit: int, out: bytearray) -> int:
    """Append one member's content to ``out``, to at most ``limit`` bytes in all; returns where the next may start."""
    engine = zlib.decompressobj(wbits)
    while at < len(body) and len(out) < limit:
        try:
            out += engine.decompress(body[at : at + _PIECE], limit - len(out))
        except zlib.error:
            if not out:
                raise
            return len(body)
        at += _PIECE
        if engine.eof:
            return at - _PIECE + len(body[at - _PIECE : at]) - len(engine.unused_data)
    return at
