"""Reported rounds of a period together, as a bulletin prints them."""

from collections.abc import Iterable, Sequence

import msgspec

from inspection.bulletin.figures import GroupRow, SampleFigures
from inspection.errors import NotFound
from inspection.offices import Office, OfficeLevel
from inspection.registry import regions
from inspection.reporting.report import ReportedRound, Totals
from inspection.statistics.estimate import SMALL_CELL


class ReportedFigures(msgspec.Struct, frozen=True, kw_only=True):
    """``sample`` are the sums; of its ``units`` so many are ``regions`` and State Council ``departments``.

    Its ``full`` and ``below`` name regions alone, as bulletins do. ``region_rows`` and ``department_rows`` are the
    reports one by one.
    """

    sample: SampleFigures
    region_rows: tuple[GroupRow, ...]
    department_rows: tuple[GroupRow, ...]

    @property
    def regions(self) -> int:
        """How many offices of regions have reported."""
        return len(self.region_rows)

    @property
    def departments(self) -> int:
        """How many State Council departments have reported."""
        return len(self.department_rows)


def outermost(reports: Iterable[ReportedRound]) -> list[ReportedRound]:
    """Reports that lie within no other's scope, by id: what a province and its cities report is not added up twice."""
    listed = sorted(reports, key=lambda report: report.id)
    scopes = {_scope(report) for report in listed}
    return [report for report in listed if not any(_encloses(scope, _scope(report)) for scope in scopes)]


def _scope(report: ReportedRound) -> str:
    """The whole id for departments, which lie within nothing; else the prefix of the region."""
    if report.level is OfficeLevel.DEPARTMENTAL:
        return f"bm:{report.office}:"
    return Office(id=report.office, name=report.office_name, level=report.level, region=report.region).scope


def _encloses(outer: str, inner: str) -> bool:
    return outer != inner and inner.startswith(outer)


def reported_figures(
    reports: Sequence[ReportedRound], period: str, *, below: float, running: int | None = None, verified: str = ""
) -> ReportedFigures:
    """The sums over reports of one period.

    ``running`` are the running sites that the share is taken of, by default those that the reports state; offices of
    regions whose pass rate is less than ``below`` (0..1) are named, and those at 100 %, unless they decided too few
    sites for a statement. There is no interval: each office drew its sample its own way.
    :class:`NotFound` where nothing is reported.
    """
    if not reports:
        raise NotFound(f"{period} 没有单位报送抽查结果")
    totals = [report.totals for report in reports]
    regional = [report for report in reports if report.level is not OfficeLevel.DEPARTMENTAL]
    telling = [report for report in _by_place(regional) if not _is_small(report.totals)]
    sampled = sum(each.sampled for each in totals)
    passed, decided = sum(each.passed for each in totals), sum(each.decided for each in totals)
    base = sum(each.running for each in totals) if running is None else running
    sample = SampleFigures(
        round_id=f"reported:{period}",
        sampled=sampled,
        passed=passed,
        failed=decided - passed,
        not_determined=sum(each.not_determined for each in totals),
        closed=sum(each.closed for each in totals),
        rate=passed / decided if decided else None,
        share_of_running=sampled / base if base else None,
        full=_names(telling, lowest=1.0, under=2.0),
        below=_names(telling, lowest=0.0, under=below),
        units=len(reports),
        verified=verified,
    )
    return ReportedFigures(
        sample=sample,
        region_rows=tuple(_row(report, regions.short_name(_scope(report))) for report in _by_place(regional)),
        department_rows=tuple(_row(report, report.office_name) for report in reports if report not in regional),
    )


def _by_place(reports: Iterable[ReportedRound]) -> list[ReportedRound]:
    return sorted(reports, key=lambda report: (report.region, report.id))


def _row(report: ReportedRound, name: str) -> GroupRow:
    totals = report.totals
    return GroupRow(
        name=name,
        running=totals.running,
        sampled=totals.sampled,
        passed=totals.passed,
        failed=totals.failed,
        not_determined=totals.not_determined,
        closed=totals.closed,
        rate=totals.rate,
        small_cell=_is_small(totals),
    )


def _is_small(totals: Totals) -> bool:
    return totals.decided < SMALL_CELL and totals.sampled < totals.running


def _names(reports: Sequence[ReportedRound], *, lowest: float, under: float) -> tuple[str, ...]:
    """Names of the regions whose pass rate is ``lowest`` at least and less than ``under``."""
    return tuple(
        regions.short_name(_scope(report))
        for report in reports
        if (rate := report.totals.rate) is not None and lowest <= rate < under
    )
