"""What the workflows need of the outside. Adapters live in ``store``; ``store.memory`` is the plain one.

All methods are synchronous and may raise :class:`inspection.errors.StoreUnavailable`. A ``get`` raises
:class:`inspection.errors.NotFound`; a method named ``find`` returns None instead. Iterators are lazy
and need not be stable against concurrent writes. Writes are durable when the method returns and safe to repeat.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec

from inspection.bulletin.document import Document
from inspection.findings import Finding
from inspection.observation import LinkSeen, PageSeen, ProbeSeen, RenderSeen, ScreenshotSeen
from inspection.observation.history import ItemRecord
from inspection.observation.host import HostSeen
from inspection.observation.reference import ReferenceArticle
from inspection.observation.site import DEFAULT_VANTAGE
from inspection.rectification.recheck import Errand
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.registry.crawl_window import PlaceWindow
from inspection.registry.opt_out import OptOut
from inspection.review import Review
from inspection.sampling import ForcedClosing, Round, RoundKind, RoundState, SampleMember
from inspection.scoring import Scorecard, Verdict
from inspection.standard import EditionLibrary
from inspection.statistics import Dimension, PassRate

ALL_KINDS: Final = tuple(RoundKind)
LISTED_KINDS: Final = (RoundKind.SAMPLE, RoundKind.RECHECK)
"""Rounds that lists show unless told otherwise: those of the daily monitoring are many and no inspections."""


class Clock(Protocol):
    """The present, as a parameter."""

    def now(self) -> datetime:
        """Aware time in UTC."""
        ...


class SiteFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions on sites, joined by "and"; None or empty = any. ``region`` is a prefix of 2, 4 or 6 digits."""

    region: str = ""
    category: SiteCategory | None = None
    status: SiteStatus | None = None
    text: str = ""


class SiteChange(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded change of a site: ``before`` is None when it was added."""

    code: str
    at: datetime
    source: str
    before: Site | None
    after: Site


class ImportCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What an upsert did."""

    added: int
    changed: int
    unchanged: int

    def __add__(self, other: "ImportCounts") -> "ImportCounts":
        """Of both together."""
        return ImportCounts(
            added=self.added + other.added,
            changed=self.changed + other.changed,
            unchanged=self.unchanged + other.unchanged,
        )


class SiteRepository(Protocol):
    """The registry."""

    def get(self, code: str) -> Site: ...

    def find(self, code: str) -> Site | None: ...

    def upsert(self, sites: Sequence[Site], *, at: datetime, source: str, dry_run: bool = False) -> ImportCounts:
        """Add or replace sites by code; each real change is appended to the history. Idempotent.

        One batch: callers with many sites order them by code and pass some thousand at a time.
        """
        ...

    def history(self, code: str) -> list[SiteChange]:
        """Changes of one site, oldest first; empty if there is no such site."""
        ...

    def all(self) -> Iterator[Site]:
        """Every site, by ascending code."""
        ...

    def all_at(self, moment: datetime) -> Iterator[Site]:
        """Every site that was registered at a moment, as it was then, by ascending code; by the history."""
        ...

    def page(self, where: SiteFilter, *, after: str = "", limit: int = 50) -> list[Site]:
        """Up to ``limit`` sites with code greater than ``after``, by ascending code."""
        ...

    def many(self, codes: Sequence[str]) -> dict[str, Site]:
        """The sites of these codes; unknown codes are absent."""
        ...


class RoundRepository(Protocol):
    """Rounds, their samples and the registry frames they were drawn from."""

    def add(self, round_: Round, members: Sequence[SampleMember], frame: Sequence[tuple[str, str]]) -> None:
        """Store a drawn round, its sample and its frame of (site code, row digest). Conflict if the id exists."""
        ...

    def get(self, round_id: str) -> Round: ...

    def page(
        self, *, office: str = "", kinds: Collection[RoundKind] = ALL_KINDS, after: str = "", limit: int = 50
    ) -> list[Round]:
        """Rounds of these kinds by ascending id; with ``office`` those that it owns."""
        ...

    def move(self, round_id: str, *, to: RoundState, at: datetime, forced: ForcedClosing | None = None) -> Round:
        """Advance the state; Conflict unless drawn -> open -> closed (same state: unchanged).

        ``forced`` goes on record with the closing.
        """
        ...

    def members(self, round_id: str) -> list[SampleMember]:
        """The sample by ascending site code."""
        ...

    def frame(self, round_id: str) -> list[tuple[str, str]]:
        """(site code, row digest) of the registry at the draw, by ascending code."""
        ...


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """One site in one round: how far it is, and its scorecard once judged.

    ``site`` is the registry row as it was when the round was opened. ``id`` is ``<round>:<code>``. ``links_left``
    counts, page by page, the addresses left unchecked since the site refers to more than a crawl looks at. ``errand``:
    in a recheck, all that is looked at; None: the site as a whole.
    """

    round_id: str
    site: Site
    stratum: str
    errand: Errand | None = None
    crawl_finished_at: datetime | None = None
    probes_stored: int = 0
    pages_stored: int = 0
    links_stored: int = 0
    links_left: int = 0
    judged_at: datetime | None = None
    scorecard: Scorecard | None = None

    @property
    def id(self) -> str:
        """``<round>:<code>``."""
        return f"{self.round_id}:{self.site.code}"


class InspectionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions on inspections, joined by "and"."""

    round_id: str = ""
    site_code: str = ""
    region: str = ""
    category: SiteCategory | None = None
    verdict: Verdict | None = None


class VerdictRow(msgspec.Struct, frozen=True, kw_only=True):
    """The part of an inspection that tallies need; ``verdict`` is None while it is not judged."""

    code: str
    region: str
    category: SiteCategory
    stratum: str
    crawl_finished: bool
    verdict: Verdict | None


class InspectionRepository(Protocol):
    """State, findings and scorecard of each site in each round."""

    def open(self, inspections: Sequence[Inspection]) -> None:
        """Create those that do not exist yet; existing ones stay as they are."""
        ...

    def get(self, round_id: str, code: str) -> Inspection: ...

    def of_round(self, round_id: str) -> Iterator[Inspection]:
        """All of a round, by ascending site code."""
        ...

    def verdicts(self, round_id: str) -> Iterator[VerdictRow]:
        """A light projection of :meth:`of_round`, in the same order."""
        ...

    def page(self, where: InspectionFilter, *, after: str = "", limit: int = 50) -> list[Inspection]:
        """By ascending inspection id, those after ``after``."""
        ...

    def crawl_finished(self, round_id: str, code: str, *, at: datetime) -> None:
        """Mark that crawl, link checks and probes of the site are complete."""
        ...

    def save_judgement(
        self, round_id: str, code: str, scorecard: Scorecard, findings: Sequence[Finding], *, at: datetime
    ) -> None:
        """Replace the findings and the scorecard of one inspection; the verdict of the round."""
        ...

    def save_rejudgement(
        self, round_id: str, code: str, scorecard: Scorecard, findings: Sequence[Finding], *, at: datetime
    ) -> None:
        """Keep a judgement under another edition beside the round's own; replaces one under the same edition."""
        ...

    def scorecards(self, round_id: str, edition: str) -> dict[str, Scorecard]:
        """Scorecards under one edition by site code, the round's own or those of a re-judgement."""
        ...

    def findings_to_review(
        self, round_id: str, indicators: Collection[str], *, after: str = "", limit: int = 100
    ) -> list[tuple[str, Finding]]:
        """(site code, finding) of a round that wait for a person under one of the indicators, by code and id.

        The findings are those under the round's own edition. ``after`` is ``<code>:<finding id>`` of the last one.
        """
        ...

    def established(self, round_id: str, verdict: Verdict) -> Iterator[tuple[str, frozenset[str]]]:
        """(site code, indicators with an established finding) of the sites with a verdict, by ascending code.

        Under the round's own edition; a light read, as :meth:`verdicts` is.
        """
        ...

    def findings(
        self, round_id: str, code: str, *, edition: str = "", indicator: str = "", after: str = "", limit: int = 1000
    ) -> list[Finding]:
        """Findings by ascending id; ``edition`` empty = that of the latest judgement."""
        ...


class ReferenceRepository(Protocol):
    """The reference list of articles that sites are to repost."""

    def add(self, articles: Sequence[ReferenceArticle]) -> int:
        """Add those whose address is not known yet; returns how many were new."""
        ...

    def between(self, first: datetime, last: datetime) -> list[ReferenceArticle]:
        """Published within the period (both ends included), by time."""
        ...


class ItemHistoryRepository(Protocol):
    """What sites have shown over the rounds; only ever added to, so that what was first seen stays."""

    def add(self, records: Sequence[ItemRecord]) -> int:
        """Add those whose site, address and digest are not known together yet; returns how many were new."""
        ...

    def matching(
        self, code: str, *, before: datetime, urls: Collection[str], digests: Collection[str]
    ) -> list[ItemRecord]:
        """Records of a site remembered before a moment that have one of the addresses or digests.

        By address and digest; an empty digest matches nothing.
        """
        ...


class OptOutRepository(Protocol):
    """Sites that are not to be visited. Those that are over stay on record."""

    def add(self, opt_out: OptOut) -> None:
        """Put on record. Identity: site, ``since``."""
        ...

    def end(self, code: str, *, at: datetime) -> int:
        """End those of a site that are in force; returns how many."""
        ...

    def of_site(self, code: str) -> list[OptOut]:
        """Of one site, oldest first."""
        ...

    def in_force(self, now: datetime) -> Sequence[OptOut]:
        """Those in force at a moment, by ascending code."""
        ...


class CrawlWindowRepository(Protocol):
    """Hours in which sites, or the sites of a region, may be crawled."""

    def put(self, window: PlaceWindow) -> None:
        """Set the window of a place; one that it had before is forgotten."""
        ...

    def remove(self, place: str) -> bool:
        """Take the window of a place away; returns whether it had one."""
        ...

    def all(self) -> Sequence[PlaceWindow]:
        """Those that are set, by ascending place."""
        ...


class ReviewRepository(Protocol):
    """Decisions of reviewers; only ever added."""

    def add(self, review: Review) -> None:
        """Keep a decision. Identity: round, site, finding, person, time."""
        ...

    def of_inspection(self, round_id: str, code: str) -> list[Review]:
        """Of one site in one round, oldest first."""
        ...

    def page(self, round_id: str, *, after: str = "", limit: int = 1000) -> list[Review]:
        """Of a round by ascending :attr:`Review.key`, those after ``after``."""
        ...


class SiteFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What has been seen of one site since the last time."""

    round_id: str
    code: str
    probes: Sequence[ProbeSeen] = ()
    pages: Sequence[PageSeen] = ()
    links: Sequence[LinkSeen] = ()
    renders: Sequence[RenderSeen] = ()
    hosts: Sequence[HostSeen] = ()


class ObservationRepository(Protocol):
    """Append-only facts; writing the same fact twice stores it once."""

    def add(self, seen: Sequence[SiteFacts]) -> None:
        """Facts of several sites, in as few writes as may be. Identities as in the methods for each kind."""
        ...

    def add_probes(self, round_id: str, code: str, probes: Sequence[ProbeSeen]) -> None:
        """Identity: round, site, vantage, sequence."""
        ...

    def add_pages(self, round_id: str, code: str, pages: Sequence[PageSeen]) -> None:
        """Identity: round, site, url."""
        ...

    def add_links(self, round_id: str, code: str, links: Sequence[LinkSeen]) -> None:
        """Identity: round, site, url."""
        ...

    def add_renders(self, round_id: str, code: str, renders: Sequence[RenderSeen]) -> None:
        """Identity: round, site, url."""
        ...

    def add_screenshots(self, round_id: str, code: str, screenshots: Sequence[ScreenshotSeen]) -> None:
        """Identity: round, site, url."""
        ...

    def add_hosts(self, round_id: str, code: str, hosts: Sequence[HostSeen]) -> None:
        """Identity: round, site, host."""
        ...

    def hosts(self, round_id: str, code: str) -> list[HostSeen]:
        """By ascending host."""
        ...

    def renders(self, round_id: str, code: str) -> list[RenderSeen]:
        """By ascending url."""
        ...

    def screenshots(self, round_id: str, code: str) -> list[ScreenshotSeen]:
        """By ascending url."""
        ...

    def probes(self, round_id: str, code: str) -> list[ProbeSeen]:
        """By sequence."""
        ...

    def pages(self, round_id: str, code: str, *, after: str = "", limit: int = 10_000) -> list[PageSeen]:
        """By ascending url."""
        ...

    def links(self, round_id: str, code: str, *, after: str = "", limit: int = 100_000) -> list[LinkSeen]:
        """By ascending url."""
        ...

    def counts(self, round_id: str, code: str) -> tuple[int, int, int]:
        """Numbers of stored probes, pages and links."""
        ...


class JudgingStores(Protocol):
    """What judging sites reads and writes; processes pass their stores whole."""

    @property
    def editions(self) -> EditionLibrary: ...

    @property
    def rounds(self) -> RoundRepository: ...

    @property
    def inspections(self) -> InspectionRepository: ...

    @property
    def observations(self) -> ObservationRepository: ...

    @property
    def history(self) -> ItemHistoryRepository: ...

    @property
    def reviews(self) -> ReviewRepository: ...

    @property
    def references(self) -> ReferenceRepository: ...

    @property
    def opt_outs(self) -> OptOutRepository: ...


class PassRateRepository(Protocol):
    """Rolled-up pass rates of rounds."""

    def replace(self, round_id: str, rates: Sequence[PassRate]) -> None:
        """Put these in the place of all stored rates of the round; whoever reads meanwhile misses none of either."""
        ...

    def page(
        self,
        round_id: str,
        *,
        dimension: Dimension | None = None,
        key_prefix: str = "",
        after: str = "",
        limit: int = 50,
    ) -> list[PassRate]:
        """By ascending ``<dimension>:<key>``, those after ``after``."""
        ...

    def many(self, round_id: str, sort_keys: Sequence[str]) -> dict[str, PassRate]:
        """The rates of these groups by :attr:`PassRate.sort_key`; groups without one are absent."""
        ...


class SnapshotStore(Protocol):
    """Content-addressed page bodies, deduplicated and zstd-compressed."""

    def put(self, bodies: Iterable[bytes]) -> list[str]:
        """Store bodies; returns the SHA-256 (hex) of each, in order."""
        ...

    def get(self, digest: str) -> bytes: ...


class PhotoOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A page to be photographed for one site.

    ``body`` is the stored page to be shown, None where it is to be asked for again; ``scripts`` is False where the body
    is a document whose scripts have run already. ``tries`` counts earlier tries.
    """

    code: str
    url: str
    body: bytes | None = None
    snapshot: str | None = None
    content_type: str = ""
    scripts: bool = True
    tries: int = 0


class Photo(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an order: a JPEG, or None where none could be taken; ``detail`` says what was wrong.

    ``stored``: it shows the stored page, not what the site answers now.
    """

    taken_at: datetime
    image: bytes | None
    detail: str = ""
    stored: bool = False


class Photographer(Protocol):
    """Takes pictures of pages in a browser."""

    def photograph(self, orders: Iterable[PhotoOrder]) -> Iterator[tuple[PhotoOrder, Photo]]:
        """A photo for each order, in any order, as they are taken. Orders are read as they are needed."""
        ...


class BulletinRenderer(Protocol):
    """Makes a file of a bulletin."""

    @property
    def format(self) -> str:
        """Ending of the file's name, without a dot: docx, html, pdf."""
        ...

    def render(self, document: Document) -> bytes:
        """The whole file. :class:`RuleBroken` where the means to make it are missing, saying which."""
        ...


class WorkOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What the workers need to inspect one site in one round.

    ``home_only``: nothing but the home page is read, and no link on it is checked. ``address_budget``: so many
    addresses are looked at in all, pages and links; None: in proportion to the pages. ``region`` (six digits) is the
    site's, whose crawl window it may have. ``addresses``: besides the home page nothing but these is looked at; empty:
    whatever is found. Orders with a ``priority`` above 0 are taken before all others.
    """

    round_id: str
    code: str
    url: str
    page_budget: int
    address_budget: int | None = None
    probe_count: int
    probe_span_s: float
    vantages: tuple[str, ...] = (DEFAULT_VANTAGE,)
    priority: int = 0
    home_only: bool = False
    region: str = ""
    addresses: tuple[str, ...] = ()


class RoundProgress(msgspec.Struct, frozen=True, kw_only=True):
    """Live counters of a round's work."""

    queued: int
    leased: int
    done: int
    requests_queued: int
    requests_in_flight: int
    probes_due: int
    probes_due_by_vantage: dict[str, int] = {}


class StaleWork(msgspec.Struct, frozen=True, kw_only=True):
    """Work of a round whose lease ran out and that no worker has taken over."""

    round_id: str
    sites: int
    probes: int


class WorkQueue(Protocol):
    """The leased work queue in Redis, as seen by those who put work in and read progress."""

    def submit(self, orders: Sequence[WorkOrder]) -> int:
        """Queue orders that are neither queued, leased nor done; returns how many were new. Idempotent."""
        ...

    def resubmit(self, orders: Sequence[WorkOrder]) -> int:
        """Queue orders whose completion was lost (done in Redis but not finished in MongoDB)."""
        ...

    def progress(self, round_id: str) -> RoundProgress: ...

    def stale(self, *, over_s: float) -> list[StaleWork]:
        """Rounds with work whose lease ran out more than ``over_s`` seconds ago, by id."""
        ...

    def drop_round(self, round_id: str) -> None:
        """Free all keys of a closed round."""
        ...
