"""All ports in plain dictionaries: for tests and for commands that keep nothing."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Generic, Self, TypeVar

import msgspec

from inspection.accountability import Accountability
from inspection.bulletin.bulletin import Bulletin
from inspection.checks import CHECK_PARAMS
from inspection.errors import Conflict, NotFound
from inspection.findings import Finding, ReviewStatus
from inspection.findings.finding import established_indicators
from inspection.linkage import Account, Carried
from inspection.messages import Message, RecheckRequest, Sender
from inspection.monitoring import EarlyWarning, KeySite
from inspection.monthly import LateList, MonthlyReport
from inspection.observation import LinkSeen, PageFacts, PageSeen, ProbeSeen, RenderSeen, ScreenshotSeen
from inspection.observation.history import ItemRecord
from inspection.observation.host import HostSeen
from inspection.observation.packing import unpack
from inspection.observation.reference import ReferenceArticle
from inspection.observation.render import with_renders
from inspection.offices import Office
from inspection.ports import (
    ALL_KINDS,
    ImportCounts,
    Inspection,
    InspectionFilter,
    RoundProgress,
    SiteChange,
    SiteFacts,
    SiteFilter,
    StaleWork,
    VerdictRow,
    WorkOrder,
)
from inspection.records import Record
from inspection.rectification import RectificationCase
from inspection.registry import Site
from inspection.registry.crawl_window import PlaceWindow
from inspection.registry.opt_out import OptOut
from inspection.reminders import Reminder
from inspection.reporting import ReportedResult, ReportedRound, SelfCheck, VerificationDraw
from inspection.review import Review
from inspection.sampling import ForcedClosing, Round, RoundKind, RoundState, SampleMember
from inspection.scoring import Scorecard, Verdict
from inspection.special import SpecialCheck
from inspection.standard import EditionLibrary
from inspection.statistics import Dimension, PassRate
from inspection.statistics.series import SeriesEntry
from inspection.supervision import load_rules
from inspection.timetable import JobRun, JobState, PlannedOpening

T = TypeVar("T")
R = TypeVar("R", bound=Record)
P = TypeVar("P", bound=msgspec.Struct)
_NEXT = {RoundState.DRAWN: RoundState.OPEN, RoundState.OPEN: RoundState.CLOSED}


def moved(round_: Round, to: RoundState, at: datetime, forced: ForcedClosing | None = None) -> Round:
    """The round in its next state; Conflict unless drawn -> open -> closed. The same state changes nothing."""
    if round_.state is to:
        return round_
    if _NEXT.get(round_.state) is not to:
        raise Conflict(f"轮次 {round_.id} 当前为 {round_.state}，不能变为 {to}")
    field = {RoundState.OPEN: "opened_at", RoundState.CLOSED: "closed_at"}[to]
    return msgspec.structs.replace(round_, state=to, forced=forced, **{field: at})


def _after(rows: Iterable[T], key: Any, after: str, limit: int) -> list[T]:
    return sorted((row for row in rows if key(row) > after), key=key)[:limit]


class MemorySites:
    """Port ``SiteRepository``."""

    def __init__(self) -> None:
        self._sites: dict[str, Site] = {}
        self._history: dict[str, list[SiteChange]] = defaultdict(list)

    def get(self, code: str) -> Site:
        """One site."""
        site = self.find(code)
        if site is None:
            raise NotFound(f"登记中没有标识码为 {code} 的网站")
        return site

    def find(self, code: str) -> Site | None:
        """One site or None."""
        return self._sites.get(code)

    def upsert(self, sites: Sequence[Site], *, at: datetime, source: str, dry_run: bool = False) -> ImportCounts:
        """Add or replace by code; each real change goes into the history."""
        added = changed = 0
        for site in sites:
            before = self._sites.get(site.code)
            if before == site:
                continue
            added += before is None
            changed += before is not None
            if not dry_run:
                self._sites[site.code] = site
                change = SiteChange(code=site.code, at=at, source=source, before=before, after=site)
                self._history[site.code].append(change)
        return ImportCounts(added=added, changed=changed, unchanged=len(sites) - added - changed)

    def history(self, code: str) -> list[SiteChange]:
        """Changes, oldest first."""
        return list(self._history.get(code, ()))

    def all(self) -> Iterator[Site]:
        """Every site by code."""
        return iter([self._sites[code] for code in sorted(self._sites)])

    def all_at(self, moment: datetime) -> Iterator[Site]:
        """Every site as its last change until then left it."""
        for code in sorted(self._sites):
            until = [change.after for change in self._history[code] if change.at <= moment]
            yield from until[-1:]

    def page(self, where: SiteFilter, *, after: str = "", limit: int = 50) -> list[Site]:
        """Sites after a code."""
        return _after((s for s in self._sites.values() if _matches(s, where)), attrgetter("code"), after, limit)

    def many(self, codes: Sequence[str]) -> dict[str, Site]:
        """Those that exist."""
        return {code: self._sites[code] for code in codes if code in self._sites}


def _matches(site: Site, where: SiteFilter) -> bool:
    return (
        site.region.startswith(where.region)
        and where.category in (None, site.category)
        and where.status in (None, site.status)
        and (not where.text or where.text in site.name or where.text in site.url or where.text in site.code)
    )


class MemoryRounds:
    """Port ``RoundRepository``."""

    def __init__(self) -> None:
        self._rounds: dict[str, Round] = {}
        self._members: dict[str, list[SampleMember]] = {}
        self._frames: dict[str, list[tuple[str, str]]] = {}

    def add(self, round_: Round, members: Sequence[SampleMember], frame: Sequence[tuple[str, str]]) -> None:
        """A new round."""
        if round_.id in self._rounds:
            raise Conflict(f"轮次 {round_.id} 已存在，请换一个编号")
        self._rounds[round_.id] = round_
        self._members[round_.id] = sorted(members, key=attrgetter("code"))
        self._frames[round_.id] = sorted(frame)

    def get(self, round_id: str) -> Round:
        """One round."""
        if round_id not in self._rounds:
            raise NotFound(f"没有编号为 {round_id} 的轮次")
        return self._rounds[round_id]

    def page(
        self, *, office: str = "", kinds: Collection[RoundKind] = ALL_KINDS, after: str = "", limit: int = 50
    ) -> list[Round]:
        """Rounds after an id."""
        owned = (round_ for round_ in self._rounds.values() if not office or round_.office == office)
        return _after((each for each in owned if each.kind in kinds), attrgetter("id"), after, limit)

    def move(self, round_id: str, *, to: RoundState, at: datetime, forced: ForcedClosing | None = None) -> Round:
        """Advance the state."""
        self._rounds[round_id] = moved(self.get(round_id), to, at, forced)
        return self._rounds[round_id]

    def members(self, round_id: str) -> list[SampleMember]:
        """The sample."""
        self.get(round_id)
        return list(self._members[round_id])

    def frame(self, round_id: str) -> list[tuple[str, str]]:
        """The frame."""
        self.get(round_id)
        return list(self._frames[round_id])


class MemoryInspections:
    """Port ``InspectionRepository``. Counts of stored facts come from the observations beside it."""

    def __init__(self, observations: "MemoryObservations") -> None:
        self._inspections: dict[str, Inspection] = {}
        self._findings: dict[tuple[str, str], list[Finding]] = {}
        self._rejudged: dict[tuple[str, str], dict[str, Scorecard]] = defaultdict(dict)
        self._observations = observations

    def open(self, inspections: Sequence[Inspection]) -> None:
        """Create those that do not exist."""
        for inspection in inspections:
            self._inspections.setdefault(inspection.id, inspection)

    def get(self, round_id: str, code: str) -> Inspection:
        """One inspection with its counts."""
        inspection = self._inspections.get(f"{round_id}:{code}")
        if inspection is None:
            raise NotFound(f"轮次 {round_id} 没有抽中标识码为 {code} 的网站")
        return self._counted(inspection)

    def _counted(self, inspection: Inspection) -> Inspection:
        probes, pages, links = self._observations.counts(inspection.round_id, inspection.site.code)
        left = self._observations.links_left(inspection.round_id, inspection.site.code)
        return msgspec.structs.replace(
            inspection, probes_stored=probes, pages_stored=pages, links_stored=links, links_left=left
        )

    def of_round(self, round_id: str) -> Iterator[Inspection]:
        """All of a round by code."""
        rows = [row for row in self._inspections.values() if row.round_id == round_id]
        return iter(sorted(rows, key=attrgetter("id")))

    def verdicts(self, round_id: str) -> Iterator[VerdictRow]:
        """The light projection."""
        return (verdict_row(inspection) for inspection in self.of_round(round_id))

    def page(self, where: InspectionFilter, *, after: str = "", limit: int = 50) -> list[Inspection]:
        """Inspections after an id."""
        rows = (row for row in self._inspections.values() if _inspection_matches(row, where))
        return [self._counted(row) for row in _after(rows, attrgetter("id"), after, limit)]

    def crawl_finished(self, round_id: str, code: str, *, at: datetime) -> None:
        """Mark the crawl complete."""
        inspection = self.get(round_id, code)
        self._inspections[inspection.id] = msgspec.structs.replace(inspection, crawl_finished_at=at)

    def save_judgement(
        self, round_id: str, code: str, scorecard: Scorecard, findings: Sequence[Finding], *, at: datetime
    ) -> None:
        """Replace findings and scorecard."""
        inspection = self.get(round_id, code)
        self._inspections[inspection.id] = msgspec.structs.replace(inspection, scorecard=scorecard, judged_at=at)
        self._findings[inspection.id, scorecard.edition] = list(findings)

    def save_rejudgement(
        self, round_id: str, code: str, scorecard: Scorecard, findings: Sequence[Finding], *, at: datetime
    ) -> None:
        """Keep beside the round's own."""
        del at  # nothing asks for it
        inspection = self.get(round_id, code)
        self._rejudged[round_id, scorecard.edition][code] = scorecard
        self._findings[inspection.id, scorecard.edition] = list(findings)

    def scorecards(self, round_id: str, edition: str) -> dict[str, Scorecard]:
        """By site code."""
        own = {row.site.code: row.scorecard for row in self.of_round(round_id) if row.scorecard is not None}
        return {
            **self._rejudged[round_id, edition],
            **{code: card for code, card in own.items() if card.edition == edition},
        }

    def findings_to_review(
        self, round_id: str, indicators: Collection[str], *, after: str = "", limit: int = 100
    ) -> list[tuple[str, Finding]]:
        """By code and id."""
        waiting = [
            (row.site.code, finding)
            for row in self.of_round(round_id)
            if row.scorecard is not None
            for finding in self._findings[row.id, row.scorecard.edition]
            if finding.review is ReviewStatus.PENDING and finding.indicator in indicators
        ]
        return _after(waiting, lambda pair: f"{pair[0]}:{pair[1].id}", after, limit)

    def established(self, round_id: str, verdict: Verdict) -> Iterator[tuple[str, frozenset[str]]]:
        """From the findings."""
        for row in self.of_round(round_id):
            if row.scorecard is not None and row.scorecard.verdict is verdict:
                yield row.site.code, established_indicators(self._findings.get((row.id, row.scorecard.edition), ()))

    def findings(
        self, round_id: str, code: str, *, edition: str = "", indicator: str = "", after: str = "", limit: int = 1000
    ) -> list[Finding]:
        """Findings after an id."""
        inspection = self.get(round_id, code)
        if not edition and inspection.scorecard is None:
            return []
        key = (inspection.id, edition or (inspection.scorecard.edition if inspection.scorecard else ""))
        rows = (row for row in self._findings.get(key, ()) if not indicator or row.indicator == indicator)
        return _after(rows, attrgetter("id"), after, limit)

    def evidence(self, round_id: str, code: str) -> set[str]:
        """Digests that findings of a site refer to, under any edition."""
        kept = [rows for (of, _), rows in self._findings.items() if of == f"{round_id}:{code}"]
        return {each.snapshot for rows in kept for row in rows for each in row.evidence if each.snapshot}


def verdict_row(inspection: Inspection) -> VerdictRow:
    """The part of an inspection that tallies need."""
    return VerdictRow(
        code=inspection.site.code,
        region=inspection.site.region,
        category=inspection.site.category,
        stratum=inspection.stratum,
        crawl_finished=inspection.crawl_finished_at is not None,
        verdict=inspection.scorecard.verdict if inspection.scorecard else None,
    )


def _inspection_matches(row: Inspection, where: InspectionFilter) -> bool:
    verdict = row.scorecard.verdict if row.scorecard else None
    return (
        where.round_id in ("", row.round_id)
        and where.site_code in ("", row.site.code)
        and row.site.region.startswith(where.region)
        and where.category in (None, row.site.category)
        and where.verdict in (None, verdict)
    )


class MemoryReferences:
    """Port ``ReferenceRepository``."""

    def __init__(self) -> None:
        self._articles: dict[str, ReferenceArticle] = {}

    def add(self, articles: Sequence[ReferenceArticle]) -> int:
        """Those not known yet."""
        before = len(self._articles)
        for article in articles:
            self._articles.setdefault(article.url, article)
        return len(self._articles) - before

    def between(self, first: datetime, last: datetime) -> list[ReferenceArticle]:
        """By time."""
        found = (article for article in self._articles.values() if first <= article.published_at <= last)
        return sorted(found, key=attrgetter("published_at"))


class MemoryItemHistory:
    """Port ``ItemHistoryRepository``."""

    def __init__(self) -> None:
        self._records: dict[str, dict[tuple[str, str], ItemRecord]] = defaultdict(dict)

    def add(self, records: Sequence[ItemRecord]) -> int:
        """Those not known yet."""
        before = sum(map(len, self._records.values()))
        for record in records:
            self._records[record.code].setdefault((record.url, record.digest), record)
        return sum(map(len, self._records.values())) - before

    def matching(
        self, code: str, *, before: datetime, urls: Collection[str], digests: Collection[str]
    ) -> list[ItemRecord]:
        """By address and digest."""
        known = sorted(self._records[code].values(), key=attrgetter("url", "digest"))
        return [each for each in known if each.remembered_at < before and each.matches(urls, digests)]


class MemoryOptOuts:
    """Port ``OptOutRepository``."""

    def __init__(self) -> None:
        self._opt_outs: dict[tuple[str, datetime], OptOut] = {}

    def add(self, opt_out: OptOut) -> None:
        """Put on record."""
        self._opt_outs.setdefault((opt_out.code, opt_out.since), opt_out)

    def end(self, code: str, *, at: datetime) -> int:
        """End those of a site that are in force."""
        ending = {key: each for key, each in self._opt_outs.items() if each.code == code and each.is_in_force(at)}
        self._opt_outs.update({key: msgspec.structs.replace(each, until=at) for key, each in ending.items()})
        return len(ending)

    def of_site(self, code: str) -> list[OptOut]:
        """Oldest first."""
        return sorted((each for each in self._opt_outs.values() if each.code == code), key=attrgetter("since"))

    def in_force(self, now: datetime) -> list[OptOut]:
        """By code."""
        return sorted((each for each in self._opt_outs.values() if each.is_in_force(now)), key=attrgetter("code"))


class MemoryCrawlWindows:
    """Port ``CrawlWindowRepository``."""

    def __init__(self) -> None:
        self._windows: dict[str, PlaceWindow] = {}

    def put(self, window: PlaceWindow) -> None:
        """One per place."""
        self._windows[window.place] = window

    def remove(self, place: str) -> bool:
        """Forget it."""
        return self._windows.pop(place, None) is not None

    def all(self) -> list[PlaceWindow]:
        """By place."""
        return sorted(self._windows.values(), key=attrgetter("place"))


class MemoryReviews:
    """Port ``ReviewRepository``."""

    def __init__(self) -> None:
        self._reviews: dict[tuple[str, str], Review] = {}

    def add(self, review: Review) -> None:
        """Keep a decision."""
        self._reviews.setdefault((review.round_id, review.key), review)

    def of_inspection(self, round_id: str, code: str) -> list[Review]:
        """Oldest first."""
        found = (row for row in self._reviews.values() if (row.round_id, row.code) == (round_id, code))
        return sorted(found, key=attrgetter("at", "key"))

    def page(self, round_id: str, *, after: str = "", limit: int = 1000) -> list[Review]:
        """By key."""
        return _after(
            (row for row in self._reviews.values() if row.round_id == round_id), attrgetter("key"), after, limit
        )


def _unpacked(page: PageSeen) -> PageSeen:
    if not page.packed:
        return page
    return msgspec.structs.replace(page, facts=unpack(page.packed, PageFacts), packed=b"")


class MemoryObservations:
    """Port ``ObservationRepository``."""

    def __init__(self) -> None:
        self._probes: dict[tuple[str, str], dict[tuple[str, int], ProbeSeen]] = defaultdict(dict)
        self._pages: dict[tuple[str, str], dict[str, PageSeen]] = defaultdict(dict)
        self._links: dict[tuple[str, str], dict[str, LinkSeen]] = defaultdict(dict)
        self._renders: dict[tuple[str, str], dict[str, RenderSeen]] = defaultdict(dict)
        self._hosts: dict[tuple[str, str], dict[str, HostSeen]] = defaultdict(dict)
        self._screenshots: dict[tuple[str, str], dict[str, ScreenshotSeen]] = defaultdict(dict)

    def add(self, seen: Sequence[SiteFacts]) -> None:
        """Kind by kind."""
        for facts in seen:
            self.add_probes(facts.round_id, facts.code, facts.probes)
            self.add_pages(facts.round_id, facts.code, facts.pages)
            self.add_links(facts.round_id, facts.code, facts.links)
            self.add_renders(facts.round_id, facts.code, facts.renders)
            self.add_hosts(facts.round_id, facts.code, facts.hosts)

    def add_probes(self, round_id: str, code: str, probes: Sequence[ProbeSeen]) -> None:
        """Each probe once."""
        for probe in probes:
            self._probes[round_id, code].setdefault((probe.vantage, probe.sequence), probe)

    def add_pages(self, round_id: str, code: str, pages: Sequence[PageSeen]) -> None:
        """Each page once."""
        for page in pages:
            self._pages[round_id, code].setdefault(page.url, _unpacked(page))

    def add_links(self, round_id: str, code: str, links: Sequence[LinkSeen]) -> None:
        """Each target once."""
        for link in links:
            self._links[round_id, code].setdefault(link.url, link)

    def add_renders(self, round_id: str, code: str, renders: Sequence[RenderSeen]) -> None:
        """Each page once."""
        for render in renders:
            self._renders[round_id, code].setdefault(render.url, render)

    def add_screenshots(self, round_id: str, code: str, screenshots: Sequence[ScreenshotSeen]) -> None:
        """Each address once; a picture, or a later try, takes the place of a record without one."""
        kept = self._screenshots[round_id, code]
        for screenshot in screenshots:
            if kept.setdefault(screenshot.url, screenshot).image is None:
                kept[screenshot.url] = screenshot

    def add_hosts(self, round_id: str, code: str, hosts: Sequence[HostSeen]) -> None:
        """Each host once."""
        for host in hosts:
            self._hosts[round_id, code].setdefault(host.host, host)

    def hosts(self, round_id: str, code: str) -> list[HostSeen]:
        """By host."""
        return sorted(self._hosts[round_id, code].values(), key=attrgetter("host"))

    def renders(self, round_id: str, code: str) -> list[RenderSeen]:
        """By url."""
        return sorted(self._renders[round_id, code].values(), key=attrgetter("url"))

    def screenshots(self, round_id: str, code: str) -> list[ScreenshotSeen]:
        """By url."""
        return sorted(self._screenshots[round_id, code].values(), key=attrgetter("url"))

    def probes(self, round_id: str, code: str) -> list[ProbeSeen]:
        """By sequence."""
        return sorted(self._probes[round_id, code].values(), key=attrgetter("sequence", "vantage"))

    def pages(self, round_id: str, code: str, *, after: str = "", limit: int = 10_000) -> list[PageSeen]:
        """By url."""
        return _after(self._pages[round_id, code].values(), attrgetter("url"), after, limit)

    def links(self, round_id: str, code: str, *, after: str = "", limit: int = 100_000) -> list[LinkSeen]:
        """By url."""
        return _after(self._links[round_id, code].values(), attrgetter("url"), after, limit)

    def counts(self, round_id: str, code: str) -> tuple[int, int, int]:
        """Numbers stored."""
        key = (round_id, code)
        return len(self._probes[key]), len(self._pages[key]), len(self._links[key])

    def links_left(self, round_id: str, code: str) -> int:
        """Addresses left unchecked, page by page."""
        pages, renders = self._pages[round_id, code], self._renders[round_id, code]
        return sum(page.links_left for page in with_renders(pages.values(), renders.values()))

    def shown(self) -> Iterator[tuple[str, str, str]]:
        """(round, site, digest of the body) of each page and rendering that has one."""
        for kind in (self._pages, self._renders):
            for (round_id, code), rows in kind.items():
                yield from ((round_id, code, row.snapshot) for row in rows.values() if row.snapshot)

    def drop_probes(self, round_id: str, *, dry_run: bool) -> int:
        """Remove those of a round."""
        keys = [key for key in self._probes if key[0] == round_id]
        found = sum(len(self._probes[key]) for key in keys)
        for key in [] if dry_run else keys:
            del self._probes[key]
        return found


class MemorySnapshots:
    """Port ``SnapshotStore``."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self.doomed: dict[str, datetime] = {}
        """Bodies that retention removes unless they are put again."""

    def put(self, bodies: Iterable[bytes]) -> list[str]:
        """Store bodies; their digests."""
        digests = []
        for body in bodies:
            digest = hashlib.sha256(body).hexdigest()
            self._bodies[digest] = body
            self.doomed.pop(digest, None)
            digests.append(digest)
        return digests

    def get(self, digest: str) -> bytes:
        """One body."""
        if digest not in self._bodies:
            raise NotFound(f"没有摘要为 {digest} 的快照")
        return self._bodies[digest]

    def drop(self, digests: Sequence[str], *, at: datetime, dry_run: bool) -> int:
        """Remove what was marked a day ago, mark the rest."""
        known = [digest for digest in digests if digest in self._bodies]
        if dry_run:
            return len(known)
        over = [digest for digest in known if self.doomed.get(digest, at) <= at - timedelta(days=1)]
        for digest in known:
            self.doomed.setdefault(digest, at)
        for digest in over:
            del self._bodies[digest], self.doomed[digest]
        return len(over)


class MemoryDetails:
    """Port ``DetailRepository``, over the other stores."""

    def __init__(
        self, observations: MemoryObservations, inspections: MemoryInspections, snapshots: MemorySnapshots
    ) -> None:
        self._observations = observations
        self._inspections = inspections
        self._snapshots = snapshots

    def snapshots_of(self, round_id: str, *, after: str = "") -> tuple[list[str], str]:
        """All at once."""
        del after
        return sorted({digest for of, _, digest in self._observations.shown() if of == round_id}), ""

    def needed(self, digests: Sequence[str], *, expired: Collection[str]) -> set[str]:
        """By the pages that show them."""
        shown = {row for row in self._observations.shown() if row[2] in digests}
        young = {digest for round_id, _, digest in shown if round_id not in expired}
        return young | {digest for of, code, digest in shown if digest in self._inspections.evidence(of, code)}

    def drop_snapshots(self, digests: Sequence[str], *, at: datetime, dry_run: bool) -> int:
        """Those whose mark has stood for a day."""
        return self._snapshots.drop(digests, at=at, dry_run=dry_run)

    def drop_probes(self, round_id: str, *, dry_run: bool) -> int:
        """All of the round."""
        return self._observations.drop_probes(round_id, dry_run=dry_run)


class MemoryPassRates:
    """Port ``PassRateRepository``."""

    def __init__(self) -> None:
        self._rates: dict[str, list[PassRate]] = {}

    def replace(self, round_id: str, rates: Sequence[PassRate]) -> None:
        """Put in the place of all."""
        self._rates[round_id] = list(rates)

    def page(
        self,
        round_id: str,
        *,
        dimension: Dimension | None = None,
        key_prefix: str = "",
        after: str = "",
        limit: int = 50,
    ) -> list[PassRate]:
        """Rates after ``<dimension>:<key>``."""
        rows = (
            rate
            for rate in self._rates.get(round_id, ())
            if dimension in (None, rate.dimension) and rate.key.startswith(key_prefix)
        )
        return _after(rows, lambda rate: rate.sort_key, after, limit)

    def many(self, round_id: str, sort_keys: Sequence[str]) -> dict[str, PassRate]:
        """By sort key."""
        wanted = set(sort_keys)
        return {rate.sort_key: rate for rate in self._rates.get(round_id, ()) if rate.sort_key in wanted}


class MemoryWorkQueue:
    """Port ``WorkQueue``: orders wait until somebody takes them with :meth:`take`."""

    def __init__(self) -> None:
        self.queued: dict[tuple[str, str], WorkOrder] = {}
        self.done: set[tuple[str, str]] = set()

    def submit(self, orders: Sequence[WorkOrder]) -> int:
        """Queue the new ones."""
        new = [o for o in orders if (o.round_id, o.code) not in self.queued and (o.round_id, o.code) not in self.done]
        self.queued.update({(order.round_id, order.code): order for order in new})
        return len(new)

    def resubmit(self, orders: Sequence[WorkOrder]) -> int:
        """Queue again what counted as done."""
        self.done -= {(order.round_id, order.code) for order in orders}
        return self.submit(orders)

    def take(self) -> WorkOrder | None:
        """Take one order as done."""
        if not self.queued:
            return None
        key = min(self.queued, key=lambda k: (-self.queued[k].priority, k))
        self.done.add(key)
        return self.queued.pop(key)

    def progress(self, round_id: str) -> RoundProgress:
        """Counts of this round."""
        queued = sum(key[0] == round_id for key in self.queued)
        done = sum(key[0] == round_id for key in self.done)
        return RoundProgress(queued=queued, leased=0, done=done, requests_queued=0, requests_in_flight=0, probes_due=0)

    def stale(self, *, over_s: float) -> list[StaleWork]:
        """None: here nothing is leased."""
        del over_s
        return []

    def drop_round(self, round_id: str) -> None:
        """Forget the round."""
        self.queued = {key: order for key, order in self.queued.items() if key[0] != round_id}
        self.done = {key for key in self.done if key[0] != round_id}


class MemoryRecords(Generic[R]):
    """Port ``RecordRepository``."""

    def __init__(self) -> None:
        self._records: dict[str, R] = {}

    def add(self, records: Sequence[R]) -> int:
        """Those that are new."""
        new = {record.id: record for record in reversed(records) if record.id not in self._records}
        self._records |= new
        return len(new)

    def find(self, id_: str) -> R | None:
        """One record or None."""
        return self._records.get(id_)

    def replace(self, record: R) -> None:
        """Only in the place of the revision before."""
        stored = self._records.get(record.id)
        if stored == record:
            return
        if stored is None or stored.revision != record.revision - 1:
            raise Conflict(f"{record.id} 已被他人修改，请重新读取后再试")
        self._records[record.id] = record

    def page(self, where: Mapping[str, str] = {}, *, after: str = "", limit: int = 50) -> list[R]:
        """By id."""
        return _after(self._matching(where), attrgetter("id"), after, limit)

    def parts(self, part: type[P], where: Mapping[str, str] = {}) -> Iterator[P]:
        """By attribute."""
        for record in self._matching(where):
            yield msgspec.convert(record, part, from_attributes=True)

    def count(self, where: Mapping[str, str] = {}) -> int:
        """How many there are."""
        return len(self._matching(where))

    def _matching(self, where: Mapping[str, str]) -> list[R]:
        conditions = {name: value for name, value in where.items() if value != ""}
        region = conditions.pop("region", "")
        return [
            record
            for record in self._records.values()
            if record.region.startswith(region)
            and all(getattr(record, name) == value for name, value in conditions.items())
        ]


class MemoryStores:
    """All ports over memory and the shipped editions; a context manager like :class:`store.stores.Stores`."""

    def __init__(self) -> None:
        self.editions = EditionLibrary(CHECK_PARAMS)
        self.sites = MemorySites()
        self.rounds = MemoryRounds()
        self.observations = MemoryObservations()
        self.reviews = MemoryReviews()
        self.references = MemoryReferences()
        self.opt_outs = MemoryOptOuts()
        self.crawl_windows = MemoryCrawlWindows()
        self.history = MemoryItemHistory()
        self.inspections = MemoryInspections(self.observations)
        self.snapshots = MemorySnapshots()
        self.pass_rates = MemoryPassRates()
        self.offices = MemoryRecords[Office]()
        self.bulletins = MemoryRecords[Bulletin]()
        self.cases = MemoryRecords[RectificationCase]()
        self.key_sites = MemoryRecords[KeySite]()
        self.series_points = MemoryRecords[SeriesEntry]()
        self.messages = MemoryRecords[Message]()
        self.message_senders = MemoryRecords[Sender]()
        self.recheck_requests = MemoryRecords[RecheckRequest]()
        self.accounts = MemoryRecords[Account]()
        self.carried = MemoryRecords[Carried]()
        self.accountability = MemoryRecords[Accountability]()
        self.monthly_reports = MemoryRecords[MonthlyReport]()
        self.late_lists = MemoryRecords[LateList]()
        self.rules = load_rules()
        self.job_states = MemoryRecords[JobState]()
        self.job_runs = MemoryRecords[JobRun]()
        self.early_warnings = MemoryRecords[EarlyWarning]()
        self.reminders = MemoryRecords[Reminder]()
        self.planned_openings = MemoryRecords[PlannedOpening]()
        self.details = MemoryDetails(self.observations, self.inspections, self.snapshots)
        self.reports = MemoryRecords[ReportedRound]()
        self.reported_results = MemoryRecords[ReportedResult]()
        self.verifications = MemoryRecords[VerificationDraw]()
        self.self_checks = MemoryRecords[SelfCheck]()
        self.special_checks = MemoryRecords[SpecialCheck]()
        self.queue = MemoryWorkQueue()

    def ping(self) -> None:
        """Memory is always reachable."""

    def close(self) -> None:
        """Nothing to close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
