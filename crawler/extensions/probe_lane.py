"""Availability probes: started the moment they are due, with connections of their own, behind nobody."""

import asyncio
import logging
from collections.abc import Sequence

import msgspec

from crawler.extensions.lane import RunningTasks
from crawler.extensions.loop_watch import LoopWatch
from crawler.fetch import FetchResult
from crawler.frontier.kit import Kit, probe_request
from inspection.observation import FetchOutcome, ProbeSeen
from store.redis.probe_queue import ProbeOrder

logger = logging.getLogger(__name__)


_TOLERATED_STALL_S = 1.0
_REPEATS = 2


class ProbeLane:
    """Makes probes; their time is measured inside the fetcher.

    A failure during which our own event loop stood still is not counted against the site: the probe is made again.
    """

    def __init__(self, kit: Kit, watch: LoopWatch) -> None:
        self._kit = kit
        self._watch = watch
        self.running = RunningTasks()

    def start(self, orders: Sequence[ProbeOrder]) -> None:
        """Make these probes now."""
        for order in orders:
            self.running.start(self._probe(order))

    async def _probe(self, order: ProbeOrder) -> None:
        limits = self._kit.limits
        try:
            result = await self._fetch(order)
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
        loop = asyncio.get_running_loop()
        request = probe_request(order.order.url, self._kit.limits)
        for _ in range(1 + _REPEATS):
            began = loop.time()
            result = await self._kit.fetcher.fetch(request)
            failed = result.outcome is not FetchOutcome.OK or result.elapsed_s >= request.timeout_s
            if not failed or self._watch.stalled_s(began) < _TOLERATED_STALL_S:
                return result
        return msgspec.structs.replace(
            result, outcome=FetchOutcome.OUR_NETWORK_DOWN, detail=f"our event loop stalled; {result.detail}"
        )


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
