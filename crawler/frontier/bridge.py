"""Between the threads and the event loop: what the feeder brings and what the writer reports, called over safely."""

import asyncio
from collections.abc import Callable, Sequence

from crawler.extensions.probe_lane import ProbeLane
from crawler.frontier.held_site import HeldSite
from crawler.frontier.kit import Kit
from crawler.spiders.tasks import Task
from inspection.observation import LinkSeen
from inspection.registry.opt_out import OptedOut
from store.redis.probe_queue import ProbeOrder


class Bridge:
    """:class:`crawler.frontier.feeder.Intake` and :class:`crawler.pipelines.writer.WriterEvents` of a worker.

    Methods may be called from any thread and never block.
    """

    def __init__(
        self,
        *,
        loop: asyncio.AbstractEventLoop,
        kit: Kit,
        probes: ProbeLane,
        max_sites: int,
        idle: Callable[[], None],
        failed: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._kit = kit
        self._probes = probes
        self._max_sites = max_sites
        self._idle = idle
        self._failed = failed
        self._arriving: dict[tuple[str, str], HeldSite] = {}
        self.writing: Callable[[], bool] = lambda: False

    # -- from the feeder -------------------------------------------------------------------------

    def site_room(self) -> int:
        """Sites that may be leased; none while the writer is behind."""
        return self._room(self._max_sites)

    def probe_room(self) -> int:
        """Probes that may be started; none while the writer is behind."""
        return self._kit.limits.probes - len(self._probes.running) if self._kit.sink.has_room else 0

    def add_site(self, site: HeldSite) -> None:
        """Over to the workbench."""
        self._arriving[site.key] = site
        self.call(lambda: self._adopt(site))

    def add_probes(self, probes: Sequence[ProbeOrder]) -> None:
        """Over to the probe lane."""
        self._kit.claimed.update(probes)
        self.call(lambda: self._probes.start(probes))

    def target_known(self, site: HeldSite, task: Task, seen: LinkSeen | None) -> None:
        """A question about a link target is answered: over to the workbench."""
        self.call(lambda: self._kit.bench.target_known(site, task, seen))

    def rest(self, resting: bool) -> None:
        """Over to the workbench."""
        self.call(lambda: self._kit.bench.rest(resting))

    def urgent_room(self) -> int:
        """A quarter more than for others: rechecks must not wait for bulk crawling to end."""
        return self._room(self._max_sites + max(1, self._max_sites // 4))

    def brake(self, halted: bool) -> None:
        """Over to the workbench; probes are held back by the feeder, which claims none."""
        self.call(lambda: self._kit.bench.brake(halted))

    def leave_alone(self, opted_out: OptedOut) -> None:
        """Over to the workbench."""
        self.call(lambda: setattr(self._kit.bench, "opted_out", opted_out))

    def is_idle(self) -> bool:
        """Nothing held, under way or waiting to be written."""
        kit = self._kit
        return not (kit.bench.sites or self._arriving or kit.claimed or len(kit.sink) or self.writing())

    def no_work_left(self) -> None:
        """All rounds are done."""
        self.call(self._idle)

    # -- from the writer and the heartbeat -------------------------------------------------------

    def site_lost(self, site: HeldSite) -> None:
        """At once for the writer, soon for the workbench."""
        site.lost = True
        self.call(lambda: self._kit.bench.lose(site))

    def site_crawled(self, site: HeldSite) -> None:
        """Over to the workbench."""
        self.call(lambda: self._kit.bench.forget(site))

    def probes_stored(self, orders: Sequence[ProbeOrder]) -> None:
        """They need no heartbeat any more."""
        self._kit.claimed.difference_update(orders)

    def room_made(self) -> None:
        """Whoever waited because the sink was full may go on."""
        self.call(self._kit.bench.wake)

    def writer_failed(self) -> None:
        """Without a writer nothing may go on."""
        self.call(self._failed)

    def held_sites(self) -> list[HeldSite]:
        """Copy of all sites under lease."""
        return [*self._kit.bench.sites.copy().values(), *self._arriving.copy().values()]

    def held_probes(self) -> list[ProbeOrder]:
        """Copy of all claimed probes."""
        return list(self._kit.claimed.copy())

    def _room(self, most: int) -> int:
        return most - len(self._kit.bench.sites) - len(self._arriving) if self._kit.sink.has_room else 0

    def _adopt(self, site: HeldSite) -> None:
        self._kit.bench.adopt(site)
        self._arriving.pop(site.key, None)

    def call(self, action: Callable[[], None]) -> None:
        """Run on the event loop, soon."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)
