"""Scrapy's download handler: every request goes through the one fetcher, so that outcomes are classified once."""

import asyncio
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.frontier.held_site import Job
from crawler.frontier.kit import Kit, page_request

_NO_ANSWER = 599
"""Status that Scrapy sees where there was no HTTP answer; the true outcome is in ``meta["result"]``."""


class FetcherHandler:
    """Fetches the task of ``meta["job"]``; whatever happened is a response, and ``meta["result"]`` says what it was."""

    lazy = False

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The spider carries the worker's parts."""
        return cls(crawler.spider.kit)  # type: ignore[union-attr]

    async def download_request(self, request: Request) -> Response:
        """Never raises for anything the web does; ``IgnoreRequest`` where the worker stops before the answer."""
        job: Job = request.meta["job"]
        place = self._kit.places.held(job.host)
        fetching = asyncio.ensure_future(self._kit.fetcher.fetch(page_request(job.task, self._kit.limits, place)))
        self._kit.fetching.add(fetching)
        try:
            result = await fetching
        except asyncio.CancelledError:
            raise IgnoreRequest("the worker is stopping") from None
        finally:
            self._kit.fetching.discard(fetching)
            place.give_up()
        request.meta["result"] = result
        return Response(request.url, status=result.status or _NO_ANSWER, body=result.body, request=request)

    async def close(self) -> None:
        """The fetcher belongs to the worker."""
