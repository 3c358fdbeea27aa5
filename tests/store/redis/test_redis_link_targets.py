"""Claims on external link targets: one worker checks, the others wait; no claim outlives its worker."""

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from redis import Redis

from store.redis.frontier_targets import Claim, RedisLinkTargets
from store.redis.keys import RoundKeys
from store.redis.work_queue import RedisWorkQueue

X, Y, Z = b"x" * 8, b"y" * 8, b"\x00\xff" * 4


@pytest.fixture
def round_id(redis_client: Redis) -> Iterator[str]:
    name = f"t{uuid4().hex[:8]}"
    yield name
    RedisWorkQueue(redis_client).drop_round(name)


def workers(client: Redis) -> tuple[RedisLinkTargets, RedisLinkTargets]:
    return RedisLinkTargets(client, worker="first"), RedisLinkTargets(client, worker="second")


def test_what_one_worker_has_claimed_is_not_anothers_until_there_is_a_result(
    redis_client: Redis, round_id: str
) -> None:
    first, second = workers(redis_client)
    assert first.claim(round_id, [X, Z], lease_s=30) == [Claim.OURS, Claim.OURS]
    assert first.claim(round_id, [X], lease_s=30) == [Claim.OURS]
    assert second.claim(round_id, [X, Y, Z], lease_s=30) == [Claim.THEIRS, Claim.OURS, Claim.THEIRS]
    first.put(round_id, {X: b"{}"})
    assert second.claim(round_id, [Z, X], lease_s=30) == [Claim.THEIRS, b"{}"]
    assert second.claim(round_id, [], lease_s=30) == []


def test_a_result_ends_the_claim_so_that_it_can_be_checked_anew(redis_client: Redis, round_id: str) -> None:
    first, second = workers(redis_client)
    first.claim(round_id, [X], lease_s=30)
    assert second.claim(round_id, [X], lease_s=30, anew=True) == [Claim.THEIRS]
    first.put(round_id, {X: b"{}"})
    assert second.claim(round_id, [X], lease_s=30, anew=True) == [Claim.OURS]
    assert first.claim(round_id, [X], lease_s=30, anew=True) == [Claim.THEIRS]


def test_only_who_has_a_claim_can_release_it(redis_client: Redis, round_id: str) -> None:
    first, second = workers(redis_client)
    first.claim(round_id, [X, Y], lease_s=30)
    second.release(round_id, [X, Y])
    assert second.claim(round_id, [X], lease_s=30) == [Claim.THEIRS]
    first.release(round_id, [X])
    assert second.claim(round_id, [X, Y], lease_s=30) == [Claim.OURS, Claim.THEIRS]


def test_claims_of_a_worker_that_is_not_heard_of_lapse_unless_all_were_cut_off(
    redis_client: Redis, round_id: str
) -> None:
    first, second = workers(redis_client)
    first.claim(round_id, [X, Y], lease_s=0.05)
    assert second.claim(round_id, [X], lease_s=30) == [Claim.THEIRS]
    time.sleep(0.1)
    assert second.claim(round_id, [X], lease_s=30, take_over=False) == [Claim.THEIRS]
    assert second.claim(round_id, [X], lease_s=30) == [Claim.OURS]
    assert first.claim(round_id, [X, Y], lease_s=30) == [Claim.THEIRS, Claim.OURS]


def test_one_renewal_keeps_all_claims_of_a_worker_and_makes_none(redis_client: Redis, round_id: str) -> None:
    first, second = workers(redis_client)
    first.claim(round_id, [X, Y], lease_s=0.2)
    for _ in range(3):
        time.sleep(0.1)
        first.renew(round_id, lease_s=0.2)
    assert second.claim(round_id, [X, Y], lease_s=30) == [Claim.THEIRS, Claim.THEIRS]
    second.renew(round_id, lease_s=30)
    assert redis_client.zrange(RoundKeys(round_id)["checkers"], 0, -1) == [b"first"]


def test_a_worker_that_leaves_leaves_no_claims(redis_client: Redis, round_id: str) -> None:
    first, second = workers(redis_client)
    first.claim(round_id, [X, Y], lease_s=30)
    first.leave(round_id)
    assert second.claim(round_id, [X], lease_s=30, take_over=False) == [Claim.OURS]
    assert second.claim(round_id, [Y], lease_s=30) == [Claim.OURS]


def test_nothing_is_left_of_a_round_that_is_dropped(redis_client: Redis, round_id: str) -> None:
    first, _ = workers(redis_client)
    first.claim(round_id, [X, Y], lease_s=30)
    first.put(round_id, {X: b"{}"})
    RedisWorkQueue(redis_client).drop_round(round_id)
    assert redis_client.keys(f"*{round_id}*") == []
