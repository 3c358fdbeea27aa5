"""Two workers' parts on one Redis: a target that sites of both share is asked for once, and nobody waits for ever."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from redis import Redis

from crawler.frontier.held_site import HeldSite
from crawler.frontier.link_targets import LinkTargets, encode_target
from crawler.frontier.target_lookup import TargetLookup
from crawler.spiders.site_crawl import Retries, SiteCrawl
from crawler.spiders.tasks import Task, TaskKind
from inspection.errors import StoreUnavailable
from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, LinkSource
from inspection.ports import WorkOrder
from store.redis.frontier import Lease
from store.redis.frontier_targets import RedisLinkTargets
from store.redis.work_queue import RedisWorkQueue

AT = datetime(2026, 11, 20, tzinfo=UTC)
SHARED = "http://ext.test/"
SOURCE = LinkSource(page="http://a.test/", element="a", attribute="href")


class Clock:
    """Monotonic seconds that pass as told."""

    def __init__(self) -> None:
        self.s = 0.0


class Worker:
    """What a worker has to do with link targets. ``to_check`` are the targets that it is to ask for."""

    def __init__(self, client: Redis, name: str, round_id: str, clock: Clock, *, lease_s: float = 60) -> None:
        self.round_id = round_id
        self.at = AT
        self.targets = LinkTargets(max_age=timedelta(hours=1), capacity=100, now=lambda: self.at)
        self.shared = RedisLinkTargets(client, worker=name)
        self.to_check: list[Task] = []
        self.known: list[LinkSeen] = []
        self.lookup = TargetLookup(
            targets=self.targets, shared=self.shared, lease_s=lease_s, answer=self._answer, now=lambda: clock.s
        )

    def _answer(self, site: HeldSite, task: Task, seen: LinkSeen | None) -> None:
        if seen is None:
            self.to_check.append(task)
        else:
            self.known += [seen for _ in (None, *self.targets.learn(self.round_id, seen))]

    def ask(self, *urls: str, priority: int = 0) -> None:
        order = WorkOrder(
            round_id=self.round_id, code="a", url="http://a.test/", page_budget=1, probe_count=0, probe_span_s=0,
            priority=priority,
        )  # fmt: skip
        crawl = SiteCrawl(order, retries=Retries())
        site = HeldSite(Lease(order=order, token=1), crawl, as_of=date(2026, 11, 20), known=set())
        for url in urls:
            self.targets.ask(site, Task(kind=TaskKind.LINK, url=url, internal=False, source=SOURCE))

    def look(self, *, take_over: bool = True) -> int:
        return self.lookup.look(take_over=take_over)

    def check(self, outcome: LinkOutcome = LinkOutcome.OK) -> None:
        """Check what is to be checked, and share the results, as the writer does."""
        while self.to_check:
            url = self.to_check.pop().url
            self.targets.settle(
                self.round_id,
                LinkSeen(
                    url=url, internal=False, outcome=outcome, reason=FetchOutcome.OK, source=SOURCE, checked_at=self.at
                ),
            )
        results = [encode_target(self.targets.results.popleft()[1]) for _ in range(len(self.targets.results))]
        self.shared.put(self.round_id, dict(results))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def round_id(client: Redis) -> Iterator[str]:
    name = f"l{uuid4().hex[:8]}"
    yield name
    RedisWorkQueue(client).drop_round(name)


@pytest.fixture
def pair(client: Redis, round_id: str, clock: Clock) -> tuple[Worker, Worker]:
    return Worker(client, "first", round_id, clock), Worker(client, "second", round_id, clock)


def urls(tasks: list[Task]) -> list[str]:
    return [task.url for task in tasks]


def test_a_target_that_is_under_way_at_one_worker_is_not_asked_for_by_another(
    pair: tuple[Worker, Worker], clock: Clock
) -> None:
    first, second = pair
    first.ask(SHARED, SHARED, "http://one.test/")
    second.ask(SHARED, "http://two.test/", SHARED)
    assert (first.look(take_over=True), second.look(take_over=True)) == (2, 1)
    assert urls(first.to_check) == [SHARED, "http://one.test/"]
    assert urls(second.to_check) == ["http://two.test/"]
    first.check()
    clock.s += 10
    assert second.look() == 1
    assert urls(second.to_check) == ["http://two.test/"]
    assert [seen.url for seen in second.known] == [SHARED, SHARED]


def test_who_waits_looks_again_after_pauses_that_grow_to_a_bound(pair: tuple[Worker, Worker], clock: Clock) -> None:
    first, second = pair
    first.ask(SHARED)
    first.look()
    second.ask(SHARED)
    looks: list[float] = []
    claim = second.shared.claim

    def counted(round_id: str, marks: list[bytes], **options: object) -> object:
        if marks:
            looks.append(clock.s)
        return claim(round_id, marks, **options)  # type: ignore[arg-type]

    second.shared.claim = counted  # type: ignore[assignment,method-assign]
    while clock.s < 60:
        second.look()
        clock.s += 0.25
    assert looks == [0, 0.5, 1, 2, 4, 8, 16, 24, 32, 40, 48, 56]
    assert not second.to_check


def test_many_targets_take_one_round_trip(pair: tuple[Worker, Worker]) -> None:
    first, _ = pair
    asked: list[int] = []
    claim = first.shared.claim

    def counted(round_id: str, marks: list[bytes], **options: object) -> object:
        asked.append(len(marks))
        return claim(round_id, marks, **options)  # type: ignore[arg-type]

    first.shared.claim = counted  # type: ignore[assignment,method-assign]
    first.ask(*(f"http://t{n}.test/" for n in range(300)))
    assert first.look() == 300
    assert [number for number in asked if number] == [300]


def test_the_check_of_a_worker_that_died_is_taken_over(client: Redis, round_id: str, clock: Clock) -> None:
    dead, heir = (Worker(client, name, round_id, clock, lease_s=0.05) for name in ("dead", "heir"))
    dead.ask(SHARED)
    dead.look()
    heir.ask(SHARED)
    assert heir.look() == 0
    time.sleep(0.1)
    clock.s += 1
    assert heir.look(take_over=False) == 0, "after an outage all claims look lapsed"
    clock.s += 10
    assert heir.look() == 1
    assert urls(heir.to_check) == [SHARED]


def test_a_worker_that_ends_hands_its_checks_over_at_once(pair: tuple[Worker, Worker], clock: Clock) -> None:
    first, second = pair
    first.ask(SHARED)
    first.look()
    second.ask(SHARED)
    second.look()
    first.lookup.give_all_back()
    clock.s += 1
    second.look()
    assert urls(second.to_check) == [SHARED]


@pytest.mark.parametrize("outcome", [LinkOutcome.UNDETERMINED, LinkOutcome.EXCLUDED])
def test_who_waits_makes_its_own_check_where_the_other_found_nothing_to_share(
    pair: tuple[Worker, Worker], clock: Clock, outcome: LinkOutcome
) -> None:
    first, second = pair
    first.ask(SHARED)
    first.look()
    second.ask(SHARED)
    second.look()
    first.check(outcome)
    first.look()
    clock.s += 1
    assert second.look() == 1
    assert urls(second.to_check) == [SHARED]


def test_a_target_asked_for_again_keeps_its_new_claim(pair: tuple[Worker, Worker]) -> None:
    first, second = pair
    first.ask(SHARED)
    first.look()
    first.check(LinkOutcome.UNDETERMINED)
    first.ask(SHARED)
    first.look()
    second.ask(SHARED)
    assert second.look() == 0


def test_a_check_that_cannot_be_made_is_left_to_the_next_site_then_to_other_workers(
    pair: tuple[Worker, Worker], clock: Clock
) -> None:
    first, second = pair
    first.ask(SHARED, SHARED)
    first.look()
    second.ask(SHARED)
    second.look()
    assert first.targets.abandon(first.round_id, SHARED) is not None
    first.look()
    clock.s += 1
    assert second.look() == 0
    assert first.targets.abandon(first.round_id, SHARED) is None
    first.look()
    clock.s += 1
    second.look()
    assert urls(second.to_check) == [SHARED]


def test_a_result_too_old_to_be_used_is_made_anew_by_one_worker(pair: tuple[Worker, Worker], clock: Clock) -> None:
    first, second = pair
    first.ask(SHARED)
    first.look()
    first.check()
    for worker in pair:
        worker.at += timedelta(hours=2)
        worker.ask(SHARED)
        worker.look()
    assert urls(first.to_check) == [SHARED]
    assert not second.to_check
    first.check()
    clock.s += 1
    second.look()
    assert [seen.checked_at for seen in second.known] == [first.at]


def test_an_urgent_site_waits_for_nobody(pair: tuple[Worker, Worker]) -> None:
    first, second = pair
    first.ask(SHARED)
    first.look()
    second.ask(SHARED, priority=10)
    assert second.look() == 1
    assert urls(second.to_check) == [SHARED]


def test_nobody_waits_for_ever(pair: tuple[Worker, Worker], clock: Clock) -> None:
    first, second = pair
    first.ask(SHARED)
    first.look()
    second.ask(SHARED)
    second.look()
    clock.s += 1799
    assert second.look() == 0
    clock.s += 8
    assert second.look() == 1
    assert urls(second.to_check) == [SHARED]


def test_with_redis_away_no_question_is_lost(round_id: str, client: Redis, clock: Clock) -> None:
    worker = Worker(client, "first", round_id, clock)
    there = worker.shared
    away = RedisLinkTargets(Redis.from_url("redis://127.0.0.1:1/0"), worker="first")
    worker.ask(SHARED)
    worker.lookup._shared = away
    with pytest.raises(StoreUnavailable):
        worker.look()
    worker.lookup._shared = there
    clock.s += 1
    assert worker.look() == 1
    assert urls(worker.to_check) == [SHARED]
