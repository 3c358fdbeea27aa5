"""A site under lease, and a request being made for it."""

from datetime import date

import msgspec

from crawler.spiders.site_crawl import SiteCrawl
from crawler.spiders.tasks import Task
from store.redis.frontier import Lease


class HeldSite:
    """A site under lease. ``lost`` is set when another worker took it over: nothing of it may be written any more.

    ``known`` are the ids of its requests in Redis and ``step`` the number of the last step; both are the writer's.
    """

    __slots__ = ("as_of", "crawl", "flight", "known", "lease", "lost", "step")

    def __init__(self, lease: Lease, crawl: SiteCrawl, *, as_of: date, known: set[str]) -> None:
        self.lease = lease
        self.crawl = crawl
        self.as_of = as_of
        self.known = known
        self.step = 0
        self.flight = 0
        self.lost = False

    @property
    def key(self) -> tuple[str, str]:
        """Round and site code."""
        return self.lease.order.round_id, self.lease.order.code


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One request being made. ``host`` is the name its allowance goes by."""

    site: HeldSite
    task: Task
    host: str
