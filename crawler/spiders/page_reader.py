"""Reads facts off pages in a thread of its own: a heavy page must not delay the answers that others are timed by."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from crawler.extract import extract
from crawler.fetch import FetchResult
from inspection.observation import PageFacts

logger = logging.getLogger(__name__)

_RENDERED_TYPE = "text/html; charset=utf-8"


class PageReader:
    """One reading thread; more would only contend for the interpreter."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader")

    async def read(self, result: FetchResult, *, as_of: date) -> PageFacts | None:
        """Facts of an answered page; None where reading failed, which is our fault: the page is kept without facts."""
        content_type = result.headers.get("content-type", "")
        return await self._read(result.body, result.final_url, as_of, content_type)

    async def read_rendered(self, html: bytes, url: str, *, as_of: date, complete: bool) -> PageFacts | None:
        """Facts of a document (UTF-8) after its scripts have run; ``complete`` as in :class:`RenderSeen`."""
        return await self._read(html, url, as_of, _RENDERED_TYPE, scripts_ran=complete)

    def close(self) -> None:
        """What is being read is dropped."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _read(
        self, body: bytes, url: str, as_of: date, content_type: str, *, scripts_ran: bool = False
    ) -> PageFacts | None:
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._thread,
                lambda: extract(body, url, as_of=as_of, content_type=content_type, scripts_ran=scripts_ran),
            )
        except Exception:
            logger.exception("解析 %s 时程序出错，该页不含事实", url)
            return None
