"""Gather the figures of a bulletin from what is stored: each part by a line of its own, absent where there is none.

A bulletin is about a closed round, about what the office itself has reported of a round that was run elsewhere, or
about a recheck.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol, TypeVar

import msgspec

from inspection.bulletin.bulletin import Bulletin, BulletinState
from inspection.bulletin.figures import (
    AccountabilityFigures,
    BulletinFigures,
    ClassCount,
    Deadlines,
    DeclaredTotal,
    GroupRow,
    LinkageFigures,
    MessageFigures,
    NamedSite,
    RecheckFigures,
    RectificationFigures,
    SampleFigures,
    SeriesPoint,
    SpecialCheckFigures,
    UnitDeduction,
)
from inspection.bulletin.sample import is_small, running_total
from inspection.errors import Conflict
from inspection.offices import Office, OfficeLevel
from inspection.ports import (
    Inspection,
    InspectionFilter,
    InspectionRepository,
    PassRateRepository,
    RoundRepository,
    SiteRepository,
)
from inspection.records import RecordRepository, every, get
from inspection.rectification import Problem, RectificationCase
from inspection.rectification.figures import rechecked_in, remaining
from inspection.registry import Site, SiteCategory, SiteStatus, regions
from inspection.registry.departments import department_of
from inspection.registry.site import NATION
from inspection.reporting import ReportedRound
from inspection.reporting.figures import ReportedFigures
from inspection.reporting.report import report_id
from inspection.sampling import Round, RoundKind, RoundState
from inspection.scoring import Verdict
from inspection.standard import EditionLibrary
from inspection.statistics import Dimension, PassRate
from inspection.statistics.change import Measured, Share, change_since
from inspection.statistics.figures import group_rows, sample_figures
from inspection.statistics.groups import Group
from inspection.statistics.period import days_of, end_of, period_of, printed_before, printed_like
from inspection.statistics.problems import shares, shipped_problems, types_of
from inspection.statistics.series import SeriesEntry, joined
from inspection.workflows.compare_rates import shared_sites
from inspection.workflows.count_problems import sites_by_problem
from inspection.workflows.roll_up import pass_rates_of, registry_at_draw

T = TypeVar("T")
_PAGE = 500
_BELOW = {
    OfficeLevel.NATIONAL: Dimension.PROVINCE,
    OfficeLevel.PROVINCIAL: Dimension.CITY,
    OfficeLevel.MUNICIPAL: Dimension.COUNTY,
}
"""Groups that the bulletin of a level compares."""
_MUNICIPALITIES = ("11", "12", "31", "50")
"""Cities that are provinces (直辖市): right below them are counties."""
_ITSELF = {OfficeLevel.PROVINCIAL: "省直部门", OfficeLevel.MUNICIPAL: "市直部门"}
"""Sites of a region itself, which are in no region below it."""


class BulletinScope(msgspec.Struct, frozen=True, kw_only=True):
    """What a bulletin is about. ``period`` and ``area`` as they are printed; ``until`` is the last day that counts.

    It is about a round (or a recheck), or about what the office itself has reported of the period ``report`` (2017Q1).
    ``against`` is the round of the last period, with which this one is compared (for a report the id of a report will
    do, too); empty: what the office published last.
    ``kind`` is what the round is for: :func:`gather_figures` reads it from the round itself.
    """

    office: Office
    period: str
    area: str
    until: date
    round_id: str = ""
    report: str = ""
    deadlines: Deadlines = Deadlines()
    against: str = ""
    kind: RoundKind = RoundKind.SAMPLE

    @property
    def is_recheck(self) -> bool:
        """Whether it is about a recheck."""
        return self.kind is RoundKind.RECHECK

    @property
    def sampled_round(self) -> str:
        """The round whose sample it is about; empty where it is about something else."""
        return "" if self.is_recheck else self.round_id


class FigureStores(Protocol):
    """What the figures come from; processes pass their stores whole."""

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

    @property
    def offices(self) -> RecordRepository[Office]: ...

    @property
    def reports(self) -> RecordRepository[ReportedRound]: ...

    @property
    def cases(self) -> RecordRepository[RectificationCase]: ...

    @property
    def editions(self) -> EditionLibrary: ...

    @property
    def series_points(self) -> RecordRepository[SeriesEntry]: ...


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
    reported: Part[ReportedFigures | None] = _none,
    rectification: Part[RectificationFigures | None] = _none,
    linkage: Part[LinkageFigures | None] = _none,
    messages: Part[MessageFigures | None] = _none,
    accountability: Part[AccountabilityFigures | None] = _none,
    deductions: Part[tuple[UnitDeduction, ...]] = _empty,
    special_checks: Part[tuple[SpecialCheckFigures, ...]] = _empty,
) -> BulletinFigures:
    """All figures of the scope's subject within the office's region, and the parts that the callables give.

    NotFound where the round or the report is not on file, Conflict for a round that goes on or has no verdicts, and for
    a recheck of no case or of which some case has not been settled.
    """
    if scope.round_id:
        scope = msgspec.structs.replace(scope, kind=stores.rounds.get(scope.round_id).kind)
    if scope.is_recheck:
        subject = _of_recheck(scope, stores)
    else:
        subject = _of_report(scope, stores) if scope.report else _of_round(scope, stores)
        subject = msgspec.structs.replace(subject, compared_with=_compared_with(scope, subject.as_of, stores))
    others = reported(scope)
    if others is not None:
        subject = _with_reported(subject, others)
    return msgspec.structs.replace(
        subject,
        rectification=rectification(scope),
        linkage=linkage(scope),
        messages=messages(scope),
        accountability=accountability(scope),
        deductions=deductions(scope),
        special_checks=special_checks(scope),
        series=() if scope.is_recheck else _series(scope, subject, stores),
    )


def _with_reported(subject: BulletinFigures, others: ReportedFigures) -> BulletinFigures:
    """With what others have reported, as a share of the running sites that the bulletin itself names."""
    sample, running = others.sample, running_total(subject)
    share = sample.sampled / running if running else sample.share_of_running
    return msgspec.structs.replace(
        subject,
        reported=msgspec.structs.replace(sample, share_of_running=share),
        departments_reporting=others.departments,
        reported_regions=others.region_rows,
        reported_departments=others.department_rows,
    )


def _of_round(scope: BulletinScope, stores: FigureStores) -> BulletinFigures:
    """Of a closed round that was run here; running sites are those of the registry that it was drawn from."""
    round_ = _closed_round(scope, stores.rounds)
    registry = registry_at_draw(scope.round_id, stores.rounds, stores.sites)
    running = _running(scope.office, registry)
    itself, its_departments = _of_region_itself(scope, round_, registry, running, stores)
    failing = list(_failing(scope, stores.inspections))
    groups = _groups(scope, stores.pass_rates)
    problems = sites_by_problem(
        dict(stores.inspections.established(scope.round_id, Verdict.FAILED)), shipped_problems()
    )
    return msgspec.structs.replace(
        _bare(scope, round_.as_of, round_.edition),
        running=_classes(running),
        own=_own(scope, stores, groups, len(running), _before(scope, round_.as_of, stores)),
        problems=shares(problems, [inspection.site.code for inspection in failing]) if failing else (),
        regions=group_rows(groups, _running_by_key(groups, running)),
        departments=itself or _departments(scope, stores, running),
        own_departments=its_departments,
        named=tuple(_named(inspection, problems) for inspection in failing),
    )


def _of_report(scope: BulletinScope, stores: FigureStores) -> BulletinFigures:
    """Of what the office itself has reported: its form, and the cases of the failing sites.

    Running sites are those registered at the end of the report's day; where none is on file, the form's number counts.
    """
    report = get(stores.reports, report_id(scope.report, scope.office.id), "上报结果")
    filing, totals = report.current, report.totals
    running = _running(scope.office, stores.sites.all_at(end_of(filing.as_of)))
    cases = list(every(stores.cases, {"round_id": report.id}))
    types = {case.code: _types_of(case.problems) for case in cases}
    rate = Share(rate=totals.rate)
    before = _before(scope, filing.as_of, stores)
    return msgspec.structs.replace(
        _bare(scope, filing.as_of, cases[0].edition if cases else stores.editions.in_force(filing.as_of).id),
        running=_classes(running),
        own=SampleFigures(
            round_id=report.id,
            sampled=totals.sampled,
            passed=totals.passed,
            failed=totals.failed,
            not_determined=totals.not_determined,
            closed=totals.closed,
            rate=totals.rate,
            share_of_running=_share(totals.sampled, len(running) or totals.running),
            change=None if before is None else change_since(before, rate),
        ),
        problems=shares(_sites_by_type(types), list(types)) if cases else (),
        named=tuple(_named_case(case, types[case.code]) for case in cases),
        named_in_full=len(cases) >= totals.failed,
        declared=_declared(report),
    )


def _of_recheck(scope: BulletinScope, stores: FigureStores) -> BulletinFigures:
    """Of a closed recheck: which sites of the office still had which problems."""
    round_ = _closed_round(scope, stores.rounds)
    cases = rechecked_in(every(stores.cases, {"region": scope.office.scope}), scope.round_id)
    if not cases:
        raise Conflict(f"轮次 {scope.round_id} 没有复查{scope.office.name}范围内的整改案件，无从通报")
    left = [(case, remaining(case, scope.round_id)) for case in cases]
    return msgspec.structs.replace(
        _bare(scope, round_.as_of, round_.edition),
        recheck=RecheckFigures(round_id=scope.round_id, sites=len(cases)),
        rechecked_failing=tuple(_named_case(case, _types_of(problems)) for case, problems in left if problems),
    )


def _closed_round(scope: BulletinScope, rounds: RoundRepository) -> Round:
    round_ = rounds.get(scope.round_id)
    if round_.kind is RoundKind.MONITORING:
        raise Conflict(f"轮次 {scope.round_id} 是日常监测，不作判定，不能据以通报")
    if round_.state is not RoundState.CLOSED:
        raise Conflict(f"轮次 {scope.round_id} 尚未结束，数据还会变化；请先运行 xuncha round close {scope.round_id}")
    return round_


def _bare(scope: BulletinScope, as_of: date, edition: str) -> BulletinFigures:
    return BulletinFigures(
        period=scope.period,
        level=scope.office.level,
        office=scope.office.name,
        area=scope.area,
        as_of=as_of,
        edition=edition,
        deadlines=scope.deadlines,
    )


def _series(scope: BulletinScope, subject: BulletinFigures, stores: FigureStores) -> tuple[SeriesPoint, ...]:
    """What is on file of earlier periods, this one, what the office has published, and what this one is compared with.

    Of several in a quarter the first of these counts.
    """
    stored = (entry.point for entry in every(stores.series_points, {"region": scope.office.region}))
    published = map(_point, _published(scope.office, subject.as_of, stores.bulletins))
    return joined(stored, (_point(subject), *published, *_base_point(scope, stores)))


def _base_point(scope: BulletinScope, stores: FigureStores) -> Iterator[SeriesPoint]:
    """Sample and rate of the round or the report ``against``; which sites ran then is for its own bulletin to say."""
    if not scope.against:
        return
    report = stores.reports.find(scope.against)
    if report is None:
        rate, round_ = _rate_of(scope, stores.pass_rates), stores.rounds.get(scope.against)
        yield SeriesPoint(period=period_of(round_.as_of), sampled=rate.sampled, rate=rate.rate)
    else:
        totals, day = report.totals, report.current.as_of
        yield SeriesPoint(period=period_of(day), sampled=totals.sampled, rate=totals.rate)


def _running(office: Office, registry: Iterable[Site]) -> list[Site]:
    return [site for site in registry if _runs(site) and office.covers(site)]


def _share(sampled: int, running: int) -> float | None:
    return sampled / running if running else None


def _runs(site: Site) -> bool:
    """正在运行: registered, and neither closed nor suspended."""
    return site.status in (SiteStatus.NORMAL, SiteStatus.EXEMPT)


def _classes(running: Iterable[Site]) -> tuple[ClassCount, ...]:
    counted = Counter(site.category for site in running)
    return tuple(
        ClassCount(category=category, sites=counted[category]) for category in SiteCategory if counted[category]
    )


# The round


def _own(
    scope: BulletinScope,
    stores: FigureStores,
    groups: Sequence[PassRate],
    running: int,
    before: Measured | None,
) -> SampleFigures | None:
    """The round within the office's region or department, with its change on an earlier rate."""
    whole = [rate for rate in _rates(scope.round_id, stores.pass_rates, *_whole(scope.office)) if rate.sampled]
    if not whole:
        return None
    [rate] = whole
    return sample_figures(rate, groups, running=running, before=before, shared=_shared(scope, stores))


def _shared(scope: BulletinScope, stores: FigureStores) -> int:
    """How many of the office's sites are in the sample that is compared with, too; 0 where only its rate is known."""
    if not scope.against or stores.reports.find(scope.against) is not None:
        return 0
    shared = shared_sites(scope.round_id, scope.against, rounds=stores.rounds, inspections=stores.inspections)
    return shared[_whole(scope.office)]


def _before(scope: BulletinScope, as_of: date, stores: FigureStores) -> Measured | None:
    """The rate to compare with: of the round or the report ``against``, else what the office published last."""
    if not scope.against:
        return _last_rate(_published(scope.office, as_of, stores.bulletins))
    report = stores.reports.find(scope.against)
    return _rate_of(scope, stores.pass_rates) if report is None else Share(rate=report.totals.rate)


def _rate_of(scope: BulletinScope, pass_rates: PassRateRepository) -> PassRate:
    """The same group's rate in the round of the last period."""
    rates = [rate for rate in _rates(scope.against, pass_rates, *_whole(scope.office)) if rate.sampled]
    if not rates:
        raise Conflict(f"轮次 {scope.against} 没有{scope.office.name}范围内的合格率，无法比较")
    return rates[0]


def _last_rate(earlier: Sequence[BulletinFigures]) -> Share | None:
    last = earlier[-1].own if earlier else None
    if last is None:
        return None
    return Share(rate=last.rate, low=last.low, high=last.high, small_cell=is_small(last))


def _whole(office: Office) -> tuple[Dimension, str]:
    """The group of a round that is all the office is responsible for."""
    dimensions = {
        OfficeLevel.NATIONAL: (Dimension.NATION, NATION),
        OfficeLevel.DEPARTMENTAL: (Dimension.DEPARTMENT, office.department),
        OfficeLevel.PROVINCIAL: (Dimension.PROVINCE, office.scope),
        OfficeLevel.MUNICIPAL: (Dimension.CITY, office.scope),
        OfficeLevel.COUNTY: (Dimension.COUNTY, office.scope),
    }
    return dimensions[office.level]


def _groups(scope: BulletinScope, pass_rates: PassRateRepository) -> list[PassRate]:
    """The regions right below the office's, by their code and short name; State Council departments are none."""
    below = _BELOW.get(scope.office.level)
    if below is None:
        return []
    if scope.office.scope in _MUNICIPALITIES:
        below = Dimension.COUNTY
    found = _rates(scope.round_id, pass_rates, below, scope.office.scope)
    return [
        msgspec.structs.replace(rate, label=regions.short_name(rate.key)) for rate in found if rate.key != NATION[:2]
    ]


def _rates(round_id: str, pass_rates: PassRateRepository, dimension: Dimension, prefix: str) -> list[PassRate]:
    found: list[PassRate] = []
    while page := pass_rates.page(
        round_id, dimension=dimension, key_prefix=prefix, after=found[-1].sort_key if found else "", limit=_PAGE
    ):
        found += page
    return found


def _running_by_key(groups: Sequence[PassRate], running: Iterable[Site]) -> Counter[str]:
    digits = len(groups[0].key) if groups else 0
    return Counter(site.region[:digits] for site in running)


def _departments(scope: BulletinScope, stores: FigureStores, running: Iterable[Site]) -> tuple[GroupRow, ...]:
    """State Council departments, as a national bulletin has them."""
    if scope.office.level is not OfficeLevel.NATIONAL:
        return ()
    names = {office.department: office.name for office in every(stores.offices) if office.department}
    rates = [
        msgspec.structs.replace(rate, label=names.get(rate.key, rate.label))
        for rate in _rates(scope.round_id, stores.pass_rates, Dimension.DEPARTMENT, "")
    ]
    return group_rows(rates, Counter(department_of(site.code) for site in running if site.region == NATION))


def _of_region_itself(
    scope: BulletinScope, round_: Round, registry: Iterable[Site], running: Iterable[Site], stores: FigureStores
) -> tuple[tuple[GroupRow, ...], tuple[GroupRow, ...]]:
    """Sites of a province or city that are in no region below it: all of them, and by who runs them (主办单位).

    Both estimated by the design of the round, as the rates of regions are; the groups are too many to be stored.
    """
    name = _ITSELF.get(scope.office.level)
    if name is None:
        return (), ()
    region = scope.office.scope.ljust(6, "0")

    def groups(site: Site) -> Iterable[Group]:
        return ((Dimension.CITY, name), (Dimension.DEPARTMENT, _unit(site))) if site.region == region else ()

    rates = pass_rates_of(
        round_,
        registry,
        stores.rounds.members(round_.id),
        {row.code: row.verdict for row in stores.inspections.verdicts(round_.id)},
        groups=groups,
        label=lambda group: group[1],
    )
    counts = Counter(key for site in running for _, key in groups(site))
    together, single = (
        [rate for rate in rates if rate.dimension is dimension] for dimension in (Dimension.CITY, Dimension.DEPARTMENT)
    )
    rows = group_rows(single, counts)
    return group_rows(together, counts), rows if len(rows) > 1 else ()


def _unit(site: Site) -> str:
    """Who runs a site; its name where the registry does not say."""
    return site.organizer or site.name


# Failing sites and their problems


def _failing(scope: BulletinScope, inspections: InspectionRepository) -> Iterator[Inspection]:
    region = NATION[:2] if scope.office.level is OfficeLevel.DEPARTMENTAL else scope.office.scope
    where = InspectionFilter(round_id=scope.round_id, region=region, verdict=Verdict.FAILED)
    after = ""
    while page := inspections.page(where, after=after, limit=_PAGE):
        yield from (inspection for inspection in page if scope.office.covers(inspection.site))
        after = page[-1].id


def _named(inspection: Inspection, problems: Mapping[str, Collection[str]]) -> NamedSite:
    """A failing site with the types of its problems; where none is known, with the verdict's own reasons."""
    site, card = inspection.site, inspection.scorecard
    types = tuple(name for name, codes in problems.items() if site.code in codes)
    return NamedSite(
        code=site.code,
        name=site.name,
        url=site.url,
        organizer=site.organizer,
        problems=types or (() if card is None else card.reasons),
    )


def _types_of(problems: Iterable[Problem]) -> tuple[str, ...]:
    """The known types of a case's problems, in the order in which bulletins list them."""
    types = shipped_problems()
    found = {name for each in problems for name in types_of(each.indicator, each.message, types)}
    return tuple(type_.name for type_ in types if type_.name in found)


def _sites_by_type(types: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    sites: dict[str, set[str]] = {}
    for code, names in types.items():
        for name in names:
            sites.setdefault(name, set()).add(code)
    return sites


def _named_case(case: RectificationCase, types: tuple[str, ...]) -> NamedSite:
    """The site of a case; where the type of no problem is known, with the verdict's own reasons."""
    return NamedSite(
        code=case.code, name=case.site_name, url=case.url, organizer=case.unit, problems=types or case.reasons
    )


def _declared(report: ReportedRound) -> tuple[DeclaredTotal, ...]:
    """What the form says of its units, beside its total."""
    units = tuple((each.unit, each.sampled) for each in report.current.units)
    if not units:
        return ()
    return (DeclaredTotal(name="抽查网站", stated=report.totals.sampled, parts=units, source=report.current.source),)


# Earlier periods


def _published(office: Office, before: date, bulletins: RecordRepository[Bulletin]) -> list[BulletinFigures]:
    """What the office has published of earlier rounds, oldest first; corrections in the place of what they correct."""
    where = {"state": BulletinState.PUBLISHED.value, "office": office.name}
    published = list(every(bulletins, where))
    corrected = {bulletin.corrects for bulletin in published}
    figures = [each.figures for each in published if each.id not in corrected and each.figures.as_of < before]
    return sorted((each for each in figures if each.own is not None), key=lambda each: each.as_of)


def _compared_with(scope: BulletinScope, as_of: date, stores: FigureStores) -> str:
    """The period that changes are on, as it is printed; empty where it is the one right before, or there is none."""
    if scope.against:
        report = stores.reports.find(scope.against)
        day = stores.rounds.get(scope.against).as_of if report is None else report.current.as_of
        name = printed_like(scope.period, day)
    else:
        earlier = _published(scope.office, as_of, stores.bulletins)
        if not earlier:
            return ""
        day, name = earlier[-1].as_of, earlier[-1].period
    days = days_of(name)
    if days is None or days == days_of(scope.period):
        return f"{day.year}年{day.month}月{day.day}日抽查"
    return "" if days == days_of(printed_before(scope.period)) else name


def _point(figures: BulletinFigures) -> SeriesPoint:
    own, reported = figures.own, figures.reported
    return SeriesPoint(
        period=period_of(figures.as_of),
        running=running_total(figures) or None,
        sampled=None if own is None else own.sampled,
        rate=None if own is None else own.rate,
        reported_rate=None if reported is None else reported.rate,
    )
