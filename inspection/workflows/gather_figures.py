"""Gather the figures of a bulletin from what is stored: each part by a line of its own, absent where there is none."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Protocol, TypeVar

import msgspec

from inspection.bulletin.bulletin import Bulletin, BulletinState
from inspection.bulletin.figures import (
    AccountabilityFigures,
    BulletinFigures,
    ClassCount,
    Deadlines,
    GroupRow,
    LinkageFigures,
    MessageFigures,
    NamedSite,
    ProblemShare,
    RectificationFigures,
    SampleFigures,
    SeriesPoint,
    UnitDeduction,
)
from inspection.bulletin.sample import running_total
from inspection.errors import Conflict
from inspection.findings import FindingState
from inspection.offices import Office, OfficeLevel
from inspection.ports import (
    Inspection,
    InspectionFilter,
    InspectionRepository,
    PassRateRepository,
    RoundRepository,
    SiteRepository,
)
from inspection.records import RecordRepository, every
from inspection.registry import Site, SiteCategory, SiteStatus, regions
from inspection.registry.departments import department_name, department_of
from inspection.registry.site import NATION
from inspection.sampling import RoundState
from inspection.scoring import Verdict
from inspection.standard import EditionLibrary, IndicatorKind
from inspection.statistics import Dimension, PassRate
from inspection.statistics.estimate import SMALL_CELL

T = TypeVar("T")
_PAGE = 500
_BELOW = {OfficeLevel.NATIONAL: Dimension.PROVINCE, OfficeLevel.PROVINCIAL: Dimension.CITY}
"""Groups that the bulletin of a level compares; cities compare their counties."""
_KINDS = (IndicatorKind.VETO, IndicatorKind.DEDUCTION)


class BulletinScope(msgspec.Struct, frozen=True, kw_only=True):
    """What a bulletin is about. ``period`` and ``area`` as they are printed; ``until`` is the last day that counts."""

    round_id: str
    office: Office
    period: str
    area: str
    until: date
    deadlines: Deadlines = Deadlines()


class FigureStores(Protocol):
    """What the figures come from; processes pass their stores whole."""

    @property
    def editions(self) -> EditionLibrary: ...

    @property
    def sites(self) -> SiteRepository: ...

    @property
    def rounds(self) -> RoundRepository: ...

    @property
    def inspections(self) -> InspectionRepository: ...

    @property
    def pass_rates(self) -> PassRateRepository: ...

    @property
    def bulletins(self) -> RecordRepository[Bulletin]: ...


Part = Callable[[BulletinScope], T]
"""Gives one part of the figures for a scope."""


def _none(_: BulletinScope) -> None:
    """A part that nobody gathers."""


def _empty(_: BulletinScope) -> tuple[()]:
    """A list of which nobody gathers the rows."""
    return ()


def gather_figures(
    scope: BulletinScope,
    stores: FigureStores,
    *,
    reported: Part[SampleFigures | None] = _none,
    rectification: Part[RectificationFigures | None] = _none,
    rechecked_failing: Part[tuple[NamedSite, ...]] = _empty,
    linkage: Part[LinkageFigures | None] = _none,
    messages: Part[MessageFigures | None] = _none,
    accountability: Part[AccountabilityFigures | None] = _none,
    deductions: Part[tuple[UnitDeduction, ...]] = _empty,
) -> BulletinFigures:
    """All figures of one closed round within the office's region, and the parts that the callables give."""
    round_ = stores.rounds.get(scope.round_id)
    if round_.state is not RoundState.CLOSED:
        raise Conflict(f"轮次 {scope.round_id} 尚未结束，数据还会变化；请先运行 xuncha round close {scope.round_id}")
    running = [site for site in stores.sites.all() if _runs(site) and scope.office.covers(site)]
    failing = list(_failing(scope, stores.inspections))
    figures = BulletinFigures(
        period=scope.period,
        level=scope.office.level,
        office=scope.office.name,
        area=scope.area,
        as_of=round_.as_of,
        edition=round_.edition,
        running=_classes(running),
        own=_own(scope, stores.pass_rates, len(running)),
        reported=reported(scope),
        rectification=rectification(scope),
        rechecked_failing=rechecked_failing(scope),
        linkage=linkage(scope),
        messages=messages(scope),
        accountability=accountability(scope),
        problems=_problems(scope, failing, stores, round_.edition),
        deductions=deductions(scope),
        deadlines=scope.deadlines,
        regions=_regions(scope, stores.pass_rates, running),
        departments=_departments(scope, stores.inspections, running),
        named=tuple(map(_named, failing)),
    )
    return msgspec.structs.replace(figures, series=_series(figures, stores.bulletins))


def _runs(site: Site) -> bool:
    """正在运行: registered, and neither closed nor suspended."""
    return site.status in (SiteStatus.NORMAL, SiteStatus.EXEMPT)


def _classes(running: Iterable[Site]) -> tuple[ClassCount, ...]:
    counted = Counter(site.category for site in running)
    return tuple(
        ClassCount(category=category, sites=counted[category]) for category in SiteCategory if counted[category]
    )


# The round


def _own(scope: BulletinScope, pass_rates: PassRateRepository, running: int) -> SampleFigures | None:
    """The round within the office's region; a department's sites are no group of their own, so that it has none."""
    whole = _whole(scope.office)
    found = [] if whole is None else _rates(scope.round_id, pass_rates, *whole, exact=True)
    if not found:
        return None
    [total] = found
    groups = [rate for rate in _groups(scope, pass_rates) if rate.passed + rate.failed]
    return SampleFigures(
        round_id=scope.round_id,
        sampled=total.sampled,
        passed=total.passed,
        failed=total.failed,
        not_determined=total.not_determined,
        closed=total.closed,
        rate=total.rate,
        low=total.low,
        high=total.high,
        share_of_running=total.sampled / running if running else None,
        full=tuple(rate.label for rate in groups if not rate.failed),
    )


def _whole(office: Office) -> tuple[Dimension, str] | None:
    """The group of a round that is all the office is responsible for."""
    keys = {
        OfficeLevel.NATIONAL: (Dimension.NATION, NATION),
        OfficeLevel.PROVINCIAL: (Dimension.PROVINCE, office.scope),
        OfficeLevel.MUNICIPAL: (Dimension.CITY, office.scope),
        OfficeLevel.COUNTY: (Dimension.COUNTY, office.scope),
    }
    return keys.get(office.level)


def _groups(scope: BulletinScope, pass_rates: PassRateRepository) -> list[PassRate]:
    """The regions right below the office's, those of the State Council's departments apart."""
    if scope.office.level in (OfficeLevel.COUNTY, OfficeLevel.DEPARTMENTAL):
        return []
    below = _BELOW.get(scope.office.level, Dimension.COUNTY)
    found = _rates(scope.round_id, pass_rates, below, scope.office.scope)
    return [rate for rate in found if rate.key != NATION[:2]]


def _rates(
    round_id: str, pass_rates: PassRateRepository, dimension: Dimension, prefix: str, *, exact: bool = False
) -> list[PassRate]:
    found: list[PassRate] = []
    while page := pass_rates.page(
        round_id,
        dimension=dimension,
        key_prefix=prefix,
        after=found[-1].sort_key if found else "",
        limit=_PAGE,
    ):
        found += page
    return [rate for rate in found if rate.key == prefix] if exact else found


def _regions(scope: BulletinScope, pass_rates: PassRateRepository, running: Iterable[Site]) -> tuple[GroupRow, ...]:
    """A row for each region with sampled sites, in the order of their codes; no ranks."""
    rates = [rate for rate in _groups(scope, pass_rates) if rate.sampled]
    digits = len(rates[0].key) if rates else 0
    counted = Counter(site.region[:digits] for site in running)
    return tuple(
        GroupRow(
            name=regions.prefix_name(rate.key),
            running=counted[rate.key],
            sampled=rate.sampled,
            passed=rate.passed,
            failed=rate.failed,
            not_determined=rate.not_determined,
            closed=rate.closed,
            rate=rate.rate,
            low=rate.low,
            high=rate.high,
            small_cell=rate.small_cell,
        )
        for rate in rates
    )


def _departments(
    scope: BulletinScope, inspections: InspectionRepository, running: Iterable[Site]
) -> tuple[GroupRow, ...]:
    """State Council departments by their number in a national bulletin; an office's own sites, of no region below it.

    Counts without an estimate: the plans know no strata by department.
    """
    verdicts: dict[str, Counter[Verdict]] = {}
    for row in inspections.verdicts(scope.round_id):
        name = _department(scope.office, row.region, row.code)
        if name is not None:
            verdicts.setdefault(name, Counter())[row.verdict or Verdict.NOT_DETERMINED] += 1
    counted = Counter(_department(scope.office, site.region, site.code) for site in running)
    return tuple(_counted(name, counts, counted[name]) for name, counts in verdicts.items())


def _department(office: Office, region: str, code: str) -> str | None:
    if office.level is OfficeLevel.NATIONAL:
        return department_name(department_of(code)) if region == NATION else None
    if office.level in (OfficeLevel.PROVINCIAL, OfficeLevel.MUNICIPAL) and region == office.scope.ljust(6, "0"):
        return "省直部门" if office.level is OfficeLevel.PROVINCIAL else "市直部门"
    return None


def _counted(name: str, counts: Counter[Verdict], running: int) -> GroupRow:
    decided = counts[Verdict.PASSED] + counts[Verdict.FAILED]
    return GroupRow(
        name=name,
        running=running,
        sampled=counts.total(),
        passed=counts[Verdict.PASSED],
        failed=counts[Verdict.FAILED],
        not_determined=counts[Verdict.NOT_DETERMINED],
        closed=counts[Verdict.CLOSED],
        rate=counts[Verdict.PASSED] / decided if decided else None,
        small_cell=decided < SMALL_CELL and counts.total() < running,
    )


# Failing sites and their problems


def _failing(scope: BulletinScope, inspections: InspectionRepository) -> Iterator[Inspection]:
    region = NATION[:2] if scope.office.level is OfficeLevel.DEPARTMENTAL else scope.office.scope
    where = InspectionFilter(round_id=scope.round_id, region=region, verdict=Verdict.FAILED)
    after = ""
    while page := inspections.page(where, after=after, limit=_PAGE):
        yield from (inspection for inspection in page if scope.office.covers(inspection.site))
        after = page[-1].id


def _named(inspection: Inspection) -> NamedSite:
    site, card = inspection.site, inspection.scorecard
    return NamedSite(
        code=site.code,
        name=site.name,
        url=site.url,
        organizer=site.organizer,
        problems=() if card is None else card.reasons,
    )


def _problems(
    scope: BulletinScope, failing: Sequence[Inspection], stores: FigureStores, edition_id: str
) -> tuple[ProblemShare, ...]:
    """Indicators with an established finding, by the number of failing sites that have one."""
    names = {row.id: row.name for row in stores.editions.get(edition_id).indicators if row.kind in _KINDS}
    counted: Counter[str] = Counter()
    for inspection in failing:
        found = stores.inspections.findings(scope.round_id, inspection.site.code, edition=edition_id)
        counted.update({each.indicator for each in found if each.state is FindingState.ESTABLISHED} & names.keys())
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(ProblemShare(name=names[id_], sites=number, share=number / len(failing)) for id_, number in ranked)


# Earlier periods


def _series(figures: BulletinFigures, bulletins: RecordRepository[Bulletin]) -> tuple[SeriesPoint, ...]:
    """The periods that the same office has published, corrections in the place of what they correct, and this one."""
    where = {"state": BulletinState.PUBLISHED.value, "office": figures.office}
    published = list(every(bulletins, where))
    corrected = {bulletin.corrects for bulletin in published}
    earlier = [b.figures for b in published if b.id not in corrected and b.figures.as_of < figures.as_of]
    return tuple(map(_point, (*sorted(earlier, key=lambda each: each.as_of), figures)))


def _point(figures: BulletinFigures) -> SeriesPoint:
    own, reported = figures.own, figures.reported
    return SeriesPoint(
        period=figures.period,
        running=running_total(figures) or None,
        sampled=None if own is None else own.sampled,
        rate=None if own is None else own.rate,
        reported_rate=None if reported is None else reported.rate,
    )
