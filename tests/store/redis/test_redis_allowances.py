"""One worker at a time per machine."""

import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from redis import Redis

from store.redis.allowances import RedisAllowances

Named = Callable[[str], RedisAllowances]


@pytest.fixture
def worker(redis_client: Redis) -> Named:
    run = uuid4().hex[:8]
    return lambda name: RedisAllowances(redis_client, worker=f"{run}:{name}")


@pytest.fixture
def machine() -> str:
    return f"ip:{uuid4().hex}"


def test_a_machine_has_one_holder(worker: Named, machine: str) -> None:
    first, second = worker("first"), worker("second")
    assert first.claim([machine, "x" + machine], lease_s=30) == [machine, "x" + machine]
    assert second.claim([machine, "y" + machine], lease_s=30) == ["y" + machine]
    assert first.claim([machine], lease_s=30) == [machine]
    second.give_back([machine])
    assert second.claim([machine], lease_s=30) == []


def test_the_holder_hears_who_waits_and_who_waits_is_next(worker: Named, machine: str) -> None:
    first, second, third = worker("first"), worker("second"), worker("third")
    first.claim([machine], lease_s=30)
    assert first.renew([machine], lease_s=30) == ([], [])
    assert second.claim([machine], lease_s=30) == []
    assert first.renew([machine], lease_s=30) == ([], [machine])
    first.give_back([machine])
    assert third.claim([machine], lease_s=30) == first.claim([machine], lease_s=30) == []
    assert second.claim([machine], lease_s=30) == [machine]
    assert second.renew([machine], lease_s=30) == ([], [])
    assert third.claim([machine], lease_s=30) == []
    assert second.renew([machine], lease_s=30) == ([], [machine])


def test_the_claim_of_a_dead_worker_runs_out_and_the_dead_hears_so(worker: Named, machine: str) -> None:
    dead, heir = worker("dead"), worker("heir")
    dead.claim([machine], lease_s=0.05)
    assert heir.claim([machine], lease_s=30) == []
    time.sleep(0.1)
    assert heir.claim([machine], lease_s=30) == [machine]
    assert dead.renew([machine], lease_s=30) == ([machine], [])
