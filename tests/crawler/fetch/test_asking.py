"""What goes over the wire, and what becomes of the connection."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import pytest

from crawler.fetch.answers import Answer, read_answer
from crawler.fetch.asking import Asker

Got = TypeVar("Got")

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + b"x" * 99
EARLY = b"HTTP/1.1 103 Early Hints\r\n\r\n"
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Server:
    """Keeps what is sent to it, by connection; answers with ``answers`` in turn, and hangs up where one is empty."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.sent: list[list[bytes]] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        messages: list[bytes] = []
        self.sent.append(messages)
        while self.answers and (message := await reader.read(65536)):
            messages.append(message)
            answer = self.answers.pop(0)
            writer.write(answer)
            if not answer:
                break
        writer.close()


def with_asker(server: Server, use: Callable[[Asker], Awaitable[Got]]) -> Got:
    async def run() -> Got:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
        asker = Asker(aiohttp.TCPConnector(limit=0))
        try:
            return await use(asker)
        finally:
            await asker.close()
            listening.close()

    return asyncio.run(run())


async def asked(asker: Asker, url: str, *, method: str = "GET", limit: int = 1000) -> Answer:
    exchange = await asker.ask(method, url, {"Accept": "*/*"}, tls=TLS, content=b"a=1" if method == "POST" else b"")
    try:
        return await read_answer(exchange, limit, limit)
    finally:
        exchange.end()


def test_the_address_is_asked_for_as_it_stands_and_content_has_its_length() -> None:
    server = Server(GOOD, GOOD)

    async def use(asker: Asker) -> None:
        await asked(asker, f"{server.url}a%20b?c=%C4%E3&d=1|2")
        await asked(asker, server.url, method="POST")

    with_asker(server, use)
    host = server.url.split("/")[2]
    assert server.sent == [
        [
            f"GET /a%20b?c=%C4%E3&d=1|2 HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n".encode(),
            f"POST / HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\nContent-Length: 3\r\n\r\na=1".encode(),
        ]
    ]


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "a\nb", "a\0b"])
def test_a_header_that_would_be_more_than_one_is_not_sent(value: str) -> None:
    server = Server(GOOD)

    async def use(asker: Asker) -> None:
        with pytest.raises(ValueError, match="end of a line"):
            await asker.ask("GET", server.url, {"Referer": value}, tls=TLS)

    with_asker(server, use)
    assert server.sent == []


def test_a_connection_whose_answer_is_not_read_to_the_end_serves_nobody_else() -> None:
    server = Server(GOOD, LONG, GOOD)

    async def use(asker: Asker) -> list[Answer]:
        return [await asked(asker, server.url, limit=10) for _ in range(3)]

    first, long, last = with_asker(server, use)
    assert (first.body, long.body, long.truncated, last.body) == (b"ok", b"x" * 10, True, b"ok")
    assert [len(messages) for messages in server.sent] == [2, 1]


def test_interim_answers_are_passed_over() -> None:
    server = Server(EARLY * 3 + GOOD)
    answer = with_asker(server, lambda asker: asked(asker, server.url))
    assert (answer.status, answer.body) == (200, b"ok")


def test_where_the_connection_ends_before_the_answer_there_is_one_more_try() -> None:
    server = Server(GOOD, b"", GOOD)

    async def use(asker: Asker) -> list[Answer]:
        return [await asked(asker, server.url) for _ in range(2)]

    assert [answer.body for answer in with_asker(server, use)] == [b"ok", b"ok"]
    assert [len(messages) for messages in server.sent] == [2, 1]


@pytest.mark.parametrize(("method", "tries"), [("GET", 2), ("POST", 1)])
def test_what_may_not_be_repeated_is_not(method: str, tries: int) -> None:
    server = Server(b"", b"", b"")

    async def use(asker: Asker) -> None:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await asked(asker, server.url, method=method)

    with_asker(server, use)
    assert len(server.sent) == tries
