"""The heartbeat thread: keeps the leases of this worker alive, whatever the event loop is busy with."""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from crawler.frontier.held_site import HeldSite
from crawler.frontier.outage import Outage
from inspection.errors import StoreUnavailable
from store.redis.frontier import RedisFrontier
from store.redis.frontier_targets import RedisLinkTargets
from store.redis.probe_queue import ProbeOrder, RedisProbeQueue

logger = logging.getLogger(__name__)

_BEATS_PER_LEASE = 3
_Item = TypeVar("_Item")


class Heartbeat(threading.Thread):
    """Beats until stopped. ``sites`` and ``probes`` give copies of what is held; ``lost`` hears of sites taken over.

    Claims on ``shared`` link targets live as long as any site of their round is held.
    """

    def __init__(
        self,
        *,
        frontier: RedisFrontier,
        probes_queue: RedisProbeQueue,
        shared: RedisLinkTargets,
        sites: Callable[[], Collection[HeldSite]],
        probes: Callable[[], Collection[ProbeOrder]],
        lost: Callable[[HeldSite], None],
        lease_s: float,
    ) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self._frontier = frontier
        self._probes_queue = probes_queue
        self._shared = shared
        self._sites = sites
        self._probes = probes
        self._lost = lost
        self._lease_s = lease_s
        self._stopping = threading.Event()
        self._outage = Outage(logger, "续租")

    def run(self) -> None:
        """Renew several times per lease, so that one lost beat loses nothing."""
        while not self._stopping.wait(self._lease_s / _BEATS_PER_LEASE):
            try:
                self._beat()
            except StoreUnavailable as error:
                self._outage.wait(error, self._stopping)
            else:
                self._outage.over()

    def stop(self) -> None:
        """No more beats."""
        self._stopping.set()

    def release(self) -> None:
        """Give everything held back at once, so that other workers need not wait for the leases to expire."""
        for round_id, sites in _by_round(self._sites(), lambda site: site.key[0]).items():
            self._frontier.release(round_id, [site.lease for site in sites])
        for round_id, probes in _by_round(self._probes(), lambda probe: probe.order.round_id).items():
            self._probes_queue.release(round_id, probes)

    def _beat(self) -> None:
        for round_id, sites in _by_round(self._sites(), lambda site: site.key[0]).items():
            held = [(site.lease, site.flight) for site in sites]
            lost = self._frontier.renew(round_id, held, lease_s=self._lease_s)
            self._shared.renew(round_id, lease_s=self._lease_s)
            for site in sites:
                if site.lease in lost:
                    self._lost(site)
        for round_id, probes in _by_round(self._probes(), lambda probe: probe.order.round_id).items():
            self._probes_queue.renew(round_id, probes, lease_s=self._lease_s)


def _by_round(items: Collection[_Item], round_of: Callable[[_Item], str]) -> dict[str, Sequence[_Item]]:
    groups: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        groups[round_of(item)].append(item)
    return dict(groups)
