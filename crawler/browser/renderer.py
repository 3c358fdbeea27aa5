"""A page as a browser shows it: its document after the scripts have run, and a picture of it."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from playwright.async_api import Error as BrowserError
from playwright.async_api import Page

from crawler.browser.chromium import Chromium
from crawler.browser.traffic import Traffic, TrafficLimits, Visiting
from crawler.fetch import FetchResult
from crawler.fetch.fetcher import Fetcher

logger = logging.getLogger(__name__)

_DETAIL_LENGTH = 300
_PICTURE_HEIGHT = 12_000
_PICTURE_QUALITY = 75


class RenderLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds for one page in all, and for it to come to rest; bytes of its document; bounds of its traffic."""

    timeout_s: float = 30.0
    settle_s: float = 10.0
    max_page_bytes: int = 5 * 1024 * 1024
    traffic: TrafficLimits = TrafficLimits()


class _BrowserLost(BrowserError):
    """The browser ended while it showed a page."""


class Rendering(msgspec.Struct, frozen=True, kw_only=True):
    """How a rendering ended. ``html`` is the document (UTF-8) after the scripts have run, None where there is none.

    ``complete``: the page came to rest, and nothing that it needed was missing. ``picture`` is a JPEG of the whole
    page, cut at 12,000 pixels of height. ``from_shelf``: the page shown is one that was already there. ``detail`` is a
    short English explanation for operators.
    """

    url: str
    final_url: str
    started_at: datetime
    elapsed_s: float
    html: bytes | None = None
    complete: bool = False
    picture: bytes | None = None
    requests: int = 0
    detail: str = ""
    from_shelf: bool = False


class Renderer:
    """Renders pages in a browser that asks through ``fetcher``. Lives on one event loop; :meth:`close` when done.

    ``visiting`` makes a place for each request.
    """

    def __init__(
        self,
        path: Path,
        fetcher: Fetcher,
        *,
        user_agent: str,
        limits: RenderLimits,
        sandbox: bool = True,
        visiting: Visiting | None = None,
    ) -> None:
        self._chromium = Chromium(path, user_agent=user_agent, sandbox=sandbox)
        self._fetcher = fetcher
        self._limits = limits
        self._visiting = visiting

    async def render(
        self, url: str, *, picture: bool = False, scripts: bool = True, shelf: Mapping[str, FetchResult] | None = None
    ) -> Rendering:
        """Render one page; with ``picture`` its images are fetched, too. Never raises for anything a page does.

        :class:`BrowserNotStarted` where there is no browser to show it.
        Without ``scripts`` the page is shown as it is written. ``shelf`` holds answers by address that are shown
        instead of asking for them again.
        """
        loop = asyncio.get_running_loop()
        started_at, began = datetime.now(UTC), loop.time()
        traffic = Traffic(
            self._fetcher, self._limits.traffic, pictures=picture, shelf=shelf or {}, visiting=self._visiting
        )
        seen = Rendering(url=url, final_url=url, started_at=started_at, elapsed_s=0.0)
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                try:
                    seen = await self._render(seen, traffic, picture=picture, scripts=scripts)
                except _BrowserLost:  # a neighbour's fault; for a second time the page's own
                    seen = await self._render(seen, traffic, picture=picture, scripts=scripts)
        except TimeoutError:
            seen = msgspec.structs.replace(seen, detail=f"not rendered within {self._limits.timeout_s:g} s")
        except BrowserError as error:
            seen = msgspec.structs.replace(seen, detail=error.message.partition("\n")[0][:_DETAIL_LENGTH])
        return msgspec.structs.replace(seen, elapsed_s=round(loop.time() - began, 3), requests=traffic.requests)

    async def close(self) -> None:
        """End the browser; the fetcher belongs to the caller."""
        await self._chromium.close()

    async def _render(self, seen: Rendering, traffic: Traffic, *, picture: bool, scripts: bool) -> Rendering:
        context = await self._chromium.context(scripts=scripts)
        try:
            await context.route("**/*", traffic.answer)
            await context.route_web_socket("**/*", traffic.refuse_socket)
            page = await context.new_page()
            failed = await _open(page, seen.url)
            at_rest = await self._settle(page)
            html = (await page.content()).encode("utf-8", "replace")
            image = await _picture(page) if picture else None
            return msgspec.structs.replace(
                seen,
                final_url=seen.url if failed else page.url,
                html=None if failed else html[: self._limits.max_page_bytes],
                complete=at_rest and not traffic.missing and not failed,
                picture=image,
                detail=_detail(failed, at_rest=at_rest, missing=traffic.missing),
                from_shelf=traffic.showed_shelf and not failed,
            )
        except BrowserError as error:
            if context.browser is None or context.browser.is_connected():
                raise
            raise _BrowserLost(error.message) from error
        finally:
            await self._chromium.discard(context)

    async def _settle(self, page: Page) -> bool:
        """Wait until the page asks for nothing more; False where it goes on and on."""
        try:
            await page.wait_for_load_state("networkidle", timeout=self._limits.settle_s * 1000)
        except BrowserError:
            return False
        return True


async def _open(page: Page, url: str) -> str:
    """Go to the address; what was wrong, empty if nothing. The browser then shows its own error page."""
    try:
        await page.goto(url, wait_until="domcontentloaded", timeout=0)
    except BrowserError as error:
        return error.message.partition("\n")[0]
    return ""


async def _picture(page: Page) -> bytes:
    height = await page.evaluate("document.documentElement.scrollHeight")
    size = page.viewport_size or {"width": 1280, "height": 900}
    clip = {"x": 0, "y": 0, "width": size["width"], "height": max(size["height"], min(int(height), _PICTURE_HEIGHT))}
    return await page.screenshot(full_page=True, clip=clip, type="jpeg", quality=_PICTURE_QUALITY)  # type: ignore[arg-type]


def _detail(failed: str, *, at_rest: bool, missing: list[str]) -> str:
    parts = [failed] if failed else []
    if not at_rest:
        parts.append("the page did not come to rest")
    if missing:
        parts.append(f"{len(missing)} needed requests failed, first {missing[0]}")
    return "; ".join(parts)[:_DETAIL_LENGTH]
