"""What a request is led to: it waits there as all do, holds nothing meanwhile, and never waits in a circle."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from crawler.frontier.host_queues import HostQueues, Lane
from crawler.frontier.pace import HostPaces, PaceRules
from crawler.frontier.places import HeldPlace, Places
from crawler.frontier.platforms import Platforms


class Desk:
    """Queues on one machine per host, and places in them; ``asked`` are the pages handed out."""

    def __init__(self, *, per_host: int = 1, at_once: int = 9, delay_s: float = 0.0, patience_s: float = 5.0) -> None:
        loop = asyncio.get_running_loop()
        self.paces = HostPaces(PaceRules(delay_s=delay_s), now=loop.time)
        self.platforms = Platforms(at_once=at_once, delay_s=0, now=loop.time)
        self.queues = HostQueues[Any](per_host=per_host, paces=self.paces, now=loop.time, platforms=self.platforms)
        self.places = Places(self.queues, call_later=loop.call_later, freed=self._wake, patience_s=patience_s)
        self.asked: list[str] = []

    def _wake(self) -> None:
        while (host := self.platforms.next_to_place()) is not None:
            self.platforms.place(host, [f"2001:db8::{sum(host.encode()):x}"])
            self.queues.placed(host)
        for _ in range(2):  # a machine is wanted, granted, and asked
            self.places.pump()
            while (popped := self.queues.pop(Lane.PAGES)) is not None:
                self.asked.append(popped[0])
            for key in list(self.platforms.wanted):
                platform = self.platforms.grant(key, until=float("inf"))
                assert platform is not None
                self.queues.granted(platform)

    def hand_out(self, host: str) -> HeldPlace:
        self.queues.push(Lane.PAGES, host, host)
        self._wake()
        assert self.asked.pop() == host
        return self.places.held(host)


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(_awaited(test), 20))


async def _awaited(test: Callable[[], Awaitable[None]]) -> None:
    await test()


def test_two_requests_that_are_led_to_each_others_hosts_both_get_there() -> None:
    async def test() -> None:
        desk = Desk(per_host=1)
        first, second = desk.hand_out("a"), desk.hand_out("b")
        assert await asyncio.gather(first.move_to("b"), second.move_to("a")) == [True, True]
        assert (first.host, second.host) == ("b", "a")
        first.give_up()
        second.give_up()
        assert desk.queues._hosts == {}

    run(test)


def test_a_request_that_is_led_away_waits_for_room_before_all_that_waits_there() -> None:
    async def test() -> None:
        desk = Desk(per_host=1)
        there, led = desk.hand_out("b"), desk.hand_out("a")
        desk.queues.push(Lane.PAGES, "b", "b")
        moving = asyncio.ensure_future(led.move_to("b"))
        await asyncio.sleep(0.01)
        assert not moving.done()
        desk.hand_out("a").give_up()  # its own host is free meanwhile
        there.give_up()
        assert await moving
        assert desk.asked == []
        led.give_up()
        assert desk.asked == ["b"]

    run(test)


def test_where_there_is_no_room_for_long_nobody_goes() -> None:
    async def test() -> None:
        desk = Desk(patience_s=0.05)
        there, led = desk.hand_out("b"), desk.hand_out("a")
        assert not await led.move_to("b")
        assert led.host is None
        there.give_up()
        assert desk.queues._hosts == {}
        desk.paces.heard("b", 429, 0.1, 60)
        assert not await desk.hand_out("a").move_to("b")

    run(test)


@pytest.mark.parametrize("found", [False, True], ids=["while it waits", "when room is found"])
def test_a_fetch_that_is_cut_off_leaves_no_place_taken(found: bool) -> None:
    async def test() -> None:
        desk = Desk()
        there, led = desk.hand_out("b"), desk.hand_out("a")
        moving = asyncio.ensure_future(led.move_to("b"))
        await asyncio.sleep(0.01)
        if found:
            there.give_up()
        moving.cancel()
        await asyncio.gather(moving, return_exceptions=True)
        there.give_up()
        desk.hand_out("b").give_up()
        assert desk.queues._hosts == {}

    run(test)


def test_probes_wait_for_nobody_and_others_wait_for_them() -> None:
    async def test() -> None:
        desk = Desk(per_host=2)
        probes = [desk.places.passing() for _ in range(3)]
        for probe in probes:
            assert await probe.move_to("a")
        desk.queues.push(Lane.PAGES, "a", "a")
        desk._wake()
        assert desk.asked == []
        probes[0].give_up()
        assert desk.asked == []
        probes[1].give_up()
        assert desk.asked == ["a"]
        desk.queues.release("a")
        assert await probes[2].move_to("b")
        probes[2].give_up()
        assert desk.queues._hosts == {}

    run(test)


def test_a_probe_counts_on_the_machine_though_it_was_not_known_when_it_went() -> None:
    async def test() -> None:
        desk = Desk(per_host=2, at_once=1)
        probe = desk.places.passing()
        assert await probe.move_to("ab")
        desk.queues.push(Lane.PAGES, "ba", "ba")
        desk._wake()
        assert desk.asked == []
        probe.give_up()
        assert desk.asked == ["ba"]

    run(test)


def test_resources_skip_the_pauses_of_a_host_but_not_its_number_at_a_time_nor_its_closure() -> None:
    async def test() -> None:
        desk = Desk(per_host=2, delay_s=60, patience_s=0.05)
        visiting = [desk.places.visiting() for _ in range(3)]
        assert [await place.move_to("a") for place in visiting] == [True, True, False]
        visiting[0].give_up()
        assert await visiting[2].move_to("a")
        visiting[1].give_up()
        desk.paces.heard("a", 429, 0.1, 30)
        assert not await visiting[0].move_to("a")

    run(test)


def test_between_two_tries_others_have_the_place_and_who_comes_back_goes_before_them() -> None:
    async def test() -> None:
        desk = Desk(per_host=1)
        place = desk.hand_out("a")
        for _ in range(2):
            desk.queues.push(Lane.PAGES, "a", "a")
        resting = asyncio.ensure_future(place.rest(0.05, "a"))
        await asyncio.sleep(0)
        assert (desk.asked, place.host, desk.places.resting) == (["a"], None, 1)
        await asyncio.sleep(0.1)
        assert not resting.done(), "the host is taken"
        desk.places.release("a")
        await resting
        assert (desk.asked, place.host, desk.places.resting) == (["a"], "a", 0)
        place.give_up()
        assert desk.asked == ["a", "a"]

    run(test)


def test_who_comes_back_waits_longer_than_who_is_led_away() -> None:
    async def test() -> None:
        desk = Desk(per_host=1, patience_s=0.01)
        place = desk.hand_out("a")
        resting = asyncio.ensure_future(place.rest(0, "a"))
        await asyncio.sleep(0)
        desk.places.count("a")  # a probe takes what has become free
        await asyncio.sleep(0.1)
        assert not resting.done()
        desk.places.release("a")
        await resting
        assert place.host == "a"

    run(test)


def test_a_pause_that_is_cut_off_leaves_no_place_taken() -> None:
    async def test() -> None:
        desk = Desk(per_host=1)
        place = desk.hand_out("a")
        resting = asyncio.ensure_future(place.rest(60, "a"))
        await asyncio.sleep(0)
        resting.cancel()
        await asyncio.gather(resting, return_exceptions=True)
        place.give_up()
        assert (desk.queues._hosts, desk.places.resting) == ({}, 0)

    run(test)
