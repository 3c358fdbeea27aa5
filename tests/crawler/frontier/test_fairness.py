"""No site, however large, holds up the others, and what is urgent goes before what is many."""

from crawler.frontier.host_queues import HostQueues, Lane
from crawler.frontier.pace import HostPaces, PaceRules
from crawler.frontier.platforms import Platforms

MANY = 30_000


def served(*, one_machine: bool, urgent: bool = False) -> list[str]:
    """Hosts in the order in which they were asked: one with very many requests, queued first, and ten with five."""
    clock = [0.0]
    platforms = Platforms(at_once=4, delay_s=0, now=lambda: clock[0])
    paces = HostPaces(PaceRules(delay_s=1), now=lambda: clock[0])
    queues = HostQueues[None](per_host=2, paces=paces, now=lambda: clock[0], platforms=platforms)
    for _ in range(MANY):
        queues.push(Lane.PAGES, "giant", None)
    for n in range(10):
        for _ in range(5):
            queues.push(Lane.PAGES, f"small{n}", None, urgent=urgent)
    number = 0
    while (host := platforms.next_to_place()) is not None:
        number += not one_machine
        platforms.place(host, [f"192.0.2.{number + 1}"])
        queues.placed(host)
    asked: list[str] = []
    for _ in range(200):
        while (popped := queues.pop(Lane.PAGES)) is not None:
            asked.append(popped[0])
            queues.release(popped[0])
        for key in list(platforms.wanted):
            platform = platforms.grant(key, until=1e9)
            assert platform is not None
            queues.granted(platform)
        clock[0] += 0.1
    return asked


def test_a_giant_site_takes_no_more_turns_than_any_other() -> None:
    for one_machine in (False, True):
        asked = served(one_machine=one_machine)
        last = max(place for place, host in enumerate(asked) if host != "giant")
        assert asked.count("giant") <= 21
        assert len(asked) - asked.count("giant") == 50
        assert asked[: last + 1].count("giant") <= 6, "five turns of each of the others, and not one more for the giant"


def test_rechecks_on_the_machine_of_a_giant_do_not_wait_for_it() -> None:
    asked = served(one_machine=True, urgent=True)
    assert "giant" not in asked[:10]
    assert len(asked) - asked.count("giant") == 50
