"""What the parts of a worker share. Scrapy's components find it at ``crawler.spider.kit``."""

import asyncio

import msgspec
from scrapy.http import Response

from crawler.config import WorkerConfig
from crawler.extensions.loop_watch import LoopWatch
from crawler.fetch import FetchRequest
from crawler.fetch.fetcher import Fetcher
from crawler.fetch.place import Place
from crawler.frontier.places import Places
from crawler.frontier.workbench import Workbench
from crawler.links.checker import LinkChecker
from crawler.pipelines.sink import Sink
from crawler.spiders.page_reader import PageReader
from crawler.spiders.site_crawl import Retries
from crawler.spiders.tasks import Task
from store.redis.probe_queue import ProbeOrder


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much a worker does at the same time, and how long it waits for an answer."""

    links: int
    probes: int
    probe_timeout_s: float
    page_timeout_s: float
    max_page_bytes: int
    vantage: str
    renders: int
    render_pages: int


class Kit:
    """The worker's shared parts.

    ``claimed`` are probes under way or not stored yet, ``fetching`` the page requests under way.
    """

    def __init__(
        self,
        *,
        bench: Workbench,
        places: Places,
        sink: Sink,
        fetcher: Fetcher,
        over_ipv6: Fetcher,
        checker: LinkChecker,
        limits: Limits,
    ) -> None:
        self.bench = bench
        self.places = places
        self.sink = sink
        self.fetcher = fetcher
        self.over_ipv6 = over_ipv6
        self.checker = checker
        self.limits = limits
        self.reader = PageReader()
        self.watch = LoopWatch()
        self.claimed: set[ProbeOrder] = set()
        self.fetching: set[asyncio.Future[Response]] = set()


_PROBE_BYTES = 256 * 1024
"""Enough to tell a page from an empty one and from a firewall's."""


def page_request(task: Task, limits: Limits, place: Place) -> FetchRequest:
    """How a page is asked for, from a place at its host."""
    return FetchRequest(
        url=task.url,
        timeout_s=limits.page_timeout_s,
        max_body_bytes=limits.max_page_bytes,
        accept_truncated=True,
        place=place,
    )


def probe_request(url: str, timeout_s: float, limits: Limits, place: Place | None = None) -> FetchRequest:
    """How the home page is asked for in an availability probe: read to its end, but not held."""
    return FetchRequest(
        url=url,
        timeout_s=timeout_s,
        max_body_bytes=limits.max_page_bytes,
        accept_truncated=True,
        place=place,
        kept_bytes=_PROBE_BYTES,
    )


def limits_of(config: WorkerConfig) -> Limits:
    """The part of the settings that requests go by."""
    return Limits(
        links=config.link_concurrency,
        probes=config.probe_concurrency,
        probe_timeout_s=config.probe_timeout_s,
        page_timeout_s=config.page_timeout_s,
        max_page_bytes=config.max_page_bytes,
        vantage=config.vantage,
        renders=config.render_concurrency,
        render_pages=config.render_pages,
    )


def retries_of(config: WorkerConfig) -> Retries:
    """The part of the settings that repeated requests go by."""
    return Retries(home=config.home_retries, other=config.page_retries, longest_pause_s=config.retry_pause_s)
