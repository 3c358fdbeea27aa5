"""How far a request has come, noted as it goes: aiohttp's own tracing would cost a tenth of a whole link check."""

import socket
from contextvars import ContextVar
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult


class Progress:
    """How far a fetch has come; filled in as it goes, so that a time-out knows what it interrupted."""

    __slots__ = (
        *("address", "answered_s", "connected", "cookies", "first_byte_s", "hops", "notes", "resolving"),
        *("start", "status", "url"),
    )

    def __init__(self, url: str, start: float) -> None:
        self.url = url
        self.start = start
        self.resolving = False
        self.connected = False
        self.status: int | None = None
        self.hops: list[Any] = []
        self.cookies: dict[str, dict[str, str]] = {}
        self.first_byte_s: float | None = None
        self.answered_s = 0.0
        self.address: str | None = None
        self.notes: list[str] = []


PROGRESS: ContextVar[Progress] = ContextVar("progress")
"""That of the request being made; the tasks that aiohttp starts to look names up inherit it."""


class NotedResolver(AbstractResolver):
    """Another resolver, whose look-ups are noted. A look-up that fails or is cut off stays noted as under way."""

    def __init__(self, resolver: AbstractResolver) -> None:
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Addresses of a name."""
        progress = PROGRESS.get()
        progress.resolving = True
        found = await self._resolver.resolve(host, port, family)
        progress.resolving = False
        return found

    async def close(self) -> None:
        """The resolver belongs to the caller."""


class NotedConnector(aiohttp.TCPConnector):
    """Notes when there is a connection, new or kept."""

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[aiohttp.tracing.Trace], timeout: aiohttp.ClientTimeout
    ) -> aiohttp.connector.Connection:
        """A connection for the request."""
        connection = await super().connect(req, traces, timeout)
        PROGRESS.get().connected = True
        return connection
