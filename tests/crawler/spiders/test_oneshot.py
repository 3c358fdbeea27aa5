"""One site, here and now, against a small server on loopback."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from urllib.parse import urlsplit

import pytest

from crawler.config import WorkerConfig
from crawler.oneshot import observe_links, observe_site
from inspection.observation import FetchOutcome, LinkOutcome, SiteObservations
from inspection.observation.site import LinkDefect
from inspection.registry import Site, SiteCategory

PAGES: dict[str, str | bytes] = {
    "/": '<meta http-equiv="refresh" content="0;url=/index.html">',
    "/index.html": '<ul><li><a href="/xw/">工作动态</a></li></ul><a href="/gone.html">旧闻</a><img src="/logo.png">',
    "/xw/": '<ul><li><a href="/xw/1.html">关于召开会议的通知</a><span>2026-11-18</span></li></ul>',
    "/xw/1.html": '<a href="/">首页</a><p>' + "正文" * 50,
    "/logo.png": b"\x89PNG\r\n\x1a\n",
}


@pytest.fixture(scope="module")
def home(serve_pages: Callable[[Mapping[str, str | bytes]], str]) -> str:
    return serve_pages(PAGES)


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


def test_a_page_may_hold_thousands_of_external_links(serve_pages: Callable[[Mapping[str, str | bytes]], str]) -> None:
    count = 1_200
    home = serve_pages({"/": "".join(f'<a href="http://x{n}.invalid/">x</a>' for n in range(count))})
    config = WorkerConfig(allow_networks="127.0.0.0/8", link_retry_pause_s=0)  # type: ignore[arg-type]
    _, links = observe_links(home, as_of=date(2026, 11, 20), page_budget=None, external=True, config=config)
    assert sum(link.outcome is LinkOutcome.BROKEN for link in links) == count


class AnswersAll(dict[str, str | bytes]):
    """Pages of a server that shows one page, with the time and the address asked for, where it has none."""

    def get(self, path: str, default: object = None) -> str | bytes:  # type: ignore[override]
        now = f"{datetime.now():%Y-%m-%d %H:%M:%S}"
        return super().get(path) or f"<title>县政府</title><p>欢迎您</p><p>{now} {path}</p>"


@pytest.mark.parametrize("budget", [1, 4, 60])
def test_dead_links_are_found_where_the_server_answers_every_address_with_a_page(
    serve_pages: Callable[[Mapping[str, str | bytes]], str], budget: int
) -> None:
    there = {f"/{n}.html": f"<title>县政府</title><p>第{n}号公告</p>" for n in range(4)}
    gone = [f"/gone/{n}.html" for n in range(3)]
    links = "".join(f"<a href={path}>公告</a>" for path in [*there, *gone])
    home = serve_pages(AnswersAll({"/": f"<title>县政府</title>{links}", **there}))
    seen = observe(home, page_budget=budget)
    broken = {urlsplit(link.url).path: link.defect for link in seen.links if link.outcome is LinkOutcome.BROKEN}
    assert broken == dict.fromkeys(gone, LinkDefect.CATCH_ALL)
