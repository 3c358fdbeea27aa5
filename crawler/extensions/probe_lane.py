"""Availability probes: started the moment they are due, with connections of their own, behind nobody."""

import asyncio
import logging
from collections.abc import Sequence

from crawler.extensions.lane import RunningTasks
from crawler.fetch import FetchResult
from crawler.frontier.kit import Kit, probe_request
from inspection.observation import ProbeSeen
from store.redis.probe_queue import ProbeOrder

logger = logging.getLogger(__name__)


class ProbeLane:
    """Makes probes; their time is measured inside the fetcher."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.running = RunningTasks()

    def start(self, orders: Sequence[ProbeOrder]) -> None:
        """Make these probes now."""
        for order in orders:
            self.running.start(self._probe(order))

    async def _probe(self, order: ProbeOrder) -> None:
        limits = self._kit.limits
        try:
            result = await self._kit.fetcher.fetch(probe_request(order.order.url, limits))
        except asyncio.CancelledError:
            raise
        except Exception:
            # Not stored, so its claim runs out and the probe is made again.
            logger.exception("探测 %s 时程序出错", order.order.url)
            self._kit.claimed.discard(order)
        else:
            self._kit.bench.counts["probes"] += 1
            self._kit.sink.put_probe(order, probe_seen(result, order.sequence, limits.vantage))


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
