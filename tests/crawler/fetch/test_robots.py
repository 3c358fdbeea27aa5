"""robots.txt: ignored, obeyed or reported."""

import asyncio
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import pytest

from crawler.fetch import FetchRequest, FetchResult
from crawler.fetch.fetcher import Fetcher
from crawler.fetch.policy import AddressPolicy
from crawler.fetch.robots import Robots, RobotsMode
from inspection.observation import FetchOutcome as Out

RULES = b"User-agent: *\nDisallow: /ok\nDisallow: /hop-308\nAllow: /ok?a\n\nUser-agent: other\nDisallow: /\n"


def page(status: str, body: bytes) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def fetch(web: Any, *paths: str, mode: RobotsMode, timeout_s: float = 5) -> list[FetchResult]:
    async def run() -> list[FetchResult]:
        fetcher = Fetcher(AddressPolicy([ip_network("127.0.0.0/8")]), user_agent="test", robots=mode)
        requests = [FetchRequest(url=web.url(path), timeout_s=timeout_s) for path in paths]
        try:
            return list(await asyncio.gather(*map(fetcher.fetch, requests)))
        finally:
            await fetcher.close()

    web.asked.clear()
    return asyncio.run(run())


def test_rules_are_read_once_and_hold_for_redirects_too(web: Any) -> None:
    web.scripted["/robots.txt"] = page("200 OK", RULES)
    results = fetch(web, "/ok", "/ok?a=1", "/hop", "/hop-308", "/gzip", mode=RobotsMode.OBEY)
    assert [result.outcome for result in results] == [
        Out.NOT_ALLOWED, Out.OK, Out.NOT_ALLOWED, Out.NOT_ALLOWED, Out.OK,
    ]  # fmt: skip
    assert results[2].final_url == web.url("/ok")
    assert web.asked.count("/robots.txt") == 1
    assert "/hop-308" not in web.asked


def test_report_visits_and_notes(web: Any) -> None:
    web.scripted["/robots.txt"] = page("200 OK", RULES)
    (result,) = fetch(web, "/ok", mode=RobotsMode.REPORT)
    assert (result.outcome, result.detail) == (Out.OK, "robots.txt does not allow this address")


def test_ignore_does_not_even_ask(web: Any) -> None:
    web.scripted["/robots.txt"] = page("200 OK", RULES)
    (result,) = fetch(web, "/ok", mode=RobotsMode.IGNORE)
    assert (result.outcome, result.detail, web.asked) == (Out.OK, "", ["/ok"])


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        (page("404 Not Found", b""), True),
        (page("403 Forbidden", b""), True),
        (page("500 Oops", b""), False),
        (page("429 Slow", b""), False),
        (page("200 OK", b""), True),
        (page("200 OK", b"\xff\xfe<html>no rules</html>"), True),
        (b"", True),
    ],
)
def test_a_file_that_cannot_be_read(web: Any, answer: bytes, allowed: bool) -> None:
    web.scripted["/robots.txt"] = answer
    (result,) = fetch(web, "/ok", mode=RobotsMode.OBEY)
    assert (result.outcome is Out.OK) is allowed


def test_waiting_for_robots_is_not_the_pages_time(web: Any) -> None:
    async def slow(_reader: object, writer: asyncio.StreamWriter, _head: str) -> None:
        await asyncio.sleep(0.6)
        writer.write(page("200 OK", b""))

    web.scripted.pop("/robots.txt", None)
    web.behaviours["/robots.txt"] = slow
    (result,) = fetch(web, "/ok", mode=RobotsMode.OBEY, timeout_s=0.4)
    assert result.outcome is Out.OK
    assert result.elapsed_s < 0.4


def test_rules_of_large_files_take_bounded_memory() -> None:
    """The oldest are dropped, and read again when they are needed again."""
    rules = b"User-agent: *\nDisallow: /x\n" + b"#" * 400_000
    asked: list[str] = []

    async def ask(request: FetchRequest) -> FetchResult:
        asked.append(request.url)
        return FetchResult(
            url=request.url, final_url=request.url, method="GET", outcome=Out.OK, status=200, body=rules,
            started_at=datetime.now(UTC), elapsed_s=0,
        )  # fmt: skip

    async def run() -> None:
        robots = Robots(ask=ask, agent="Xuncha")
        for number in (*range(8), 7, 0):
            assert not await robots.allows(f"http://h{number}.localhost/x")

    asyncio.run(run())
    assert asked == [f"http://h{number}.localhost/robots.txt" for number in (*range(8), 0)]
