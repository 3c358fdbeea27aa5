"""Pages per second of one worker with everything on, beside a stock scrapy-redis spider that only follows links.

    python benchmarks/crawl_speed.py [--sites 60] [--pages 100] [--runs 3] [--window 30]

Both crawl the same web on loopback: pages of 17 KB with 50 links to pages of the same site, served by a process of its
own. Ours extracts all facts, checks links, stores pages, snapshots and links in MongoDB and marks the sites finished;
its time runs from the first request to the last site. No two sites have a page in common, and each run has sites of its
own. The stock spider follows the links and stores nothing; its
pages are counted for ``--window`` seconds after the first. Both have no delays and the same concurrency.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import ClassVar

from inspection.ports import Inspection, WorkOrder
from inspection.registry import Site, SiteCategory
from inspection.sampling import Round, RoundState
from store.config import StoreConfig
from store.embedded.processes import down, up
from store.embedded.servers import redis_address
from store.mongo.migrate import migrate
from store.stores import Stores

CONCURRENCY = 48
LINKS = 50
SITE = "www.site-of-many.example"
"""Stands in every page for the site's own address, so that no two sites have a page in common."""
TEXT = "按照国务院办公厅关于开展政府网站普查的要求，现将有关事项通知如下。" * 6
COUNTS = b"/counts"
"""Answered with the number of different pages asked for, and of requests for them, since it was asked last."""
STOCK = Path(__file__).with_name("stock_spider.py")


def page(number: int, pages: int) -> bytes:
    """About 17 KB with 50 links, as a column page has them."""
    items = "".join(
        f'<li><a href="/p/{(number * 7 + n * 13 + 1) % pages}.html" title="第{n}条">'
        f"关于第{(number * 7 + n * 13 + 1) % pages}号事项的通知</a><span>2026-11-{n % 28 + 1:02}</span></li>"
        for n in range(LINKS)
    )
    body = f"<ul class='list'>{items}</ul>" + "".join(f"<p>{TEXT}</p>" for _ in range(20))
    head = f"<meta charset='utf-8'><title>某县人民政府 第{number}页 {SITE}</title>"
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


class Server(asyncio.Protocol):
    """Answers every GET, after ``latency_s``, with the page that its path names, and counts what was asked for."""

    answers: ClassVar[dict[bytes, bytes]] = {}
    latency_s: ClassVar[float] = 0.0
    asked: ClassVar[Counter[tuple[str, bytes]]] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""
        self.address = transport.get_extra_info("sockname")[0]
        self.site = self.address.rjust(len(SITE), "_").encode()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            method, path, _ = head.split(b" ", 2)
            if path == COUNTS:
                self.write(http(json.dumps([len(self.asked), self.asked.total()]).encode()))
                self.asked.clear()
                continue
            if method == b"GET" and path.startswith(b"/p/"):
                self.asked[self.address, path] += 1
            answer = self.answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            answer = answer.replace(SITE.encode(), self.site)
            if self.latency_s:
                asyncio.get_running_loop().call_later(self.latency_s, self.write, answer)
            else:
                self.write(answer)

    def write(self, answer: bytes) -> None:
        """Send an answer."""
        self.transport.write(answer)  # type: ignore[attr-defined]


def http(body: bytes) -> bytes:
    """A complete answer with this body."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def host(number: int) -> str:
    """Address of a site: each has one of loopback's own, so that no name has to be looked up."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


def serve(sites: int, pages: int, ready: "multiprocessing.Queue[int]", latency_s: float = 0.0) -> None:
    """The web; puts its port in the queue."""
    bodies = {b"/" if n == 0 else b"/p/%d.html" % n: page(n, pages) for n in range(pages)}
    bodies[b"/p/0.html"] = bodies[b"/"]
    Server.answers = {path: http(body) for path, body in bodies.items()}
    Server.latency_s = latency_s

    async def run() -> None:
        loop = asyncio.get_running_loop()
        first = await loop.create_server(Server, host(0), 0)
        port = first.sockets[0].getsockname()[1]
        others = [await loop.create_server(Server, host(n), port) for n in range(1, sites)]
        assert len(others) == sites - 1
        ready.put(port)
        await asyncio.Event().wait()

    asyncio.run(run())


def open_round(stores: Stores, name: str) -> None:
    """A round without sites."""
    stores.rounds.add(
        Round(
            id=name, title="", as_of=date(2026, 11, 20), edition="2019", plan="", seed="", registry_digest="",
            sample_digest="", state=RoundState.OPEN, drawn_at=datetime.now(UTC), drill=True,
        ),
        [],
        [],
    )  # fmt: skip


def order(stores: Stores, name: str, port: int, sites: Iterable[int], pages: int) -> None:
    """Have so many pages of each of these sites inspected."""
    rows = [
        Site(code=f"11000{n:05}", name="", url=f"http://{host(n)}:{port}/", region="110000",
             category=SiteCategory.COUNTY_BELOW)
        for n in sites
    ]  # fmt: skip
    stores.inspections.open([Inspection(round_id=name, site=site, stratum="s") for site in rows])
    stores.queue.submit(
        [
            WorkOrder(round_id=name, code=row.code, url=row.url, page_budget=pages, probe_count=0, probe_span_s=0)
            for row in rows
        ]
    )


def start_worker(config: StoreConfig, name: str, *options: str, **settings: str) -> "subprocess.Popen[bytes]":
    """A worker process for a round; ``settings`` by their names without the prefix."""
    settings = {"ALLOW_NETWORKS": "127.0.0.0/8", "RENDER_PAGES": "0", "VAR_DIR": str(config.var_dir), **settings}
    environment = {**os.environ, **{f"XUNCHA_{key}": value for key, value in settings.items()}}
    command = [sys.executable, "-m", "cli.main", "worker", "--round", name, *options]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


@contextmanager
def embedded_stores() -> Iterator[StoreConfig]:
    """Stores of their own, empty."""
    with tempfile.TemporaryDirectory() as folder:
        config = StoreConfig(var_dir=Path(folder))
        try:
            for name in ("mongo", "redis"):
                up(config, name)
            with Stores(config) as stores:
                migrate(stores.database, now=datetime.now(UTC))
            yield config
        finally:
            for name in ("mongo", "redis"):
                down(config, name)


@contextmanager
def web(sites: int, pages: int, latency_s: float = 0.0) -> Iterator[int]:
    """The web in a process of its own; yields its port."""
    ready: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(sites, pages, ready, latency_s), daemon=True)
    server.start()
    try:
        yield ready.get(timeout=30)
    finally:
        server.terminate()


def ours(config: StoreConfig, port: int, sites: range, pages: int, name: str) -> float:
    """Pages per second of one worker."""
    with Stores(config) as stores:
        open_round(stores, name)
        order(stores, name, port, sites, pages)
        process = start_worker(
            config, name, "--until-idle", DOWNLOAD_DELAY_S="0", DELAY_FACTOR="0", PLATFORM_DELAY_S="0",
            CONCURRENT_PER_HOST=str(CONCURRENCY), CONCURRENT_PER_PLATFORM="500", PAGE_CONCURRENCY=str(CONCURRENCY),
        )  # fmt: skip
        while not stores.queue.progress(name).requests_queued and process.poll() is None:
            time.sleep(0.01)
        began = time.perf_counter()
        while stores.queue.progress(name).done < len(sites) and process.poll() is None:
            time.sleep(0.1)
        seconds = time.perf_counter() - began
        process.wait()
        stored = stores.database["pages"].count_documents({"round_id": name})
        print(f"  ours: {stored} pages in {seconds:.1f} s", file=sys.stderr)
        return stored / seconds


def stock(config: StoreConfig, port: int, sites: range, window: float) -> float:
    """Pages per second of a stock spider."""
    with Stores(config) as stores:
        stores.redis.flushall()
        stores.redis.rpush("stock:start_urls", *(f"http://{host(n)}:{port}/" for n in sites))
    command = [sys.executable, "-W", "ignore", str(STOCK), redis_address(config), str(CONCURRENCY), str(window)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        counted = json.loads(found.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        raise SystemExit(f"the stock spider failed:\n{found.stderr[-3000:]}") from None
    print(f"  stock: {counted['pages']} pages in {counted['seconds']:.1f} s", file=sys.stderr)
    return counted["pages"] / counted["seconds"]


def main() -> None:
    """Print both side by side."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sites", type=int, default=60)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--window", type=float, default=30)
    options = parser.parse_args()
    rates: dict[str, list[float]] = {"ours, everything on": [], "stock scrapy-redis": []}
    with web(options.sites * options.runs, options.pages) as port, embedded_stores() as config:
        for run in range(options.runs):
            sites = range(run * options.sites, (run + 1) * options.sites)
            rates["ours, everything on"].append(ours(config, port, sites, options.pages, f"run{run}"))
            rates["stock scrapy-redis"].append(stock(config, port, sites, options.window))
    size = len(page(1, options.pages))
    print(f"pages of {size:,} bytes with {LINKS} links, concurrency {CONCURRENCY}, median of {options.runs}:")
    for name, measured in rates.items():
        print(f"{name:22}{median(measured):8.1f} pages/s")
    ratio = median(rates["ours, everything on"]) / median(rates["stock scrapy-redis"])
    print(f"{'ratio':22}{ratio:8.1f}x")


if __name__ == "__main__":
    main()
