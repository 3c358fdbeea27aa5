"""The availability probes of a round: a series per site and vantage point, a queue by due time per vantage point.

Only the next probe of a series is queued; claiming it queues its successor. A claimed probe returns to
the queue when its lease expires before it is stored.
"""

from collections.abc import Iterable, Sequence

import msgspec
from redis import Redis

from inspection.ports import WorkOrder
from store.redis.frontier_scripts import Scripts, paired
from store.redis.keys import RoundKeys


class ProbeOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One probe to make now."""

    order: WorkOrder
    sequence: int

    @property
    def member(self) -> str:
        """Its name in the queue."""
        return f"{self.order.code}:{self.sequence}"


class RedisProbeQueue:
    """The probes of one vantage point by due time, claimed one by one."""

    def __init__(self, client: Redis, *, vantage: str) -> None:
        self._scripts = Scripts(client)
        self._vantage = vantage

    def claim(self, round_id: str, *, limit: int, lease_s: float, take_over: bool = True) -> list[ProbeOrder]:
        """Claim up to ``limit`` probes that are due, those whose claim expired first (if ``take_over``)."""
        names = RoundKeys(round_id)
        keys = [names.due(self._vantage), names.claims(self._vantage), *names.named("orders", "starts")]
        answer = self._scripts.run("probe_queue_claim", keys, [limit, round(lease_s * 1000), round_id, int(take_over)])
        return [_probe_order(member.decode(), text) for member, text in paired(answer)]

    def stored(self, round_id: str, probes: Iterable[ProbeOrder]) -> list[str]:
        """Acknowledge stored probes; returns the codes of sites that are complete with them. Idempotent."""
        names = RoundKeys(round_id)
        keys = [names.claims(self._vantage), *names.named("left", "totals", "crawled", "ending")]
        answer = self._scripts.run("probe_queue_stored", keys, [self._vantage, *(probe.member for probe in probes)])
        return [code.decode() for code in answer]

    def renew(self, round_id: str, probes: Sequence[ProbeOrder], *, lease_s: float) -> None:
        """Prolong claims that are still held."""
        self._prolong(round_id, probes, round(lease_s * 1000))

    def release(self, round_id: str, probes: Sequence[ProbeOrder]) -> None:
        """Give claims back at once."""
        self._prolong(round_id, probes, 0)

    def _prolong(self, round_id: str, probes: Sequence[ProbeOrder], lease_ms: int) -> None:
        members = [probe.member for probe in probes]
        self._scripts.run("probe_queue_renew", [RoundKeys(round_id).claims(self._vantage)], [lease_ms, *members])


def _probe_order(member: str, order: bytes) -> ProbeOrder:
    sequence = int(member.rpartition(":")[2])
    return ProbeOrder(order=msgspec.json.decode(order, type=WorkOrder), sequence=sequence)
