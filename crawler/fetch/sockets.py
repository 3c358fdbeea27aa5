"""The sockets of one fetcher, so that none outlives it.

The HTTP client forgets a TLS connection as soon as it has asked it to close, and the farewell may take the other
side's time; whoever ends the loop before that leaves a socket open.
"""

import asyncio
import socket
from contextlib import suppress
from typing import Any
from weakref import WeakSet

_PATIENCE_S = 1.0
_TURN_S = 0.005


class Sockets:
    """Makes sockets and remembers those that are open."""

    def __init__(self) -> None:
        self._all: WeakSet[socket.socket] = WeakSet()

    def make(self, info: tuple[Any, ...]) -> socket.socket:
        """A socket for one entry of ``getaddrinfo``."""
        family, kind, protocol, *_ = info
        made = socket.socket(family, kind, protocol)
        self._all.add(made)
        return made

    async def close(self) -> None:
        """End what is still open and wait until its owners have let go of it, for a second at most."""
        for open_one in self._open():
            with suppress(OSError):
                open_one.shutdown(socket.SHUT_RDWR)
        deadline = asyncio.get_running_loop().time() + _PATIENCE_S
        while self._open() and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(_TURN_S)

    def _open(self) -> list[socket.socket]:
        return [one for one in self._all if one.fileno() >= 0]
