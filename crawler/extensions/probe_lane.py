"""Availability probes: started the moment they are due, with connections of their own, behind nobody."""

import asyncio
import logging
from collections.abc import Sequence

import msgspec

from crawler.extensions.control_targets import ControlTargets
from crawler.extensions.lane import RunningTasks
from crawler.extensions.loop_watch import TICK_S, LoopWatch
from crawler.fetch import FetchResult
from crawler.frontier.kit import Kit, probe_request
from inspection.observation import Fault, FetchOutcome, ProbeSeen
from store.redis.probe_queue import ProbeOrder

logger = logging.getLogger(__name__)


_GRACE_S = 3.0
"""How long a probe is waited for beyond the limit: what comes then tells a late site from a late observer."""
_EDGE_S = 2.0
"""A stall of ours adds to a probe's time only where it delays the request or hides the answer: at its ends."""
_REPEATS = 2
_TIME_OUTS = frozenset({FetchOutcome.READ_TIMEOUT, FetchOutcome.CONNECT_TIMEOUT})


class ProbeLane:
    """Makes probes; their time is measured inside the fetcher.

    An answer over the limit counts only if it is over it without the time for which our own event loop stood still;
    otherwise the probe is made again. A refusal, a reset or an error page is what it is, however busy we were; but
    while all control targets fail too, the failure is ours and not the site's.
    """

    def __init__(self, kit: Kit, watch: LoopWatch, controls: ControlTargets) -> None:
        self._kit = kit
        self._watch = watch
        self._controls = controls
        self.running = RunningTasks()

    def start(self, orders: Sequence[ProbeOrder]) -> None:
        """Make these probes now."""
        for order in orders:
            self.running.start(self._probe(order))

    async def _probe(self, order: ProbeOrder) -> None:
        limits = self._kit.limits
        try:
            result = await self._unless_ours(await self._fetch(order))
        except asyncio.CancelledError:
            raise
        except Exception:
            # Not stored, so its claim runs out and the probe is made again.
            logger.exception("探测 %s 时程序出错", order.order.url)
            self._kit.claimed.discard(order)
        else:
            self._kit.bench.counts["probes"] += 1
            self._kit.sink.put_probe(order, probe_seen(result, order.sequence, limits.vantage))

    async def _fetch(self, order: ProbeOrder) -> FetchResult:
        limit_s = self._kit.limits.probe_timeout_s
        place = self._kit.places.passing()
        request = probe_request(order.order.url, limit_s + _GRACE_S, self._kit.limits, place)
        for _ in range(1 + _REPEATS):
            began = asyncio.get_running_loop().time()
            try:
                result = await self._kit.fetcher.fetch(request)
            finally:
                place.give_up()
            late = result.outcome in _TIME_OUTS or result.elapsed_s >= limit_s
            if not late or result.elapsed_s - await self._stalled_at_edges(began) >= limit_s:
                return result
        return msgspec.structs.replace(
            result, outcome=FetchOutcome.OUR_NETWORK_DOWN, detail=f"our event loop stalled; {result.detail}"
        )

    async def _unless_ours(self, result: FetchResult) -> FetchResult:
        """The result, or an outage of ours where the control targets fail too."""
        if result.outcome.policy.fault is not Fault.SITE or not await self._controls.all_fail():
            return result
        detail = f"control targets fail too; {result.outcome}: {result.detail}"
        return msgspec.structs.replace(result, outcome=FetchOutcome.OUR_NETWORK_DOWN, detail=detail)

    async def _stalled_at_edges(self, began: float) -> float:
        ended = asyncio.get_running_loop().time()
        # The tick that reports a stall comes right after what the stall delayed.
        await asyncio.sleep(1.2 * TICK_S)
        at_start = self._watch.stalled_s(began, began + _EDGE_S)
        return at_start + self._watch.stalled_s(max(began, ended - _EDGE_S), ended + _EDGE_S)


def probe_seen(result: FetchResult, sequence: int, vantage: str) -> ProbeSeen:
    """A fetch of the home page as a probe of the series."""
    return ProbeSeen(
        sequence=sequence,
        at=result.started_at,
        outcome=result.outcome,
        status=result.status,
        elapsed_s=result.elapsed_s,
        vantage=vantage,
        detail=result.detail,
    )
