"""The bounded buffer between the event loop and the writer thread."""

import threading
from collections import deque

import msgspec

from crawler.frontier.held_site import HeldSite
from crawler.spiders.tasks import Harvest
from inspection.observation import ProbeSeen
from store.redis.probe_queue import ProbeOrder


class SiteEntry(msgspec.Struct, frozen=True):
    """What one answer brought to a site."""

    site: HeldSite
    harvest: Harvest


class ProbeEntry(msgspec.Struct, frozen=True):
    """One probe made."""

    order: ProbeOrder
    seen: ProbeSeen


class Sink:
    """Takes entries from the event loop without ever blocking it, gives them to the writer in batches, in order.

    When full it does not refuse: :attr:`has_room` turns False, nobody starts new requests, and what is
    under way (bounded by the worker's concurrency) still finds a place.
    """

    def __init__(self, *, capacity: int) -> None:
        self._capacity = capacity
        self._entries: deque[SiteEntry | ProbeEntry] = deque()
        self._filled = threading.Event()

    @property
    def has_room(self) -> bool:
        """Whether new work may be started."""
        return len(self._entries) < self._capacity

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, site: HeldSite, harvest: Harvest) -> None:
        """Add what an answer brought."""
        self._entries.append(SiteEntry(site, harvest))
        self._filled.set()

    def put_probe(self, order: ProbeOrder, seen: ProbeSeen) -> None:
        """Add a probe."""
        self._entries.append(ProbeEntry(order, seen))
        self._filled.set()

    def take(self, limit: int) -> list[SiteEntry | ProbeEntry]:
        """Up to ``limit`` entries, oldest first; empty if there are none. Only the writer calls this."""
        return [self._entries.popleft() for _ in range(min(limit, len(self._entries)))]

    def wait(self, timeout_s: float) -> None:
        """Until something was put, or the time is over."""
        if self._filled.wait(timeout_s):
            self._filled.clear()
