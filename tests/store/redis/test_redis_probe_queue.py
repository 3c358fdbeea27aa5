"""Probe series: spread, claims, abandoned claims, pauses."""

import itertools
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from redis import Redis

from inspection.ports import WorkOrder
from inspection.sampling import ProbePlan
from store.redis.frontier import Balance, RedisFrontier
from store.redis.keys import RoundKeys
from store.redis.probe_queue import ProbeOrder, RedisProbeQueue
from store.redis.work_queue import RedisWorkQueue


@pytest.fixture
def round_id(redis_client: Redis) -> Iterator[str]:
    name = f"p{uuid4().hex[:8]}"
    yield name
    RedisWorkQueue(redis_client).drop_round(name)


def start_series(client: Redis, round_id: str, *, sites: int, count: int, span_s: float) -> RedisProbeQueue:
    orders = [
        WorkOrder(
            round_id=round_id,
            code=f"11000000{n:02}",
            url=f"http://s{n}.test/",
            page_budget=1,
            probe_count=count,
            probe_span_s=span_s,
        )
        for n in range(sites)
    ]
    RedisWorkQueue(client).submit(orders)
    RedisFrontier(client).lease(round_id, limit=sites, lease_s=60)
    return RedisProbeQueue(client, vantage="default")


def test_each_probe_of_each_series_comes_exactly_once_at_its_time(redis_client: Redis, round_id: str) -> None:
    began = time.monotonic()
    probes = start_series(redis_client, round_id, sites=3, count=8, span_s=0.8)
    came: dict[str, float] = {}
    while len(came) < 24 and time.monotonic() - began < 5:
        for probe in probes.claim(round_id, limit=100, lease_s=30):
            assert probe.member not in came
            came[probe.member] = time.monotonic() - began
        time.sleep(0.002)
    assert set(came) == {f"11000000{site:02}:{sequence}" for site in range(3) for sequence in range(8)}
    for member, at in came.items():
        share = int(member.partition(":")[2])
        assert share * 0.1 - 0.01 <= at, f"{member} came early"
        assert at <= (share + 1) * 0.1 + 0.15, f"{member} came late"


def test_a_slow_probe_does_not_hold_up_its_successors(redis_client: Redis, round_id: str) -> None:
    probes = start_series(redis_client, round_id, sites=1, count=3, span_s=0.03)
    members: list[str] = []
    deadline = time.monotonic() + 3
    while len(members) < 3 and time.monotonic() < deadline:
        members += [probe.member for probe in probes.claim(round_id, limit=10, lease_s=60)]
    assert members == ["1100000000:0", "1100000000:1", "1100000000:2"]


def test_an_abandoned_claim_returns_and_a_renewed_one_does_not(redis_client: Redis, round_id: str) -> None:
    probes = start_series(redis_client, round_id, sites=2, count=1, span_s=1)
    claimed = probes.claim(round_id, limit=10, lease_s=0.05)
    assert len(claimed) == 2
    kept, abandoned = claimed
    probes.renew(round_id, [kept], lease_s=60)
    assert probes.claim(round_id, limit=10, lease_s=60) == []
    time.sleep(0.08)
    assert probes.claim(round_id, limit=10, lease_s=60) == [abandoned]


def test_released_claims_return_at_once_and_stored_ones_never(redis_client: Redis, round_id: str) -> None:
    probes = start_series(redis_client, round_id, sites=2, count=1, span_s=1)
    first, second = probes.claim(round_id, limit=10, lease_s=60)
    probes.stored(round_id, [first])
    probes.release(round_id, [first, second])
    assert probes.claim(round_id, limit=10, lease_s=60) == [second]


def test_storing_twice_counts_once(redis_client: Redis, round_id: str) -> None:
    probes = start_series(redis_client, round_id, sites=1, count=2, span_s=600)
    (first,) = probes.claim(round_id, limit=10, lease_s=60)
    probes.stored(round_id, [first])
    probes.stored(round_id, [first])
    assert RedisWorkQueue(redis_client).progress(round_id).probes_due == 1


def test_after_a_pause_the_missed_probes_are_not_made_in_one_burst(redis_client: Redis, round_id: str) -> None:
    probes = start_series(redis_client, round_id, sites=1, count=10, span_s=1000)
    (first,) = probes.claim(round_id, limit=10, lease_s=60)
    keys = RoundKeys(round_id)
    hour_ago = int(redis_client.hget(keys["starts"], first.order.code)) - 3_600_000
    redis_client.hset(keys["starts"], first.order.code, hour_ago)
    redis_client.zadd(keys.due("default"), {f"{first.order.code}:1": 0})
    (second,) = probes.claim(round_id, limit=10, lease_s=60)
    assert second == ProbeOrder(order=first.order, sequence=1)
    ((_, due),) = redis_client.zrange(keys.due("default"), 0, -1, withscores=True)
    assert due / 1000 - time.time() == pytest.approx(50, abs=5)


def test_each_vantage_point_has_a_series_of_its_own_and_the_site_waits_for_all(
    redis_client: Redis, round_id: str
) -> None:
    order = WorkOrder(
        round_id=round_id,
        code="1100000001",
        url="http://s.test/",
        page_budget=1,
        probe_count=2,
        probe_span_s=0.02,
        vantages=("north", "south"),
    )
    queue, frontier = RedisWorkQueue(redis_client), RedisFrontier(redis_client)
    queue.submit([order])
    [lease] = frontier.lease(round_id, limit=1, lease_s=60)
    frontier.open(lease)
    frontier.crawled(lease, Balance(added=0, stored=0, left=0))
    assert queue.progress(round_id).probes_due_by_vantage == {"north": 2, "south": 2}
    assert RedisProbeQueue(redis_client, vantage="elsewhere").claim(round_id, limit=9, lease_s=30) == []
    for vantage, complete in (("south", []), ("north", ["1100000001"])):
        probes = RedisProbeQueue(redis_client, vantage=vantage)
        made: list[ProbeOrder] = []
        deadline = time.monotonic() + 3
        while len(made) < 2 and time.monotonic() < deadline:
            made += probes.claim(round_id, limit=9, lease_s=30)
        assert [probe.sequence for probe in made] == [0, 1]
        assert probes.stored(round_id, made) == complete
    assert queue.progress(round_id).probes_due_by_vantage == {"north": 0, "south": 0}
    queue.drop_round(round_id)
    assert redis_client.keys(f"xuncha:{{{round_id}}}*") == []


def planned_week(client: Redis, round_id: str, *, sites: int, count: int) -> dict[str, list[float]]:
    """Days after the start at which the probes of a week are due, by site, as the queue itself plans them."""
    week_s = 7 * 86400.0
    probes = start_series(client, round_id, sites=sites, count=count, span_s=week_s)
    keys = RoundKeys(round_id)
    starts = {code.decode(): float(ms) for code, ms in client.hgetall(keys["starts"]).items()}
    planned: dict[str, list[float]] = {code: [] for code in starts}
    for sequence in range(count):
        for code, start_ms in starts.items():
            due_ms = client.zscore(keys.due("default"), f"{code}:{sequence}")
            planned[code].append((due_ms - start_ms) / 86400e3)
            client.zadd(
                keys.due("default"), {f"{code}:{sequence}": 0}
            )  # its time comes: it is claimed, and plans the next
        assert len(probes.claim(round_id, limit=sites, lease_s=1e6)) == sites
    return planned


def test_a_series_of_a_week_keeps_twenty_visits_on_each_of_its_days(redis_client: Redis, round_id: str) -> None:
    planned = planned_week(redis_client, round_id, sites=3, count=ProbePlan().count)
    for days in planned.values():
        assert days == sorted(days)
        assert [sum(day <= each < day + 1 for each in days) for day in range(7)] == [21] * 7
        # Also from any other hour on, so on each day by the calendar that is wholly in it.
        assert min(sum(hour / 24 <= each < hour / 24 + 1 for each in days) for hour in range(6 * 24)) >= 20


def test_the_visits_of_a_series_are_jittered_and_those_of_sites_apart(redis_client: Redis, round_id: str) -> None:
    first, second = planned_week(redis_client, round_id, sites=2, count=147).values()
    gaps = [later - earlier for earlier, later in itertools.pairwise(first)]
    assert max(gaps) > 1.5 * min(gaps)
    assert sum(abs(one - other) > 1 / 500 for one, other in zip(first, second, strict=True)) > 100


def test_work_that_nobody_takes_over_is_known_after_a_while(redis_client: Redis, round_id: str) -> None:
    probes = start_series(redis_client, round_id, sites=2, count=1, span_s=0.001)
    queue = RedisWorkQueue(redis_client)
    assert [each for each in queue.stale(over_s=0) if each.round_id == round_id] == []
    time.sleep(0.01)
    claimed = probes.claim(round_id, limit=2, lease_s=60)
    probes.release(round_id, claimed[:1])
    redis_client.zadd(RoundKeys(round_id)["leases"], {"1100000000": 1})
    time.sleep(0.01)
    [found] = [each for each in queue.stale(over_s=0) if each.round_id == round_id]
    assert (found.sites, found.probes) == (1, 1)
    [found] = [each for each in queue.stale(over_s=3600) if each.round_id == round_id]
    assert (found.sites, found.probes) == (1, 0)
