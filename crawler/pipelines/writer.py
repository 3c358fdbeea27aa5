"""The writer thread: first MongoDB, then Redis. What is acknowledged in Redis is stored in MongoDB.

Every step may be repeated without harm, so a store that is down only delays: the writer tries again, with
growing pauses and one log line, while the sink fills and the worker stops starting requests.
"""

import logging
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import ParamSpec, Protocol, TypeVar

import msgspec

from crawler.frontier.held_site import HeldSite
from crawler.frontier.link_targets import LinkTargets, encode_target
from crawler.frontier.outage import Outage
from crawler.pipelines.sink import ProbeEntry, Sink, SiteEntry
from crawler.spiders.tasks import Task
from inspection.errors import Conflict, NotFound, StoreUnavailable
from inspection.observation import LinkSeen, PageSeen, ProbeSeen, RenderSeen
from inspection.observation.host import HostSeen
from inspection.ports import Clock, InspectionRepository, ObservationRepository, SiteFacts, SnapshotStore
from store.redis.frontier import RedisFrontier, Step
from store.redis.frontier_targets import RedisLinkTargets
from store.redis.probe_queue import ProbeOrder, RedisProbeQueue

logger = logging.getLogger(__name__)

_BATCH = 2000
_KINDS = ("probes", "pages", "links", "renders", "hosts")
_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class Facts(Protocol):
    """The stores that facts go to."""

    @property
    def observations(self) -> ObservationRepository: ...

    @property
    def snapshots(self) -> SnapshotStore: ...

    @property
    def inspections(self) -> InspectionRepository: ...


class WriterEvents(Protocol):
    """Who wants to know what became of what was written; called from the writer's thread."""

    def site_lost(self, site: HeldSite) -> None:
        """Another worker has the site."""
        ...

    def site_crawled(self, site: HeldSite) -> None:
        """The crawl of the site is complete and stored."""
        ...

    def probes_stored(self, orders: Sequence[ProbeOrder]) -> None:
        """The probes are stored and acknowledged."""
        ...

    def writer_failed(self) -> None:
        """The writer has ended by an error of ours."""
        ...

    def room_made(self) -> None:
        """The sink is emptier than before."""
        ...


class Writer(threading.Thread):
    """Empties the sink until :meth:`finish` is called and it is empty, or patience is over."""

    def __init__(
        self,
        *,
        sink: Sink,
        facts: Facts,
        frontier: RedisFrontier,
        probes: RedisProbeQueue,
        shared: RedisLinkTargets,
        targets: LinkTargets,
        events: WriterEvents,
        clock: Clock,
        flush_every_s: float,
        flush_probes_every_s: float,
    ) -> None:
        super().__init__(name="writer", daemon=True)
        self._sink = sink
        self._facts = facts
        self._frontier = frontier
        self._probes = probes
        self._shared = shared
        self._targets = targets
        self._events = events
        self._clock = clock
        self._flush_every_s = flush_every_s
        self._flush_probes_every_s = flush_probes_every_s
        self._finishing = threading.Event()
        self._impatient = threading.Event()
        self._outage = Outage(logger, "写入")
        self._probes_waiting: list[ProbeEntry] = []
        self._probes_due_at = float("-inf")
        self._writing = False

    def run(self) -> None:
        """Write batches; the pause between them lets many answers share one round trip."""
        try:
            self._write_batches()
        except StoreUnavailable:
            return  # patience is over; who called finish says so
        except Exception:
            logger.exception("写入线程出错，进程将退出")
            self._events.writer_failed()

    def _write_batches(self) -> None:
        while not self._impatient.is_set():
            self._writing = True
            last = self._finishing.is_set()
            batch = self._sink.take(_BATCH)
            if batch or self._probes_waiting:
                self._write(batch)
                self._sink.written()
                del batch  # its bodies would stay until there is another
                self._events.room_made()
            elif last:
                return
            self._writing = False
            self._finishing.wait(self._flush_every_s)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being written or held back; what is in the sink is another matter."""
        return not self._writing and not self._probes_waiting

    def finish(self, patience_s: float) -> bool:
        """Write what is left, for at most ``patience_s``; returns whether all of it is stored."""
        self._finishing.set()
        self.join(patience_s)
        self._impatient.set()
        return not self.is_alive()

    def mark_complete(self, round_id: str) -> None:
        """Mark the sites done that are complete: MongoDB first. May be called by any thread and worker."""
        codes = self._frontier.complete(round_id)
        for code in codes:
            try:
                self._facts.inspections.crawl_finished(round_id, code, at=self._clock.now())
            except NotFound:
                logger.warning("轮次 %s 中没有网站 %s 的检查记录，不再处理", round_id, code)
        if codes:
            self._frontier.finish(round_id, codes)

    # -- one batch -------------------------------------------------------------------------------

    def _write(self, batch: Sequence[SiteEntry | ProbeEntry]) -> None:
        """Facts first, then what they acknowledge."""
        # By lease, not by site: the same site may be here twice, lost and leased again.
        by_lease: dict[HeldSite, list[SiteEntry]] = defaultdict(list)
        for entry in batch:
            if isinstance(entry, ProbeEntry):
                self._probes_waiting.append(entry)
            elif not entry.site.lost:
                by_lease[entry.site].append(entry)
        snapshots = self._snapshots([entry for entries in by_lease.values() for entry in entries])
        self._store_facts([_facts_of(site, entries, snapshots) for site, entries in by_lease.items()])
        complete = {site.key[0] for site, entries in by_lease.items() if self._settle(site, entries)}
        complete |= self._write_probes()
        for round_id in sorted(complete):
            self._insist(self.mark_complete, round_id)
        self._share_targets()

    def _snapshots(self, entries: Iterable[SiteEntry]) -> dict[int, str]:
        """Store the bodies; digest by identity of the harvest."""
        with_body = [entry.harvest for entry in entries if entry.harvest.body]
        if not with_body:
            return {}
        digests = self._insist(self._facts.snapshots.put, [harvest.body for harvest in with_body])
        return {id(harvest): digest for harvest, digest in zip(with_body, digests, strict=True)}

    def _store_facts(self, facts: Sequence[SiteFacts]) -> None:
        """All sites' together. Where the store refuses that, piece by piece: no site may take others' facts along."""
        try:
            self._insist(self._facts.observations.add, facts)
        except StoreUnavailable:
            raise
        except Exception:
            for piece in _pieces(facts):
                self._store_piece(piece)

    def _write_probes(self) -> set[str]:
        """Now and then, since a series brings one probe at a time; returns the rounds that have sites complete now."""
        now = time.monotonic()
        if not self._probes_waiting or (now < self._probes_due_at and not self._finishing.is_set()):
            return set()
        self._probes_due_at = now + self._flush_probes_every_s
        entries, self._probes_waiting = self._probes_waiting, []
        by_site: dict[tuple[str, str], list[ProbeSeen]] = defaultdict(list)
        for entry in entries:
            by_site[entry.order.order.round_id, entry.order.order.code].append(entry.seen)
        self._store_facts([SiteFacts(round_id=id_, code=code, probes=seen) for (id_, code), seen in by_site.items()])
        return self._acknowledge(entries)

    def _settle(self, site: HeldSite, entries: Sequence[SiteEntry]) -> bool:
        """Acknowledge a site's requests and queue those that follow; returns whether the site is complete with it."""
        site.step += 1
        step = merged_step(site, entries)
        try:
            balance = self._insist(self._frontier.settle, site.lease, step)
            if balance.left:
                return False
            complete = self._insist(self._frontier.crawled, site.lease, balance)
        except Conflict:
            logger.info("网站 %s 已由其他进程接手", site.key[1])
            self._events.site_lost(site)
            return False
        self._events.site_crawled(site)
        return bool(complete)

    def _acknowledge(self, entries: Iterable[ProbeEntry]) -> set[str]:
        """Acknowledge probes; returns the rounds that have sites complete with them."""
        by_round: dict[str, list[ProbeOrder]] = defaultdict(list)
        for entry in entries:
            by_round[entry.order.order.round_id].append(entry.order)
        complete = set()
        for round_id, orders in by_round.items():
            if self._insist(self._probes.stored, round_id, orders):
                complete.add(round_id)
            self._events.probes_stored(orders)
        return complete

    def _share_targets(self) -> None:
        by_round: dict[str, dict[bytes, bytes]] = defaultdict(dict)
        while self._targets.results:
            round_id, seen = self._targets.results.popleft()
            mark, text = encode_target(seen)
            by_round[round_id][mark] = text
        for round_id, checks in by_round.items():
            self._insist(self._shared.put, round_id, checks)

    def _store_piece(self, piece: SiteFacts) -> None:
        """Store facts of one kind. Facts that the store refuses are logged and given up: no site may stop a round."""
        try:
            self._insist(self._facts.observations.add, [piece])
        except StoreUnavailable:
            raise
        except Exception:
            logger.exception(
                "网站 %s 的 %d 条记录无法保存，已放弃", piece.code, sum(len(getattr(piece, kind)) for kind in _KINDS)
            )

    def _insist(
        self, action: Callable[_Arguments, _Result], *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> _Result:
        """Repeat until the store answers. Raises what the store answers, and StoreUnavailable once impatient."""
        while True:
            try:
                result = action(*args, **kwargs)
            except StoreUnavailable as error:
                if self._impatient.is_set():
                    raise
                self._outage.wait(error, self._impatient)
            else:
                self._outage.over()
                return result


def _facts_of(site: HeldSite, entries: Iterable[SiteEntry], snapshots: Mapping[int, str]) -> SiteFacts:
    """What the entries brought, with the digests of bodies by identity of the harvest."""
    pages: list[PageSeen] = []
    renders: list[RenderSeen] = []
    links: list[LinkSeen] = []
    hosts: list[HostSeen] = []
    for harvest in (entry.harvest for entry in entries):
        if harvest.page is not None:
            pages.append(msgspec.structs.replace(harvest.page, snapshot=snapshots.get(id(harvest))))
        if harvest.render is not None:
            renders.append(msgspec.structs.replace(harvest.render, snapshot=snapshots.get(id(harvest))))
        links += harvest.links
        if harvest.host is not None:
            hosts.append(harvest.host)
    round_id, code = site.key
    return SiteFacts(round_id=round_id, code=code, pages=pages, links=links, renders=renders, hosts=hosts)


def _pieces(facts: Iterable[SiteFacts]) -> Iterator[SiteFacts]:
    """The same facts, those of one site and kind each."""
    for each in facts:
        for kind in _KINDS:
            seen = getattr(each, kind)
            if seen:
                yield SiteFacts(round_id=each.round_id, code=each.code, **{kind: seen})


def merged_step(site: HeldSite, entries: Sequence[SiteEntry]) -> Step:
    """Several harvests of one site as one step; requests that came and went in between never reach Redis."""
    changes: dict[str, Task | None] = {}
    seen: list[bytes] = []
    memo = b""
    given_up = Counter(entry.harvest.given_up for entry in entries if entry.harvest.given_up)
    for entry in entries:
        changes.update(entry.harvest.changes)
        seen += entry.harvest.seen
        memo = entry.harvest.memo or memo
    over = [key for key, task in changes.items() if task is None]
    added = {key: msgspec.json.encode(task) for key, task in changes.items() if task is not None}
    stored = [key for key in over if key in site.known]
    site.known.difference_update(stored)
    site.known.update(added)
    return Step(
        number=site.step,
        added=added,
        stored=stored,
        seen=b"".join(seen),
        memo=memo,
        passed=len(over) - len(stored),
        given_up=given_up,
    )
