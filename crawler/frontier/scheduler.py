"""scrapy-redis's scheduler over leased sites: the engine is served from local memory, never from Redis.

scrapy-redis pops a request before it is done and asks Redis, blocking, for each one. Here the feeder
thread fills the workbench ahead of the engine, and the writer thread acknowledges what is stored.
"""

import asyncio
import logging
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy_redis.queue import Base
from scrapy_redis.scheduler import Scheduler

from crawler.frontier.held_site import Job
from crawler.frontier.host_queues import Lane
from crawler.frontier.workbench import Workbench
from crawler.spiders.inspection import InspectionSpider

logger = logging.getLogger(__name__)

_STARTING_S = 0.01


class LeasedQueue(Base):  # type: ignore[misc]
    """scrapy-redis's queue interface over the workbench: tasks become Scrapy requests only when they are due."""

    def __init__(self, bench: Workbench, spider: InspectionSpider) -> None:
        # Base wants a server and a serialiser for a queue of its own; this queue is the workbench.
        self.spider = spider
        self._bench = bench

    def __len__(self) -> int:
        return self._bench.waiting(Lane.PAGES)

    def push(self, request: Request) -> None:
        """A request that comes back undone goes back to the workbench."""
        self._bench.put_back(request.meta["job"])

    def pop(self, _timeout: int = 0) -> Request | None:
        """Next page request; never waits."""
        job = self._bench.next(Lane.PAGES)
        return None if job is None else self._request(job)

    def clear(self) -> None:
        """What waits is in Redis too, for the next worker."""

    def _request(self, job: Job) -> Request:
        return Request(
            job.task.url,
            callback=self.spider.parse_page,
            errback=self.spider.give_up,
            meta={"job": job},
            dont_filter=True,
        )


class Frontier(Scheduler):  # type: ignore[misc]
    """Scheduler of a worker. Addresses are told apart by the site's crawl, so there is no duplicate filter here."""

    def __init__(self) -> None:
        # The base class connects to Redis here; this process's connections belong to its threads.
        self.df = None
        self.stats = None

    @classmethod
    def from_crawler(cls, _crawler: Crawler) -> Self:
        """Scrapy's factory."""
        return cls()

    def open(self, spider: Spider) -> None:
        """Scrapy's engine has started."""
        assert isinstance(spider, InspectionSpider)
        self.spider = spider
        self.queue = LeasedQueue(spider.kit.bench, spider)

    def close(self, reason: str) -> None:
        """Nothing to flush: Redis has everything."""

    def enqueue_request(self, request: Request) -> bool:
        """Requests come from the feeder; only one that the engine gives back can come this way."""
        if "job" not in request.meta:
            logger.error("请求 %s 不属于任何在租网站，已丢弃", request.url)
            return False
        self.queue.push(request)
        return True

    def next_request(self) -> Request | None:
        """Next page to fetch."""
        return self.queue.pop()

    def has_pending_requests(self) -> bool:
        """Always: a worker is not over when its local queue is empty; it is told to stop."""
        return True

    def __len__(self) -> int:
        return len(self.queue)


async def end_crawl(crawler: Crawler, crawling: "asyncio.Future[None]") -> None:
    """Stop the engine. One that is still starting would not hear of it and run for ever, so it is waited for."""
    while not (crawling.done() or (crawler.engine is not None and crawler.engine.running)):
        await asyncio.sleep(_STARTING_S)
    await crawler.stop_async()


def wake_engine(crawler: Crawler) -> Any:
    """A function that makes the engine ask its scheduler now, not at its next five-second heartbeat."""

    def wake() -> None:
        slot = crawler.engine._slot if crawler.engine is not None else None
        if slot is not None:
            slot.nextcall.schedule()

    return wake
