"""Probes while our own event loop stands still."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from crawler.extensions.control_targets import ControlTargets
from crawler.extensions.loop_watch import LoopWatch
from crawler.extensions.probe_lane import ProbeLane
from crawler.fetch import FetchRequest, FetchResult
from crawler.frontier.host_queues import HostQueues
from crawler.frontier.kit import Kit, Limits
from crawler.frontier.link_targets import LinkTargets
from crawler.frontier.pace import HostPaces, PaceRules
from crawler.frontier.places import Places
from crawler.frontier.workbench import Workbench
from crawler.pipelines.sink import ProbeEntry, Sink
from inspection.observation import FetchOutcome
from inspection.ports import WorkOrder
from store.redis.probe_queue import ProbeOrder

AT = datetime(2026, 11, 20, tzinfo=UTC)
ORDER = WorkOrder(round_id="r", code="1100000001", url="http://a.test/", page_budget=1, probe_count=9, probe_span_s=1)


class ScriptedFetcher:
    """Answers in turn; a stall is noted with the answer it fell into."""

    def __init__(self, watch: LoopWatch, script: Sequence[tuple[FetchOutcome, float]]) -> None:
        self._watch = watch
        self._script = list(script)
        self.asked: list[FetchRequest] = []

    async def fetch(self, request: FetchRequest) -> FetchResult:
        self.asked.append(request)
        outcome, stall_s = self._script.pop(0)
        self._watch.note(asyncio.get_running_loop().time(), stall_s)
        return FetchResult(
            url=request.url,
            final_url=request.url,
            method="GET",
            outcome=outcome,
            started_at=AT,
            elapsed_s=request.timeout_s if outcome is FetchOutcome.READ_TIMEOUT else 0.2,
        )


class Controls:
    """Control targets that answer with these statuses, None = not at all."""

    def __init__(self, statuses: Sequence[int | None]) -> None:
        self._statuses = {f"http://c{n}.test/": status for n, status in enumerate(statuses)}
        self.asked = 0

    async def fetch(self, request: FetchRequest) -> FetchResult:
        self.asked += 1
        status = self._statuses[request.url]
        outcome = FetchOutcome.CONNECT_TIMEOUT if status is None else FetchOutcome.OK
        return FetchResult(
            url=request.url,
            final_url=request.url,
            method="HEAD",
            outcome=outcome,
            started_at=AT,
            elapsed_s=1,
            status=status,
        )


async def probe(
    script: Sequence[tuple[FetchOutcome, float]], controls: Sequence[int | None] = ()
) -> tuple[ProbeEntry, ScriptedFetcher]:
    watch = LoopWatch()
    fetcher = ScriptedFetcher(watch, script)
    sink = Sink(capacity=10)
    loop = asyncio.get_running_loop()
    targets = LinkTargets(max_age=timedelta(1), capacity=1, now=lambda: AT)
    queues = HostQueues(per_host=1, paces=HostPaces(PaceRules(delay_s=0), now=loop.time), now=loop.time)
    bench = Workbench(queues=queues, sink=sink, targets=targets, call_later=loop.call_later)
    kit = Kit(
        bench=bench,
        places=Places(queues, call_later=loop.call_later, freed=bench.wake),
        sink=sink,
        fetcher=fetcher,  # type: ignore[arg-type]
        checker=None,  # type: ignore[arg-type]
        over_ipv6=fetcher,  # type: ignore[arg-type]
        limits=Limits(
            links=1,
            probes=1,
            probe_timeout_s=15,
            page_timeout_s=15,
            max_page_bytes=1000,
            vantage="here",
            renders=1,
            render_pages=0,
        ),
    )
    lane = ProbeLane(
        kit, watch, ControlTargets(Controls(controls), [f"http://c{n}.test/" for n in range(len(controls))])
    )
    lane.start([ProbeOrder(order=ORDER, sequence=4)])
    while not len(sink):
        await asyncio.sleep(0)
    (entry,) = sink.take(5)
    assert isinstance(entry, ProbeEntry)
    return entry, fetcher


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ([(FetchOutcome.OK, 0.0)], FetchOutcome.OK),
        ([(FetchOutcome.OK, 9.0)], FetchOutcome.OK),
        ([(FetchOutcome.SERVER_ERROR, 0.1)], FetchOutcome.SERVER_ERROR),
        ([(FetchOutcome.CONNECTION_RESET, 9.0)], FetchOutcome.CONNECTION_RESET),
        ([(FetchOutcome.READ_TIMEOUT, 4.0), (FetchOutcome.OK, 0.0)], FetchOutcome.OK),
        ([(FetchOutcome.READ_TIMEOUT, 4.0), (FetchOutcome.READ_TIMEOUT, 0.0)], FetchOutcome.READ_TIMEOUT),
        ([(FetchOutcome.READ_TIMEOUT, 4.0)] * 3, FetchOutcome.OUR_NETWORK_DOWN),
    ],
)
def test_a_time_out_counts_only_if_we_were_awake(
    script: list[tuple[FetchOutcome, float]], outcome: FetchOutcome
) -> None:
    entry, fetcher = asyncio.run(probe(script))
    assert entry.seen.outcome is outcome
    assert (entry.seen.sequence, entry.seen.vantage) == (4, "here")
    assert len(fetcher.asked) == len(script)
    assert {request.timeout_s for request in fetcher.asked} == {18}


def test_the_watch_notices_a_blocked_loop() -> None:
    async def block() -> float:
        watch = LoopWatch()
        watching = asyncio.get_running_loop().create_task(watch.run())
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(0.3)
        assert watch.stalled_s(began, asyncio.get_running_loop().time()) == 0
        # Blocking is what this is about.
        time.sleep(0.7)
        await asyncio.sleep(0.3)
        watching.cancel()
        return watch.stalled_s(began, asyncio.get_running_loop().time())

    assert 0.3 < asyncio.run(block()) < 1.2


def test_the_longest_stall_is_told_once_however_short() -> None:
    watch = LoopWatch()
    for at, late_s in enumerate((0.01, 0.12, 0.03)):
        watch.note(at, late_s)
    assert watch.stalled_s(0, 9) == 0
    assert [watch.take_longest_s() for _ in range(2)] == [0.12, 0]


@pytest.mark.parametrize(
    ("controls", "outcome"),
    [
        ([], FetchOutcome.CONNECT_REFUSED),
        ([200, None], FetchOutcome.CONNECT_REFUSED),
        ([503], FetchOutcome.CONNECT_REFUSED),
        ([None], FetchOutcome.OUR_NETWORK_DOWN),
        ([None, None], FetchOutcome.OUR_NETWORK_DOWN),
    ],
)
def test_a_failure_while_all_control_targets_fail_is_ours(controls: list[int | None], outcome: FetchOutcome) -> None:
    entry, _ = asyncio.run(probe([(FetchOutcome.CONNECT_REFUSED, 0.0)], controls))
    assert entry.seen.outcome is outcome


def test_control_targets_are_not_asked_for_each_probe() -> None:
    async def ask() -> tuple[list[bool], int]:
        controls = Controls([None, None])
        targets = ControlTargets(controls, ["http://c0.test/", "http://c1.test/"])
        return list(await asyncio.gather(*(targets.all_fail() for _ in range(5)))), controls.asked

    assert asyncio.run(ask()) == ([True] * 5, 2)
