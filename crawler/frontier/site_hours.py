"""Keeps each site to its crawl window, where operators have set one for it or its region. In the feeder's thread."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from crawler.frontier.held_site import HeldSite
from inspection.ports import Clock
from inspection.registry.crawl_window import PlaceWindows
from store.redis.frontier import Lease, RedisFrontier

logger = logging.getLogger(__name__)


class Holder(Protocol):
    """Who has the sites under lease. Called from the feeder's thread; must not block."""

    def held_sites(self) -> list[HeldSite]:
        """All sites under lease."""
        ...

    def site_lost(self, site: HeldSite) -> None:
        """The lease of a site is over."""
        ...


class SiteHours:
    """Gives back, until their window opens, sites of bulk crawling that are outside it. ``windows`` asks the store."""

    def __init__(
        self, *, windows: Callable[[], PlaceWindows], frontier: RedisFrontier, holder: Holder, clock: Clock
    ) -> None:
        self._ask = windows
        self._frontier = frontier
        self._holder = holder
        self._clock = clock
        self._windows = PlaceWindows()

    def look(self, rounds: Sequence[str]) -> None:
        """Now and then: heed changes of the windows, and the hour."""
        found = self._ask()
        if found != self._windows:
            self._windows = found
            for round_id in rounds:
                self._frontier.reconsider(round_id)
        now = self._clock.now()
        for site in self._holder.held_sites():
            wait_s = self._wait_s(site.lease, now)
            if wait_s is not None and not site.lost:
                logger.info("网站 %s 的抓取时段已过，%.0f 分钟后继续", site.key[1], wait_s / 60)
                self._holder.site_lost(site)
                self._frontier.defer(site.key[0], [(site.lease, wait_s)])

    def admit(self, round_id: str, leases: Sequence[Lease]) -> list[Lease]:
        """Those that may be crawled now; the others are given back."""
        now = self._clock.now()
        waits = [(lease, self._wait_s(lease, now)) for lease in leases]
        deferred = [(lease, wait_s) for lease, wait_s in waits if wait_s is not None]
        if deferred:
            self._frontier.defer(round_id, deferred)
        return [lease for lease, wait_s in waits if wait_s is None]

    def _wait_s(self, lease: Lease, now: datetime) -> float | None:
        """Seconds until the site may be crawled; None if it may be now. Urgent orders wait for no window."""
        order = lease.order
        if order.priority > 0:
            return None
        opens = self._windows.closed_until(order.code, order.region, now)
        return None if opens is None else (opens - now).total_seconds()
