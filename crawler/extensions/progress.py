"""One line of progress every few seconds, and silence about single requests."""

import logging
import time
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.logformatter import LogFormatter
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call
from twisted.internet.task import LoopingCall

from crawler.frontier.host_queues import Lane
from crawler.frontier.kit import Kit

logger = logging.getLogger(__name__)


class QuietLogFormatter(LogFormatter):
    """Answers and items are facts in the store, not log lines."""

    def crawled(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """No line per answer."""

    def scraped(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """No line per item."""


class Progress:
    """Logs what the worker did and what waits."""

    def __init__(self, kit: Kit, *, every_s: float) -> None:
        self._kit = kit
        self._every_s = every_s
        self._loop: AsyncioLoopingCall | LoopingCall | None = None
        self._last = (time.monotonic(), 0)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's factory."""
        progress = cls(crawler.spider.kit, every_s=crawler.settings.getfloat("XUNCHA_PROGRESS_EVERY_S", 10))  # type: ignore[union-attr]
        crawler.signals.connect(progress.spider_opened, signals.spider_opened)
        crawler.signals.connect(progress.spider_closed, signals.spider_closed)
        return progress

    def spider_opened(self) -> None:
        """Start the clock."""
        self._loop = create_looping_call(self._tell)
        self._loop.start(self._every_s, now=False)

    def spider_closed(self) -> None:
        """The last line."""
        if self._loop is not None and self._loop.running:
            self._loop.stop()
        self._tell()

    def _tell(self) -> None:
        kit, counts = self._kit, self._kit.bench.counts
        total = counts["pages"] + counts["renders"] + counts["links"] + counts["probes"]
        (since, before), now = self._last, time.monotonic()
        self._last = (now, total)
        logger.info(
            "网站：在抓 %d、抓完 %d；页面 %d、渲染 %d、链接 %d、探测 %d（每秒 %.0f 次）；"
            "等待：页面 %d、链接 %d；待写入 %d；事件循环最长停顿 %.2f 秒",
            len(kit.bench.sites),
            counts["sites"],
            counts["pages"],
            counts["renders"],
            counts["links"],
            counts["probes"],
            (total - before) / max(now - since, 0.001),
            kit.bench.waiting(Lane.PAGES),
            kit.bench.waiting(Lane.LINKS),
            len(kit.sink),
            kit.watch.take_longest_s(),
        )
