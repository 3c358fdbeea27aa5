"""Reads facts off pages in a thread of its own: a heavy page must not delay the answers that others are timed by."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from crawler.extract import extract
from crawler.fetch import FetchResult
from inspection.observation import PageFacts

logger = logging.getLogger(__name__)


class PageReader:
    """One reading thread; more would only contend for the interpreter."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader")

    async def read(self, result: FetchResult, *, as_of: date) -> PageFacts | None:
        """Facts of an answered page; None where reading failed, which is our fault: the page is kept without facts."""
        content_type = result.headers.get("content-type", "")
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._thread,
                lambda: extract(result.body, result.final_url, as_of=as_of, content_type=content_type),
            )
        except Exception:
            logger.exception("解析 %s 时程序出错，该页不含事实", result.final_url)
            return None

    def close(self) -> None:
        """What is being read is dropped."""
        self._thread.shutdown(wait=False, cancel_futures=True)
