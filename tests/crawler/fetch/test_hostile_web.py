"""A whole worker against all that a server can do: it ends in time, in bounded memory, with a true outcome each."""

import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inspection.observation import FetchOutcome
from inspection.ports import Inspection, WorkOrder
from inspection.registry import Site, SiteCategory
from inspection.sampling import Round, RoundState
from store.redis.frontier_status import RedisFrontierStatus
from store.stores import Stores

if TYPE_CHECKING:
    from conftest import BadServer

pytestmark = pytest.mark.system

MOST_MEMORY_MB = 400
LONGEST_S = 120
BUDGET = 15


def html(body: str | bytes, *headers: str) -> bytes:
    raw = body if isinstance(body, bytes) else body.encode()
    lines = ["HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", f"Content-Length: {len(raw)}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + raw


FILLER = "<p>" + "公开信息" * 50 + "</p>"
ODD_LINKS = (
    "javascript:void(0)", "mailto:a@b.cn", "tel:110", "data:text/html,x", "ftp://a.test/", "http://user:pw@a.invalid/",
    "http://例子.invalid/路径", "http://a.invalid/%zz%E4%BD", "\\\\a.invalid\\b", "/a b c", " /lead ", "http://", "http:///x",
    "//a.invalid:99999/", "http://[::1", "#", "?", "/" + "x" * 9000, "http://a.invalid/\x00nul", "weixin://x", "http://10.0.0.1/",
)  # fmt: skip
PAGES: dict[str, bytes] = {
    "/nested": html("<div>" * 1_000_000 + FILLER),
    "/huge": html(FILLER * 40_000),
    "/many-links": html("".join(f"<a href=mailto:{n}@b.cn>{n}</a>" for n in range(50_000))),
    "/nul": html(b"<p>\0\0\0" + FILLER.encode() + b"\0" * 1000),
    "/wrong-charset": html(FILLER.encode("gbk")),
    "/attributes": html(f"<p {' '.join(f'a{n}=1' for n in range(100_000))}>{FILLER}"),
    "/unclosed": html(f"<a href='/x{FILLER}" * 500),
    "/entities": html("&" * 300_000 + FILLER),
    "/odd-links": html(FILLER + "".join(f'<a href="{link}">x</a>' for link in ODD_LINKS)),
    "/base": html(f'<base href="http://a.invalid/deep/"><a href="x.html">x</a>{FILLER}'),
    "/refresh-loop": html('<meta http-equiv="refresh" content="0;url=/refresh-loop?again">'),
    "/script-loop": html("<script>location.href='/script-loop?'+Math.random()</script>"),
    "/frames": html("<frameset>" + "".join(f"<frame src='/frames?{n}'>" for n in range(200)) + "</frameset>"),
    "/image": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n\x89PNG\r\n\x1a\n" + bytes(5000),
    "/pdf": b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nConnection: close\r\n\r\n%PDF-1.4 " + bytes(5000),
}
TRUE: dict[str, FetchOutcome] = {
    **dict.fromkeys(
        (
            "/ok", "/nested", "/huge", "/many-links", "/nul", "/wrong-charset", "/attributes", "/unclosed", "/entities",
            "/odd-links", "/base", "/refresh-loop", "/frames", "/gzip", "/deflate", "/too-long", "/bad-length", "/hop",
            "/hop-gbk", "/hop-cookie", "/large", "/no-type", "/too-short", "/calendar", "/many-headers",
            "/bad-chunks-late", "/odd-header",
        ),
        FetchOutcome.OK,
    ),
    **dict.fromkeys(("/image", "/pdf", "/pour-body", "/cut-chunks"), FetchOutcome.NOT_HTML),
    **dict.fromkeys(("/empty", "/blank"), FetchOutcome.EMPTY_PAGE),
    **dict.fromkeys(("/404", "/410"), FetchOutcome.NOT_FOUND),
    **dict.fromkeys(("/500", "/503"), FetchOutcome.SERVER_ERROR),
    **dict.fromkeys(("/reset-at-once", "/reset-in-headers", "/reset-before-body", "/reset-in-body", "/silent-close"),
                    FetchOutcome.CONNECTION_RESET),
    **dict.fromkeys(("/hang", "/drip-headers", "/drip-body", "/pour-continues", "/drip-malformed"),
                    FetchOutcome.READ_TIMEOUT),
    **dict.fromkeys(("/http09", "/garbage", "/bad-status", "/huge-header"),
                    FetchOutcome.MALFORMED_ANSWER),
    **dict.fromkeys(("/loop", "/loop-a"), FetchOutcome.TOO_MANY_REDIRECTS),
    **dict.fromkeys(("/hop-private", "/hop-metadata", "/hop-mapped", "/hop-decimal"), FetchOutcome.NOT_ALLOWED),
    "/hop-name": FetchOutcome.DNS_ERROR,
    "/429": FetchOutcome.RATE_LIMITED,
    "/challenge": FetchOutcome.BLOCKED,
    "/waf-405": FetchOutcome.BLOCKED,
}  # fmt: skip


async def calendar(_reader: object, writer: object, head: str) -> None:
    """A month that names the next, without end."""
    month = int(head.split()[1].partition("m=")[2] or 0)
    links = "".join(f'<a href="/calendar?m={month + n}">{n}</a>' for n in (1, 2, -1))
    writer.write(html(links + FILLER))  # type: ignore[attr-defined]


def peak_memory_mb(pid: int) -> float:
    """High-water mark of a process; 0 once it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0.0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) / 1024 if found else 0.0


def test_a_worker_survives_the_worst_of_the_web(web: "BadServer", mongo_stores: Stores, tmp_path: Path) -> None:
    web.scripted.update(PAGES)
    web.behaviours["/calendar"] = calendar  # type: ignore[assignment]
    stores, paths = mongo_stores, sorted(TRUE)
    assert len(paths) >= 40
    stores.rounds.add(
        Round(
            id="worst", title="", as_of=date(2026, 11, 20), edition="2019", plan="", seed="", registry_digest="",
            sample_digest="", state=RoundState.OPEN, drawn_at=datetime.now(UTC), drill=True,
        ),
        [], [],
    )  # fmt: skip
    sites = [
        Site(code=f"11000{n:05}", name=path, url=web.url(path, f"h{n}.localhost"), region="110000",
             category=SiteCategory.COUNTY_BELOW)
        for n, path in enumerate(paths)
    ]  # fmt: skip
    stores.inspections.open([Inspection(round_id="worst", site=site, stratum="s") for site in sites])
    orders = [
        WorkOrder(round_id="worst", code=site.code, url=site.url, page_budget=BUDGET, probe_count=1, probe_span_s=1)
        for site in sites
    ]
    stores.queue.submit(orders)
    settings = {
        "VAR_DIR": str(stores.config.var_dir), "MONGO_DATABASE": stores.config.mongo_database, "DOWNLOAD_DELAY_S": "0",
        "ALLOW_NETWORKS": "127.0.0.0/8", "PAGE_TIMEOUT_S": "3", "PROBE_TIMEOUT_S": "3", "LINK_TIMEOUT_S": "3",
        "HOME_RETRIES": "0", "PAGE_RETRIES": "0", "RENDER_PAGES": "0", "LINK_RETRY_PAUSE_S": "0.1",
        "BACKOFF_S": "1", "LONGEST_BACKOFF_S": "2", "SITES_AT_ONCE": "100",
    }  # fmt: skip
    environment = {**os.environ, **{f"XUNCHA_{name}": value for name, value in settings.items()}}
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "cli.main", "worker", "--round", "worst", "--until-idle"]
        worker = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    began, peak = time.monotonic(), 0.0
    try:
        while worker.poll() is None and time.monotonic() - began < LONGEST_S:
            peak = max(peak, peak_memory_mb(worker.pid))
            time.sleep(0.1)
    finally:
        worker.kill()
        worker.wait()
    said = log.read_text("utf-8")
    assert worker.returncode == 0, said[-4000:]
    print(f"{len(paths)} behaviours, {time.monotonic() - began:.0f} s, peak {peak:.0f} MB")  # noqa: T201
    seen = {}
    for site in sites:
        pages = {page.url: page for page in stores.observations.pages("worst", site.code)}
        assert len(pages) <= BUDGET * 3 + 8, site.name
        seen[site.name] = pages[site.url].outcome
        assert len(stores.observations.probes("worst", site.code)) == 1, site.name
    assert seen == TRUE
    books = RedisFrontierStatus(stores.redis).read("worst")
    assert (books.site_balance, books.request_balance, books.requests_left, books.requests_given_up) == (0, 0, 0, {})
    assert "Traceback" not in said
    assert peak < MOST_MEMORY_MB
