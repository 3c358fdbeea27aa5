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
    assert first.claim([machine, "x" + machine], lease_s=30).ours == [machine, "x" + machine]
    assert second.claim([machine, "y" + machine], lease_s=30).ours == ["y" + machine]
    assert first.claim([machine], lease_s=30).ours == [machine]
    second.give_back([machine])
    assert second.claim([machine], lease_s=30).ours == []


def test_the_holder_hears_who_waits_and_who_waits_is_next(worker: Named, machine: str) -> None:
    first, second, third = worker("first"), worker("second"), worker("third")
    first.claim([machine], lease_s=30)
    assert first.renew([machine], lease_s=30) == ([], [], {})
    assert second.claim([machine], lease_s=30).ours == []
    assert first.renew([machine], lease_s=30) == ([], [machine], {})
    first.give_back([machine])
    assert third.claim([machine], lease_s=30).ours == first.claim([machine], lease_s=30).ours == []
    assert second.claim([machine], lease_s=30).ours == [machine]
    assert second.renew([machine], lease_s=30) == ([], [], {})
    assert third.claim([machine], lease_s=30).ours == []
    assert second.renew([machine], lease_s=30) == ([], [machine], {})


def test_the_claim_of_a_dead_worker_runs_out_and_the_dead_hears_so(worker: Named, machine: str) -> None:
    dead, heir = worker("dead"), worker("heir")
    dead.claim([machine], lease_s=0.05)
    assert heir.claim([machine], lease_s=30).ours == []
    time.sleep(0.1)
    assert heir.claim([machine], lease_s=30).ours == [machine]
    assert dead.renew([machine], lease_s=30) == ([machine], [], {})


def test_machines_that_show_one_certificate_become_one(worker: Named, machine: str) -> None:
    first, second = worker("first"), worker("second")
    other, third, certificate = f"{machine}b", f"{machine}c", f"cert:{machine}"
    assert first.claim([other], lease_s=30).ours == [other]
    assert first.join([(machine, certificate)], most=9) == 0
    assert second.join([(other, certificate), (third, certificate)], most=9) == 2
    assert first.join([(other, certificate)], most=9) == 0, "told twice"
    assert first.renew([other], lease_s=30) == ([], [], {other: machine})
    assert second.claim([other, third], lease_s=30) == ([], {other: machine, third: machine})
    assert second.claim([machine], lease_s=30) == ([], {}), "the claim of the part has become one of the whole"
    assert first.claim([machine], lease_s=30) == ([machine], {})


def test_one_address_with_several_certificates_joins_all_who_show_one_of_them(worker: Named, machine: str) -> None:
    one = worker("one")
    a, b, c = (f"{machine}{name}" for name in "abc")
    one.join([(a, f"cert:1{machine}"), (b, f"cert:2{machine}"), (c, f"cert:1{machine}")], most=9)
    assert one.claim([a, b, c], lease_s=30) == ([a, b], {c: a})
    one.join([(b, f"cert:1{machine}")], most=9)
    assert one.renew([a, b], lease_s=30) == ([], [], {b: a})


def test_a_claim_of_the_whole_stays_with_its_holder(worker: Named, machine: str) -> None:
    first, second = worker("first"), worker("second")
    other, certificate = f"{machine}b", f"cert:{machine}"
    first.claim([machine], lease_s=30)
    second.claim([other], lease_s=30)
    first.join([(machine, certificate), (other, certificate)], most=9)
    assert second.renew([other], lease_s=30) == ([], [], {other: machine})
    assert second.claim([machine], lease_s=30) == ([], {})
    assert first.renew([machine], lease_s=30) == ([], [machine], {})


def test_a_certificate_of_too_many_addresses_joins_no_more(worker: Named, machine: str) -> None:
    one = worker("one")
    names = [f"{machine}{n}" for n in range(5)]
    assert one.join([(name, f"cert:{machine}") for name in names], most=3) == 2
    assert one.claim(names, lease_s=30) == ([names[0], *names[3:]], {names[1]: names[0], names[2]: names[0]})
    assert one.join([(names[3], f"cert:x{machine}"), (names[4], f"cert:x{machine}")], most=3) == 1
    assert one.join([(names[3], f"cert:{machine}")], most=1) == 0
