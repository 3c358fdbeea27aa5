"""Requests through the frontier per second, and bytes of Redis per queued address: ours beside stock scrapy-redis.

    python benchmarks/frontier.py [--addresses 1000000] [--timed 100000] [--runs 3] [--appendfsync everysec]

One Redis serves both, emptied in between; ``--appendfsync always`` has it write to disk before it answers. Ours:
links of pages with text and place, added in steps of what pages bring, as the writer does; leased, loaded and handed
out by host, as the feeder and the workbench do; acknowledged. Stock: ``RFPDupeFilter`` and ``PriorityQueue`` with bare
requests, pushed and popped one by one; nothing is acknowledged, it cannot. Memory is that of ``--addresses`` waiting
requests with what keeps them from being queued twice; the stock queue is filled in bulk with the very entries that it
would write.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import msgspec
from redis import Redis
from scrapy import Request, Spider
from scrapy.utils.test import get_crawler
from scrapy_redis.dupefilter import RFPDupeFilter
from scrapy_redis.queue import PriorityQueue

from crawler.frontier.host_queues import HostQueues, Lane
from crawler.frontier.pace import HostPaces, PaceRules
from crawler.spiders.tasks import Task, TaskKind, link_mark
from inspection.observation import LinkSource
from inspection.ports import WorkOrder
from store.config import StoreConfig
from store.embedded.processes import down, up
from store.redis.connection import connect
from store.redis.frontier import Lease, RedisFrontier, Step
from store.redis.work_queue import RedisWorkQueue

PER_SITE = 1000
PER_PAGE = 50
PAGES_IN_STEP = 4


def address(site: int, number: int) -> str:
    """An address as government sites have them."""
    return f"http://www.site{site}.gov.cn/zwgk/bmwj/art/2026/11/art_{site % 97}_{number * 7919}.html"


def task(site: int, number: int) -> Task:
    """A link with its place on the page that names it."""
    page = f"http://www.site{site}.gov.cn/zwgk/bmwj/col/col{number // PER_PAGE}/index.html"
    text = f"关于印发第{number * 31 % 977}号文件的通知"
    source = LinkSource(page=page, element="a", attribute="href", text=text, line=100 + number % PER_PAGE)
    return Task(kind=TaskKind.LINK, url=address(site, number), depth=2, rank=10_000, referrer=page, source=source)


class Ours:
    """Leases, steps and queues by host."""

    def __init__(self, client: Redis, addresses: int) -> None:
        self.client = client
        self.sites = addresses // PER_SITE
        self.frontier = RedisFrontier(client)
        self.held: list[Lease] = []
        orders = [
            WorkOrder(
                round_id="bench",
                code=f"{n:010}",
                url=address(n, 0),
                page_budget=100,
                probe_count=0,
                probe_span_s=0,
            )
            for n in range(self.sites)
        ]
        RedisWorkQueue(client).submit(orders)

    def push(self) -> None:
        """All addresses, site by site, in steps."""
        while leases := self.frontier.lease("bench", limit=48, lease_s=3600):
            for lease in leases:
                self.frontier.open(lease)
                site = int(lease.order.code)
                for number, start in enumerate(range(0, PER_SITE, PER_PAGE * PAGES_IN_STEP)):
                    tasks = [task(site, n) for n in range(start, start + PER_PAGE * PAGES_IN_STEP)]
                    added = {each.id: msgspec.json.encode(each) for each in tasks}
                    seen = b"".join(link_mark(each.url) for each in tasks)
                    self.frontier.settle(lease, Step(number=number, added=added, stored=[], seen=seen))
            self.held += leases

    def hand_over(self) -> None:
        """Give the leases back, as a stopping worker does."""
        self.frontier.release("bench", self.held)

    def pop(self) -> int:
        """Take all sites over, hand every request out by host, and acknowledge it; returns how many."""
        queues = HostQueues[Task](per_host=1, paces=HostPaces(PaceRules(delay_s=0), now=lambda: 0.0), now=lambda: 0.0)
        count = 0
        while leases := self.frontier.lease("bench", limit=48, lease_s=3600):
            for lease in leases:
                for text in self.frontier.open(lease).tasks.values():
                    found = msgspec.json.decode(text, type=Task)
                    queues.push(Lane.LINKS, lease.order.code, found, rank=found.rank)
            over: dict[str, list[str]] = {lease.order.code: [] for lease in leases}
            while (popped := queues.pop(Lane.LINKS)) is not None:
                host, found = popped
                over[host].append(found.id)
                queues.release(host)
            for lease in leases:
                done = over[lease.order.code]
                count += len(done)
                for number, part in enumerate(batches(done, PER_PAGE * PAGES_IN_STEP)):
                    balance = self.frontier.settle(lease, Step(number=number, added={}, stored=part))
                assert balance.left == 0
                self.frontier.crawled(lease, balance)
        return count


class Stock:
    """scrapy-redis as it comes."""

    def __init__(self, client: Redis, addresses: int) -> None:
        spider = Spider(name="bench")
        spider.crawler = get_crawler()
        self.client = client
        self.addresses = addresses
        self.queue = PriorityQueue(client, spider, "%(spider)s:requests")
        self.filter = RFPDupeFilter(client, "bench:dupefilter")
        self.filter.fingerprinter = spider.crawler.request_fingerprinter

    def push(self) -> None:
        """All addresses, one by one."""
        for request in self._requests():
            if not self.filter.request_seen(request):
                self.queue.push(request)

    def fill(self) -> None:
        """The same entries, in bulk."""
        for part in batches(list(self._requests()), 10_000):
            pipe = self.client.pipeline(transaction=False)
            for request in part:
                pipe.sadd(self.filter.key, self.filter.request_fingerprint(request))
                pipe.zadd(self.queue.key, {self.queue._encode_request(request): -request.priority})
            pipe.execute()

    def pop(self) -> int:
        """All requests; returns how many."""
        count = 0
        while self.queue.pop() is not None:
            count += 1
        return count

    def _requests(self) -> Iterator[Request]:
        for n in range(self.addresses):
            yield Request(address(n // PER_SITE, n % PER_SITE), meta={"depth": 2})


def batches(items: list[str] | list[Request], size: int) -> Iterator[list]:  # type: ignore[type-arg]
    """Parts of a list."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def used(client: Redis) -> int:
    """Bytes of data in Redis."""
    return int(client.info("memory")["used_memory_dataset"])  # type: ignore[index]


def main() -> None:
    """Print both side by side."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--addresses", type=int, default=1_000_000)
    parser.add_argument("--timed", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--appendfsync", choices=["everysec", "always"], default="everysec")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = StoreConfig(var_dir=Path(folder))
        up(config, "redis")
        try:
            client = connect(config)
            client.config_set("appendfsync", options.appendfsync)
            rates: dict[str, list[float]] = {"ours": [], "scrapy-redis": []}
            for _ in range(options.runs):
                for name, kind in (("ours", Ours), ("scrapy-redis", Stock)):
                    client.flushall()
                    bench = kind(client, options.timed)
                    began = time.perf_counter()
                    bench.push()
                    if isinstance(bench, Ours):
                        bench.hand_over()
                    popped = bench.pop()
                    assert popped == options.timed, (name, popped)
                    rates[name].append(popped / (time.perf_counter() - began))
            sizes = {}
            for name, kind in (("ours", Ours), ("scrapy-redis", Stock)):
                client.flushall()
                before = used(client)
                bench = kind(client, options.addresses)
                bench.fill() if isinstance(bench, Stock) else bench.push()
                sizes[name] = (used(client) - before) / options.addresses
            client.flushall()
            client.close()
        finally:
            down(config, "redis")
    print(f"{options.timed:,} requests, median of {options.runs} runs, appendfsync {options.appendfsync};")
    print(f"memory at {options.addresses:,} addresses")
    print(f"{'':14}{'push+pop/s':>12}{'bytes/address':>16}")
    for name, measured in rates.items():
        print(f"{name:14}{median(measured):12,.0f}{sizes[name]:16.1f}")
    rate = median(rates["ours"]) / median(rates["scrapy-redis"])
    print(f"{'ratio':14}{rate:11.1f}x{sizes['ours'] / sizes['scrapy-redis']:15.2f}x")


if __name__ == "__main__":
    main()
