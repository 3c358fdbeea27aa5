"""What an answer says, read the way browsers read it: headers, body, redirect target, cookies."""

from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote_from_bytes

import aiohttp
import msgspec
from aiohttp.http_exceptions import HttpProcessingError

from crawler.fetch.asking import Exchange, RawHeaders
from inspection.registry.address import resolve

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHARSETS = ("utf-8", "gb18030", "latin-1")
_ALL_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


class Answer(msgspec.Struct, frozen=True):
    """One answer as it came. ``body`` is without its transfer coding; of a redirect it may be left unread.

    ``truncated``: the body goes on behind the limit; ``damage``: what was wrong with its end.
    """

    status: int
    raw_headers: RawHeaders
    body: bytes = b""
    truncated: bool = False
    damage: str = ""
    is_reset: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """Headers by lower-case name; of a repeated one the last counts. Values in whatever charset they were sent."""
        return {_text(name).lower(): _text(value) for name, value in self.raw_headers}

    @property
    def cookies(self) -> dict[str, str]:
        """Cookies that it sets, in the spelling in which they are to be sent back."""
        found: dict[str, str] = {}
        for value in self._all(b"set-cookie"):
            with suppress(CookieError):
                found.update({name: morsel.coded_value for name, morsel in SimpleCookie(_text(value)).items()})
        return found

    def redirect_target(self, url: str) -> str | None:
        """Absolute target of a redirect; None where the answer is none or names no usable target."""
        if self.status not in REDIRECTS:
            return None
        location = next(iter(self._all(b"location")), b"")
        return resolve(url, _location_text(location)) if location else None

    def _all(self, name: bytes) -> list[bytes]:
        return [value for found, value in self.raw_headers if found.lower() == name]


async def read_answer(exchange: Exchange, limit: int, kept: int) -> Answer:
    """At most ``limit`` bytes of the body, of which about the first ``kept`` are given.

    Of an incomplete one, what has arrived: browsers show that, too.
    """
    parts: list[bytes] = []
    size = 0
    head = (exchange.status, exchange.raw_headers)
    try:
        while part := await exchange.content.readany():
            if size < kept:
                # Cut before it is joined: a copy of the whole body would cost as much again.
                parts.append(part[: limit - size])
            size += len(part)
            if size > limit:
                exchange.end()
                return Answer(*head, b"".join(parts), truncated=True)
    except (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError, HttpProcessingError, OSError) as error:
        is_reset = isinstance(error, ConnectionError) or "ConnectionResetError" in str(error)
        return Answer(*head, b"".join(parts), damage=f"incomplete body: {error}", is_reset=is_reset)
    return Answer(*head, b"".join(parts), truncated=size > sum(map(len, parts)))


def _location_text(raw: bytes) -> str:
    """Bytes that are no UTF-8 (GBK paths) are asked for just as they were written."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return quote_from_bytes(raw, safe=_ALL_PRINTABLE + " ")


def _text(raw: bytes) -> str:
    if raw.isascii():
        return raw.decode("ascii")
    for charset in _CHARSETS:
        with suppress(UnicodeDecodeError):
            return raw.decode(charset)
    raise AssertionError("latin-1 decodes all bytes")
