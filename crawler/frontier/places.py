"""Places at hosts for requests that follow from one under way: redirects to other hosts, resources of a page shown.

What a request is led to waits in the queue of that host, before all that waits there, and holds nothing meanwhile: so
no two requests can wait for each other. Probes wait for nobody, but others wait for them. Lives on the event loop.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from crawler.frontier.host_queues import HostQueues, Lane

_PATIENCE_S = 60.0
"""A host that has no room for so long (it may have asked for a pause of minutes) is not asked."""
_LONG_PATIENCE_S = 900.0
"""Who comes back after a pause is in no hurry, and hosts may be left alone for minutes."""
_HURRIED, _USUAL = 0, 1

_Waiter = asyncio.Future[None]


class Places:
    """Gives out places of ``queues``. ``freed`` is called when a host may take another request."""

    def __init__(
        self,
        queues: HostQueues[Any],
        *,
        call_later: Callable[[float, Callable[[], None]], object],
        freed: Callable[[], None],
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self._queues = queues
        self._call_later = call_later
        self._freed = freed
        self._patience_s = patience_s
        self._alarm_set = False
        self.resting = 0
        """Requests between two tries, which have no place meanwhile."""

    def held(self, host: str) -> "HeldPlace":
        """The place of a request that was handed out for this host."""
        return HeldPlace(self, host)

    def visiting(self) -> "HeldPlace":
        """A place for a resource of a page that is shown: as many at a time as the host takes, without its pauses."""
        return HeldPlace(self, None, rank=_HURRIED)

    def passing(self) -> "PassingPlace":
        """A place for a probe."""
        return PassingPlace(self)

    def pump(self) -> None:
        """Let those go on whose host has room."""
        if not self._queues.waiting(Lane.HOPS):
            return
        while (popped := self._queues.pop(Lane.HOPS)) is not None:
            host, waiter = popped
            if waiter.done():
                self._queues.release(host)  # has given up waiting
            else:
                waiter.set_result(None)
        self._set_alarm()

    async def wait(self, host: str, rank: int, *, patience_s: float | None = None) -> bool:
        """Until there is room at the host, which is then to be released; False if there is none for long."""
        waiter: _Waiter = asyncio.get_running_loop().create_future()
        self._queues.push(Lane.HOPS, host, waiter, rank=rank)
        self._freed()
        try:
            async with asyncio.timeout(self._patience_s if patience_s is None else patience_s):
                await waiter
        except TimeoutError:
            self._forgo(host, waiter)
            return False
        except asyncio.CancelledError:
            self._forgo(host, waiter)
            raise
        return True

    def count(self, host: str) -> None:
        """A request goes to the host, which is to be released after it, whether there is room or not."""
        self._queues.count(host)

    def release(self, host: str) -> None:
        """A request to the host is over."""
        self._queues.release(host)
        self._freed()

    def _forgo(self, host: str, waiter: _Waiter) -> None:
        """Nobody waits any more; room that was found in the last moment is given back."""
        if waiter.done() and not waiter.cancelled():
            self.release(host)
        waiter.cancel()

    def _set_alarm(self) -> None:
        due_s = self._queues.next_due_s()
        if due_s is not None and self._queues.waiting(Lane.HOPS) and not self._alarm_set:
            self._alarm_set = True
            self._call_later(due_s + 0.001, self._ring)

    def _ring(self) -> None:
        self._alarm_set = False
        self.pump()


class _AnyPlace:
    """A place at ``host``, None while it is nowhere."""

    def __init__(self, places: Places, host: str | None) -> None:
        self._places = places
        self.host = host

    def give_up(self) -> None:
        """The request is over: the host may take another while the answer is being read."""
        host, self.host = self.host, None
        if host is not None:
            self._places.release(host)


class HeldPlace(_AnyPlace):
    """:class:`crawler.fetch.place.PausablePlace` of a request that keeps to all allowances."""

    def __init__(self, places: Places, host: str | None, rank: int = _USUAL) -> None:
        super().__init__(places, host)
        self._rank = rank

    async def move_to(self, host: str) -> bool:
        """Give the place up, then wait for one there."""
        self.give_up()
        if not await self._places.wait(host, self._rank):
            return False
        self.host = host
        return True

    async def rest(self, pause_s: float, host: str) -> None:
        """Give the place up for a pause; then wait, for long if need be, for one at the host."""
        self._places.resting += 1
        try:
            self.give_up()
            await asyncio.sleep(pause_s)
            if await self._places.wait(host, self._rank, patience_s=_LONG_PATIENCE_S):
                self.host = host
        finally:
            self._places.resting -= 1


class PassingPlace(_AnyPlace):
    """:class:`crawler.fetch.place.Place` of a request that waits for nobody."""

    def __init__(self, places: Places) -> None:
        super().__init__(places, None)

    async def move_to(self, host: str) -> bool:
        """At once."""
        self.give_up()
        self._places.count(host)
        self.host = host
        return True
