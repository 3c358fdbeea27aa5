"""An engine is stopped however early that is wanted."""

import asyncio
from typing import Any

from crawler.frontier.scheduler import end_crawl


class SlowEngine:
    """Not running until it has started, as Scrapy's."""

    running = False


class SlowCrawler:
    """Like Scrapy's: asked to stop while the engine starts, it forgets about it."""

    def __init__(self) -> None:
        self.engine: SlowEngine | None = None
        self.stopped = asyncio.Event()

    async def crawl(self) -> None:
        await asyncio.sleep(0.01)
        self.engine = SlowEngine()
        await asyncio.sleep(0.02)
        self.engine.running = True
        await self.stopped.wait()

    async def stop_async(self) -> None:
        if self.engine is not None and self.engine.running:
            self.stopped.set()


def test_a_crawl_ends_although_its_engine_had_not_started_yet() -> None:
    async def run() -> None:
        crawler: Any = SlowCrawler()
        crawling = asyncio.ensure_future(crawler.crawl())
        await end_crawl(crawler, crawling)
        await asyncio.wait_for(crawling, 5)

    asyncio.run(run())


def test_a_crawl_that_has_failed_is_not_waited_for() -> None:
    async def run() -> None:
        crawler: Any = SlowCrawler()
        failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        failed.set_result(None)
        await asyncio.wait_for(end_crawl(crawler, failed), 5)

    asyncio.run(run())
