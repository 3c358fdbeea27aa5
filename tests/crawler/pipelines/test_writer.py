"""The writer: MongoDB before Redis, nothing twice, nothing lost while a store is away."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest
from redis import Redis

from crawler.frontier.held_site import HeldSite
from crawler.frontier.link_targets import LinkTargets, decode_target
from crawler.pipelines.sink import Sink, SiteEntry
from crawler.pipelines.writer import Writer, merged_step
from crawler.spiders.site_crawl import Retries, SiteCrawl
from crawler.spiders.tasks import Harvest, Task, TaskKind, link_mark
from inspection.errors import StoreUnavailable
from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, LinkSource, PageSeen, ProbeSeen
from inspection.ports import Inspection, SiteFacts, WorkOrder
from inspection.registry import Site, SiteCategory
from store.memory import MemoryStores
from store.redis.frontier import Lease, RedisFrontier
from store.redis.frontier_targets import Claim, RedisLinkTargets
from store.redis.probe_queue import ProbeOrder, RedisProbeQueue
from store.redis.work_queue import RedisWorkQueue

AT = datetime(2026, 11, 20, tzinfo=UTC)
CODE = "1100000001"
OTHER = "1100000002"
SOURCE = LinkSource(page="http://a.test/", element="a", attribute="href")


class FixedClock:
    def now(self) -> datetime:
        return AT


class Heard:
    """Takes down what the writer reports."""

    def __init__(self) -> None:
        self.lost: list[HeldSite] = []
        self.crawled: list[HeldSite] = []
        self.probes: list[ProbeOrder] = []
        self.failed = threading.Event()

    def site_lost(self, site: HeldSite) -> None:
        site.lost = True
        self.lost.append(site)

    def site_crawled(self, site: HeldSite) -> None:
        self.crawled.append(site)

    def probes_stored(self, orders: Sequence[ProbeOrder]) -> None:
        self.probes += orders

    def writer_failed(self) -> None:
        self.failed.set()

    def room_made(self) -> None:
        pass


class Bench:
    """A writer over memory stores and a real Redis, with one leased site."""

    def __init__(self, client: Redis, *, probes: int = 0, lease_s: float = 30) -> None:
        self.round_id = f"w{uuid4().hex[:8]}"
        self.stores = MemoryStores()
        self.queue, self.frontier, self.probes = (
            RedisWorkQueue(client),
            RedisFrontier(client),
            RedisProbeQueue(client, vantage="default"),
        )
        self.shared = RedisLinkTargets(client, worker="writer")
        self.targets = LinkTargets(max_age=timedelta(days=1), capacity=10, now=FixedClock().now)
        self.sink = Sink(capacity=100)
        self.heard = Heard()
        site = Site(code=CODE, name="", url="http://a.test/", category=SiteCategory.CITY_PORTAL, region="110000")
        self.stores.inspections.open([Inspection(round_id=self.round_id, site=site, stratum="s")])
        order = WorkOrder(
            round_id=self.round_id, code=CODE, url=site.url, page_budget=5, probe_count=probes, probe_span_s=0.01
        )
        self.queue.submit([order])
        self.site = self.lease(lease_s)
        self.writer = Writer(
            sink=self.sink,
            facts=self.stores,
            frontier=self.frontier,
            probes=self.probes,
            shared=self.shared,
            targets=self.targets,
            events=self.heard,
            clock=FixedClock(),
            flush_every_s=0.02,
            flush_probes_every_s=0.02,
        )

    def lease(self, lease_s: float) -> HeldSite:
        (lease,) = self.frontier.lease(self.round_id, limit=1, lease_s=lease_s)
        work = self.frontier.open(lease)
        return HeldSite(
            lease, SiteCrawl(lease.order, retries=Retries()), as_of=date(2026, 11, 20), known=set(work.tasks)
        )

    @property
    def other(self) -> HeldSite:
        """Another site, leased for the occasion."""
        self.queue.submit([msgspec.structs.replace(self.site.lease.order, code=OTHER)])
        return self.lease(30)

    @property
    def tasks(self) -> set[str]:
        """Addresses of the requests that a successor would find."""
        return {text.decode() for text in self.frontier.open(self.site.lease).tasks.values()}

    @property
    def finished(self) -> bool:
        return self.stores.inspections.get(self.round_id, CODE).crawl_finished_at is not None


@pytest.fixture
def bench(redis_url: str) -> Iterator[Callable[..., Bench]]:
    client = Redis.from_url(redis_url)
    made: list[Bench] = []

    def make(**options: float) -> Bench:
        made.append(Bench(client, **options))
        return made[-1]

    yield make
    for each in made:
        if each.writer.is_alive():
            each.writer.finish(5)
        each.queue.drop_round(each.round_id)
    client.close()


def task(name: str, kind: TaskKind = TaskKind.LINK) -> Task:
    return Task(kind=kind, url=f"http://a.test/{name}", source=SOURCE)


def page(name: str) -> PageSeen:
    url = f"http://a.test/{name}"
    return PageSeen(url=url, final_url=url, depth=1, fetched_at=AT, outcome=FetchOutcome.OK)


def link(name: str, outcome: LinkOutcome = LinkOutcome.OK, host: str = "a.test") -> LinkSeen:
    return LinkSeen(
        url=f"http://{host}/{name}",
        internal=host == "a.test",
        outcome=outcome,
        reason=FetchOutcome.OK,
        source=SOURCE,
        checked_at=AT,
    )


def changes(*, added: Sequence[Task] = (), over: Sequence[Task] = ()) -> dict[str, Task | None]:
    return {**{each.id: each for each in added}, **dict.fromkeys((each.id for each in over), None)}


def until(condition: Callable[[], bool], timeout_s: float = 5) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.01)


def test_facts_are_stored_and_requests_acknowledged(bench: Callable[..., Bench]) -> None:
    held = bench()
    first, second = task("1", TaskKind.PAGE), task("2")
    held.sink.put(held.site, Harvest(changes=changes(added=[first])))
    held.sink.put(
        held.site,
        Harvest(page=page("1"), body=b"<p>", links=[link("1")], changes=changes(added=[second], over=[first])),
    )
    held.writer.start()
    until(lambda: len(held.sink) == 0 and held.writer.is_idle)
    (stored,) = held.stores.observations.pages(held.round_id, CODE)
    assert stored.snapshot is not None
    assert held.stores.snapshots.get(stored.snapshot) == b"<p>"
    assert [each.url for each in held.stores.observations.links(held.round_id, CODE)] == ["http://a.test/1"]
    assert len(held.tasks) == 1
    assert not held.finished
    held.sink.put(held.site, Harvest(links=[link("2")], changes=changes(over=[second])))
    until(lambda: held.queue.progress(held.round_id).done == 1)
    assert held.finished
    assert held.heard.crawled == [held.site]


def test_a_site_ends_only_with_its_last_probe(bench: Callable[..., Bench]) -> None:
    held = bench(probes=2)
    only = task("1")
    held.sink.put(held.site, Harvest(changes=changes(added=[only])))
    held.sink.put(held.site, Harvest(links=[link("1")], changes=changes(over=[only])))
    held.writer.start()
    until(lambda: held.heard.crawled == [held.site])
    orders: list[ProbeOrder] = []
    for sequence in range(2):
        assert not held.finished
        until(lambda: bool(orders.extend(held.probes.claim(held.round_id, limit=1, lease_s=30)) or orders))
        held.sink.put_probe(orders.pop(), ProbeSeen(sequence=sequence, at=AT, outcome=FetchOutcome.OK))
    until(lambda: held.finished)
    assert len(held.heard.probes) == 2
    assert len(held.stores.observations.probes(held.round_id, CODE)) == 2


def test_a_store_that_is_away_only_delays(bench: Callable[..., Bench], caplog: pytest.LogCaptureFixture) -> None:
    held = bench()
    only = task("1")
    away = threading.Event()
    away.set()
    add_links = held.stores.observations.add_links

    def unreachable(*args: object) -> None:
        if away.is_set():
            raise StoreUnavailable("MongoDB 无法连接")
        add_links(*args)  # type: ignore[arg-type]

    held.stores.observations.add_links = unreachable  # type: ignore[method-assign]
    held.sink.put(held.site, Harvest(links=[link("1")], changes=changes(added=[only], over=[])))
    held.writer.start()
    time.sleep(0.7)
    assert held.tasks == set(), "nothing may be acknowledged or queued before the facts are stored"
    assert [record.message for record in caplog.records].count("写入暂停，等待存储恢复：MongoDB 无法连接") == 1
    away.clear()
    until(lambda: len(held.tasks) == 1)
    assert len(held.stores.observations.links(held.round_id, CODE)) == 1


def test_with_the_store_away_at_the_end_nothing_is_acknowledged(bench: Callable[..., Bench]) -> None:
    held = bench()
    only = task("1")
    held.sink.put(held.site, Harvest(changes=changes(added=[only])))
    held.writer.start()
    until(lambda: len(held.tasks) == 1)

    def unreachable(*args: object) -> None:
        raise StoreUnavailable("away")

    held.stores.observations.add_links = unreachable  # type: ignore[method-assign]
    held.sink.put(held.site, Harvest(links=[link("1")], changes=changes(over=[only])))
    assert held.writer.finish(0.5) is False
    until(lambda: not held.writer.is_alive())
    assert len(held.tasks) == 1
    assert not held.heard.failed.is_set()


def test_facts_that_the_store_refuses_do_not_stop_the_round(bench: Callable[..., Bench]) -> None:
    held = bench()
    only = task("1")

    add = held.stores.observations.add

    def refuse(seen: Sequence[SiteFacts]) -> None:
        if any(each.pages for each in seen if each.code == CODE):
            raise ValueError("document too large")
        add(seen)

    held.stores.observations.add = refuse  # type: ignore[method-assign]
    held.sink.put(held.site, Harvest(changes=changes(added=[only])))
    held.sink.put(held.other, Harvest(page=page("2")))
    held.sink.put(held.site, Harvest(page=page("1"), links=[link("1")], changes=changes(over=[only])))
    held.writer.start()
    until(lambda: held.finished)
    assert len(held.stores.observations.links(held.round_id, CODE)) == 1
    assert held.stores.observations.pages(held.round_id, CODE) == []
    assert held.stores.observations.pages(held.round_id, OTHER) == [page("2")], "one site may not cost another's facts"


def test_a_worker_that_lost_its_lease_writes_nothing_more(bench: Callable[..., Bench]) -> None:
    held = bench(lease_s=0.01)
    time.sleep(0.05)
    heir = held.lease(30)
    held.sink.put(held.site, Harvest(changes=changes(added=[task("old")])))
    held.writer.start()
    until(lambda: held.heard.lost == [held.site])
    held.sink.put(held.site, Harvest(links=[link("late")], changes=changes(added=[task("late")])))
    held.sink.put(heir, Harvest(changes=changes(added=[task("new")])))
    until(lambda: len(held.sink) == 0 and held.writer.is_idle)
    held.site = heir
    (text,) = held.tasks
    assert "http://a.test/new" in text
    assert held.stores.observations.links(held.round_id, CODE) == []


def test_an_error_of_ours_in_the_writer_is_reported_not_swallowed(bench: Callable[..., Bench]) -> None:
    held = bench()

    def broken(*args: object) -> None:
        raise RuntimeError("bug")

    held.stores.snapshots.put = broken  # type: ignore[assignment,method-assign]
    held.sink.put(held.site, Harvest(page=page("1"), body=b"x"))
    held.writer.start()
    assert held.heard.failed.wait(3)


def test_results_of_external_targets_are_shared(bench: Callable[..., Bench]) -> None:
    held = bench()
    seen = link("x", host="ext.test")
    held.targets.settle(held.round_id, seen)
    held.targets.settle(held.round_id, link("y", LinkOutcome.UNDETERMINED, host="ext.test"))
    held.sink.put(held.site, Harvest(changes=changes(added=[task("1")])))
    held.writer.start()
    marks = [link_mark("http://ext.test/x"), link_mark("http://ext.test/y")]
    until(lambda: isinstance(held.shared.claim(held.round_id, marks, lease_s=1)[0], bytes))
    found, missing = held.shared.claim(held.round_id, marks, lease_s=1)
    assert isinstance(found, bytes)
    assert decode_target(found) == seen
    assert missing is Claim.OURS


def test_requests_that_come_and_go_between_two_writes_never_reach_redis() -> None:
    order = WorkOrder(round_id="r", code=CODE, url="http://a.test/", page_budget=1, probe_count=0, probe_span_s=0)
    crawl = SiteCrawl(order, retries=Retries())
    held = HeldSite(None, crawl, as_of=AT.date(), known={task("old").id})  # type: ignore[arg-type]
    entries = [
        Harvest(changes=changes(added=[task("a"), task("b")]), seen=[b"1" * 8], memo=b"m1"),
        Harvest(changes=changes(over=[task("a"), task("old")]), seen=[b"2" * 8]),
    ]
    step = merged_step(held, [SiteEntry(held, harvest) for harvest in entries])
    assert list(step.added) == [task("b").id]
    assert step.stored == [task("old").id]
    assert (step.passed, step.seen, step.memo) == (1, b"1" * 8 + b"2" * 8, b"m1")
    assert held.known == {task("b").id}


def test_a_step_counts_what_was_given_up_by_reason() -> None:
    order = WorkOrder(round_id="r", code=CODE, url="http://a.test/", page_budget=5, probe_count=0, probe_span_s=0)
    site = HeldSite(
        Lease(order=order, token=1), SiteCrawl(order, retries=Retries()), as_of=date(2026, 11, 20), known={"a"}
    )
    harvests = [
        Harvest(changes={"a": None}, given_up="internal_error"),
        Harvest(changes={"b": None}, given_up="internal_error"),
        Harvest(changes={"c": None}, given_up="no_browser"),
        Harvest(changes={"d": None}),
    ]
    step = merged_step(site, [SiteEntry(site, harvest) for harvest in harvests])
    assert step.given_up == {"internal_error": 2, "no_browser": 1}
    assert (step.stored, step.passed) == (["a"], 3)
