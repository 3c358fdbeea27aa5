"""Reported rounds of a period together, as a bulletin prints them."""

from collections.abc import Iterable, Sequence

import msgspec

from inspection.bulletin.figures import SampleFigures
from inspection.errors import NotFound
from inspection.offices import Office, OfficeLevel
from inspection.reporting.report import ReportedRound


class ReportedFigures(msgspec.Struct, frozen=True, kw_only=True):
    """``sample`` are the sums; of its ``units`` so many are ``regions`` and State Council ``departments``."""

    sample: SampleFigures
    regions: int
    departments: int


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

    ``running`` are the running sites that the share is taken of, by default those that the reports state; offices whose
    pass rate is less than ``below`` (0..1) are named. There is no interval: each office drew its sample its own way.
    :class:`NotFound` where nothing is reported.
    """
    if not reports:
        raise NotFound(f"{period} 没有单位报送抽查结果")
    totals = [report.totals for report in reports]
    sampled = sum(each.sampled for each in totals)
    passed, decided = sum(each.passed for each in totals), sum(each.decided for each in totals)
    base = sum(each.running for each in totals) if running is None else running
    departments = sum(report.level is OfficeLevel.DEPARTMENTAL for report in reports)
    sample = SampleFigures(
        round_id=f"reported:{period}",
        sampled=sampled,
        passed=passed,
        failed=decided - passed,
        not_determined=sum(each.not_determined for each in totals),
        closed=sum(each.closed for each in totals),
        rate=passed / decided if decided else None,
        share_of_running=sampled / base if base else None,
        full=_names(reports, lowest=1.0, under=2.0),
        below=_names(reports, lowest=0.0, under=below),
        units=len(reports),
        verified=verified,
    )
    return ReportedFigures(sample=sample, regions=len(reports) - departments, departments=departments)


def _names(reports: Sequence[ReportedRound], *, lowest: float, under: float) -> tuple[str, ...]:
    """Names of the offices whose pass rate is ``lowest`` at least and less than ``under``."""
    return tuple(
        report.office_name for report in reports if (rate := report.totals.rate) is not None and lowest <= rate < under
    )
