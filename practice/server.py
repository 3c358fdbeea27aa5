"""The server: every site its own host on one loopback port, with the misbehaviour that was planted."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable

from practice.model import PracticeSite
from practice.pages import Answer, answer, closing_notice, partner_page

logger = logging.getLogger(__name__)

_REASONS = {
    200: "OK",
    302: "Found",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    503: "Service Unavailable",
}
_SLOW_S = 16.5
_HANG_S = 40.0
_FLAP_EVERY = {"flapping": 5, "flapping-mild": 50}
_FIREWALL = Answer(
    status=403,
    body=b"<html><head><title>403</title></head><body>Request blocked by the web application firewall</body></html>",
)
_UNAVAILABLE = Answer(status=503, body=b"<html><body>Service Unavailable</body></html>")
_ALWAYS: dict[str, tuple[Answer | None, float]] = {
    "firewall": (_FIREWALL, 0.0),
    "503": (_UNAVAILABLE, 0.0),
    "empty": (Answer(), 0.0),
    "reset": (None, 0.0),
    "hang": (None, _HANG_S),
}


class PracticeServer:
    """Serves the sites of a practice web; ``port`` is known after :meth:`start`."""

    def __init__(self, sites: Iterable[PracticeSite]) -> None:
        self._hosts: dict[str, list[PracticeSite]] = {}
        for site in sites:
            for host in {site.host, site.host.removeprefix("www.")}:
                self._hosts.setdefault(host, []).append(site)
        self._visits: Counter[str] = Counter()
        self._server: asyncio.Server | None = None
        self._over_ipv6: asyncio.Server | None = None

    async def start(self, port: int) -> int:
        """Listen on 127.0.0.1 and, where the machine has it, ::1; returns the port (any free one for 0)."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", port)
        taken = int(self._server.sockets[0].getsockname()[1])
        try:
            self._over_ipv6 = await loop.create_server(lambda: _Connection(self, over_ipv6=True), "::1", taken)
        except OSError as error:
            logger.warning("no IPv6 on this machine: %s", error)
        return taken

    async def serve_forever(self) -> None:
        """Until cancelled."""
        assert self._server is not None  # started before
        await self._server.serve_forever()

    def close(self) -> None:
        """Stop listening."""
        for server in (self._server, self._over_ipv6):
            if server is not None:
                server.close()

    def respond(self, host: str, path: str, *, over_ipv6: bool = False) -> tuple[Answer | None, float]:
        """The answer and the seconds to wait before it; None = cut the connection off."""
        site = self._site(host, path)
        if site is None:
            return partner_page(host), 0.0
        if over_ipv6 and site.dead_over_ipv6:
            return _UNAVAILABLE, 0.0
        if host != site.host:
            return Answer(status=302, location=f"{site.base.removesuffix(site.directory + '/')}{path}"), 0.0
        if site.behaviour != "normal":
            return self._misbehave(site, path)
        return answer(site, path), 0.0

    def _site(self, host: str, path: str) -> PracticeSite | None:
        sites = self._hosts.get(host, [])
        return next((site for site in sites if path.startswith(f"{site.directory}/")), sites[0] if sites else None)

    def _misbehave(self, site: PracticeSite, path: str) -> tuple[Answer | None, float]:
        if site.behaviour in _ALWAYS:
            return _ALWAYS[site.behaviour]
        if site.behaviour == "notice":
            return closing_notice(site, path), 0.0
        if site.behaviour == "elsewhere":
            return Answer(status=302, location=site.leads_to), 0.0
        is_home = path in (f"{site.directory}/", site.home_path)
        if site.behaviour == "slow" and is_home:
            return answer(site, path), _SLOW_S
        if site.behaviour in _FLAP_EVERY and path == f"{site.directory}/":
            self._visits[site.host] += 1
            if self._visits[site.host] % _FLAP_EVERY[site.behaviour] == 0:
                return _UNAVAILABLE, 0.0
        return answer(site, path), 0.0


class _Connection(asyncio.Protocol):
    """One connection: requests without bodies, answered in order, kept alive."""

    def __init__(self, server: PracticeServer, *, over_ipv6: bool = False) -> None:
        self._server = server
        self._over_ipv6 = over_ipv6
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.TimerHandle | None = None
        self._last = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._transport = None
        if self._waiting is not None:
            self._waiting.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._next()

    def _next(self) -> None:
        while self._transport is not None and self._waiting is None:
            head, separator, rest = self._buffer.partition(b"\r\n\r\n")
            if not separator:
                if len(self._buffer) > 64 * 1024:
                    self._transport.abort()
                return
            self._buffer = rest
            self._handle(head)

    def _handle(self, head: bytes) -> None:
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if len(words) != 3 or self._transport is None:
            if self._transport is not None:
                self._transport.abort()
            return
        self._last = headers.get("connection", "").lower() == "close"
        host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
        reply, delay_s = self._server.respond(host.lower(), words[1].partition("?")[0], over_ipv6=self._over_ipv6)
        if delay_s:
            loop = asyncio.get_running_loop()
            self._waiting = loop.call_later(delay_s, self._after_delay, words[0], reply)
        else:
            self._send(words[0], reply)

    def _after_delay(self, method: str, reply: Answer | None) -> None:
        self._waiting = None
        self._send(method, reply)
        self._next()

    def _send(self, method: str, reply: Answer | None) -> None:
        if self._transport is None:
            return
        if reply is None:
            self._transport.abort()
            return
        lines = [
            f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Status')}",
            "Server: practice",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {len(reply.body)}",
        ]
        if self._last:
            lines.append("Connection: close")
        if reply.location:
            lines.append(f"Location: {reply.location}")
        data = ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")
        self._transport.write(data if method == "HEAD" else data + reply.body)
        if self._last:
            self._transport.close()
