"""One site, here and now, against a small server on loopback."""

import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crawler.config import WorkerConfig
from crawler.oneshot import observe_site
from inspection.observation import FetchOutcome, LinkOutcome, SiteObservations
from inspection.registry import Site, SiteCategory

# Old servers speak nothing newer, so the fetcher allows it on purpose.
pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated:DeprecationWarning")

PAGES = {
    "/": '<meta http-equiv="refresh" content="0;url=/index.html">',
    "/index.html": '<ul><li><a href="/xw/">工作动态</a></li></ul><a href="/gone.html">旧闻</a><img src="/logo.png">',
    "/xw/": '<ul><li><a href="/xw/1.html">关于召开会议的通知</a><span>2026-11-18</span></li></ul>',
    "/xw/1.html": '<a href="/">首页</a><p>' + "正文" * 50,
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path, "").encode()
        if self.path == "/logo.png":
            body = b"\x89PNG\r\n\x1a\n"
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "image/png" if self.path.endswith("png") else "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def home() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://www.site.localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join(5)


def observe(url: str, *, page_budget: int = 10, probes: int = 1) -> SiteObservations:
    config = WorkerConfig(
        allow_networks="127.0.0.0/8",  # type: ignore[arg-type]
        download_delay_s=0,
        link_retry_pause_s=0,
        retry_pause_s=0,
    )
    site = Site(code="1100000001", name="", url=url, category=SiteCategory.COUNTY_PORTAL, region="110000")
    return observe_site(site, as_of=date(2026, 11, 20), page_budget=page_budget, probes=probes, config=config)


def test_a_site_is_read_in_whole(home: str) -> None:
    seen = observe(home)
    assert seen.finished
    assert {page.url.removeprefix(home): page.depth for page in seen.pages} == {
        "": 0, "index.html": 0, "xw/": 1, "gone.html": 1, "xw/1.html": 2,
    }  # fmt: skip
    outcomes = {link.url.removeprefix(home): link.outcome for link in seen.links}
    assert outcomes["gone.html"] is LinkOutcome.BROKEN
    assert {url for url, outcome in outcomes.items() if outcome is LinkOutcome.OK} >= {"xw/", "xw/1.html", "logo.png"}
    assert [(probe.sequence, probe.outcome) for probe in seen.probes] == [(0, FetchOutcome.OK)]


def test_the_budget_bounds_the_pages_and_not_the_links(home: str) -> None:
    seen = observe(home, page_budget=1)
    assert {page.url.removeprefix(home) for page in seen.pages} == {"", "index.html"}
    assert {link.url.removeprefix(home) for link in seen.links} >= {"xw/", "gone.html", "logo.png"}


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("http://nowhere.invalid/", FetchOutcome.DNS_ERROR),
        ("http://10.0.0.1/", FetchOutcome.NOT_ALLOWED),
    ],
)
def test_a_site_that_cannot_be_visited_is_a_result(url: str, outcome: FetchOutcome) -> None:
    seen = observe(url, probes=2)
    assert [page.outcome for page in seen.pages] == [outcome]
    assert [probe.outcome for probe in seen.probes] == [outcome, outcome]
    assert seen.links == ()
