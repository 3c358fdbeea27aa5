"""Looks at one site here and now: the same crawl logic, politeness and link checks as a worker, in memory.

No Redis, no MongoDB, no Scrapy engine: ``xuncha inspect`` and ``xuncha links`` must work anywhere and write nothing.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from crawler.collecting import spare_collections
from crawler.config import WorkerConfig
from crawler.extensions.lane import RunningTasks
from crawler.extensions.link_lane import LinkLane
from crawler.extensions.probe_lane import probe_seen
from crawler.extensions.render_lane import RenderLane
from crawler.extract.links import MOST_LINKS
from crawler.fetch.fetcher import Fetcher
from crawler.fetch.hosts import HostLook
from crawler.fetching import fetcher_of, link_checker_of, paces_of, renderer_of
from crawler.frontier.held_site import HeldSite, Job
from crawler.frontier.host_queues import HostQueues, Lane
from crawler.frontier.kit import Limits, limits_of, page_request, probe_request, retries_of
from crawler.frontier.link_targets import LinkTargets
from crawler.frontier.pace import HostPaces
from crawler.frontier.places import Places
from crawler.frontier.workbench import Workbench
from crawler.links.checker import LinkChecker
from crawler.pipelines.sink import Sink, SiteEntry
from crawler.spiders.page_reader import PageReader
from crawler.spiders.site_crawl import SiteCrawl
from inspection.observation import LinkSeen, PageSeen, ProbeSeen, RenderSeen, SiteObservations
from inspection.observation.render import with_renders
from inspection.ports import WorkOrder
from inspection.registry import Site
from store.redis.frontier import Lease

_PROBE_PAUSE_S = 2.0
_ONE_DAY = timedelta(days=1)

Seen = TypeVar("Seen")


def observe_site(site: Site, *, as_of: date, page_budget: int, probes: int, config: WorkerConfig) -> SiteObservations:
    """Crawl a site, check its links and probe it ``probes`` times, a few seconds apart. Stores nothing.

    Bodies are dropped, so pages have no snapshot. Takes seconds to minutes; what the web does wrong is in the
    result, never an exception.
    """
    return _run(_observe(site, as_of=as_of, page_budget=page_budget, probes=probes, config=config))


def observe_links(
    url: str, *, as_of: date, page_budget: int | None, external: bool, config: WorkerConfig
) -> tuple[list[PageSeen], list[LinkSeen]]:
    """Read up to ``page_budget`` pages from ``url`` on, within its site, and check the links on them. Stores nothing.

    None: that page alone, and all links on it. Without ``external`` links to other sites are reported as excluded.
    """
    budget, addresses = (1, MOST_LINKS) if page_budget is None else (page_budget, None)
    order = _order(url, "", budget, address_budget=addresses)
    crawl = SiteCrawl(order, retries=retries_of(config), looks_at_host=False)
    return _run(_observe_links(_held(crawl, as_of), external=external, config=config))


def _run(looking: Coroutine[None, None, Seen]) -> Seen:
    spare_collections()
    return asyncio.run(looking)


async def _observe(site: Site, *, as_of: date, page_budget: int, probes: int, config: WorkerConfig) -> SiteObservations:
    crawl = SiteCrawl(
        _order(site.url, site.code, page_budget), retries=retries_of(config), render_budget=config.render_pages
    )
    held = _held(crawl, as_of)
    limits = limits_of(config)
    async with _fetching(config) as (fetcher, paces):
        series, entries = await asyncio.gather(
            _probe(fetcher, site.url, probes, limits),
            _crawl(held, fetcher, link_checker_of(config, fetcher), config, paces),
        )
    return SiteObservations(
        site=site,
        as_of=as_of,
        probes=tuple(series),
        pages=with_renders(_pages(entries), _renders(entries)),
        links=tuple(_links(entries)),
        hosts=tuple(entry.harvest.host for entry in entries if entry.harvest.host is not None),
        finished=held.crawl.is_complete,
    )


async def _observe_links(
    held: HeldSite, *, external: bool, config: WorkerConfig
) -> tuple[list[PageSeen], list[LinkSeen]]:
    async with _fetching(config) as (fetcher, paces):
        checker = link_checker_of(config, fetcher, external=external)
        entries = await _crawl(held, fetcher, checker, config, paces)
    return _pages(entries), _links(entries)


def _order(url: str, code: str, page_budget: int, *, address_budget: int | None = None) -> WorkOrder:
    return WorkOrder(
        round_id="",
        code=code,
        url=url,
        page_budget=page_budget,
        address_budget=address_budget,
        probe_count=0,
        probe_span_s=0,
    )


def _held(crawl: SiteCrawl, as_of: date) -> HeldSite:
    return HeldSite(Lease(order=crawl.order, token=0), crawl, as_of=as_of, known=set())


@asynccontextmanager
async def _fetching(config: WorkerConfig) -> AsyncIterator[tuple[Fetcher, HostPaces]]:
    paces = paces_of(config, now=asyncio.get_running_loop().time)
    fetcher = fetcher_of(config, paces=paces)
    try:
        yield fetcher, paces
    finally:
        await fetcher.close()


def _pages(entries: Iterable[SiteEntry]) -> list[PageSeen]:
    return [entry.harvest.page for entry in entries if entry.harvest.page is not None]


def _renders(entries: Iterable[SiteEntry]) -> list[RenderSeen]:
    return [entry.harvest.render for entry in entries if entry.harvest.render is not None]


def _links(entries: Iterable[SiteEntry]) -> list[LinkSeen]:
    return [link for entry in entries for link in entry.harvest.links]


async def _probe(fetcher: Fetcher, url: str, count: int, limits: Limits) -> list[ProbeSeen]:
    series = []
    for sequence in range(count):
        if sequence:
            await asyncio.sleep(_PROBE_PAUSE_S)
        series.append(
            probe_seen(
                await fetcher.fetch(probe_request(url, limits.probe_timeout_s, limits)), sequence, limits.vantage
            )
        )
    return series


async def _crawl(
    held: HeldSite, fetcher: Fetcher, checker: LinkChecker, config: WorkerConfig, paces: HostPaces
) -> list[SiteEntry]:
    loop, limits = asyncio.get_running_loop(), limits_of(config)
    sink = Sink(capacity=1)
    entries: list[SiteEntry] = []
    targets = LinkTargets(max_age=_ONE_DAY, capacity=0, now=lambda: datetime.now(UTC))
    queues = HostQueues[Any](per_host=config.concurrent_per_host, paces=paces, now=loop.time)
    bench = Workbench(
        queues=queues,
        sink=sink,
        targets=targets,
        call_later=loop.call_later,
    )
    places = Places(queues, call_later=loop.call_later, freed=bench.wake)
    pages = _PageLane(bench, places, fetcher, limits)
    over_ipv6 = fetcher_of(config, family=socket.AF_INET6)
    hosts = HostLook(fetcher, over_ipv6, timeout_s=config.link_timeout_s, controls=config.control_targets)
    links = LinkLane(bench=bench, places=places, checker=checker, hosts=hosts, concurrency=limits.links)
    renderer = renderer_of(config, fetcher, places) if held.crawl.renders else None
    renders = RenderLane(bench=bench, renderer=renderer, concurrency=limits.renders)
    over = asyncio.Event()

    def collect() -> None:
        entries.extend(entry for entry in sink.take(len(sink)) if isinstance(entry, SiteEntry))
        sink.written()
        while targets.questions:
            bench.target_known(*targets.questions.popleft(), None)
        if held.crawl.is_complete:
            over.set()

    pages.start()
    bench.on_work(collect)
    bench.on_work(places.pump)
    bench.on_work(pages.pump)
    bench.on_work(links.pump)
    bench.on_work(renders.pump)
    bench.adopt(held)
    await over.wait()
    await pages.close()
    await renders.close()
    await over_ipv6.close()
    return entries


class _PageLane:
    """Pages without Scrapy: for one site its engine would only be overhead."""

    def __init__(self, bench: Workbench, places: Places, fetcher: Fetcher, limits: Limits) -> None:
        self._bench = bench
        self._places = places
        self._fetcher = fetcher
        self._limits = limits
        self._reader = PageReader()
        self._running = RunningTasks(freed=self.pump)

    def start(self) -> None:
        """Make ready, so that the first page need not wait for its reader."""
        self._reader.start()

    def pump(self) -> None:
        while (job := self._bench.next(Lane.PAGES)) is not None:
            self._running.start(self._read(job))

    async def close(self) -> None:
        await self._running.cancel()
        await self._reader.close()

    async def _read(self, job: Job) -> None:
        place = self._places.held(job.host)
        try:
            result = await self._fetcher.fetch(page_request(job.task, self._limits, place))
        finally:
            place.give_up()
        crawl = job.site.crawl
        facts = None
        if crawl.wants_facts(job.task, result):
            facts = await self._reader.read(result, as_of=job.site.as_of)
        self._bench.done(job, crawl.page_answered(job.task, result, facts))
