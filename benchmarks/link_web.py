"""A web on loopback whose every link is planted: what each is, how its server answers, what is so to be said of it."""

import asyncio
import gzip
import multiprocessing
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from random import Random
from typing import ClassVar
from urllib.request import urlopen

import msgspec

HOSTS = 60
TEXT = "按照国务院办公厅关于开展政府网站普查的要求，现将有关事项通知如下。" * 6
LIST = b"/list.html"
ASKED = b"/asked"
"""Answered with (requests for links, connections, seconds from the first of these requests to the last) since it was
asked last; all that was answered is forgotten with it, so that each checker meets the same web."""
SLOW_S = 0.6
WELCOME = "LinkChecker: welcome"
"""LinkChecker asks a host that does not say so ten times a second at most."""

OK, BROKEN, UNDETERMINED = "ok", "broken", "undetermined"


class Planted(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of link: how many of a list of 5,000, by which element, and what is so of each.

    ``own`` links lead to the site of the list itself. ``differing`` holds what a checker says that does not say
    ``truth``, and ``why``: any other difference fails the benchmark.
    """

    name: str
    count: int
    truth: str
    file: str = "html"
    element: str = "a"
    own: bool = False
    href: str = ""
    differing: dict[str, str] = {}
    why: str = ""


class Link(msgspec.Struct, frozen=True):
    """One planted link; ``href`` as the page writes it, which is its address where it is none of a wrong one."""

    href: str
    kind: Planted


def page(title: str, paragraphs: int, links: int = 40) -> bytes:
    """A page as articles are; about 16 KB with 20 paragraphs."""
    items = "".join(f'<li><a href="/c/{n}.html" title="第{n}条">关于第{n}号事项的通知</a></li>' for n in range(links))
    body = f"<ul class='list'>{items}</ul>" + "".join(f"<p>{TEXT}</p>" for _ in range(paragraphs))
    head = f"<meta charset='utf-8'><title>{title}</title>"
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def http(status: str, body: bytes, *headers: str, type_: str = "text/html; charset=utf-8") -> bytes:
    """A complete answer."""
    fields = [f"Content-Type: {type_}", f"Content-Length: {len(body)}", WELCOME, *headers]
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, "", ""]).encode() + body


def short(text: str) -> bytes:
    """A page that says one sentence."""
    return f"<!doctype html><html><head><title>提示</title></head><body><p>{text}</p></body></html>".encode()


PAGE = page("某县人民政府 通知公告", 20)
NOT_FOUND = http("404 Not Found", page("找不到页面", 1, links=5))
GOOD = http("200 OK", PAGE)
PDF = http("200 OK", b"%PDF-1.4\n" + bytes(120_000), type_="application/pdf")
PNG = http("200 OK", b"\x89PNG\r\n\x1a\n" + bytes(30_000), type_="image/png")

ANSWERS: dict[str, bytes] = {
    "page": GOOD,
    "gzip": http("200 OK", gzip.compress(PAGE), "Content-Encoding: gzip"),
    "moved": http("302 Found", b"", "Location: /page/target.html"),
    "moved-twice": http("301 Moved Permanently", b"", "Location: /moved/next.html"),
    "picture": PNG,
    "document": PDF,
    "gone-404": NOT_FOUND,
    "gone-410": http("410 Gone", page("已删除", 1, links=5)),
    "error-500": http("500 Internal Server Error", short("系统错误")),
    "forbidden-403": http("403 Forbidden", short("禁止访问")),
    "head-405": PNG,
    "head-404": PNG,
    "soft-404": http("200 OK", short("抱歉，您访问的页面不存在")),
    "own-moved-home": http("302 Found", b"", "Location: /"),
    "for-sale": http("200 OK", short("该域名可购买，此域名正在出售")),
    "web-page-as-pdf": http("200 OK", short("请先登录")),
    "loop": http("302 Found", b"", "Location: /loop/again.html"),
    "slow": GOOD,
    "busy-once-429": GOOD,
    "busy-once-503": GOOD,
}
"""What the first part of a path is answered with; the others, and first answers, are in :class:`Server`."""
FIRST: dict[str, bytes] = {
    "busy-once-429": http("429 Too Many Requests", b"", "Retry-After: 1"),
    "busy-once-503": http("503 Service Unavailable", short("请稍后再试")),
}
AT_HEAD = {
    "head-405": http("405 Method Not Allowed", b""),
    "head-404": http("404 Not Found", b""),
}


class Server(asyncio.Protocol):
    """Answers as the path says, over connections that it keeps."""

    pages: ClassVar[dict[bytes, bytes]] = {}
    asked: ClassVar[Counter[tuple[str, bytes]]] = Counter()
    connections: ClassVar[int] = 0
    first: ClassVar[float] = 0.0
    last: ClassVar[float] = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.host = transport.get_extra_info("sockname")[0]
        self.buffer = b""
        Server.connections += 1

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            method, path, _ = head.split(b" ", 2)
            if path == ASKED:
                self.tell()
            else:
                self.answer(method == b"HEAD", path)

    def tell(self) -> None:
        """Say what was asked, and forget it."""
        counted = (self.asked.total(), Server.connections, Server.last - Server.first)
        self.asked.clear()
        Server.connections = 0
        self.transport.write(http("200 OK", msgspec.json.encode(counted)))

    def answer(self, is_head: bool, path: bytes) -> None:
        """Answer one request."""
        if path not in self.pages:
            Server.last = time.perf_counter()
            Server.first = Server.last if not self.asked else Server.first
            self.asked[self.host, path] += 1
        kind = path.split(b"/", 2)[1].decode()
        if kind == "silent":
            return
        if kind == "reset":
            raw = self.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
            return
        found = self.pages.get(path) or self.chosen(kind, path, is_head)
        if is_head:
            found = found.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        if kind == "slow":
            asyncio.get_running_loop().call_later(SLOW_S, self.transport.write, found)
        else:
            self.transport.write(found)

    def chosen(self, kind: str, path: bytes, is_head: bool) -> bytes:
        """The whole answer."""
        if kind in FIRST and self.asked[self.host, path] == 1:
            return FIRST[kind]
        return AT_HEAD[kind] if is_head and kind in AT_HEAD else ANSWERS.get(kind, NOT_FOUND)


def host(number: int) -> str:
    """A host of its own for each number; 0 is the site of the list."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


def links_of(kinds: tuple[Planted, ...], total: int, port: int) -> list[Link]:
    """The planted links in the order of the list, all different; those that take their time stand near the start."""
    made: list[Link] = []
    for place, kind in enumerate(kinds):
        for n in range(max(1, round(kind.count * total / sum(each.count for each in kinds)))):
            name = host(0) if kind.own else host(1 + (n * 7 + place) % HOSTS)
            href = kind.href.format(n=n) or f"http://{name}:{port}/{kind.name}/{n}.{kind.file}"
            made.append(Link(href, kind))
    Random(1).shuffle(made)
    return sorted(made, key=lambda link: link.kind.name not in ("silent", "slow", "busy-once-429"))


def list_page(links: list[Link]) -> bytes:
    """The page that holds all links."""
    written = "\n".join(
        f'<img src="{escape(link.href)}">' if link.kind.element == "img" else f'<a href="{escape(link.href)}">链接</a>'
        for link in links
    )
    return f"<!doctype html><html><head><title>链接清单</title></head><body>\n{written}\n</body></html>".encode()


def _serve(plan: Callable[[int], list[Link]], ready: "multiprocessing.Queue[int]") -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        first = await loop.create_server(Server, host(0), 0, backlog=4096)
        port = first.sockets[0].getsockname()[1]
        others = [await loop.create_server(Server, host(n), port, backlog=4096) for n in range(1, HOSTS + 1)]
        assert len(others) == HOSTS
        Server.pages = {LIST: http("200 OK", list_page(plan(port))), b"/": GOOD}
        ready.put(port)
        await asyncio.Event().wait()

    asyncio.run(run())


@contextmanager
def web(plan: Callable[[int], list[Link]]) -> Iterator[int]:
    """The web in a process of its own, its list made of the links that ``plan`` gives for a port; yields the port."""
    ready: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=_serve, args=(plan, ready), daemon=True)
    server.start()
    try:
        yield ready.get(timeout=30)
    finally:
        server.terminate()


def asked(port: int) -> tuple[int, int, float]:
    """Requests for links, connections, and seconds from the first of these requests to the last, since last asked."""
    with urlopen(f"http://{host(0)}:{port}{ASKED.decode()}", timeout=10) as answer:
        return msgspec.json.decode(answer.read(), type=tuple[int, int, float])
