"""Pages in a browser: what scripts write is seen, and no page reaches anything but through the guarded fetcher."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from crawler.browser.find import find_chromium
from crawler.extract import extract
from crawler.fetch import FetchResult
from crawler.fetch.fetcher import Fetcher
from crawler.fetch.policy import AddressPolicy
from inspection.errors import InputRejected
from inspection.observation import FetchOutcome
from inspection.observation.page import ListState
from inspection.registry.address import canonical

CHROMIUM = find_chromium(None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium, or the extra 'browser' is not installed")

COLUMN = """<html><head><meta charset="gbk"><title>通知公告</title></head><body>
<div>当前位置：首页 &gt; 通知公告</div><ul id="list"></ul><script>
fetch("%s", {method: "POST", headers: {"Content-Type": "application/x-www-form-urlencoded"}, body: "page=1"})
  .then(answer => answer.text()).then(text => { document.getElementById("list").innerHTML = text; });
</script></body></html>"""
ITEMS = "".join(
    f'<li><a href="art{n}.html">关于做好第{n}号事项的通知</a><span>2026-11-{n:02d}</span></li>' for n in range(1, 9)
)


class Pages(BaseHTTPRequestHandler):
    """A small site; ``asked`` are the requests that came."""

    asked: list[tuple[str, str, bytes]]
    foreign_port: int

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, content: bytes) -> None:
        self.asked.append((self.command, self.path, content))
        if self.path == "/moved/":
            self.send_response(302)
            self.send_header("Location", "/column/")
            self.end_headers()
            return
        body, status = self._body()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=gbk")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> tuple[bytes, int]:
        site = f"http://127.0.0.1:{self.foreign_port}"
        pages: dict[str, tuple[str, int]] = {
            "/column/": (COLUMN % "/data", 200),
            "/data": (ITEMS, 200),
            "/empty/": (COLUMN % "/no-data", 200),
            "/no-data": ("", 200),
            "/failing/": (COLUMN % "/broken", 200),
            "/broken": ("no", 500),
            "/endless/": ("<title>t</title><script>setInterval(() => fetch('/data'), 50)</script>", 200),
            "/busy/": ("<title>t</title><script>while (true) {}</script>", 200),
            "/alert/": ("<title>t</title><script>alert(1)</script><p>已显示</p>", 200),
            "/nosy/": (
                f"<title>t</title><img src='{site}/image'><iframe src='{site}/frame'></iframe><script>"
                f"fetch('{site}/fetch'); new WebSocket('ws://127.0.0.1:{self.foreign_port}/socket');"
                f"navigator.sendBeacon('{site}/beacon', 'x'); new EventSource('{site}/events');"
                f"new Worker(URL.createObjectURL(new Blob([`fetch('{site}/worker')`])));"
                "</script>",
                200,
            ),
        }
        text, status = pages.get(self.path, ("not here", 404))
        # What a script fetches is read as UTF-8, whatever the page is in.
        return text.encode("utf-8" if self.path == "/data" else "gbk"), status

    def log_message(self, *_: Any) -> None:
        """Silence."""


@pytest.fixture
def foreign() -> Iterator[tuple[int, list[bytes]]]:
    """A port that nobody may reach, and what reached it."""
    heard: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                heard.append(connection.recv(100))
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def site(foreign: tuple[int, list[bytes]]) -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    asked: list[tuple[str, str, bytes]] = []
    handler = type("Handler", (Pages,), {"asked": asked, "foreign_port": foreign[0]})
    server = ThreadingHTTPServer(("127.0.0.2", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.2:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def shelved(url: str, body: bytes) -> FetchResult:
    return FetchResult(
        url=url,
        final_url=url,
        method="GET",
        outcome=FetchOutcome.OK,
        started_at=datetime(2026, 11, 20, tzinfo=UTC),
        elapsed_s=0.1,
        status=200,
        headers={"content-type": "text/html; charset=utf-8"},
        body=body,
    )


def render(url: str, *, timeout_s: float = 30.0, **options: Any) -> Any:
    from crawler.browser.renderer import Renderer, RenderLimits  # noqa: PLC0415 - needs the extra

    async def run() -> Any:
        # Only the site's own address is allowed: everything else on this machine stands for a foreign network.
        fetcher = Fetcher(AddressPolicy((ip_network("127.0.0.2/32"),)), user_agent="test")
        assert CHROMIUM is not None
        renderer = Renderer(
            CHROMIUM, fetcher, user_agent="test", limits=RenderLimits(timeout_s=timeout_s, settle_s=3.0)
        )
        try:
            return await renderer.render(url, **options)
        finally:
            await renderer.close()
            await fetcher.close()

    return asyncio.run(run())


def state_of(rendering: Any) -> ListState:
    return extract(
        rendering.html,
        rendering.final_url,
        as_of=None,
        content_type="text/html; charset=utf-8",
        scripts_ran=rendering.complete,
    ).list_state


def test_a_list_that_a_script_fetches_is_seen_with_its_dates(site: Any) -> None:
    address, asked = site
    rendering = render(f"{address}/column/")
    assert rendering.complete
    assert ("POST", "/data", b"page=1") in asked
    facts = extract(rendering.html, rendering.final_url, as_of=None, content_type="text/html; charset=utf-8")
    assert [item.title for item in facts.list_items][:2] == ["关于做好第1号事项的通知", "关于做好第2号事项的通知"]
    assert str(facts.newest_item_date) == "2026-11-08"
    assert facts.list_items[0].url == f"{address}/column/art1.html"


def test_a_redirect_gives_the_page_its_final_address(site: Any) -> None:
    address, asked = site
    rendering = render(f"{address}/moved/")
    assert rendering.final_url == f"{address}/column/"
    assert state_of(rendering) is ListState.LISTED
    assert asked.count(("GET", "/column/", b"")) == 1


def test_an_empty_list_is_blank_only_where_nothing_was_missing(site: Any) -> None:
    address, _ = site
    assert state_of(render(f"{address}/empty/")) is ListState.BLANK
    failing = render(f"{address}/failing/")
    assert not failing.complete
    assert "/broken" in failing.detail
    assert state_of(failing) is ListState.SCRIPT_ONLY


@pytest.mark.parametrize(("path", "limit_s"), [("/endless/", 20.0), ("/busy/", 4.0)])
def test_a_page_without_end_ends(site: Any, path: str, limit_s: float) -> None:
    rendering = render(f"{site[0]}{path}", timeout_s=limit_s)
    assert not rendering.complete
    assert rendering.detail


def test_dialogues_do_not_hold_up(site: Any) -> None:
    assert "已显示" in render(f"{site[0]}/alert/").html.decode()


def test_nothing_but_the_fetcher_reaches_the_network(site: Any, foreign: Any) -> None:
    rendering = render(f"{site[0]}/nosy/", picture=True)
    assert rendering.html is not None
    assert foreign[1] == []


def test_a_dead_site_has_a_picture_and_no_document() -> None:
    with closing(socket.create_server(("127.0.0.2", 0))) as server:
        port = server.getsockname()[1]
    rendering = render(f"http://127.0.0.2:{port}/", picture=True)
    assert rendering.html is None
    assert rendering.picture.startswith(b"\xff\xd8")
    assert "ERR_CONNECTION_REFUSED" in rendering.detail


def test_a_stored_page_is_shown_without_asking_for_it(site: Any) -> None:
    address, asked = site
    url = f"{address}/gone.html"
    rendering = render(url, picture=True, shelf={url: shelved(url, "<title>旧</title><p>当时的内容</p>".encode())})
    assert "当时的内容" in rendering.html.decode()
    assert rendering.picture.startswith(b"\xff\xd8")
    assert rendering.from_shelf
    assert asked == []


def test_a_stored_page_is_known_however_the_browser_spells_its_address(site: Any) -> None:
    address, asked = site
    url = canonical(f"{address}/旧闻/a b.html?t=年报")
    rendering = render(f"{address}/旧闻/a b.html?t=年报", shelf={url: shelved(url, b"<title>x</title><p>y")})
    assert (rendering.from_shelf, asked) == (True, [])
    assert not render(f"{address}/", shelf={url: shelved(url, b"<p>y")}).from_shelf


def test_a_browser_that_is_none_is_refused(tmp_path: Any) -> None:
    with pytest.raises(InputRejected, match="XUNCHA_BROWSER_PATH"):
        find_chromium(tmp_path / "nothing")


def test_a_browser_that_does_not_start_is_no_failed_page() -> None:
    from crawler.browser.chromium import BrowserNotStarted, Chromium  # noqa: PLC0415 - needs the extra

    async def run() -> None:
        chromium = Chromium(Path("/bin/false"), user_agent="test")
        try:
            await chromium.context(scripts=True)
        finally:
            await chromium.close()

    with pytest.raises(BrowserNotStarted, match=r"/bin/false 无法启动.*XUNCHA_BROWSER_SANDBOX"):
        asyncio.run(run())


def test_a_browser_is_renewed_while_pages_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    from crawler.browser import chromium as module  # noqa: PLC0415 - needs the extra

    monkeypatch.setattr(module, "_PAGES_PER_PROCESS", 2)

    async def run() -> list[bool]:
        assert CHROMIUM is not None
        chromium = module.Chromium(CHROMIUM, user_agent="test")
        try:
            first, second, third = [await chromium.context(scripts=True) for _ in range(3)]
            assert first.browser is second.browser
            assert third.browser is not first.browser
            old = first.browser
            assert old is not None
            seen = [old.is_connected()]
            for context in (first, second):
                await chromium.discard(context)
                seen.append(old.is_connected())
            assert third.browser is not None
            return [*seen, third.browser.is_connected()]
        finally:
            await chromium.close()

    assert asyncio.run(run()) == [True, True, False, True]


def test_a_page_whose_browser_ended_is_shown_once_more(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from crawler.browser import renderer as module  # noqa: PLC0415 - needs the extra

    calls = []
    settle = module.Renderer._settle

    async def ended(self: Any, page: Any) -> bool:
        calls.append(page.url)
        if len(calls) == 1:
            await page.context.browser.close()
        return await settle(self, page)

    monkeypatch.setattr(module.Renderer, "_settle", ended)
    rendering = render(f"{site[0]}/gone.html", shelf={f"{site[0]}/gone.html": shelved(site[0], b"<p>x")})
    assert (rendering.html is not None, len(calls), rendering.detail) == (True, 2, "")
