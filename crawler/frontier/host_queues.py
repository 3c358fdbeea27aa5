"""Requests by host: hands out only what its host may take now, hosts in turn."""

from collections.abc import Callable
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

from crawler.frontier.pace import HostPaces
from crawler.frontier.platforms import Platform, Platforms

Item = TypeVar("Item")


class Lane(IntEnum):
    """Who takes a request: pages go through Scrapy, the others do not. Within a host the earlier lane goes first.

    ``HOPS`` are what a request under way is led to (:mod:`crawler.frontier.places`); those of rank 0 skip the pauses.
    """

    HOPS = 0
    PAGES = 1
    LINKS = 2
    RENDERS = 3


class _Host(Generic[Item]):
    """What waits for one host, and what it is allowed. ``turn`` are the ready hosts that it stands among, if any."""

    __slots__ = ("active", "armed", "free_at", "platform", "turn", "waiting")

    def __init__(self) -> None:
        self.active = 0
        self.free_at = 0.0
        self.armed = False
        self.platform: Platform | None = None
        self.turn: dict[str, None] | None = None
        self.waiting: tuple[list[tuple[tuple[bool, int], int, Item]], ...] = tuple([] for _ in Lane)

    def lane(self) -> int | None:
        """The lane that goes next, None where nothing waits."""
        for lane, waiting in enumerate(self.waiting):
            if waiting:
                return lane
        return None

    @property
    def may_start_at(self) -> float:
        """When the pause between two starts is over for what goes next."""
        hops = self.waiting[Lane.HOPS]
        return 0.0 if hops and hops[0][0][1] == 0 else self.free_at


class HostQueues(Generic[Item]):
    """Lanes of requests under one allowance per host: ``per_host`` at a time, and the pause between starts that
    ``paces`` has learned. Hosts with an urgent request go before the others. With ``platforms``, the machines that
    hosts live on have an allowance too, and only those that this worker holds are asked.

    Whatever :meth:`pop` gives out must be given back by :meth:`release`. The empty host has no limits.
    """

    def __init__(
        self, *, per_host: int, paces: HostPaces, now: Callable[[], float], platforms: Platforms | None = None
    ) -> None:
        self._per_host = per_host
        self._paces = paces
        self._platforms = platforms
        self._now = now
        self._hosts: dict[str, _Host[Item]] = {}
        # Hosts that may take a request now, in turn, by lane, the urgent ones first; a dictionary is an ordered set.
        self._ready: tuple[tuple[dict[str, None], dict[str, None]], ...] = tuple(({}, {}) for _ in Lane)
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._counter = count()
        self._waiting = [0 for _ in Lane]

    def push(
        self, lane: Lane, host: str, item: Item, *, rank: int = 0, urgent: bool = False, delay_s: float = 0.0
    ) -> None:
        """Queue a request; within host and lane urgent ones first, by rank, then in order of arrival.

        ``delay_s`` holds it back first.
        """
        self._waiting[lane] += 1
        place = (not urgent, rank)
        if delay_s > 0:
            self._at(self._now() + delay_s, lambda: self._enter(lane, host, item, place))
        else:
            self._enter(lane, host, item, place)

    def pop(self, lane: Lane, *, urgent_only: bool = False) -> tuple[str, Item] | None:
        """Next request of a lane and its host, None while no host may take one."""
        self._run_timers()
        if not self._waiting[lane]:
            return None
        urgent, others = self._ready[lane]
        for ready in (urgent,) if urgent_only else (urgent, others):
            while ready:
                name = next(iter(ready))
                del ready[name]
                host = self._hosts[name]
                host.turn = None
                if name and self._free_at(name, host) > self._now():
                    self._arm(name, host)  # closed since it was found ready
                    continue
                if name and host.active >= self._per_host:
                    continue  # taken by one that waits for nobody
                if not self._is_admitted(name, host):
                    continue
                _, _, item = heappop(host.waiting[lane])
                self._waiting[lane] -= 1
                host.active += 1
                host.free_at = self._now() + self._paces.delay_s(name)
                self._offer(name, host)
                return name, item
        return None

    def count(self, name: str) -> None:
        """A request goes to a host without having waited: others wait for it. It is to be released, too."""
        host = self._known(name)
        host.active += 1
        host.free_at = self._now() + self._paces.delay_s(name)
        if host.platform is not None and self._platforms is not None:
            self._platforms.started(host.platform)

    def release(self, name: str) -> None:
        """The request is over: its host may take another."""
        host = self._hosts[name]
        host.active -= 1
        if host.platform is not None and self._platforms is not None:
            self._platforms.ended(host.platform)
            self._unblock(host.platform)
        self._offer(name, host)

    def placed(self, name: str) -> None:
        """It is known which machine the host lives on."""
        host = self._hosts.get(name)
        if host is not None and host.platform is None:
            self._place(name, host)
            self._offer(name, host)

    def granted(self, platform: Platform) -> None:
        """This worker holds a machine now: its hosts may be asked."""
        self._unblock(platform)

    def joined(self, part: Platform, whole: Platform) -> None:
        """A machine is part of another: its hosts, with what is under way there, count as that one's."""
        for name, host in list(self._hosts.items()):
            if host.platform is part:
                host.platform = whole
                part.hosts -= 1
                part.active -= host.active
                whole.hosts += 1
                whole.active += host.active
                self._offer(name, host)

    def waiting(self, lane: Lane) -> int:
        """Requests queued in a lane, those held back included."""
        return self._waiting[lane]

    def next_due_s(self) -> float | None:
        """Seconds until something held back becomes ready; None if nothing is."""
        return max(0.0, self._timers[0][0] - self._now()) if self._timers else None

    def _enter(self, lane: Lane, name: str, item: Item, place: tuple[bool, int]) -> None:
        host = self._known(name)
        heappush(host.waiting[lane], (place, next(self._counter), item))
        self._offer(name, host)

    def _known(self, name: str) -> _Host[Item]:
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = _Host()
            self._place(name, host)
        return host

    def _offer(self, name: str, host: _Host[Item]) -> bool:
        """Give a host its turn, if it may take a request now; otherwise that is seen to later."""
        lane = host.lane()
        if lane is None:
            self._forget_if_idle(name, host)
            return False
        is_urgent = not host.waiting[lane][0][0][0]
        ready = self._ready[lane][not is_urgent]
        if host.turn is not None and host.turn is not ready:
            del host.turn[name]
            host.turn = None
        if name and (host.active >= self._per_host or (self._platforms is not None and host.platform is None)):
            return False
        if name and self._free_at(name, host) > self._now():
            self._arm(name, host)
            return False
        ready.setdefault(name)
        host.turn = ready
        return True

    def _free_at(self, name: str, host: _Host[Item]) -> float:
        return max(host.may_start_at, self._paces.closed_until(name))

    def _forget_if_idle(self, name: str, host: _Host[Item]) -> None:
        if host.active or host.armed:
            return
        if name and host.free_at > self._now():
            self._arm(name, host)
        else:
            del self._hosts[name]
            if host.platform is not None:
                host.platform.hosts -= 1
                host.platform.blocked.pop(name, None)

    def _place(self, name: str, host: _Host[Item]) -> None:
        if name and self._platforms is not None:
            host.platform = self._platforms.of(name)
            if host.platform is not None:
                host.platform.hosts += 1
                host.platform.active += host.active

    def _is_admitted(self, name: str, host: _Host[Item]) -> bool:
        """Whether the machine takes the request, which then counts as started; otherwise the host waits for it."""
        platform = host.platform
        if platform is None or self._platforms is None:
            return True
        if self._platforms.admits(platform):
            self._platforms.started(platform)
            return True
        platform.blocked[name] = None
        if platform.free_at > self._now() and not platform.armed:
            platform.armed = True
            self._at(platform.free_at, lambda: self._free(platform))
        return False

    def _free(self, platform: Platform) -> None:
        platform.armed = False
        self._unblock(platform)

    def _unblock(self, platform: Platform) -> None:
        """Give as many hosts their turn again as the machine has room for."""
        assert self._platforms is not None
        room = self._platforms.room(platform)
        while room and platform.blocked:
            name = next(iter(platform.blocked))
            del platform.blocked[name]
            room -= self._offer(name, self._hosts[name])

    def _arm(self, name: str, host: _Host[Item]) -> None:
        if not host.armed:
            host.armed = True
            self._at(self._free_at(name, host), lambda: self._disarm(name))

    def _disarm(self, name: str) -> None:
        host = self._hosts[name]
        host.armed = False
        self._offer(name, host)

    def _at(self, when: float, action: Callable[[], None]) -> None:
        heappush(self._timers, (when, next(self._counter), action))

    def _run_timers(self) -> None:
        while self._timers and self._timers[0][0] <= self._now():
            heappop(self._timers)[2]()
