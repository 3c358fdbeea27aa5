"""A second, forgiving reader for answers that the HTTP client calls malformed and browsers show all the same.

Bodies longer than their Content-Length, lengths that are no number, chunks that end in nonsense, bodies after HEAD.
One connection per request, nothing kept alive; used only after the client has failed.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import msgspec
from aiohttp.http_exceptions import BadHttpMessage

from crawler.fetch.answers import Answer
from crawler.fetch.asking import RawHeaders

_HEAD_BYTES = 64 * 1024
_CHUNK = 64 * 1024
_STATUS_LINE = re.compile(rb"HTTP/1\.\d[ \t]+(\d{3})(?:[ \t][^\r\n]*)?")
_CHUNK_SIZE = re.compile(rb"\s*([0-9a-fA-F]{1,8})\s*(?:;[^\r\n]*)?")
_SENDABLE = re.compile(r"[^\r\n\0]*")


class PlainRequest(msgspec.Struct, frozen=True):
    """One request to an address that the policy has allowed. ``limit`` is of the body, in bytes."""

    method: str
    url: str
    address: str
    headers: Mapping[str, str]
    limit: int
    tls: ssl.SSLContext
    content: bytes = b""


async def ask_plainly(request: PlainRequest) -> Answer:
    """The answer, as far as it can be read. ``BadHttpMessage`` where it is none; ``OSError`` of the connection."""
    parts = urlsplit(request.url)
    is_tls = parts.scheme == "https"
    reader, writer = await asyncio.open_connection(
        request.address,
        parts.port or (443 if is_tls else 80),
        ssl=request.tls if is_tls else None,
        server_hostname=parts.hostname if is_tls else None,
        limit=_HEAD_BYTES,
    )
    try:
        writer.write(_request_head(request) + request.content)
        await writer.drain()
        return await _read(reader, request)
    finally:
        writer.transport.abort()


def _request_head(request: PlainRequest) -> bytes:
    parts = urlsplit(request.url)
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    fields = {"Host": parts.netloc, **request.headers, "Connection": "close"}
    if request.content:
        fields["Content-Length"] = str(len(request.content))
    lines = [f"{request.method} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in fields.items() if _SENDABLE.fullmatch(value)]
    return "\r\n".join([*lines, "", ""]).encode()


async def _read(reader: asyncio.StreamReader, request: PlainRequest) -> Answer:
    status, headers = await _read_head(reader)
    while 100 <= status < 200:
        status, headers = await _read_head(reader)
    if request.method == "HEAD" or status in (204, 304):
        return Answer(status, headers)
    fields = {name.lower(): value for name, value in headers}
    if b"chunked" in fields.get(b"transfer-encoding", b"").lower():
        body, damage = await _read_chunks(reader, request.limit + 1)
    else:
        length = fields.get(b"content-length", b"").strip()
        wanted = int(length) if length.isdigit() and len(length) < 16 else request.limit + 1
        body, damage = await _read_up_to(reader, min(wanted, request.limit + 1)), ""
    return Answer(status, headers, body[: request.limit], truncated=len(body) > request.limit, damage=damage)


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, RawHeaders]:
    try:
        raw = await reader.readuntil(b"\n")
        match = _STATUS_LINE.fullmatch(raw.rstrip())
        if match is None:
            raise BadHttpMessage("no status line")
        size = len(raw)
        headers: list[tuple[bytes, bytes]] = []
        while (line := (await reader.readuntil(b"\n")).rstrip(b"\r\n")) != b"":
            size += len(line)
            if size > _HEAD_BYTES:
                raise BadHttpMessage("the headers are too long")
            name, colon, value = line.partition(b":")
            if colon and name.strip():
                headers.append((name.strip(), value.strip()))
    except asyncio.LimitOverrunError as error:
        raise BadHttpMessage("a header is too long") from error
    except asyncio.IncompleteReadError as error:
        raise BadHttpMessage("the headers are incomplete") from error
    return int(match.group(1)), tuple(headers)


async def _read_chunks(reader: asyncio.StreamReader, limit: int) -> tuple[bytes, str]:
    """(body, what was wrong with it)."""
    body = bytearray()
    with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        while len(body) < limit:
            match = _CHUNK_SIZE.fullmatch((await reader.readuntil(b"\n")).rstrip(b"\r\n"))
            if match is None:
                break
            size = int(match.group(1), 16)
            if size == 0:
                return bytes(body), ""
            piece = await _read_up_to(reader, min(size, limit - len(body)))
            body += piece
            if len(piece) < size:
                break
            await reader.readuntil(b"\n")
    return bytes(body), "" if len(body) >= limit else "incomplete body: bad chunks"


async def _read_up_to(reader: asyncio.StreamReader, size: int) -> bytes:
    """Up to ``size`` bytes: fewer where the connection ends first."""
    parts: list[bytes] = []
    while size > 0 and (part := await reader.read(min(size, _CHUNK))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
