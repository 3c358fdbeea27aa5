"""What an answer says, read the way browsers read it: headers, body, redirect target, cookies."""

from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote_from_bytes

import aiohttp
import msgspec
from aiohttp.http_exceptions import HttpProcessingError

from inspection.registry.address import resolve

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024
_CHARSETS = ("utf-8", "gb18030", "latin-1")
_ALL_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


class RawBody(msgspec.Struct, frozen=True):
    """Body as it came. ``truncated``: it goes on behind the limit; ``damage``: what was wrong with its end."""

    data: bytes
    truncated: bool = False
    damage: str = ""
    is_reset: bool = False


async def read_body(answer: aiohttp.ClientResponse, limit: int) -> RawBody:
    """At most ``limit`` bytes of the body. Of an incomplete one, what has arrived: browsers show that, too."""
    parts: list[bytes] = []
    size = 0
    try:
        async for part in answer.content.iter_chunked(_CHUNK):
            parts.append(part)
            size += len(part)
            if size > limit:
                answer.close()
                return RawBody(b"".join(parts)[:limit], truncated=True)
    except (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError, HttpProcessingError, OSError) as error:
        is_reset = isinstance(error, ConnectionError) or "ConnectionResetError" in str(error)
        return RawBody(b"".join(parts), damage=f"incomplete body: {error}", is_reset=is_reset)
    return RawBody(b"".join(parts))


def redirect_target(answer: aiohttp.ClientResponse, url: str) -> str | None:
    """Absolute target of a redirect; None where the answer is none or names no usable target."""
    if answer.status not in _REDIRECTS:
        return None
    raw = next((value for name, value in answer.raw_headers if name.lower() == b"location"), b"")
    return resolve(url, _location_text(raw)) if raw else None


def is_redirect(answer: aiohttp.ClientResponse) -> bool:
    """Whether the answer wants to send us elsewhere."""
    return answer.status in _REDIRECTS


def _location_text(raw: bytes) -> str:
    """Bytes that are no UTF-8 (GBK paths) are asked for just as they were written."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return quote_from_bytes(raw, safe=_ALL_PRINTABLE + " ")


def headers_of(answer: aiohttp.ClientResponse) -> dict[str, str]:
    """Headers by lower-case name; of a repeated one the last counts. Values in whatever charset they were sent."""
    return {_text(name).lower(): _text(value) for name, value in answer.raw_headers}


def _text(raw: bytes) -> str:
    for charset in _CHARSETS:
        with suppress(UnicodeDecodeError):
            return raw.decode(charset)
    raise AssertionError("latin-1 decodes all bytes")


def keep_cookies(answer: aiohttp.ClientResponse, jar: dict[str, str]) -> None:
    """Add the answer's cookies to ``jar``, in the spelling in which they are to be sent back."""
    for header in answer.headers.getall("Set-Cookie", []):
        with suppress(CookieError):
            jar.update({name: morsel.coded_value for name, morsel in SimpleCookie(header).items()})


def peer_of(answer: aiohttp.ClientResponse) -> str | None:
    """IP address that answered, as far as the connection still knows it."""
    transport = answer.connection.transport if answer.connection is not None else None
    peer = transport.get_extra_info("peername") if transport is not None else None
    return str(peer[0]) if peer else None
