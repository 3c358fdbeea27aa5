"""How fast hosts may be asked."""

from crawler.frontier.host_queues import HostQueues, Lane
from crawler.frontier.pace import HostPaces, PaceRules

RULES = PaceRules(delay_s=0.5, delay_factor=1.0, longest_delay_s=4.0, backoff_s=10.0, longest_backoff_s=100.0)


class Clock:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def paces() -> tuple[HostPaces, Clock]:
    clock = Clock()
    return HostPaces(RULES, now=clock), clock


def test_a_slow_host_is_asked_less_often_and_a_fast_one_no_faster_than_allowed() -> None:
    found, _ = paces()
    assert found.delay_s("unknown") == 0.5
    for _ in range(20):
        found.heard("slow", 200, 2.0, None)
        found.heard("fast", 200, 0.01, None)
        found.heard("hopeless", 200, 20.0, None)
    assert found.delay_s("slow") == 2.0
    assert found.delay_s("fast") == 0.5
    assert found.delay_s("hopeless") == 4.0
    for _ in range(20):
        found.heard("slow", 200, 0.1, None)
    assert found.delay_s("slow") == 0.5


def test_retry_after_is_honoured_up_to_the_limit() -> None:
    found, clock = paces()
    clock.s = 5
    found.heard("a", 429, 0.1, 42)
    found.heard("b", 503, 0.1, 7)
    found.heard("c", 429, 0.1, 86_400)
    assert (found.closed_until("a"), found.closed_until("b"), found.closed_until("c")) == (47, 12, 105)


def test_without_retry_after_the_pause_doubles_until_an_answer_comes() -> None:
    found, clock = paces()
    pauses = []
    for _ in range(6):
        found.heard("a", 429, 0.1, None)
        found.heard("a", 429, 0.1, None)  # was under way already
        pauses.append(found.closed_until("a") - clock.s)
        clock.s = found.closed_until("a")
    for place, pause in enumerate(pauses):
        assert min(10 * 2**place, 100) - 1e-6 <= pause <= min(12 * 2**place, 100) + 1e-6
    found.heard("a", 200, 0.1, None)
    found.heard("a", 429, 0.1, None)
    assert found.closed_until("a") - clock.s <= 12


def test_one_broken_page_does_not_close_a_host_but_several_in_a_row_do() -> None:
    found, clock = paces()
    for status in (503, 503, 200, 503, 500, 503, 503):
        found.heard("a", status, 0.1, None)
    assert found.closed_until("a") == 0
    found.heard("a", 503, 0.1, None)
    assert found.closed_until("a") >= clock.s + 10


def test_a_closed_host_gets_nothing_until_its_time_and_others_go_on() -> None:
    found, clock = paces()
    queues = HostQueues[str](per_host=2, paces=found, now=clock)
    for host in ("a", "b"):
        for n in range(2):
            queues.push(Lane.PAGES, host, f"{host}{n}")
    assert queues.pop(Lane.PAGES) == ("a", "a0")
    found.heard("a", 429, 0.1, 30)
    queues.release("a")
    assert queues.pop(Lane.PAGES) == ("b", "b0")
    clock.s = 10
    assert queues.pop(Lane.PAGES) == ("b", "b1")
    assert queues.pop(Lane.PAGES) is None
    due = queues.next_due_s()
    assert due is not None
    assert due <= 20
    clock.s = 30
    assert queues.pop(Lane.PAGES) == ("a", "a1")


def test_a_host_closed_while_it_waits_for_its_turn_is_passed_over() -> None:
    found, clock = paces()
    queues = HostQueues[str](per_host=2, paces=found, now=clock)
    queues.push(Lane.PAGES, "a", "a0")
    found.heard("a", 429, 0.1, 30)
    assert queues.pop(Lane.PAGES) is None
    clock.s = 30
    assert queues.pop(Lane.PAGES) == ("a", "a0")


def test_urgent_requests_go_first_within_a_host_and_among_hosts() -> None:
    clock = Clock()
    queues = HostQueues[str](per_host=9, paces=HostPaces(PaceRules(delay_s=0), now=clock), now=clock)
    queues.push(Lane.PAGES, "bulk", "bulk", rank=0)
    queues.push(Lane.PAGES, "both", "later", rank=0)
    queues.push(Lane.PAGES, "both", "now", rank=5, urgent=True)
    assert queues.pop(Lane.PAGES, urgent_only=True) == ("both", "now")
    assert queues.pop(Lane.PAGES, urgent_only=True) is None
    assert [queues.pop(Lane.PAGES) for _ in range(2)] == [("bulk", "bulk"), ("both", "later")]


def test_an_urgent_link_does_not_wait_for_the_turn_of_other_hosts() -> None:
    clock = Clock()
    queues = HostQueues[str](per_host=9, paces=HostPaces(PaceRules(delay_s=0), now=clock), now=clock)
    for n in range(3):
        queues.push(Lane.LINKS, f"bulk{n}", "bulk")
    queues.push(Lane.LINKS, "recheck", "recheck", urgent=True)
    assert queues.pop(Lane.LINKS) == ("recheck", "recheck")
