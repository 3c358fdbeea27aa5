"""Reads facts off pages in a process of its own, so that a heavy page delays no answer that others are timed by.

A page that makes the process crash, or that it cannot get through, costs its own facts and nothing else: the process
is started anew and goes on with the next page.
"""

import asyncio
import logging
import sys
from collections import deque
from contextlib import nullcontext, suppress
from datetime import date

import msgspec

from crawler.extract.process import LENGTH_BYTES, ReadAnswer, ReadOrder
from crawler.fetch import FetchResult
from inspection.observation import PageFacts

logger = logging.getLogger(__name__)

_RENDERED_TYPE = "text/html; charset=utf-8"
_AT_ONCE = 16
"""Pages given to the process ahead, so that it need not wait for the next."""
_LARGE_BYTES = 512 * 1024
"""Of larger pages only one is given at a time: each stands in the pipe a second time."""
_PATIENCE_S = 60.0
"""So long for one page."""
_MOST_MB = 160
"""A process that a page has left larger makes room for a new one."""

_NOT_READ = ReadAnswer(None)
_Waiting = deque[tuple[ReadOrder, "asyncio.Future[ReadAnswer]"]]


class PageReader:
    """One reading process at a time, the first started with the first page.

    ``patience_s`` bounds the time for one page, ``most_mb`` the memory with which a process goes on to the next.
    """

    def __init__(self, *, patience_s: float = _PATIENCE_S, most_mb: int = _MOST_MB) -> None:
        self._most_mb = most_mb
        self._patience_s = patience_s
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._room_for_large = asyncio.Semaphore(1)
        self._waiting: _Waiting = deque()
        self._asked = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._ending: asyncio.subprocess.Process | None = None
        self._serving: asyncio.Task[None] | None = None

    async def read(self, result: FetchResult, *, as_of: date) -> PageFacts | None:
        """Facts of an answered page; None where reading failed, which is our fault: the page is kept without facts."""
        return (await self._read(_order(result, as_of, packed=False))).facts

    async def read_packed(self, result: FetchResult, *, as_of: date) -> tuple[PageFacts | None, bytes]:
        """The same, with the facts packed for the store; of the facts themselves only those that a crawl goes by."""
        answer = await self._read(_order(result, as_of, packed=True))
        return answer.facts, answer.packed

    async def read_rendered(self, html: bytes, url: str, *, as_of: date, complete: bool) -> PageFacts | None:
        """Facts of a document (UTF-8) after its scripts have run; ``complete`` as in :class:`RenderSeen`."""
        return (await self._read(ReadOrder(html, url, as_of, _RENDERED_TYPE, complete))).facts

    def start(self) -> None:
        """Start the process, so that the first page need not wait for it."""
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve())

    async def close(self) -> None:
        """What is being read is dropped."""
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)
            self._serving = None
            await self._end()

    async def _read(self, order: ReadOrder) -> ReadAnswer:
        large = self._room_for_large if len(order.body) > _LARGE_BYTES else nullcontext()
        async with large, self._room:
            future: asyncio.Future[ReadAnswer] = asyncio.get_running_loop().create_future()
            self._waiting.append((order, future))
            self.start()
            if self._process is not None:
                _send(self._process, order)
            self._asked.set()
            return await future

    async def _serve(self) -> None:
        """Take the answers in, starting the process anew whenever it has ended."""
        try:
            while True:
                try:
                    await self._serve_with(await self._start())
                except (OSError, asyncio.IncompleteReadError, TimeoutError, msgspec.DecodeError) as error:
                    self._give_up_first(error)
                finally:
                    await self._end()
                await self._some_waiting()
        finally:
            for _, future in self._waiting:
                future.cancel()
            self._waiting.clear()

    async def _serve_with(self, process: asyncio.subprocess.Process) -> None:
        """Until it ends in order; what it was given ahead goes to the next."""
        assert process.stdout is not None
        answers = msgspec.msgpack.Decoder(ReadAnswer)
        while True:
            await self._some_waiting()
            async with asyncio.timeout(self._patience_s):
                size = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES), "big")
                found = answers.decode(await process.stdout.readexactly(size))
            order, future = self._waiting.popleft()
            if found.error:
                logger.error("解析 %s 时程序出错，该页不含事实：%s", order.url, found.error)
            if not future.done():
                future.set_result(found)
            if found.last:
                return

    async def _some_waiting(self) -> None:
        while not self._waiting:
            self._asked.clear()
            await self._asked.wait()

    async def _start(self) -> asyncio.subprocess.Process:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "crawler.extract.process", str(self._most_mb)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for order, _ in self._waiting:
            _send(self._process, order)
        return self._process

    async def _end(self) -> None:
        """May be cancelled, and called again."""
        if self._process is not None:
            self._ending, self._process = self._process, None
        process = self._ending
        if process is not None:
            if process.returncode is None:
                process.kill()
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()
            with suppress(OSError):  # what it was given ahead is not taken any more
                await process.stdin.wait_closed()
            self._ending = None

    def _give_up_first(self, error: Exception) -> None:
        """The process was at the first page of those waiting."""
        if self._waiting:
            order, future = self._waiting.popleft()
            reason = "超过时限" if isinstance(error, TimeoutError) else "解析进程意外退出"
            logger.error("解析 %s 失败（%s），该页不含事实；解析进程将重新启动", order.url, reason)
            if not future.done():
                future.set_result(_NOT_READ)


def _order(result: FetchResult, as_of: date, *, packed: bool) -> ReadOrder:
    return ReadOrder(result.body, result.final_url, as_of, result.headers.get("content-type", ""), False, packed)


def _send(process: asyncio.subprocess.Process, order: ReadOrder) -> None:
    assert process.stdin is not None
    message = msgspec.msgpack.encode(order)
    process.stdin.write(len(message).to_bytes(LENGTH_BYTES, "big"))
    process.stdin.write(message)
