"""Scrapy's downloader: every page request goes to the one fetcher, so that outcomes are classified once.

Scrapy's own keeps slots, delays and middlewares, with tasks and signals for each request. Here the workbench keeps the
allowances and the fetcher does the rest, so nothing stands between the engine and it.
"""

import asyncio

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.internet.defer import Deferred

from crawler.frontier.held_site import Job
from crawler.frontier.kit import Kit, page_request

_NO_ANSWER = 599
"""Status that Scrapy sees where there was no HTTP answer; the true outcome is in ``meta["result"]``."""


class PageDownloader:
    """Fetches the task of ``meta["job"]``; whatever happened is a response, and ``meta["result"]`` says what it was.

    The part of ``scrapy.core.downloader.Downloader`` that the engine uses (setting ``DOWNLOADER``).
    """

    def __init__(self, crawler: Crawler) -> None:
        """The spider carries the worker's parts."""
        self._kit: Kit = crawler.spider.kit  # type: ignore[union-attr]
        self._most = crawler.settings.getint("CONCURRENT_REQUESTS")
        self.active: set[Request] = set()

    def needs_backout(self) -> bool:
        """Whether enough is under way."""
        return len(self.active) >= self._most

    def fetch(self, request: Request) -> "Deferred[Response]":
        """Never fails for anything the web does; ``IgnoreRequest`` where the worker stops before the answer."""
        self.active.add(request)
        fetching = asyncio.ensure_future(self._fetch(request))
        self._kit.fetching.add(fetching)

        def end(_: "asyncio.Future[Response]") -> None:
            self._kit.fetching.discard(fetching)
            self.active.discard(request)

        fetching.add_done_callback(end)
        return Deferred.fromFuture(fetching)

    def close(self) -> None:
        """The fetcher belongs to the worker."""

    async def _fetch(self, request: Request) -> Response:
        job: Job = request.meta["job"]
        place = self._kit.places.held(job.host)
        try:
            result = await self._kit.fetcher.fetch(page_request(job.task, self._kit.limits, place))
        except asyncio.CancelledError:
            raise IgnoreRequest("the worker is stopping") from None
        finally:
            place.give_up()
        request.meta["result"] = result
        return Response(request.url, status=result.status or _NO_ANSWER, body=result.body, request=request)
