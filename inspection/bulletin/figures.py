"""The numbers that a bulletin prints, gathered from rounds and records; any part may be absent.

Shares lie in 0..1, changes are in percentage points. Nothing here is a constant: each number is counted or estimated
from what is stored, and the consistency guard (:mod:`inspection.statistics.guard`) looks at it before it is printed.
"""

from datetime import date

import msgspec

from inspection.offices import OfficeLevel
from inspection.registry import SiteCategory


class ClassCount(msgspec.Struct, frozen=True, kw_only=True):
    """Running sites of one class."""

    category: SiteCategory
    sites: int


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Change of a share on the last period, in points. ``significant`` is None where that cannot be said.

    ``statement`` is the Chinese sentence that says what may be said of it.
    """

    points: float
    significant: bool | None
    statement: str = ""


class SampleFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A round, or several reported ones together: ``sampled = passed + failed + not_determined + closed``.

    ``share_of_running`` is sampled over running sites; ``full`` are the names of the groups of which every decided
    site passed; ``units`` counts the offices that reported (0 for a round of one's own). ``verified`` is the statement
    of the verification sampling, empty where there was none or its bound did not hold. ``weights`` are the least and
    the greatest sampling weight of the decided sites, None where all weigh the same and the rate is their quotient.
    """

    round_id: str
    sampled: int
    passed: int
    failed: int
    not_determined: int = 0
    closed: int = 0
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    weights: tuple[float, float] | None = None
    share_of_running: float | None = None
    full: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    units: int = 0
    change: Change | None = None
    verified: str = ""


class RectificationFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Failing sites of the last period, and what became of them: ``failing`` is the sum of the others.

    Closing or merging a site (关停并转) is one of the ways to put an end to its problems.
    """

    failing: int
    rectified: int
    open: int = 0
    escalated: int = 0
    closed: int = 0

    @property
    def done(self) -> int:
        """Sites that have been put right, closed or merged (完成整改)."""
        return self.rectified + self.closed

    @property
    def share(self) -> float | None:
        """Share (0..1) of the failing sites that is done; None where none failed."""
        return self.done / self.failing if self.failing else None


class RecheckFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A recheck of failing sites by a third party: its round, and how many sites it looked at."""

    round_id: str
    sites: int


class LinkageFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Reposts of the State Council's important information."""

    column_share: float | None = None
    in_time_share: float | None = None
    sites_reposting: int | None = None
    accounts_reposting: int | None = None
    title: str = ""
    """What the counts of sites and accounts are about."""


class MessageFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of 我为政府网站找错 up to a day; ``overdue`` of the valid ones are past their due date."""

    until: date
    valid: int
    handled: int
    overdue: int = 0
    entry_share: float | None = None
    entry_change: Change | None = None

    @property
    def handled_share(self) -> float | None:
        """办结率; None where there is no valid message."""
        return self.handled / self.valid if self.valid else None


class AccountabilityFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Persons by what they met with, in the order of severity, under the Chinese names of the kinds."""

    persons: tuple[tuple[str, int], ...] = ()

    @property
    def total(self) -> int:
        """All of them."""
        return sum(number for _, number in self.persons)


class ProblemShare(msgspec.Struct, frozen=True, kw_only=True):
    """A type of problem, and at how many of the failing sites it was found."""

    name: str
    sites: int
    share: float


class GroupRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of an annex: a region, a department or a unit. ``rank`` is None where the intervals allow none.

    ``weights`` are as in :class:`SampleFigures`.
    """

    name: str
    running: int | None
    sampled: int
    passed: int
    failed: int
    not_determined: int = 0
    closed: int = 0
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    weights: tuple[float, float] | None = None
    small_cell: bool = False
    rank: int | None = None


class NamedSite(msgspec.Struct, frozen=True, kw_only=True):
    """A site that a bulletin names, with its problems as Chinese phrases."""

    code: str
    name: str
    url: str
    organizer: str
    problems: tuple[str, ...]


class UnitDeduction(msgspec.Struct, frozen=True, kw_only=True):
    """Points that a responsible unit lost in the period's daily assessment."""

    unit: str
    points: float
    reasons: tuple[str, ...] = ()


class SpecialCheckFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A check of one topic beside the round: of ``checked`` sites ``faulty`` had ``problems``, given by their names."""

    topic: str
    checked: int
    faulty: int
    problems: tuple[str, ...] = ()


class Deadlines(msgspec.Struct, frozen=True, kw_only=True):
    """Days that failing units are told."""

    report_by: date | None = None
    recheck_on: date | None = None


class SeriesPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One period of a published series; None = not known."""

    period: str
    running: int | None = None
    sampled: int | None = None
    rate: float | None = None
    reported_rate: float | None = None


class DeclaredTotal(msgspec.Struct, frozen=True, kw_only=True):
    """A total that a source text states beside its parts, both as they stand there.

    ``name`` is what is counted (抽查网站), ``parts`` are names and counts, ``source`` says where both were read.
    """

    name: str
    stated: int
    parts: tuple[tuple[str, int], ...]
    source: str = ""


class BulletinFigures(msgspec.Struct, frozen=True, kw_only=True):
    """All numbers of one bulletin. ``notes`` are printed as they stand: overrides of the consistency guard."""

    period: str
    """As it is printed: 2017年第一季度."""
    level: OfficeLevel
    office: str
    area: str
    """Name of the nation, province or city that the bulletin is about."""
    as_of: date
    edition: str
    compared_with: str = ""
    """The period that changes are on, as it is printed; empty where it is the one right before."""
    running: tuple[ClassCount, ...] = ()
    own: SampleFigures | None = None
    reported: SampleFigures | None = None
    departments_reporting: int = 0
    rectification: RectificationFigures | None = None
    recheck: RecheckFigures | None = None
    """Where the bulletin is about a recheck."""
    rechecked_failing: tuple[NamedSite, ...] = ()
    linkage: LinkageFigures | None = None
    messages: MessageFigures | None = None
    accountability: AccountabilityFigures | None = None
    problems: tuple[ProblemShare, ...] = ()
    deductions: tuple[UnitDeduction, ...] = ()
    deadlines: Deadlines = Deadlines()
    special_check: str = ""
    """A sentence on a check beside the round that nobody has filed with its numbers."""
    special_checks: tuple[SpecialCheckFigures, ...] = ()
    """Checks beside the round (办事服务功能专项检查) that are on file."""
    regions: tuple[GroupRow, ...] = ()
    departments: tuple[GroupRow, ...] = ()
    own_departments: tuple[GroupRow, ...] = ()
    """Departments of the province or city itself one by one, which together are the row in :attr:`departments`."""
    reported_regions: tuple[GroupRow, ...] = ()
    reported_departments: tuple[GroupRow, ...] = ()
    """What regions and departments have reported of their own samples, office by office."""
    named: tuple[NamedSite, ...] = ()
    named_in_full: bool = True
    """Whether ``named`` are all failing sites of the own sample; the annex says so where they are a part of them."""
    series: tuple[SeriesPoint, ...] = ()
    declared: tuple[DeclaredTotal, ...] = ()
    """Looked at by the consistency guard; the text lists the parts of the one that states the own sample's size."""
    notes: tuple[str, ...] = ()
