"""The Scrapy spider: every answer to a page request becomes one item, whatever the web did."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from scrapy import Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.fetch import FetchResult
from crawler.frontier.held_site import Job
from crawler.frontier.kit import Kit
from crawler.spiders.tasks import INTERNAL_ERROR, Harvest
from inspection.observation.site import china_day

logger = logging.getLogger(__name__)


class Visit(msgspec.Struct, frozen=True):
    """The item: a page request and what its answer brought."""

    job: Job
    harvest: Harvest


class InspectionSpider(Spider):
    """Reads pages of all leased sites. What to request comes from the frontier, so there is no start request."""

    name = "inspection"

    def __init__(self, kit: Kit, **kwargs: Any) -> None:
        super().__init__(self.name, **kwargs)
        self.kit = kit

    async def start(self) -> AsyncIterator[Any]:
        """Nothing: the frontier knows what to do."""
        return
        yield  # makes this an asynchronous generator, as Scrapy demands

    async def parse_page(self, response: Response) -> AsyncIterator[Visit]:
        """Answer of the downloader, which always comes with a ``FetchResult``."""
        job: Job = response.meta["job"]
        result: FetchResult = response.meta["result"]
        facts, packed = None, b""
        if job.site.crawl.wants_facts(job.task, result):
            as_of = max(job.site.as_of, china_day(result.started_at))
            facts, packed = await self.kit.reader.read_packed(result, as_of=as_of)
        harvest = job.site.crawl.page_answered(job.task, result, facts)
        if packed and harvest.page is not None:
            harvest.page = msgspec.structs.replace(harvest.page, facts=None, packed=packed)
        yield Visit(job, harvest)

    def give_up(self, failure: Failure) -> None:
        """The request failed by an error of ours, or because the worker is stopping."""
        job: Job = failure.request.meta["job"]  # type: ignore[attr-defined]
        if isinstance(failure.value, IgnoreRequest):
            self.kit.bench.cancel(job)
            return
        logger.error("抓取 %s 时程序出错，已放弃：%s", job.task.url, failure.getTraceback())
        self.kit.bench.fail(job, INTERNAL_ERROR)
