"""Looks up which machine each host lives on, before anything is asked of it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence

from crawler.extensions.lane import RunningTasks
from crawler.fetch.policy import AddressRefused
from crawler.frontier.platforms import Platforms

_AT_ONCE = 64
_PATIENCE_S = 10.0

LookUp = Callable[[str, socket.AddressFamily], Awaitable[Sequence[str]]]


class PlatformLane:
    """Looks hosts up; one without an address stands for itself, and its requests will say what is wrong with it."""

    def __init__(self, *, platforms: Platforms, look_up: LookUp, placed: Callable[[str], None]) -> None:
        self._platforms = platforms
        self._look_up = look_up
        self._placed = placed
        self.running = RunningTasks(freed=self.pump)

    def pump(self) -> None:
        """Start what may be started."""
        while len(self.running) < _AT_ONCE:
            host = self._platforms.next_to_place()
            if host is None:
                return
            self.running.start(self._find(host))

    async def _find(self, host: str) -> None:
        addresses: Sequence[str] = ()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                addresses = await self._look_up(host, socket.AF_UNSPEC)
        except (OSError, TimeoutError, UnicodeError, AddressRefused):
            pass  # what is wrong is for the request to say
        self._platforms.place(host, addresses)
        self._placed(host)
