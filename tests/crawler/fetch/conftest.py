"""A server that behaves as badly as the path asks it to, on loopback, in a thread of its own."""

import asyncio
import gzip
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import cache

import brotli
import pytest
import zstandard

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter, str], Awaitable[None]]
Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

PAGE = "<html><head><title>某县人民政府</title></head><body>政务公开</body></html>".encode()


def answer(status: str = "200 OK", body: bytes = PAGE, *headers: str) -> bytes:
    """A well-formed answer that ends the connection."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html", f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


def redirect(location: str | bytes, status: str = "302 Found") -> bytes:
    target = location if isinstance(location, bytes) else location.encode()
    return f"HTTP/1.1 {status}\r\nLocation: ".encode() + target + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def coded(coding: str, body: bytes) -> bytes:
    return answer("200 OK", body, f"Content-Encoding: {coding}")


CUT_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" + b"x" * 64 + b"\r\n40\r\nxx"
BAD_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n"
BOMB = gzip.compress(gzip.compress(bytes(30_000_000), 9), 9)
RAW_DEFLATE = zlib.compress(PAGE)[2:-4]

# path -> the bytes that are sent before the connection is closed in an orderly way
SCRIPTED: dict[str, bytes] = {
    "/ok": answer(),
    "/empty": answer("200 OK", b""),
    "/blank": answer("200 OK", b" \r\n\t "),
    "/no-content": b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
    "/404": answer("404 Not Found"),
    "/410": answer("410 Gone"),
    "/400": answer("400 Bad Request"),
    "/401": answer("401 Unauthorized"),
    "/403": answer("403 Forbidden"),
    "/405": answer("405 Method Not Allowed"),
    "/412": answer("412 Precondition Failed", b"<script>$_ts={}</script>"),
    "/429": answer("429 Too Many Requests", b"slow down", "Retry-After: 7"),
    "/500": answer("500 Internal Server Error"),
    "/503": answer("503 Service Unavailable"),
    "/521": answer("521 ", b"<script>document.cookie=('_')+('_')+('jsl')</script>"),
    "/999": answer("999 No"),
    "/waf-405": answer("405 Not Allowed", b"<html>errors.aliyun.com your request was blocked</html>"),
    "/waf-404": answer("404 Not Found", "<html>安全验证</html>".encode()),
    "/challenge": answer("200 OK", b"<html><script>var a='acw_sc__v2';</script></html>"),
    "/challenge-gbk": answer("200 OK", "<html><title>人机验证</title><script>x()</script>".encode("gbk")),
    "/challenge-reload": answer("200 OK", b"<script>document.cookie='k=1'; window.location.reload();</script>"),
    "/login": answer("200 OK", ("<h1>登录</h1><p>请完成安全验证后登录系统。</p>" + "办事指南" * 80).encode()),
    "/no-type": b"HTTP/1.0 200 OK\r\n\r\n" + PAGE,
    "/http09": PAGE,
    "/garbage": b"\x16\x03\x01\x00\xffnonsense\r\n\r\n",
    "/bad-status": b"HTTP/1.1 abc OK\r\n\r\n",
    "/silent-close": b"",
    "/half-headers": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "/too-short": b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + PAGE,
    "/too-short-empty": b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n",
    "/too-long": b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>" + PAGE,
    "/bad-length": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n" + PAGE,
    "/cut-chunks": CUT_CHUNKS,
    "/bad-chunks": BAD_CHUNKS,
    "/bad-chunks-late": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\nzz" % (len(PAGE), PAGE),
    "/gzip": coded("gzip", gzip.compress(PAGE)),
    "/gzip-members": coded("gzip", gzip.compress(PAGE[:20]) + gzip.compress(PAGE[20:])),
    "/gzip-cut": coded("gzip", gzip.compress(PAGE)[:-10]),
    "/gzip-lie": coded("gzip", PAGE),
    "/deflate": coded("deflate", zlib.compress(PAGE)),
    "/deflate-raw": coded("deflate", RAW_DEFLATE),
    "/coding-unknown": coded("snappy", PAGE),
    "/codings-many": coded(", ".join(["gzip"] * 50), PAGE),
    "/bomb": coded("gzip, gzip", BOMB),
    "/large": answer("200 OK", b"x" * 300_000),
    "/odd-header": b"HTTP/1.1 200 OK\r\nX-Name: \xd5\xfe\xb8\xae\r\nConnection: close\r\n\r\n" + PAGE,
    "/utf8-header": b"HTTP/1.1 200 OK\r\nX-Name: \xe6\x94\xbf\xe5\xba\x9c\r\nConnection: close\r\n\r\n" + PAGE,
    "/many-headers": b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 5000 + b"\r\n" + PAGE,
    "/huge-header": b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 300_000 + b"\r\n\r\n" + PAGE,
    "/loop": redirect("/loop"),
    "/loop-a": redirect("/loop-b"),
    "/loop-b": redirect("/loop-a"),
    "/hop": redirect("/ok"),
    "/hop-308": redirect("/hop", "308 Permanent Redirect"),
    "/hop-relative": redirect("ok?a=1"),
    "/hop-spaces": redirect("  /a b.html  "),
    "/a%20b.html": answer("200 OK", b"with a space"),
    "/hop-utf8": redirect("/政府.html"),
    "/%E6%94%BF%E5%BA%9C.html": answer("200 OK", b"utf-8"),
    "/hop-gbk": redirect("/政府.html".encode("gbk")),
    "/%D5%FE%B8%AE.html": answer("200 OK", b"gbk"),
    "/hop-nowhere": b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "/hop-app": redirect("weixin://dl/business"),
    "/hop-private": redirect("http://10.1.2.3/admin"),
    "/hop-metadata": redirect("http://169.254.169.254/latest/meta-data/"),
    "/hop-mapped": redirect("http://[::ffff:10.1.2.3]/"),
    "/hop-decimal": redirect("http://167838211/"),
    "/hop-name": redirect("http://nowhere.invalid/"),
    "/hop-port": redirect("http://www.site.localhost:25/"),
    "/hop-long": redirect("/" + "x" * 100_000),
    "/hop-fragment": redirect("/ok#top"),
    "/hop-user": redirect("//user:word@www.site.localhost:25/"),
    "/hop-backslash": redirect("\\\\10.1.2.3\\admin"),
    "/cookie-wall": redirect("/cookie-wall").replace(b"Connection", b"Set-Cookie: k=v; Path=/\r\nConnection"),
    "/cookie-flood": answer("200 OK", PAGE, *(f"Set-Cookie: k{n}={'v' * 40}" for n in range(1000))),
    "/huge-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc",
    "/hop-cookie": redirect("/needs-cookie").replace(b"Connection", b"Set-Cookie: k=\"v 1\"; Path=/\r\nConnection"),
}  # fmt: skip


async def reset(writer: asyncio.StreamWriter) -> None:
    """End the connection with RST."""
    await writer.drain()
    await asyncio.sleep(0.05)
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def reset_at_once(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    await reset(writer)


async def reset_in_headers(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text")
    await reset(writer)


async def reset_before_body(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    await reset(writer)


async def reset_in_body(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + PAGE)
    await reset(writer)


async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter, _head: str) -> None:
    await reader.read()


async def drip_headers(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-A: 1\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)


async def drip_body(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"<p>")
        await writer.drain()
        await asyncio.sleep(0.1)


async def pour_continues(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def pour_body(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def drip_malformed(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n")
    while True:
        writer.write(b"<p>")
        await writer.drain()
        await asyncio.sleep(0.1)


async def endless_hop(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: /ok\r\n\r\n")
    while True:
        writer.write(b"moved")
        await writer.drain()
        await asyncio.sleep(0.1)


async def slow_hop(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    await asyncio.sleep(0.3)
    writer.write(redirect("/slow-hop-2"))


async def wants_cookie(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str) -> None:
    writer.write(answer() if 'Cookie: k="v 1"' in head else redirect("/needs-cookie"))


async def echo(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str) -> None:
    writer.write(answer("200 OK", head.encode()))


async def pour_headers(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    """Fifty megabytes of headers."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(50):
        writer.write(b"X-Filler: aaaaaaaaaaaaaaaaaaaa\r\n" * 32_000)
        await writer.drain()
    writer.write(b"Connection: close\r\n\r\n" + PAGE)


async def pour_one_header(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Filler: ")
    while True:
        writer.write(b"a" * 65536)
        await writer.drain()


async def flood_continues(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" * 1000)
        await writer.drain()


async def pour_html(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    """A page without end."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n")
    while True:
        writer.write(MARKUP * 3000)
        await writer.drain()


MARKUP = "<p>政务公开</p>".encode()
"""What bombs are filled with."""
_BLOCK = MARKUP * 800_000


@cache
def bombs() -> dict[str, bytes]:
    """Coding -> a body that inflates to some gigabytes."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = deflater.compress(_BLOCK) + deflater.flush(zlib.Z_FULL_FLUSH)
    brotli_engine = brotli.Compressor(quality=1)
    return {
        "gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block * 200 + b"\x03\0" + bytes(8),
        "deflate": block * 200 + b"\x03\0",
        "br": b"".join(brotli_engine.process(_BLOCK) for _ in range(150)) + brotli_engine.finish(),
        "zstd": zstandard.compress(_BLOCK) * 200,
    }


async def bomb(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str) -> None:
    """``/bomb-CODING``."""
    coding = head.split()[1].rpartition("-")[2]
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}\r\n\r\n".encode())
    body = memoryview(bombs()[coding])
    for at in range(0, len(body), 65536):
        writer.write(body[at : at + 65536])
        await writer.drain()


async def hop_on(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str) -> None:
    """A redirect to ever another address, with ever another cookie."""
    number = int(head.split()[1].partition("?")[2] or 0) + 1
    writer.write(redirect(f"/hop-on?{number}").replace(b"Connection", b"Set-Cookie: k=%d\r\nConnection" % number))


BEHAVIOURS: dict[str, Behaviour] = {
    "/reset-at-once": reset_at_once,
    "/reset-in-headers": reset_in_headers,
    "/reset-before-body": reset_before_body,
    "/reset-in-body": reset_in_body,
    "/hang": hang,
    "/drip-headers": drip_headers,
    "/drip-body": drip_body,
    "/pour-continues": pour_continues,
    "/pour-body": pour_body,
    "/drip-malformed": drip_malformed,
    "/hop-endless": endless_hop,
    "/slow-hop": slow_hop,
    "/slow-hop-2": hang,
    "/needs-cookie": wants_cookie,
    "/echo": echo,
    "/pour-headers": pour_headers,
    "/pour-one-header": pour_one_header,
    "/flood-continues": flood_continues,
    "/pour-html": pour_html,
    "/hop-on": hop_on,
    **{f"/bomb-{coding}": bomb for coding in ("gzip", "deflate", "br", "zstd")},
}


async def refuse_handshake(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    """The alert of a server that knows SSL 3.0 at best: no protocol in common."""
    writer.write(b"\x15\x03\x00\x00\x02\x02\x46")
    await writer.drain()


HANDSHAKES: dict[str, Behaviour] = {"ancient": refuse_handshake, "reset": reset_at_once, "silent": hang}


def _failing(behaviour: Behaviour) -> Connected:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readexactly(1)
            await behaviour(reader, writer, "")
        writer.close()

    return serve


class BadServer:
    """Serves :data:`SCRIPTED` and :data:`BEHAVIOURS` by path, on any host but those that ``hosts`` serves alone."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._servers: list[asyncio.Server] = []
        self.asked: list[str] = []
        self.scripted = dict(SCRIPTED)
        self.behaviours = dict(BEHAVIOURS)
        self.hosts: dict[str, Behaviour] = {}
        self.port = self.listen(None)

    def listen(self, tls: ssl.SSLContext | str | None) -> int:
        """One more port, with TLS or with one of the :data:`HANDSHAKES` that come to nothing."""
        serve, context = (_failing(HANDSHAKES[tls]), None) if isinstance(tls, str) else (self._serve, tls)
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(serve, "127.0.0.1", 0, ssl=context), self._loop
        ).result(5)
        self._servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    def serve(self, address: str, behaviour: Connected) -> None:
        """The same port on another address of loopback."""
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(behaviour, address, self.port), self._loop
        ).result(5)
        self._servers.append(server)

    @property
    def bombs(self) -> dict[str, bytes]:
        """Coding -> a body that inflates to some gigabytes."""
        return bombs()

    def url(self, path: str, host: str = "www.site.localhost") -> str:
        return f"http://{host}:{self.port}{path}"

    def close(self) -> None:
        async def cancel() -> None:
            for server in self._servers:
                server.close()
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(cancel(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        finally:
            with suppress(ConnectionError, ssl.SSLError):
                writer.close()
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            start = await reader.readexactly(1)
            if start == b"\x16":  # a TLS handshake
                writer.write(answer("400 Bad Request"))
                return
            head = (start + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split()[1].partition("?")[0]
            self.asked.append(path)
            host = head.lower().partition("\r\nhost: ")[2].partition("\r\n")[0].partition(":")[0]
            if host in self.hosts:
                await self.hosts[host](reader, writer, head)
            elif path in self.scripted:
                writer.write(self.scripted[path])
                await writer.drain()
            elif path in self.behaviours:
                await self.behaviours[path](reader, writer, head)
            else:
                writer.write(answer("404 Not Found"))


@pytest.fixture(scope="module")
def web() -> Iterator[BadServer]:
    server = BadServer()
    yield server
    server.close()


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """A port whose queue of connections is full, so that a new one waits for ever."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        clients = [socket.socket() for _ in range(3)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for client in clients:
            client.close()


@pytest.fixture
def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
