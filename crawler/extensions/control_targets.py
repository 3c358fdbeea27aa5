"""Control targets: addresses known to be up, asked when a site seems down, to tell its outage from ours."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from crawler.fetch import FetchRequest, FetchResult

_TIMEOUT_S = 5.0
_MEMORY_S = 10.0


class Fetches(Protocol):
    """What asking needs of the fetcher."""

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Fetch one address; never raises for anything the web does."""
        ...


class ControlTargets:
    """Whether the web can be reached from here; an answer serves for ten seconds, and nobody asks twice at once."""

    def __init__(self, fetcher: Fetches, urls: Sequence[str]) -> None:
        self._fetcher = fetcher
        self._urls = tuple(urls)
        self._lock = asyncio.Lock()
        self._known: tuple[float, bool] | None = None

    async def all_fail(self) -> bool:
        """True if there are control targets and none of them answers; any answer shows that the web is there."""
        if not self._urls:
            return False
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if self._known is None or now - self._known[0] > _MEMORY_S:
                results = await asyncio.gather(*(self._fetcher.fetch(_request(url)) for url in self._urls))
                self._known = (asyncio.get_running_loop().time(), all(result.status is None for result in results))
            return self._known[1]


def _request(url: str) -> FetchRequest:
    return FetchRequest(url=url, method="HEAD", timeout_s=_TIMEOUT_S)
