"""Machines that serve many hosts: what they are asked, and by whom."""

from collections import Counter

import pytest

from crawler.frontier.host_queues import HostQueues, Lane
from crawler.frontier.pace import HostPaces, PaceRules
from crawler.frontier.platforms import Platform, Platforms, key_of

KEY = "ip:192.0.2.1"


class Desk:
    """Queues of hosts that live on one machine."""

    def __init__(self, *, at_once: int = 3, delay_s: float = 0.0, per_host: int = 2) -> None:
        self.s = 100.0
        self.platforms = Platforms(at_once=at_once, delay_s=delay_s, now=lambda: self.s)
        paces = HostPaces(PaceRules(delay_s=0), now=lambda: self.s)
        self.queues = HostQueues[str](per_host=per_host, paces=paces, now=lambda: self.s, platforms=self.platforms)

    def push(self, *hosts: str, times: int = 1) -> None:
        for n in range(times):
            for host in hosts:
                self.queues.push(Lane.PAGES, host, f"{host}{n}")

    def place(self) -> None:
        while (host := self.platforms.next_to_place()) is not None:
            self.platforms.place(host, ["192.0.2.1"])
            self.queues.placed(host)

    def grant(self, key: str = KEY, lease_s: float = 60) -> None:
        platform = self.platforms.grant(key, until=self.s + lease_s)
        assert isinstance(platform, Platform)
        self.queues.granted(platform)

    def drain(self) -> list[str]:
        found = []
        while (popped := self.queues.pop(Lane.PAGES)) is not None:
            found.append(popped[1])
        return found


@pytest.mark.parametrize(
    ("addresses", "key"),
    [
        (["192.0.2.7", "192.0.2.1"], "ip:192.0.2.1"),
        (["2001:DB8::1"], "ip:2001:db8::1"),
        (["127.0.0.1"], "name:a.test"),
        (["127.0.0.2"], "ip:127.0.0.2"),
        ([], "name:a.test"),
    ],
)
def test_a_machine_goes_by_its_address_and_a_host_without_one_by_its_name(addresses: list[str], key: str) -> None:
    assert key_of("a.test", addresses) == key


def test_nothing_is_asked_before_the_machine_is_known_and_held() -> None:
    desk = Desk()
    desk.push("a", "b")
    assert desk.drain() == []
    assert list(desk.platforms.wanted) == []
    desk.place()
    assert desk.drain() == []
    assert list(desk.platforms.wanted) == [KEY]
    desk.grant()
    assert desk.drain() == ["a0", "b0"]
    assert list(desk.platforms.wanted) == []


def test_a_machine_has_one_allowance_and_its_hosts_take_turns() -> None:
    desk = Desk(at_once=3)
    desk.push(*"abcde", times=4)
    desk.place()
    assert desk.drain() == []
    desk.grant()
    assert desk.drain() == ["a0", "b0", "c0"]
    asked: Counter[str] = Counter("abc")
    under_way = list("abc")
    while under_way:
        desk.queues.release(under_way.pop(0))
        for item in desk.drain():
            asked[item[0]] += 1
            under_way.append(item[0])
            assert len(under_way) <= 3
        assert max(asked.values()) - min(asked[name] for name in "abcde") <= 3
    assert asked == dict.fromkeys("abcde", 4)


def test_starts_on_a_machine_are_apart_by_its_delay() -> None:
    desk = Desk(at_once=9, delay_s=0.5)
    desk.push(*"abcd")
    desk.place()
    assert desk.drain() == []
    desk.grant()
    for host in "abcd":
        assert desk.drain() == [f"{host}0"]
        assert desk.queues.next_due_s() is None or desk.queues.next_due_s() <= 0.5  # type: ignore[operator]
        desk.s += 0.5
    assert desk.drain() == []


def test_hosts_that_cannot_go_do_not_keep_the_machine_from_others() -> None:
    desk = Desk(at_once=1, per_host=1)
    desk.push("a", "b", "c", times=2)
    desk.place()
    assert desk.drain() == []
    desk.grant()
    assert desk.drain() == ["a0"]
    desk.queues._paces.heard("b", 429, 0.1, 50)
    desk.queues.release("a")
    assert desk.drain() == ["c0"]
    desk.queues.release("c")
    assert desk.drain() == ["a1"]


def test_a_machine_that_others_wait_for_goes_back_when_our_requests_are_over() -> None:
    desk = Desk()
    desk.push("a", "b", times=3)
    desk.place()
    desk.drain()
    desk.grant()
    assert len(desk.drain()) == 3
    desk.platforms.asked(KEY)
    desk.queues.release("a")
    assert len(desk.drain()) == 1, "not in the first second of our turn"
    desk.s += 1
    desk.platforms.asked(KEY)
    for host in ("a", "b"):
        desk.queues.release(host)
        assert desk.drain() == []
        assert not desk.platforms.returned
    desk.queues.release("b" if desk.queues._hosts["b"].active else "a")
    assert desk.drain() == []
    assert list(desk.platforms.returned) == [KEY]
    assert list(desk.platforms.wanted) == [KEY]
    assert desk.platforms.held() == []
    desk.grant()
    assert len(desk.drain()) == 2


def test_a_claim_that_ran_out_or_was_lost_is_not_used() -> None:
    desk = Desk()
    desk.push("a", times=3)
    desk.place()
    desk.drain()
    desk.grant(lease_s=5)
    desk.s += 5
    assert desk.drain() == []
    assert list(desk.platforms.wanted) == [KEY]
    desk.grant()
    desk.platforms.lose(KEY)
    assert desk.drain() == []
    desk.grant()
    assert len(desk.drain()) == 2


def test_machines_that_nobody_needs_go_back_and_are_forgotten() -> None:
    desk = Desk()
    desk.push("a")
    desk.place()
    desk.drain()
    desk.grant()
    assert desk.drain() == ["a0"]
    desk.platforms.tidy()
    assert not desk.platforms.returned
    desk.queues.release("a")
    desk.platforms.tidy()
    assert list(desk.platforms.returned) == [KEY]
    assert desk.platforms.grant(KEY, until=1e9) is None, "granted too late: goes back at once"
    assert list(desk.platforms.returned) == [KEY, KEY]


OTHER = "ip:192.0.2.9"


def join(desk: Desk) -> None:
    """The machine of the second address turns out to be part of the first."""
    both = desk.platforms.join(OTHER, KEY)
    assert both is not None
    desk.queues.joined(*both)


def test_a_certificate_is_told_once_in_an_hour_and_only_of_known_hosts() -> None:
    desk = Desk()
    desk.platforms.shown("a", b"certificate")
    assert not desk.platforms.shown_by
    for _ in range(2):
        desk.platforms.place("a", ["192.0.2.1"])
        desk.platforms.place("b", ["192.0.2.9"])
        for host in ("a", "b", "a", "b"):
            desk.platforms.shown(host, b"certificate")
        (mine, digest), (other, same) = desk.platforms.shown_by
        assert (mine, other) == (KEY, OTHER)
        assert digest == same
        desk.platforms.shown_by.clear()
        desk.s += 3601


def test_hosts_of_joined_machines_share_one_allowance_at_once() -> None:
    desk = Desk(at_once=3)
    desk.platforms.place("b", ["192.0.2.9"])
    desk.push("a", "b", times=4)
    desk.place()
    assert desk.drain() == []
    desk.grant()
    desk.grant(OTHER)
    assert desk.drain() == ["a0", "b0", "a1", "b1"], "two machines, as far as anybody knows"
    join(desk)
    assert desk.drain() == []
    desk.queues.release("a")
    assert desk.drain() == [], "three are still under way"
    desk.queues.release("b")
    assert len(desk.drain()) == 1
    assert desk.platforms.held() == [KEY]
    asked = 5
    under_way = [name for name in "ab" for _ in range(desk.queues._hosts[name].active)]
    assert len(under_way) == 3
    while under_way:
        desk.queues.release(under_way.pop())
        found = [item[0] for item in desk.drain()]
        asked += len(found)
        under_way += found
        assert len(under_way) <= 3
    assert asked == 8


def test_a_joined_machine_is_claimed_anew_where_another_holds_the_whole() -> None:
    desk = Desk()
    desk.platforms.place("b", ["192.0.2.9"])
    desk.push("b", times=3)
    assert desk.drain() == []
    desk.grant(OTHER)
    assert len(desk.drain()) == 2
    join(desk)
    desk.queues.release("b")
    assert desk.drain() == []
    assert list(desk.platforms.wanted) == [KEY]
    desk.grant()
    assert desk.drain() == ["b2"]
    desk.push("b")
    desk.platforms.tidy()
    assert set(desk.platforms._platforms) == {KEY}


def test_what_is_not_asked_of_a_machine_need_not_move() -> None:
    desk = Desk()
    desk.platforms.place("b", ["192.0.2.9"])
    assert desk.platforms.join(OTHER, KEY) is None
    desk.push("b")
    assert desk.drain() == []
    assert list(desk.platforms.wanted) == [KEY]
