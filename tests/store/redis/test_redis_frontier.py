"""Leases, fencing and the balance of the frontier, against a real Redis."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from redis import Redis

from inspection.errors import Conflict
from inspection.ports import WorkOrder
from store.redis.brake import RedisBrake
from store.redis.frontier import RedisFrontier, Step
from store.redis.frontier_status import RedisFrontierStatus
from store.redis.keys import PREFIX, ROUNDS, SiteKeys
from store.redis.probe_queue import ProbeOrder, RedisProbeQueue
from store.redis.work_queue import RedisWorkQueue


@pytest.fixture
def round_id(redis_client: Redis) -> Iterator[str]:
    name = f"r{uuid4().hex[:8]}"
    yield name
    RedisWorkQueue(redis_client).drop_round(name)


def order(round_id: str, number: int, **fields: float) -> WorkOrder:
    code = f"11000000{number:02}"
    base = {"page_budget": 10, "probe_count": 0, "probe_span_s": 0.0}
    return WorkOrder(round_id=round_id, code=code, url=f"http://s{number}.test/", **{**base, **fields})


def test_submit_is_idempotent_and_resubmit_only_adds_what_is_done(redis_client: Redis, round_id: str) -> None:
    queue, frontier = RedisWorkQueue(redis_client), RedisFrontier(redis_client)
    orders = [order(round_id, n) for n in range(3)]
    assert queue.submit(orders) == 3
    assert queue.submit(orders) == 0
    assert queue.rounds().count(round_id) == 1
    (lease,) = frontier.lease(round_id, limit=1, lease_s=30)
    assert queue.submit(orders) == queue.resubmit(orders) == 0
    frontier.open(lease)
    frontier.crawled(lease, frontier.settle(lease, Step(number=1, added={}, stored=[])))
    frontier.finish(round_id, [lease.order.code])
    assert queue.submit(orders) == 0
    assert queue.resubmit(orders) == 1
    assert queue.progress(round_id).queued == 3


def test_orders_are_leased_by_priority_and_to_one_worker_only(redis_client: Redis, round_id: str) -> None:
    frontier = RedisFrontier(redis_client)
    RedisWorkQueue(redis_client).submit([order(round_id, n, priority=n) for n in range(5)])
    first = frontier.lease(round_id, limit=2, lease_s=30)
    second = frontier.lease(round_id, limit=9, lease_s=30)
    assert [lease.order.priority for lease in first + second] == [4, 3, 2, 1, 0]
    assert len({lease.token for lease in first + second}) == 5
    assert frontier.lease(round_id, limit=1, lease_s=30) == []


def test_work_survives_a_dead_worker_and_the_dead_cannot_write(redis_client: Redis, round_id: str) -> None:
    queue, frontier = RedisWorkQueue(redis_client), RedisFrontier(redis_client)
    queue.submit([order(round_id, 1)])
    (dead,) = frontier.lease(round_id, limit=1, lease_s=0.05)
    frontier.open(dead)
    frontier.settle(dead, Step(number=2, added={"a": b"1", "b": b"2"}, stored=[], seen=b"A" * 16, memo=b"m", passed=4))
    frontier.settle(dead, Step(number=3, added={"c": b"3"}, stored=["a"], seen=b"C" * 8))
    time.sleep(0.08)
    (heir,) = frontier.lease(round_id, limit=1, lease_s=30)
    assert heir.token > dead.token
    work = frontier.open(heir)
    assert work.tasks == {"b": b"2", "c": b"3"}
    assert work.seen == {b"A" * 8, b"C" * 8}
    assert work.memo == b"m"
    with pytest.raises(Conflict):
        frontier.settle(dead, Step(number=4, added={"x": b"9"}, stored=["b"]))
    with pytest.raises(Conflict):
        frontier.open(dead)
    assert frontier.renew(round_id, [(dead, 1), (heir, 2)], lease_s=30) == {dead}
    balance = frontier.settle(heir, Step(number=5, added={}, stored=["b", "c"]))
    assert (balance.left, balance.added, balance.stored) == (0, 7, 7)
    assert frontier.crawled(heir, balance) is True
    with pytest.raises(Conflict):
        frontier.crawled(heir, balance)


def test_a_step_written_twice_counts_once(redis_client: Redis, round_id: str) -> None:
    """A worker repeats a step when the answer got lost with the connection."""
    frontier = RedisFrontier(redis_client)
    RedisWorkQueue(redis_client).submit([order(round_id, 1)])
    (lease,) = frontier.lease(round_id, limit=1, lease_s=30)
    frontier.open(lease)
    step = Step(number=1, added={"a": b"1"}, stored=[], passed=3)
    frontier.settle(lease, step)
    assert frontier.settle(lease, step).added == 4
    last = Step(number=2, added={}, stored=["a"])
    frontier.settle(lease, last)
    balance = frontier.settle(lease, last)
    assert (balance.left, balance.added, balance.stored) == (0, 4, 4)


def test_an_expired_lease_that_nobody_took_is_still_ours(redis_client: Redis, round_id: str) -> None:
    frontier = RedisFrontier(redis_client)
    RedisWorkQueue(redis_client).submit([order(round_id, 1)])
    (lease,) = frontier.lease(round_id, limit=1, lease_s=0.02)
    time.sleep(0.05)
    assert frontier.renew(round_id, [(lease, 0)], lease_s=30) == set()
    assert frontier.lease(round_id, limit=1, lease_s=30) == []


def test_a_released_site_is_leased_first(redis_client: Redis, round_id: str) -> None:
    frontier = RedisFrontier(redis_client)
    RedisWorkQueue(redis_client).submit([order(round_id, n, priority=n) for n in range(3)])
    leases = frontier.lease(round_id, limit=3, lease_s=30)
    frontier.release(round_id, [leases[2]])
    (again,) = frontier.lease(round_id, limit=5, lease_s=30)
    assert again.order == leases[2].order


def test_progress_adds_up_in_every_state(redis_client: Redis, round_id: str) -> None:
    queue, frontier, probes = (
        RedisWorkQueue(redis_client),
        RedisFrontier(redis_client),
        RedisProbeQueue(redis_client, vantage="default"),
    )
    queue.submit([order(round_id, n, probe_count=2, probe_span_s=0.01) for n in range(4)])
    (lease, other) = frontier.lease(round_id, limit=2, lease_s=30)
    frontier.open(lease)
    balance = frontier.settle(lease, Step(number=9, added={"a": b"1", "b": b"1", "c": b"1"}, stored=[]))
    frontier.renew(round_id, [(lease, 2), (other, 0)], lease_s=30)
    seen = queue.progress(round_id)
    assert (seen.queued, seen.leased, seen.done) == (2, 2, 0)
    assert (seen.requests_queued, seen.requests_in_flight, seen.probes_due) == (1, 2, 4)
    frontier.release(round_id, [lease])
    assert queue.progress(round_id).requests_queued == 3
    (lease,) = frontier.lease(round_id, limit=1, lease_s=30)
    frontier.open(lease)
    balance = frontier.settle(lease, Step(number=10, added={}, stored=["a", "b", "c"]))
    assert frontier.crawled(lease, balance) is False
    made = collect_probes(probes, round_id, 4)
    complete = probes.stored(round_id, made)
    assert complete == [lease.order.code] == frontier.complete(round_id)
    seen = queue.progress(round_id)
    assert (seen.queued, seen.leased, seen.done, seen.probes_due) == (2, 2, 0, 0)
    assert frontier.finish(round_id, complete) == 1
    assert frontier.finish(round_id, complete) == 0
    assert (queue.progress(round_id).leased, queue.progress(round_id).done) == (1, 1)
    assert frontier.has_work(round_id)


def collect_probes(probes: RedisProbeQueue, round_id: str, count: int) -> list[ProbeOrder]:
    made: list[ProbeOrder] = []
    deadline = time.monotonic() + 5
    while len(made) < count and time.monotonic() < deadline:
        made += probes.claim(round_id, limit=50, lease_s=30)
        time.sleep(0.005)
    return made


def test_dropping_a_round_leaves_no_key(redis_client: Redis, round_id: str) -> None:
    queue, frontier = RedisWorkQueue(redis_client), RedisFrontier(redis_client)
    queue.submit([order(round_id, n, probe_count=3) for n in range(3)])
    for lease in frontier.lease(round_id, limit=2, lease_s=30):
        frontier.open(lease)
        frontier.settle(lease, Step(number=11, added={"a": b"1"}, stored=[], seen=b"A" * 8, memo=b"m"))
    queue.drop_round(round_id)
    assert list(redis_client.scan_iter(f"{PREFIX}:{{{round_id}*")) == []
    assert round_id.encode() not in redis_client.smembers(ROUNDS)


def test_finished_sites_keep_only_their_code(redis_client: Redis, round_id: str) -> None:
    frontier = RedisFrontier(redis_client)
    RedisWorkQueue(redis_client).submit([order(round_id, n) for n in range(3)])
    for lease in frontier.lease(round_id, limit=3, lease_s=30):
        frontier.open(lease)
        frontier.crawled(
            lease, frontier.settle(lease, Step(number=12, added={}, stored=[], seen=b"A" * 80, memo=b"m", passed=10))
        )
    frontier.finish(round_id, frontier.complete(round_id))
    left = {key.decode().rpartition(":")[2] for key in redis_client.scan_iter(f"{PREFIX}:{{{round_id}*")}
    assert left == {"done", "fence", "totals", "vantages"}
    assert not frontier.has_work(round_id)


def test_the_books_balance_wherever_a_request_ends(redis_client: Redis, round_id: str) -> None:
    frontier, books = RedisFrontier(redis_client), RedisFrontierStatus(redis_client)
    RedisWorkQueue(redis_client).submit([order(round_id, n, probe_count=n) for n in range(4)])
    over, waiting, given_back, *_ = frontier.lease(round_id, limit=3, lease_s=30)
    tasks = dict.fromkeys("abcd", b"1")
    for lease in (over, waiting, given_back):
        frontier.open(lease)
        frontier.settle(lease, Step(number=1, added=tasks, stored=[], seen=b"A" * 32))
    step = Step(number=2, added={"e": b"2"}, stored=["a", "b"], passed=3, given_up={"internal_error": 2})
    for _ in range(2):  # its answer got lost
        balance = frontier.settle(waiting, step)
    assert (balance.left, balance.added, balance.stored, balance.given_up) == (3, 8, 3, {"internal_error": 2})
    end = Step(number=2, added={}, stored=list("abcd"), given_up={"internal_error": 1, "no_browser": 1})
    assert frontier.crawled(over, frontier.settle(over, end)) is (over.order.probe_count == 0)
    frontier.renew(round_id, [(waiting, 2)], lease_s=30)
    frontier.release(round_id, [given_back])
    seen = books.read(round_id)
    assert (seen.sites_open, seen.sites_queued, seen.sites_leased) == (4, 2, 1)
    assert seen.sites_crawled + seen.sites_ending == 1
    assert (seen.requests_added, seen.requests_stored, seen.requests_left) == (16, 5, 7)
    assert seen.requests_given_up == {"internal_error": 3, "no_browser": 1}
    assert (seen.requests_in_flight, seen.addresses_known) == (2, 8)
    assert seen.site_balance == seen.request_balance == 0


def test_the_books_show_a_request_or_a_site_that_got_lost(redis_client: Redis, round_id: str) -> None:
    frontier, books = RedisFrontier(redis_client), RedisFrontierStatus(redis_client)
    RedisWorkQueue(redis_client).submit([order(round_id, 1)])
    (lease,) = frontier.lease(round_id, limit=1, lease_s=30)
    frontier.open(lease)
    frontier.settle(lease, Step(number=1, added={"a": b"1", "b": b"1"}, stored=[]))
    redis_client.delete(SiteKeys(round_id, lease.order.code).tasks)
    redis_client.zrem(f"{PREFIX}:{{{round_id}}}:leases", lease.order.code)
    seen = books.read(round_id)
    assert (seen.site_balance, seen.sites_open) == (1, 1)
    RedisWorkQueue(redis_client).drop_round(round_id)
    RedisWorkQueue(redis_client).submit([order(round_id, 1)])
    (lease,) = frontier.lease(round_id, limit=1, lease_s=30)
    frontier.open(lease)
    frontier.settle(lease, Step(number=1, added={"a": b"1", "b": b"1"}, stored=[]))
    redis_client.delete(SiteKeys(round_id, lease.order.code).tasks)
    assert books.read(round_id).request_balance == 2


def test_urgent_orders_are_found_behind_sites_that_were_given_back(redis_client: Redis, round_id: str) -> None:
    frontier = RedisFrontier(redis_client)
    queue = RedisWorkQueue(redis_client)
    queue.submit([order(round_id, n) for n in range(3)])
    frontier.release(round_id, frontier.lease(round_id, limit=2, lease_s=30))
    assert frontier.lease(round_id, limit=9, lease_s=30, urgent_only=True) == []
    queue.submit([order(round_id, n, priority=5) for n in (7, 8)])
    urgent = frontier.lease(round_id, limit=9, lease_s=30, urgent_only=True)
    assert [lease.order.priority for lease in urgent] == [5, 5]
    assert len(frontier.lease(round_id, limit=9, lease_s=30)) == 3


def test_the_brake_keeps_its_first_reason_until_released(redis_client: Redis) -> None:
    brake, at = RedisBrake(redis_client), datetime(2026, 11, 20, tzinfo=UTC)
    assert brake.find() is None
    assert brake.pull(reason="机房演练", at=at).reason == "机房演练"
    assert brake.pull(reason="另一个", at=at).reason == "机房演练"
    assert brake.find() is not None
    assert brake.release() is True
    assert brake.release() is False
    assert brake.find() is None


def test_a_deferred_site_rests_in_the_books_until_its_time_and_keeps_its_work(
    redis_client: Redis, round_id: str
) -> None:
    queue, frontier, books = (
        RedisWorkQueue(redis_client),
        RedisFrontier(redis_client),
        RedisFrontierStatus(redis_client),
    )
    queue.submit([order(round_id, 1, probe_count=2, probe_span_s=100.0)])
    (lease,) = frontier.lease(round_id, limit=1, lease_s=30)
    frontier.open(lease)
    frontier.settle(lease, Step(number=1, added={"a": b"1", "b": b"2"}, stored=[]))
    frontier.defer(round_id, [(lease, 0.2)])
    assert frontier.lease(round_id, limit=1, lease_s=30) == []
    with pytest.raises(Conflict):
        frontier.settle(lease, Step(number=2, added={}, stored=["a"]))
    seen = books.read(round_id)
    assert (seen.sites_resting, seen.sites_queued, seen.sites_leased) == (1, 0, 0)
    assert (seen.site_balance, seen.request_balance, seen.requests_left) == (0, 0, 2)
    progress = queue.progress(round_id)
    assert (progress.queued, progress.leased, progress.requests_queued) == (1, 0, 2)
    assert frontier.has_work(round_id)
    time.sleep(0.25)
    (again,) = frontier.lease(round_id, limit=1, lease_s=30)
    assert set(frontier.open(again).tasks) == {"a", "b"}
    assert books.read(round_id).sites_resting == 0


def test_the_probes_of_a_deferred_site_go_on(redis_client: Redis, round_id: str) -> None:
    frontier = RedisFrontier(redis_client)
    RedisWorkQueue(redis_client).submit([order(round_id, 1, probe_count=1, probe_span_s=0.01)])
    frontier.defer(round_id, [(lease, 3600) for lease in frontier.lease(round_id, limit=1, lease_s=30)])
    probes = RedisProbeQueue(redis_client, vantage="default")
    assert len(collect_probes(probes, round_id, 1)) == 1


def test_who_lost_a_lease_defers_nothing(redis_client: Redis, round_id: str) -> None:
    frontier = RedisFrontier(redis_client)
    RedisWorkQueue(redis_client).submit([order(round_id, 1)])
    (old,) = frontier.lease(round_id, limit=1, lease_s=0.01)
    time.sleep(0.03)
    (heir,) = frontier.lease(round_id, limit=1, lease_s=30)
    frontier.defer(round_id, [(old, 3600)])
    assert RedisFrontierStatus(redis_client).read(round_id).sites_leased == 1
    assert frontier.renew(round_id, [(heir, 0)], lease_s=30) == set()


def test_changed_windows_let_all_that_rest_be_leased_anew_behind_urgent_ones(
    redis_client: Redis, round_id: str
) -> None:
    queue, frontier = RedisWorkQueue(redis_client), RedisFrontier(redis_client)
    frontier.reconsider(round_id)
    queue.submit([order(round_id, n) for n in range(3)])
    frontier.defer(round_id, [(lease, 3600) for lease in frontier.lease(round_id, limit=3, lease_s=30)])
    queue.submit([order(round_id, 9, priority=1)])
    frontier.reconsider(round_id)
    found = [lease.order.code[-2:] for lease in frontier.lease(round_id, limit=9, lease_s=30)]
    assert (found[0], sorted(found)) == ("09", ["00", "01", "02", "09"])
