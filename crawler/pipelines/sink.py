"""The bounded buffer between the event loop and the writer thread."""

import threading
from collections import deque

import msgspec

from crawler.frontier.held_site import HeldSite
from crawler.spiders.tasks import Harvest
from inspection.observation import ProbeSeen
from store.redis.probe_queue import ProbeOrder

_MOST_BYTES = 32 * 1024 * 1024


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
    under way (bounded by the worker's concurrency) still finds a place. It is full with ``capacity`` entries, or with
    ``most_bytes`` of page bodies, those that the writer is busy with included.
    """

    def __init__(self, *, capacity: int, most_bytes: int = _MOST_BYTES) -> None:
        self._capacity = capacity
        self._most_bytes = most_bytes
        # Each counted by one thread alone, so that no lock is needed.
        self._bytes_put = self._bytes_taken = self._bytes_written = 0
        self._entries: deque[SiteEntry | ProbeEntry] = deque()
        self._filled = threading.Event()

    @property
    def has_room(self) -> bool:
        """Whether new work may be started."""
        return len(self._entries) < self._capacity and self._bytes_put - self._bytes_written < self._most_bytes

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, site: HeldSite, harvest: Harvest) -> None:
        """Add what an answer brought."""
        self._bytes_put += len(harvest.body)
        self._entries.append(SiteEntry(site, harvest))
        self._filled.set()

    def put_probe(self, order: ProbeOrder, seen: ProbeSeen) -> None:
        """Add a probe."""
        self._entries.append(ProbeEntry(order, seen))
        self._filled.set()

    def take(self, limit: int) -> list[SiteEntry | ProbeEntry]:
        """Up to ``limit`` entries, oldest first; empty if there are none. Only the writer calls this."""
        taken = [self._entries.popleft() for _ in range(min(limit, len(self._entries)))]
        self._bytes_taken += sum(len(entry.harvest.body) for entry in taken if isinstance(entry, SiteEntry))
        return taken

    def written(self) -> None:
        """What was taken takes no room any more. Only the writer calls this."""
        self._bytes_written = self._bytes_taken

    def wait(self, timeout_s: float) -> None:
        """Until something was put, or the time is over."""
        if self._filled.wait(timeout_s):
            self._filled.clear()
