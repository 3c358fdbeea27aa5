"""A fetch has a place at every host that it asks, and the wait for one is not the site's time."""

import asyncio
from ipaddress import ip_network

import pytest

from crawler.fetch import FetchRequest, FetchResult
from crawler.fetch.fetcher import Fetcher
from crawler.fetch.policy import AddressPolicy
from inspection.observation import FetchOutcome

WAIT_S = 1.5


class SlowPlace:
    """Waits at every host but those that it is refused."""

    def __init__(self, host: str, *, refused: str) -> None:
        self.host: str | None = host
        self.moves: list[str] = []
        self._refused = refused

    async def move_to(self, host: str) -> bool:
        self.moves.append(host)
        await asyncio.sleep(WAIT_S)
        self.host = host
        return host != self._refused


async def fetch(place: SlowPlace, asked: list[str]) -> FetchResult:
    """From a.localhost, which redirects twice: to itself, then to b.localhost."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        host = head.partition("Host: ")[2].partition(":")[0]
        asked.append(host)
        assert place.host == host
        goal = "/again" if "/again" not in head else f"http://b.localhost:{port}/"
        redirect = f"HTTP/1.1 302 Found\r\nLocation: {goal}\r\nContent-Length: 0\r\n\r\n"
        answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage" if host == "b.localhost" else redirect
        writer.write(answer.encode())
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        fetcher = Fetcher(AddressPolicy([ip_network("127.0.0.0/8")]), user_agent="test")
        try:
            request = FetchRequest(url=f"http://a.localhost:{port}/", timeout_s=WAIT_S, place=place)
            return await fetcher.fetch(request)
        finally:
            await fetcher.close()


@pytest.mark.parametrize(("refused", "outcome"), [("", FetchOutcome.OK), ("b.localhost", FetchOutcome.RATE_LIMITED)])
def test_a_redirect_to_another_host_waits_for_a_place_there(refused: str, outcome: FetchOutcome) -> None:
    asked: list[str] = []
    place = SlowPlace("a.localhost", refused=refused)
    result = asyncio.run(fetch(place, asked))
    assert result.outcome is outcome
    assert place.moves == ["b.localhost"]
    assert asked == ["a.localhost"] * 2 + ["b.localhost"] * (not refused)
    assert result.elapsed_s < WAIT_S, "a fetch that waited as long as its time limit was not cut off, nor is it slow"
