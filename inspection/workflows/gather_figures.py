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
from inspection.rectification.recheck_ids import PREFIX
from inspection.registry import Site, SiteCategory, SiteStatus, regions
from inspection.registry.departments import department_of
from inspection.registry.site import NATION
from inspection.reporting import ReportedRound
from inspection.reporting.figures import ReportedFigures
from inspection.reporting.report import report_id
from inspection.sampling import Round, RoundState
from inspection.scoring import Verdict
from inspection.standard import EditionLibrary
from inspection.statistics import Dimension, PassRate
from inspection.statistics.change import Share, change_since
from inspection.statistics.estimate import SMALL_CELL
from inspection.statistics.figures import group_rows, sample_figures
from inspection.statistics.period import period_of
from inspection.statistics.problems import shares, shipped_problems, types_of
from inspection.statistics.series import SeriesEntry, joined
from inspection.workflows.count_problems import sites_by_problem

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
    ``against`` is the round of the last period, with which this one is compared; empty: what the office published last.
    """

    office: Office
    period: str
    area: str
    until: date
    round_id: str = ""
    report: str = ""
    deadlines: Deadlines = Deadlines()
    against: str = ""

    @property
    def is_recheck(self) -> bool:
        """Whether it is about a recheck."""
        return self.round_id.startswith(PREFIX)

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

    NotFound where the round or the report is not on file, Conflict for a round that goes on, and for a recheck of which
    some case has not been settled.
    """
    if scope.is_recheck:
        subject = _of_recheck(scope, stores)
    else:
        subject = _of_report(scope, stores) if scope.report else _of_round(scope, stores)
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
    """Of a closed round that was run here."""
    round_ = _closed_round(scope, stores.rounds)
    running = _running(scope.office, stores.sites)
    failing = list(_failing(scope, stores.inspections))
    groups = _groups(scope, stores.pass_rates)
    problems = sites_by_problem(
        dict(stores.inspections.established(scope.round_id, Verdict.FAILED)), shipped_problems()
    )
    earlier = _published(scope.office, round_.as_of, stores.bulletins)
    return msgspec.structs.replace(
        _bare(scope, round_.as_of, round_.edition),
        running=_classes(running),
        own=_own(scope, stores.pass_rates, groups, len(running), earlier),
        problems=shares(problems, [inspection.site.code for inspection in failing]) if failing else (),
        regions=group_rows(groups, _running_by_key(groups, running)),
        departments=_departments(scope, stores, running),
        named=tuple(_named(inspection, problems) for inspection in failing),
    )


def _of_report(scope: BulletinScope, stores: FigureStores) -> BulletinFigures:
    """Of what the office itself has reported: its form, and the cases of the failing sites."""
    report = get(stores.reports, report_id(scope.report, scope.office.id), "上报结果")
    filing, totals = report.current, report.totals
    running = _running(scope.office, stores.sites)
    cases = list(every(stores.cases, {"round_id": report.id}))
    types = {case.code: _types_of(case.problems) for case in cases}
    rate = Share(rate=totals.rate)
    before = _last_rate(_published(scope.office, filing.as_of, stores.bulletins))
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
            share_of_running=totals.sampled / len(running) if running else None,
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
    left = [(case, remaining(case, scope.round_id)) for case in cases]
    return msgspec.structs.replace(
        _bare(scope, round_.as_of, round_.edition),
        recheck=RecheckFigures(round_id=scope.round_id, sites=len(cases)),
        rechecked_failing=tuple(_named_case(case, _types_of(problems)) for case, problems in left if problems),
    )


def _closed_round(scope: BulletinScope, rounds: RoundRepository) -> Round:
    round_ = rounds.get(scope.round_id)
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
    """What is on file of earlier periods, what the office has published, and this period."""
    stored = (entry.point for entry in every(stores.series_points, {"region": scope.office.region}))
    return joined(stored, map(_point, (*_published(scope.office, subject.as_of, stores.bulletins), subject)))


def _running(office: Office, sites: SiteRepository) -> list[Site]:
    return [site for site in sites.all() if _runs(site) and office.covers(site)]


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
    pass_rates: PassRateRepository,
    groups: Sequence[PassRate],
    running: int,
    earlier: Sequence[BulletinFigures],
) -> SampleFigures | None:
    """The round within the office's region or department, compared with what the office published last."""
    whole = [rate for rate in _rates(scope.round_id, pass_rates, *_whole(scope.office)) if rate.sampled]
    if not whole:
        return None
    [rate] = whole
    before = _rate_of(scope, pass_rates) if scope.against else _last_rate(earlier)
    return sample_figures(rate, groups, running=running, before=before)


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


def _departments(scope: BulletinScope, stores: FigureStores, running: Sequence[Site]) -> tuple[GroupRow, ...]:
    """State Council departments in a national bulletin; else the sites of the region itself, in none below it."""
    if scope.office.level is OfficeLevel.NATIONAL:
        names = {office.department: office.name for office in every(stores.offices) if office.department}
        rates = [
            msgspec.structs.replace(rate, label=names.get(rate.key, rate.label))
            for rate in _rates(scope.round_id, stores.pass_rates, Dimension.DEPARTMENT, "")
        ]
        return group_rows(rates, Counter(department_of(site.code) for site in running if site.region == NATION))
    name = _ITSELF.get(scope.office.level)
    if name is None:
        return ()
    region = scope.office.scope.ljust(6, "0")
    rows = (row for row in stores.inspections.verdicts(scope.round_id) if row.region == region)
    counts = Counter(row.verdict or Verdict.NOT_DETERMINED for row in rows)
    return (_counted(name, counts, sum(site.region == region for site in running)),) if counts else ()


def _counted(name: str, counts: Counter[Verdict], running: int) -> GroupRow:
    """Counts and their quotient; no interval, since the plans know no such group."""
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


def _point(figures: BulletinFigures) -> SeriesPoint:
    own, reported = figures.own, figures.reported
    return SeriesPoint(
        period=period_of(figures.as_of),
        running=running_total(figures) or None,
        sampled=None if own is None else own.sampled,
        rate=None if own is None else own.rate,
        reported_rate=None if reported is None else reported.rate,
    )
