"""What a host may take, and whose turn it is."""

from collections import Counter

import pytest

from crawler.frontier.host_queues import HostQueues, Lane
from crawler.frontier.pace import HostPaces, PaceRules


class Time:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def queues(*, per_host: int = 2, delay_s: float = 0.0) -> tuple[HostQueues[str], Time]:
    time = Time()
    paces = HostPaces(PaceRules(delay_s=delay_s), now=time)
    return HostQueues[str](per_host=per_host, paces=paces, now=time), time


def drain(found: HostQueues[str], lane: Lane = Lane.PAGES) -> list[str]:
    items = []
    while (popped := found.pop(lane)) is not None:
        items.append(popped[1])
    return items


def test_within_a_host_the_earlier_lane_goes_first() -> None:
    found, _ = queues(per_host=9)
    for lane in (Lane.RENDERS, Lane.LINKS, Lane.PAGES):
        found.push(lane, "a", lane.name)
    assert found.pop(Lane.RENDERS) is None
    assert found.pop(Lane.LINKS) is None
    assert drain(found, Lane.PAGES) == ["PAGES"]
    assert found.pop(Lane.RENDERS) is None
    assert drain(found, Lane.LINKS) == ["LINKS"]
    assert drain(found, Lane.RENDERS) == ["RENDERS"]


def test_hosts_take_turns_and_none_gets_more_than_its_allowance() -> None:
    found, _ = queues(per_host=2)
    for n in range(4):
        for host in "abc":
            found.push(Lane.PAGES, host, f"{host}{n}")
    assert drain(found) == ["a0", "b0", "c0", "a1", "b1", "c1"]
    found.release("b")
    assert drain(found) == ["b2"]
    assert found.waiting(Lane.PAGES) == 5


def test_rank_goes_before_order_of_arrival() -> None:
    found, _ = queues(per_host=9)
    for rank, name in [(5, "late"), (1, "first"), (1, "second"), (0, "home")]:
        found.push(Lane.PAGES, "a", name, rank=rank)
    assert drain(found) == ["home", "first", "second", "late"]


def test_the_allowance_of_a_host_covers_both_lanes_and_pages_go_first() -> None:
    found, _ = queues(per_host=2)
    found.push(Lane.LINKS, "a", "link")
    found.push(Lane.PAGES, "a", "page1")
    found.push(Lane.PAGES, "a", "page2")
    assert found.pop(Lane.LINKS) is None
    assert drain(found) == ["page1", "page2"]
    assert found.pop(Lane.LINKS) is None
    found.release("a")
    assert found.pop(Lane.LINKS) == ("a", "link")


@pytest.mark.parametrize("per_host", [1, 3])
def test_starts_on_one_host_keep_their_distance(per_host: int) -> None:
    found, time = queues(per_host=per_host, delay_s=1.0)
    for n in range(4):
        found.push(Lane.PAGES, "a", f"a{n}")
    starts = []
    for tick in range(400):
        time.s = tick / 100
        while (popped := found.pop(Lane.PAGES)) is not None:
            starts.append(time.s)
            found.release(popped[0])
    assert starts == pytest.approx([0, 1, 2, 3], abs=0.011)


def test_what_is_held_back_comes_when_it_is_due() -> None:
    found, time = queues()
    found.push(Lane.PAGES, "a", "again", delay_s=5)
    assert found.waiting(Lane.PAGES) == 1
    assert drain(found) == []
    assert found.next_due_s() == 5
    time.s = 5.0
    assert drain(found) == ["again"]
    assert found.next_due_s() is None


def test_requests_without_a_host_have_no_limits() -> None:
    found, _ = queues(per_host=1, delay_s=10)
    for n in range(5):
        found.push(Lane.LINKS, "", str(n))
    assert len(drain(found, Lane.LINKS)) == 5


@pytest.mark.parametrize("delay_s", [0.0, 0.5])
def test_hosts_that_are_done_leave_nothing_behind(delay_s: float) -> None:
    found, time = queues(delay_s=delay_s)
    seen: Counter[str] = Counter()
    for n in range(100):
        found.push(Lane(n % 2), f"h{n % 20}", str(n))
    for _ in range(200):
        for lane in Lane:
            while (popped := found.pop(lane)) is not None:
                seen[popped[1]] += 1
                found.release(popped[0])
        time.s += 0.3
    assert set(seen.values()) == {1}
    assert len(seen) == 100
    assert found._hosts == {}
    assert found.next_due_s() is None
