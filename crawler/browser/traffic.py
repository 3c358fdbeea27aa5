"""What a page asks for while it is rendered, answered by the fetcher: its address policy, its limits, its outcomes."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Protocol

import msgspec
from playwright.async_api import Error as BrowserError
from playwright.async_api import Request, Route, WebSocketRoute

from crawler.fetch import FetchRequest, FetchResult
from crawler.fetch.fetcher import Fetcher
from crawler.fetch.place import Place
from inspection.observation import FetchOutcome
from inspection.registry.address import canonical

_PICTURES = frozenset({"image", "media", "font"})
_NEEDED = frozenset({"document", "script", "xhr", "fetch"})
"""Without one of these the page may show less than a visitor would see."""
_DROPPED = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"})
_NOT_SENT = frozenset({"host", "content-length", "accept-encoding", "connection"})
_ERRORS = {
    FetchOutcome.DNS_ERROR: "namenotresolved",
    FetchOutcome.CONNECT_REFUSED: "connectionrefused",
    FetchOutcome.CONNECT_TIMEOUT: "timedout",
    FetchOutcome.READ_TIMEOUT: "timedout",
    FetchOutcome.CONNECTION_RESET: "connectionreset",
    FetchOutcome.NOT_ALLOWED: "accessdenied",
}


class TrafficLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one page's traffic: requests in all and at a time, seconds and bytes of one, bytes of all."""

    requests: int = 200
    at_once: int = 4
    timeout_s: float = 15.0
    body_bytes: int = 5 * 1024 * 1024
    total_bytes: int = 30 * 1024 * 1024


class BrowserPlace(Place, Protocol):
    """A place of one request of the page."""

    def give_up(self) -> None:
        """The request is over."""
        ...


Visiting = Callable[[], BrowserPlace]
"""Makes a place for each request, so that pages that are shown keep to the allowances of hosts, too."""


class Traffic:
    """Answers the requests of one page. ``shelf`` holds answers already there by canonical address: nobody is asked
    for them. ``showed_shelf``: the page itself was one of them.

    Without ``pictures`` images, fonts and media are left out. Without ``visiting`` nobody's allowance is kept.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        limits: TrafficLimits,
        *,
        pictures: bool,
        shelf: Mapping[str, FetchResult],
        visiting: Visiting | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._visiting = visiting
        self._limits = limits
        self._pictures = pictures
        self._shelf = shelf
        self._moved: dict[str, FetchResult] = {}
        self._slots = asyncio.Semaphore(limits.at_once)
        self.requests = 0
        self.bytes = 0
        self.missing: list[str] = []
        self.showed_shelf = False

    async def answer(self, route: Route) -> None:
        """Fulfil or refuse one request; never raises."""
        with suppress(BrowserError):  # the page is gone: nobody waits for this any more
            request = route.request
            if not self._pictures and request.resource_type in _PICTURES:
                await route.abort()
            elif request.url.startswith(("data:", "blob:", "about:")):
                await route.continue_()
            elif self._is_spent:
                self._note(request, "over the page's allowance")
                await route.abort()
            else:
                await self._fulfil(route, request, await self._fetch(request))

    @staticmethod
    def refuse_socket(socket: WebSocketRoute) -> None:
        """No page is given a connection of its own."""
        with suppress(BrowserError):
            asyncio.ensure_future(socket.close())  # noqa: RUF006 - ends with the page

    @property
    def _is_spent(self) -> bool:
        return self.requests >= self._limits.requests or self.bytes >= self._limits.total_bytes

    async def _fetch(self, request: Request) -> FetchResult:
        address = _address(request.url)
        if request.method == "GET" and address in self._shelf:
            self.showed_shelf |= request.is_navigation_request()
            return self._shelf[address]
        if request.method == "GET" and address in self._moved:
            return self._moved[address]
        self.requests += 1
        headers = {name: value for name, value in (await request.all_headers()).items() if _is_sent(name)}
        result = await self._ask(
            FetchRequest(
                url=request.url,
                method=request.method,
                timeout_s=self._limits.timeout_s,
                max_body_bytes=self._limits.body_bytes,
                headers=headers,
                content=request.post_data_buffer or b"",
            )
        )
        self.bytes += len(result.body)
        return result

    async def _ask(self, request: FetchRequest) -> FetchResult:
        async with self._slots:
            if self._visiting is None:
                return await self._fetcher.fetch(request)
            place = self._visiting()
            try:
                return await self._fetcher.fetch(msgspec.structs.replace(request, place=place))
            finally:
                place.give_up()

    async def _fulfil(self, route: Route, request: Request, result: FetchResult) -> None:
        if result.status is None or result.outcome in _ERRORS:
            self._note(request, result.outcome)
            await route.abort(_ERRORS.get(result.outcome, "failed"))
            return
        if result.outcome not in (FetchOutcome.OK, FetchOutcome.EMPTY_PAGE):
            self._note(request, result.outcome)
        if request.is_navigation_request() and _address(result.final_url) != _address(request.url):
            # The browser must know the page by the address that the redirect led to, so it is sent there itself.
            self._moved[_address(result.final_url)] = msgspec.structs.replace(result, url=result.final_url)
            await route.fulfill(status=200, content_type="text/html", body=_move_on(result.final_url))
            return
        await route.fulfill(status=_status(result.status), headers=_headers(result), body=result.body)

    def _note(self, request: Request, why: str) -> None:
        if request.resource_type in _NEEDED:
            self.missing.append(f"{request.url}: {why}")


def _address(url: str) -> str:
    """One spelling of an address: browsers have their own."""
    return canonical(url) or url


def _is_sent(name: str) -> bool:
    return not name.startswith(":") and name.lower() not in _NOT_SENT


def _headers(result: FetchResult) -> dict[str, str]:
    return {name: value for name, value in result.headers.items() if name not in _DROPPED and "\n" not in value}


def _status(status: int) -> int:
    return status if 200 <= status <= 599 else 502


def _move_on(url: str) -> str:
    address = json.dumps(url).replace("<", "\\u003c")
    return f"<script>location.replace({address})</script>"
