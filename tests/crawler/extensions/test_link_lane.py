"""The link lane: what is in the pause between two tries keeps nobody waiting."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crawler.extensions.link_lane import LinkLane
from crawler.fetch import FetchRequest, FetchResult
from crawler.frontier.held_site import HeldSite
from crawler.frontier.host_queues import HostQueues
from crawler.frontier.link_targets import LinkTargets
from crawler.frontier.pace import HostPaces, PaceRules
from crawler.frontier.places import Places
from crawler.frontier.workbench import Workbench
from crawler.links.checker import LinkChecker
from crawler.pipelines.sink import Sink
from crawler.spiders.site_crawl import Retries, SiteCrawl
from crawler.spiders.tasks import Task, TaskKind
from inspection.observation import FetchOutcome, LinkSource
from inspection.ports import WorkOrder
from store.redis.frontier import Lease

AT = datetime(2026, 11, 20, tzinfo=UTC)
HOME = "http://a.test/"
SOURCE = LinkSource(page=HOME, element="a", attribute="href")


class Web:
    """Addresses that contain "dead" are not found; the others answer once they are let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.under_way = 0
        self.most = 0

    async def fetch(self, request: FetchRequest) -> FetchResult:
        self.asked.append(request.url)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        is_dead = "dead" in request.url
        return FetchResult(
            url=request.url, final_url=request.url, method=request.method, started_at=AT, elapsed_s=0.1,
            outcome=FetchOutcome.NOT_FOUND if is_dead else FetchOutcome.OK, status=404 if is_dead else 200,
            headers={"content-type": "text/html"}, body=b"<p>x" * 100,
        )  # fmt: skip


def lane_of(web: Web, urls: list[str], *, pause_s: float, concurrency: int) -> LinkLane:
    loop = asyncio.get_running_loop()
    queues = HostQueues[Any](per_host=1, paces=HostPaces(PaceRules(delay_s=0), now=loop.time), now=loop.time)
    targets = LinkTargets(max_age=timedelta(1), capacity=1, now=lambda: AT)
    bench = Workbench(queues=queues, sink=Sink(capacity=100), targets=targets, call_later=loop.call_later)
    places = Places(queues, call_later=loop.call_later, freed=bench.wake)
    checker = LinkChecker(web, retry_pause_s=pause_s, now=lambda: AT)
    lane = LinkLane(bench=bench, places=places, checker=checker, hosts=None, concurrency=concurrency)  # type: ignore[arg-type]
    bench.on_work(places.pump)
    bench.on_work(lane.pump)
    order = WorkOrder(round_id="r", code="a", url=HOME, page_budget=5, probe_count=0, probe_span_s=0)
    tasks = [Task(kind=TaskKind.LINK, url=url, source=SOURCE) for url in urls]
    crawl = SiteCrawl(order, retries=Retries(), tasks=tasks, seen=[b"x" * 8])
    bench.adopt(HeldSite(Lease(order=order, token=1), crawl, as_of=date(2026, 11, 20), known=set()))
    return lane


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(20):
            await test()

    asyncio.run(limited())


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.001)


def test_other_links_of_the_host_are_checked_while_dead_ones_are_in_their_pause() -> None:
    async def test() -> None:
        web = Web()
        dead, good = [f"{HOME}dead{n}" for n in range(3)], [f"{HOME}{n}" for n in range(5)]
        lane = lane_of(web, [*dead, *good], pause_s=3600, concurrency=4)
        await until(lambda: len(web.asked) == 8)
        assert set(web.asked) == {*dead, *good}
        assert web.most == 1, "one at a time of the host, as it is allowed"
        assert len(lane.running) == 3
        await lane.running.cancel()

    run(test)


def test_dead_links_in_their_pause_do_not_take_the_lanes_places_but_have_a_bound() -> None:
    async def test() -> None:
        web = Web()
        dead, good = [f"http://d{n}.test/dead" for n in range(5)], [f"http://g{n}.test/" for n in range(3)]
        lane = lane_of(web, [*dead[:3], *good, *dead[3:]], pause_s=3600, concurrency=2)
        await until(lambda: len(web.asked) == 7)
        await asyncio.sleep(0.05)
        assert set(web.asked) == {*dead[:4], *good}
        assert len(lane.running) == 4
        await lane.running.cancel()

    run(test)


def test_a_dead_link_is_tried_again_after_its_pause_and_ends() -> None:
    async def test() -> None:
        web = Web()
        lane = lane_of(web, [f"{HOME}dead", f"{HOME}1"], pause_s=0.02, concurrency=2)
        await until(lambda: not len(lane.running) and len(web.asked) == 3)
        assert web.asked == [f"{HOME}dead", f"{HOME}1", f"{HOME}dead"]

    run(test)
