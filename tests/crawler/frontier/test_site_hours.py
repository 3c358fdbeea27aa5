"""Sites are leased and held in their own hours only; others go on."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from redis import Redis

from crawler.frontier.held_site import HeldSite
from crawler.frontier.site_hours import SiteHours
from crawler.spiders.site_crawl import Retries, SiteCrawl
from inspection.ports import WorkOrder
from inspection.registry.crawl_window import CrawlWindow, PlaceWindow, PlaceWindows
from store.redis.frontier import Lease, RedisFrontier
from store.redis.frontier_status import RedisFrontierStatus
from store.redis.work_queue import RedisWorkQueue

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
"""In China."""
NIGHT = "20:00-06:00"


class Worker:
    """What a worker holds, at a time of day that passes as told."""

    def __init__(self, client: Redis, round_id: str) -> None:
        self.at = NOON
        self.windows: dict[str, str] = {}
        self.held: list[HeldSite] = []
        self.frontier = RedisFrontier(client)
        self.books = RedisFrontierStatus(client)
        self.round_id = round_id
        self.hours = SiteHours(windows=self._windows, frontier=self.frontier, holder=self, clock=self)

    def now(self) -> datetime:
        return self.at

    def held_sites(self) -> list[HeldSite]:
        return self.held

    def site_lost(self, site: HeldSite) -> None:
        site.lost = True

    def _windows(self) -> PlaceWindows:
        return PlaceWindows(
            PlaceWindow(place=place, window=CrawlWindow.parse(text), set_at=NOON)
            for place, text in self.windows.items()
        )

    def lease(self) -> set[str]:
        """Lease what may be leased; returns the codes."""
        self.hours.look([self.round_id])
        leases = self.hours.admit(self.round_id, self.frontier.lease(self.round_id, limit=9, lease_s=30))
        self.held += map(held, leases)
        return {lease.order.code for lease in leases}

    @property
    def resting(self) -> int:
        return self.books.read(self.round_id).sites_resting


def held(lease: Lease) -> HeldSite:
    crawl = SiteCrawl(lease.order, retries=Retries())
    return HeldSite(lease, crawl, as_of=date(2026, 11, 20), known=set())


@pytest.fixture
def worker(redis_url: str) -> Iterator[Worker]:
    name = f"h{uuid4().hex[:8]}"
    with Redis.from_url(redis_url) as client:
        queue = RedisWorkQueue(client)
        orders = [("3706020001", "370602", 0), ("3706020002", "370602", 5), ("4401000001", "440100", 0)]
        queue.submit(
            [
                WorkOrder(
                    round_id=name,
                    code=code,
                    url=f"http://s{code}.test/",
                    page_budget=1,
                    probe_count=0,
                    probe_span_s=0,
                    region=region,
                    priority=priority,
                )
                for code, region, priority in orders
            ]
        )
        yield Worker(client, name)
        queue.drop_round(name)


def test_sites_outside_their_window_are_not_crawled_but_others_and_urgent_ones_are(worker: Worker) -> None:
    worker.windows = {"370000": NIGHT}
    assert worker.lease() == {"3706020002", "4401000001"}
    assert worker.resting == 1
    assert worker.lease() == set()


def test_a_site_that_is_held_when_its_window_closes_is_given_back_until_it_opens(worker: Worker) -> None:
    worker.windows = {"3706020001": NIGHT}
    worker.at = NOON + timedelta(hours=17, minutes=59)  # one minute to six
    assert len(worker.lease()) == 3
    worker.at += timedelta(minutes=1)
    worker.hours.look([worker.round_id])
    assert [site.key[1] for site in worker.held if site.lost] == ["3706020001"]
    assert worker.resting == 1
    due_ms = worker.frontier._client.zrange(f"xuncha:{{{worker.round_id}}}:resting", 0, -1, withscores=True)[0][1]
    now_ms = worker.frontier._client.time()[0] * 1000
    assert abs(due_ms - now_ms - 14 * 3600 * 1000) < 60_000
    worker.hours.look([worker.round_id])
    assert worker.resting == 1


def test_changed_windows_count_from_the_next_look_on(worker: Worker) -> None:
    worker.windows = {"370600": NIGHT, "440000": NIGHT}
    assert worker.lease() == {"3706020002"}
    worker.windows = {"440000": NIGHT}
    assert worker.lease() == {"3706020001"}
    assert worker.resting == 1
    worker.windows = {}
    assert worker.lease() == {"4401000001"}
