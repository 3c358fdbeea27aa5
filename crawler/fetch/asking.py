"""One request over the HTTP client's connections, without its sessions.

A session takes the address apart, makes headers, cookies and an answer object anew for each request, which costs more
than all the rest of it. Its connections, their pool and its parser are used as they are, and so are its rules: one
more try where a connection ends before the answer, for methods that may be repeated.
"""

import re
import ssl
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import aiohttp
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.connector import Connection
from aiohttp.streams import StreamReader
from yarl import URL

RawHeaders = tuple[tuple[bytes, bytes], ...]

_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
_WITHOUT_CONTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_NO_LIMIT: Final = aiohttp.ClientTimeout(total=None)
_LONGEST_LINE, _LONGEST_HEADER = 16 * 1024, 32 * 1024
_ORIGINS = 16_384
"""Schemes, hosts and ports whose targets are kept."""
_UNSENDABLE = re.compile(r"[\r\n\0]")


class Exchange:
    """An answer whose head is in. The connection serves others as soon as the body has been read to its end."""

    __slots__ = ("_connection", "content", "raw_headers", "status")

    def __init__(self, connection: Connection, status: int, raw_headers: RawHeaders, content: StreamReader) -> None:
        self._connection = connection
        self.status = status
        self.raw_headers = raw_headers
        self.content = content
        content.on_eof(connection.release)

    @property
    def peer(self) -> str | None:
        """IP address that answered; None where the whole answer is in and the connection serves others again."""
        transport = self._connection.transport
        peer = transport.get_extra_info("peername") if transport is not None else None
        return str(peer[0]) if peer else None

    def end(self) -> None:
        """No more is wanted; the connection is closed where not all has been read."""
        self._connection.release()


class Asker:
    """Asks over the connections of ``connector``, which it closes in the end."""

    def __init__(self, connector: aiohttp.BaseConnector) -> None:
        self._connector = connector
        self._target = lru_cache(_ORIGINS)(_Target)

    async def ask(
        self, method: str, url: str, headers: Mapping[str, str], *, tls: ssl.SSLContext, content: bytes = b""
    ) -> Exchange:
        """Ask a canonical address; the exchange is to be ended by the caller.

        ``HttpProcessingError`` where the head of the answer is malformed, ``aiohttp.ClientError`` or ``OSError`` of
        the connection.
        """
        path_at = url.index("/", url.index("//") + 2)
        target = self._target(url[:path_at], tls)
        message = _head(method, url[path_at:], target.host_field, headers, content) + content
        try:
            return await self._ask_once(target, message, is_head=method == "HEAD")
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
            if method not in _REPEATABLE:
                raise
        return await self._ask_once(target, message, is_head=method == "HEAD")

    async def close(self) -> None:
        """Close all connections."""
        await self._connector.close()

    async def _ask_once(self, target: "_Target", message: bytes, *, is_head: bool) -> Exchange:
        connection = await self._connector.connect(target, [], _NO_LIMIT)
        try:
            protocol = connection.protocol
            assert protocol is not None  # just connected
            protocol.set_response_params(
                skip_payload=is_head,
                read_until_eof=True,
                auto_decompress=False,
                max_line_size=_LONGEST_LINE,
                max_field_size=_LONGEST_HEADER,
            )
            transport = protocol.transport
            if transport is None or transport.is_closing():
                raise aiohttp.ClientConnectionResetError("the connection is closed")
            transport.write(message)
            while True:
                answer, content = await protocol.read()
                if not 100 <= answer.code < 200 or answer.code == 101:
                    return Exchange(connection, answer.code, answer.raw_headers, content)
        except BaseException:
            connection.close()
            raise


class _Target(aiohttp.ClientRequest):
    """What the connector wants to know of a request: the same for all that go to one origin."""

    def __init__(self, origin: str, tls: ssl.SSLContext) -> None:
        # Not the inherited one, which would make a whole request.
        self.url = URL(origin, encoded=True)
        self._ssl = tls
        self.proxy = self.proxy_auth = self.proxy_headers = self.server_hostname = None
        self._key = super().connection_key
        self.host_field = self.url.host_port_subcomponent or ""

    @property
    def connection_key(self) -> ConnectionKey:
        return self._key


def _head(method: str, path: str, host: str, headers: Mapping[str, str], content: bytes) -> bytes:
    """Request line and headers. ``ValueError`` where one would end its line."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers.items())]
    if content or method not in _WITHOUT_CONTENT:
        lines.append(f"Content-Length: {len(content)}")
    if _UNSENDABLE.search("".join(lines)):
        raise ValueError("a header holds the end of a line")
    return "\r\n".join([*lines, "", ""]).encode()
