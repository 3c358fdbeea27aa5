"""Pages are read in a process of its own: what becomes of them when it dies, hangs, or is closed."""

import asyncio
import os
import signal
from datetime import date

from crawler.spiders.page_reader import PageReader
from inspection.observation import PageFacts

DAY = date(2026, 11, 20)


async def read(reader: PageReader, number: int) -> PageFacts | None:
    html = f"<title>第{number}页</title><p>正文</p>".encode()
    return await reader.read_rendered(html, f"http://www.example.gov.cn/{number}.html", as_of=DAY, complete=True)


def pid_of(reader: PageReader) -> int:
    assert reader._process is not None
    return reader._process.pid


def test_every_page_gets_its_own_facts() -> None:
    async def run() -> None:
        reader = PageReader()
        found = await asyncio.gather(*(read(reader, number) for number in range(20)))
        await reader.close()
        assert [facts and facts.title for facts in found] == [f"第{number}页" for number in range(20)]

    asyncio.run(run())


def test_a_crash_costs_the_facts_of_one_page() -> None:
    async def run() -> None:
        reader = PageReader()
        await read(reader, 0)
        stopped = pid_of(reader)
        os.kill(stopped, signal.SIGSTOP)
        reading = [asyncio.create_task(read(reader, number)) for number in range(1, 10)]
        await asyncio.sleep(0.05)
        os.kill(stopped, signal.SIGKILL)
        found = await asyncio.gather(*reading)
        again = pid_of(reader)
        await reader.close()
        assert [facts and facts.title for facts in found] == [None, *(f"第{number}页" for number in range(2, 10))]
        assert again != stopped

    asyncio.run(run())


def test_a_page_that_takes_too_long_is_given_up() -> None:
    async def run() -> None:
        reader = PageReader(patience_s=2)
        await read(reader, 0)
        os.kill(pid_of(reader), signal.SIGSTOP)
        found = await asyncio.gather(read(reader, 1), read(reader, 2))
        await reader.close()
        assert [facts and facts.title for facts in found] == [None, "第2页"]

    asyncio.run(run())


class Counted(PageReader):
    """Counts its processes."""

    started = 0

    async def _start(self) -> asyncio.subprocess.Process:
        self.started += 1
        return await super()._start()


def test_a_process_that_has_grown_large_makes_room_for_a_new_one() -> None:
    async def run() -> None:
        reader = Counted(most_mb=1)
        found = await asyncio.gather(*(read(reader, number) for number in range(6)))
        await reader.close()
        assert [facts and facts.title for facts in found] == [f"第{number}页" for number in range(6)]
        assert reader.started == 6

    asyncio.run(run())


def test_large_pages_are_given_one_at_a_time() -> None:
    async def run() -> None:
        reader = PageReader()
        await read(reader, 0)
        os.kill(pid_of(reader), signal.SIGSTOP)
        html = b"<title>x</title>" + b"x" * 1_000_000
        reading = [
            asyncio.create_task(reader.read_rendered(html, f"http://a.test/{n}", as_of=DAY, complete=True))
            for n in range(3)
        ]
        await asyncio.sleep(0.05)
        assert len(reader._waiting) == 1
        os.kill(pid_of(reader), signal.SIGCONT)
        assert [facts and facts.title for facts in await asyncio.gather(*reading)] == ["x"] * 3
        await reader.close()

    asyncio.run(run())


def test_the_process_may_be_up_before_the_first_page() -> None:
    async def run() -> None:
        reader = Counted()
        reader.start()
        await asyncio.sleep(0.05)
        assert reader.started == 1
        await read(reader, 0)
        await reader.close()
        assert reader.started == 1

    asyncio.run(run())


def test_the_process_ends_with_the_reader() -> None:
    async def run() -> None:
        reader = PageReader()
        await read(reader, 0)
        process = reader._process
        assert process is not None
        await reader.close()
        assert process.returncode is not None

    asyncio.run(run())


def test_closing_drops_what_is_being_read() -> None:
    async def run() -> None:
        reader = PageReader()
        await read(reader, 0)
        os.kill(pid_of(reader), signal.SIGSTOP)
        reading = asyncio.create_task(read(reader, 1))
        await asyncio.sleep(0.05)
        await reader.close()
        assert (await asyncio.gather(reading, return_exceptions=True))[0].__class__ is asyncio.CancelledError

    asyncio.run(run())
