"""Pictures of pages, a few at a time, for callers that know no event loop."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice

from crawler.browser.renderer import Renderer
from crawler.fetch import FetchResult
from crawler.fetch.fetcher import Fetcher
from inspection.observation import FetchOutcome
from inspection.ports import Photo, PhotoOrder
from inspection.registry.address import canonical


class BrowserPhotographer:
    """Port ``Photographer``. ``renderer`` asks through ``fetcher``; both end with :meth:`photograph`."""

    def __init__(self, renderer: Renderer, fetcher: Fetcher, *, at_once: int) -> None:
        self._renderer = renderer
        self._fetcher = fetcher
        self._at_once = at_once

    def photograph(self, orders: Iterable[PhotoOrder]) -> Iterator[tuple[PhotoOrder, Photo]]:
        """Batch by batch, so that each picture is the caller's soon after it is taken."""
        waiting = iter(orders)
        with asyncio.Runner() as runner:
            try:
                while batch := list(islice(waiting, self._at_once)):
                    yield from zip(batch, runner.run(self._take(batch)), strict=True)
            finally:
                runner.run(self._close())

    async def _take(self, batch: Iterable[PhotoOrder]) -> list[Photo]:
        return await asyncio.gather(*map(self._take_one, batch))

    async def _take_one(self, order: PhotoOrder) -> Photo:
        shown = await self._renderer.render(order.url, picture=True, scripts=order.scripts, shelf=_shelf(order))
        return Photo(taken_at=shown.started_at, image=shown.picture, detail=shown.detail, stored=shown.from_shelf)

    async def _close(self) -> None:
        await self._renderer.close()
        await self._fetcher.close()


def _shelf(order: PhotoOrder) -> Mapping[str, FetchResult]:
    """The stored page in the place of an answer."""
    if order.body is None:
        return {}
    stored = FetchResult(
        url=order.url,
        final_url=order.url,
        method="GET",
        outcome=FetchOutcome.OK,
        started_at=datetime.now(UTC),
        elapsed_s=0.0,
        status=200,
        headers={"content-type": order.content_type or "text/html"},
        body=order.body,
    )
    return {canonical(order.url) or order.url: stored}
