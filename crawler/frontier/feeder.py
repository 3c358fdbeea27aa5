"""The feeder thread: brings leased sites, due probes and known link targets from Redis to the event loop."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

import msgspec

from crawler.frontier.held_site import HeldSite
from crawler.frontier.outage import Outage
from crawler.frontier.site_hours import SiteHours
from crawler.frontier.target_lookup import TargetLookup
from crawler.frontier.turns import Turns
from crawler.spiders.site_crawl import Retries, SiteCrawl
from crawler.spiders.tasks import Task
from inspection.errors import Conflict, NotFound, StoreUnavailable
from inspection.ports import RoundRepository
from inspection.registry.opt_out import OptedOut
from store.redis.brake import RedisBrake
from store.redis.frontier import Lease, RedisFrontier
from store.redis.probe_queue import ProbeOrder, RedisProbeQueue

logger = logging.getLogger(__name__)

_BUSY_PAUSE_S = 0.05
_IDLE_PAUSE_S = 0.25
_BUSY_FOR_S = 2.0
_SWEEP_EVERY_S = 3.0
_LEASES_AT_ONCE = 8
_LOOK_AROUND_EVERY_S = 0.5


class Intake(Protocol):
    """Where the feeder brings what it found. Called from its thread; must not block."""

    def site_room(self) -> int:
        """How many more sites may be leased."""
        ...

    def probe_room(self) -> int:
        """How many more probes may be made at the same time."""
        ...

    def add_site(self, site: HeldSite) -> None:
        """A site was leased."""
        ...

    def add_probes(self, probes: Sequence[ProbeOrder]) -> None:
        """Probes were claimed."""
        ...

    def brake(self, halted: bool) -> None:
        """The operators have halted all crawling, or let it go on."""
        ...

    def rest(self, resting: bool) -> None:
        """Bulk crawling is outside its hours, or inside again."""
        ...

    def urgent_room(self) -> int:
        """How many more sites of urgent orders may be leased."""
        ...

    def leave_alone(self, opted_out: OptedOut) -> None:
        """These sites must not be asked from now on."""
        ...

    def held_sites(self) -> list[HeldSite]:
        """All sites under lease."""
        ...

    def site_lost(self, site: HeldSite) -> None:
        """The lease of a site is over."""
        ...

    def is_idle(self) -> bool:
        """Whether nothing is held, under way or waiting to be written."""
        ...

    def no_work_left(self) -> None:
        """All rounds are done."""
        ...


class Feeder(threading.Thread):
    """Feeds until stopped. ``rounds`` names the rounds to serve, ``opted_out`` the sites to be left alone.

    Both are asked now and then, from this thread.
    """

    def __init__(
        self,
        *,
        rounds: Callable[[], Sequence[str]],
        opted_out: Callable[[], OptedOut],
        repository: RoundRepository,
        frontier: RedisFrontier,
        probes: RedisProbeQueue,
        lookup: TargetLookup,
        brake: RedisBrake,
        turns: Turns,
        is_open: Callable[[], bool],
        hours: SiteHours,
        intake: Intake,
        mark_complete: Callable[[str], None],
        retries: Retries,
        render_budget: int,
        lease_s: float,
    ) -> None:
        super().__init__(name="feeder", daemon=True)
        self._rounds = rounds
        self._opted_out = opted_out
        self._left_alone = OptedOut()
        self._repository = repository
        self._frontier = frontier
        self._probes = probes
        self._lookup = lookup
        self._brake = brake
        self._turns = turns
        self._halted = False
        self._is_open = is_open
        self._hours = hours
        self._resting = False
        self._looked_at = float("-inf")
        self._intake = intake
        self._mark_complete = mark_complete
        self._retries = retries
        self._render_budget = render_budget
        self._lease_s = lease_s
        self._as_of: dict[str, date] = {}
        self._unknown: set[str] = set()
        self._served: Sequence[str] = ()
        self._swept_at = float("-inf")
        self._away_at = float("-inf")
        self._busy_at = float("-inf")
        self._stopping = threading.Event()
        self._outage = Outage(logger, "取任务")

    def run(self) -> None:
        """Feed; short pauses while there is much to bring, longer ones otherwise."""
        while not self._stopping.is_set():
            try:
                found = self._feed()
            except StoreUnavailable as error:
                self._away_at = time.monotonic()
                self._outage.wait(error, self._stopping)
            else:
                self._outage.over()
                self._stopping.wait(self._pause_s(found))

    def stop(self) -> None:
        """Lease and claim nothing any more."""
        self._stopping.set()

    def give_all_back(self) -> None:
        """Once it has stopped, so that others need not wait for what we have claimed."""
        self._turns.give_all_back()
        self._lookup.give_all_back()

    def _pause_s(self, found: int) -> float:
        """Short for a while after something was found: more of the same is about to become due."""
        now = time.monotonic()
        if found:
            self._busy_at = now
        return _BUSY_PAUSE_S if now - self._busy_at < _BUSY_FOR_S else _IDLE_PAUSE_S

    @property
    def _may_take_over(self) -> bool:
        """Not soon after an outage: the holders of leases that ran out meanwhile come back too, and renew them."""
        return time.monotonic() - self._away_at > self._lease_s

    def _feed(self) -> int:
        self._look_around()
        self._sweep()
        found = self._lookup.look(take_over=self._may_take_over) + self._turns.take()
        if self._halted:
            return found
        for round_id in self._served:
            found += self._claim_probes(round_id) + self._lease_sites(round_id)
        return found

    def _sweep(self) -> None:
        """Now and then: which rounds there are, and which sites are complete but were not marked so (a worker died)."""
        now = time.monotonic()
        if now - self._swept_at < _SWEEP_EVERY_S:
            return
        self._swept_at = now
        self._heed_opt_outs()
        self._served = [round_id for round_id in self._rounds() if self._knows(round_id)]
        self._hours.look(self._served)
        for round_id in self._served:
            self._mark_complete(round_id)
        if self._intake.is_idle() and not any(self._frontier.has_work(round_id) for round_id in self._served):
            self._intake.no_work_left()

    def _heed_opt_outs(self) -> None:
        """Sites that are held and have opted out are given back: whoever leases them next leaves them alone."""
        found, before = self._opted_out(), self._left_alone
        if found == before:
            return
        self._left_alone = found
        self._intake.leave_alone(found)
        for site in self._intake.held_sites():
            round_id, code = site.key
            if code in found and code not in before and not site.lost:
                logger.info("网站 %s 已退出检查，停止抓取", code)
                self._intake.site_lost(site)
                self._frontier.release(round_id, [site.lease])

    def _keep_hours(self) -> None:
        resting = not self._is_open()
        if resting != self._resting:
            self._resting = resting
            logger.info("不在集中抓取时段，只处理探测和紧急任务" if resting else "进入集中抓取时段")
            self._intake.rest(resting)

    def _look_around(self) -> None:
        """Now and then: whether operators, or the hour, let us go on."""
        now = time.monotonic()
        if now - self._looked_at < _LOOK_AROUND_EVERY_S:
            return
        self._looked_at = now
        self._keep_hours()
        self._heed_brake()

    def _heed_brake(self) -> None:
        brake = self._brake.find()
        if self._halted == (brake is not None):
            return
        self._halted = brake is not None
        if brake is None:
            logger.warning("全局暂停已解除，继续抓取")
        else:
            logger.warning("全局暂停中（%s），不再发出请求；用 xuncha frontier resume 恢复", brake.reason)
        self._intake.brake(self._halted)

    def _knows(self, round_id: str) -> bool:
        if round_id not in self._as_of:
            try:
                self._as_of[round_id] = self._repository.get(round_id).as_of
            except NotFound:
                if round_id not in self._unknown:
                    logger.warning("队列中的轮次 %s 在数据库中不存在，已跳过", round_id)
                self._unknown.add(round_id)
                return False
        return True

    def _claim_probes(self, round_id: str) -> int:
        room = self._intake.probe_room()
        if room <= 0:
            return 0
        claimed = self._probes.claim(round_id, limit=room, lease_s=self._lease_s, take_over=self._may_take_over)
        if claimed:
            self._intake.add_probes(claimed)
        return len(claimed)

    def _lease_sites(self, round_id: str) -> int:
        room = 0 if self._resting else min(_LEASES_AT_ONCE, self._intake.site_room())
        leases = self._lease(round_id, room, urgent=False) if room > 0 else []
        urgent_room = min(_LEASES_AT_ONCE, self._intake.urgent_room()) - len(leases)
        if room <= 0 and urgent_room > 0:
            leases = self._lease(round_id, urgent_room, urgent=True)
        for lease in self._hours.admit(round_id, leases):
            try:
                self._intake.add_site(self._opened(lease))
            except Conflict:
                logger.info("网站 %s 已由其他进程接手", lease.order.code)
        return len(leases)

    def _lease(self, round_id: str, room: int, *, urgent: bool) -> list[Lease]:
        return self._frontier.lease(
            round_id, limit=room, lease_s=self._lease_s, take_over=self._may_take_over, urgent_only=urgent
        )

    def _opened(self, lease: Lease) -> HeldSite:
        work = self._frontier.open(lease)
        tasks = [msgspec.json.decode(text, type=Task) for text in work.tasks.values()]
        crawl = SiteCrawl(
            lease.order,
            retries=self._retries,
            tasks=tasks,
            seen=work.seen,
            memo=work.memo,
            render_budget=self._render_budget,
        )
        return HeldSite(lease, crawl, as_of=self._as_of[lease.order.round_id], known=set(work.tasks))
