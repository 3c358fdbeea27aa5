"""The leased sites of a worker and the requests that they wait for. Lives on the event loop; makes no store call."""

from collections.abc import Callable

import msgspec

from crawler.frontier.held_site import HeldSite, Job
from crawler.frontier.host_queues import HostQueues, Lane
from crawler.frontier.link_targets import LinkTargets
from crawler.frontier.platforms import Platform
from crawler.pipelines.sink import Sink
from crawler.spiders.tasks import OPTED_OUT, Harvest, Task, TaskKind
from inspection.observation import LinkSeen
from inspection.registry.address import host_of
from inspection.registry.opt_out import OptedOut

_LANES = {TaskKind.PAGE: Lane.PAGES, TaskKind.RENDER: Lane.RENDERS}


class Workbench:
    """Hands out the next requests of all held sites and takes in what their answers brought."""

    def __init__(
        self,
        *,
        queues: HostQueues[tuple[HeldSite, Task]],
        sink: Sink,
        targets: LinkTargets,
        call_later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self.sites: dict[tuple[str, str], HeldSite] = {}
        self.opted_out = OptedOut()
        """Sites to be left alone: those leased from now on are given up, request by request."""
        self.counts = {"pages": 0, "renders": 0, "links": 0, "probes": 0, "sites": 0}
        self._queues = queues
        self._sink = sink
        self._targets = targets
        self._call_later = call_later
        self._alarm_set = False
        self._waking = self._woken = False
        self._wakers: list[Callable[[], None]] = []
        self._stopped = False
        self._halted = False
        self._resting = False

    def on_work(self, wake: Callable[[], None]) -> None:
        """Have ``wake`` called whenever a lane may have something new to give."""
        self._wakers.append(wake)

    def adopt(self, site: HeldSite) -> None:
        """Start, or go on with, the crawl of a site just leased."""
        before = self.sites.get(site.key)
        if before is not None:
            self.lose(before)
        self.sites[site.key] = site
        self._take(site, site.crawl.begin())

    def lose(self, site: HeldSite) -> None:
        """Another worker has the site: forget it. Requests under way end without effect."""
        site.lost = True
        if self.sites.get(site.key) is site:
            del self.sites[site.key]

    def forget(self, site: HeldSite) -> None:
        """The crawl of the site is complete and stored."""
        if self.sites.pop(site.key, None) is not None:
            self.counts["sites"] += 1

    def next(self, lane: Lane) -> Job | None:
        """The next request to make in a lane, None while there is none or the writer is behind.

        For every job :meth:`answered` must be called when its host is free again, and then one of
        :meth:`done`, :meth:`checked`, :meth:`fail` and :meth:`cancel`.
        """
        while not self._stopped and not self._halted and self._sink.has_room:
            popped = self._queues.pop(lane, urgent_only=self._resting)
            if popped is None:
                self._set_alarm()
                return None
            host, (site, task) = popped
            if not site.lost:
                site.flight += 1
                return Job(site=site, task=task, host=host)
            self._queues.release(host)
            self._let_another_check(site, task)
        return None

    def answered(self, job: Job) -> None:
        """The host has answered, or will not: it may take another request while the answer is being read."""
        self._queues.release(job.host)
        self.wake()

    def done(self, job: Job, harvest: Harvest) -> None:
        """What the answer brought."""
        self.cancel(job)
        if not job.site.lost:
            self.counts["pages"] += harvest.page is not None
            self.counts["renders"] += harvest.render is not None
            self._take(job.site, harvest)

    def checked(self, job: Job, seen: LinkSeen) -> None:
        """The link is checked; other sites that wait for the same target get the result too."""
        if not job.task.internal:
            for site, task in self._targets.settle(job.site.key[0], seen):
                self._take_link(site, task, seen)
        self.counts["links"] += 1
        self.done(job, job.site.crawl.link_checked(job.task, seen))

    def fail(self, job: Job, reason: str) -> None:
        """The request ended without a result, for a reason of ours (a name in English): the crawl goes on."""
        self._let_another_check(job.site, job.task)
        self.done(job, job.site.crawl.gave_up(job.task, reason))

    def cancel(self, job: Job) -> None:
        """The request ends without effect; it stays on the frontier in Redis for whoever leases the site next."""
        job.site.flight -= 1

    def put_back(self, job: Job) -> None:
        """The request was not made after all: it waits again."""
        self.cancel(job)
        self._queue(job.site, job.task)
        self.answered(job)

    def target_known(self, site: HeldSite, task: Task, seen: LinkSeen | None) -> None:
        """Answer to a question to the shared link targets: a result of another worker; None: this one is to check."""
        if seen is None:
            self._queue(site, task)
            self.wake()
            return
        self._take_link(site, task, seen)
        for other, waiting in self._targets.learn(site.key[0], seen):
            self._take_link(other, waiting, seen)

    def stop(self) -> None:
        """Hand out nothing any more."""
        self._stopped = True

    def placed(self, host: str) -> None:
        """It is known which machine a host lives on."""
        self._queues.placed(host)
        self.wake()

    def granted(self, platform: Platform) -> None:
        """This worker may ask a machine now."""
        self._queues.granted(platform)
        self.wake()

    def joined(self, part: Platform, whole: Platform) -> None:
        """A machine has turned out to be part of another."""
        self._queues.joined(part, whole)
        self.wake()

    def rest(self, resting: bool) -> None:
        """Hand out requests of urgent orders only, outside the hours of bulk crawling."""
        self._resting = resting
        if not resting:
            self.wake()

    def brake(self, halted: bool) -> None:
        """Hand out nothing until told to go on; what is under way ends in its own time."""
        self._halted = halted
        if not halted:
            self.wake()

    @property
    def in_flight(self) -> int:
        """Requests being made."""
        return sum(site.flight for site in self.sites.values())

    def waiting(self, lane: Lane) -> int:
        """Requests queued in a lane."""
        return self._queues.waiting(lane)

    def wake(self) -> None:
        """Tell the lanes that there may be something new to give; while they are being told, once more after that."""
        self._woken = True
        if self._waking:
            return
        self._waking = True
        try:
            while self._woken:
                self._woken = False
                for wake in self._wakers:
                    wake()
        finally:
            self._waking = False

    def _set_alarm(self) -> None:
        """Have the lanes woken when the next request that is held back becomes ready."""
        due_s = None if self._alarm_set else self._queues.next_due_s()
        if due_s is not None:
            self._alarm_set = True
            self._call_later(due_s + 0.001, self._ring)

    def _ring(self) -> None:
        self._alarm_set = False
        self.wake()

    def _take(self, site: HeldSite, harvest: Harvest) -> None:
        self._sink.put(site, harvest)
        if self.opted_out and site.key[1] in self.opted_out:
            self._leave_alone(site, harvest)
            return
        for task in harvest.now:
            if task.kind is TaskKind.LINK and not task.internal and host_of(task.url):
                self._ask(site, task)
            else:
                self._queue(site, task)
        for task, pause_s in harvest.later:
            self._queue(site, task, pause_s)
        self.wake()

    def _leave_alone(self, site: HeldSite, harvest: Harvest) -> None:
        """Give up what would be asked; where that brings more in (candidates), that too."""
        for task in [*harvest.now, *(task for task, _ in harvest.later)]:
            self._take(site, site.crawl.gave_up(task, OPTED_OUT))
        self.wake()

    def _let_another_check(self, site: HeldSite, task: Task) -> None:
        if not task.internal:
            instead = self._targets.abandon(site.key[0], task.url)
            if instead is not None:
                self._queue(*instead)

    def _ask(self, site: HeldSite, task: Task) -> None:
        seen = self._targets.ask(site, task)
        if seen is not None:
            self._take_link(site, task, seen)

    def _take_link(self, site: HeldSite, task: Task, seen: LinkSeen) -> None:
        if not site.lost:
            assert task.source is not None  # a link is always referred to
            own = msgspec.structs.replace(seen, source=task.source, internal=False)
            self._take(site, site.crawl.link_checked(task, own))

    def _queue(self, site: HeldSite, task: Task, pause_s: float = 0.0) -> None:
        lane = _LANES.get(task.kind, Lane.LINKS)
        urgent = site.lease.order.priority > 0
        host = host_of(task.url)
        self._queues.push(lane, host, (site, task), rank=task.rank, urgent=urgent, delay_s=pause_s)
