"""File what an office reports of a round of its own: totals, and the results of the sites where it gives them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

import msgspec

from inspection.cells import Cells
from inspection.errors import InputRejected
from inspection.offices import Office
from inspection.ports import Clock, SiteRepository
from inspection.records import RecordRepository, get
from inspection.registry import Site, SiteStatus
from inspection.registry.row import RowProblem
from inspection.reporting import Filing, ReportedResult, ReportedRound
from inspection.reporting.period import check_period
from inspection.reporting.report import (
    ResultRow,
    StatedTotals,
    UnitCount,
    batch_of,
    filed,
    reconciled,
    report_id,
    results_of,
)
from inspection.reporting.row import parse_result, read_unit
from inspection.reporting.rules import ReportingRules
from inspection.workflows.import_registry import RawRow, RejectedRow


class ReportStores(Protocol):
    """What filing a report needs."""

    @property
    def sites(self) -> SiteRepository: ...

    @property
    def offices(self) -> RecordRepository[Office]: ...

    @property
    def reports(self) -> RecordRepository[ReportedRound]: ...

    @property
    def reported_results(self) -> RecordRepository[ReportedResult]: ...


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a report: stored, or refused with every problem of its rows."""

    report: ReportedRound | None
    problems: Sequence[RejectedRow] = ()


def file_report(
    rows: Iterable[RawRow] | None,
    stated: StatedTotals,
    *,
    office_id: str,
    period: str,
    as_of: date,
    by: str,
    source: str,
    reason: str,
    stores: ReportStores,
    clock: Clock,
    rules: ReportingRules,
    units: Iterable[RawRow] = (),
) -> Filed:
    """File a report, or with a ``reason`` correct one; ``rows`` None = totals alone, ``units`` the sites by unit.

    One bad row and nothing is stored: totals without it would not be those of the office. Repeating a filing changes
    nothing. Raises NotFound for an unknown office, InputRejected for numbers that contradict each other.
    """
    check_period(period)
    _require_person(by)
    office = get(stores.offices, office_id, "单位")
    days = rules.inspected.days(period)
    parsed, problems = (None, []) if rows is None else read_results(list(rows), office, as_of, days, stores.sites)
    counts, bad_units = read_units(units)
    problems = [*problems, *bad_units]
    if problems:
        return Filed(report=None, problems=problems)
    if parsed is not None and not parsed:
        raise InputRejected("明细中没有一个网站；只报总数时请不要附文件")
    running = stated.running if stated.running is not None else running_sites(office, stores.sites.all())
    id_ = report_id(period, office.id)
    filing = Filing(
        totals=reconciled(stated, parsed, running),
        as_of=as_of,
        filed_at=clock.now(),
        by=by,
        source=source,
        batch="" if parsed is None else batch_of(id_, parsed),
        reason=reason.strip(),
        units=tuple(counts),
    )
    before = stores.reports.find(id_)
    if before is not None and _says_the_same(before.current, filing):
        return Filed(report=before)
    report = filed(before, office, period, filing)
    if parsed is not None:  # first, so that a report that exists is complete
        stores.reported_results.add(results_of(filing.batch, parsed, _regions(parsed, stores.sites)))
    if before is None:
        stores.reports.add([report])
    else:
        stores.reports.replace(report)
    return Filed(report=report)


def read_results(
    rows: Sequence[RawRow], office: Office, as_of: date, days: tuple[date, date], sites: SiteRepository
) -> tuple[list[ResultRow], list[RejectedRow]]:
    """The results in a table and every problem in it; a site stands in it once. ``days``: see :func:`parse_result`."""
    known = sites.many([row.values.get("code", "").strip().lower() for row in rows])
    results: list[ResultRow] = []
    problems: list[RejectedRow] = []
    lines: dict[str, int] = {}
    for row in rows:
        result, found = _result(row, known, office, as_of, days)
        if result is not None and lines.setdefault(result.code, row.line) != row.line:
            found = [RowProblem("code", result.code, f"与第 {lines[result.code]} 行的标识码重复，请删去其一")]
        problems += [RejectedRow(row.line, problem) for problem in found]
        if result is not None and not found:
            results.append(result)
    return results, problems


def read_units(rows: Iterable[RawRow]) -> tuple[list[UnitCount], list[RejectedRow]]:
    """The sites by unit in a table and every problem in it; a unit stands in it once."""
    counts: dict[str, UnitCount] = {}
    problems: list[RejectedRow] = []
    for row in rows:
        cells = Cells(row.values)
        count = None if row.problem is not None else read_unit(cells)
        found = cells.problems if row.problem is None else [row.problem]
        if count is not None and counts.setdefault(count.unit, count) is not count:
            found = [RowProblem("unit", count.unit, "与前面一行的单位重复，请合并")]
        problems += [RejectedRow(row.line, problem) for problem in found]
    return list(counts.values()), problems


def _result(
    row: RawRow, known: Mapping[str, Site], office: Office, as_of: date, days: tuple[date, date]
) -> tuple[ResultRow | None, list[RowProblem]]:
    if row.problem is not None:
        return None, [row.problem]
    return parse_result(row.values, sites=known, office=office, as_of=as_of, days=days)


def running_sites(office: Office, sites: Iterable[Site]) -> int:
    """How many sites of an office are registered and not closed."""
    return sum(site.status is not SiteStatus.CLOSED and office.covers(site) for site in sites)


def _require_person(by: str) -> None:
    if not by.strip():
        raise InputRejected("请用 --by 注明由谁填报")


def _says_the_same(before: Filing, now: Filing) -> bool:
    """Whether a filing is the last one once more: who files it, when and under what file name does not matter."""
    same = (before.totals, before.as_of, before.batch, before.units)
    return same == (now.totals, now.as_of, now.batch, now.units)


def _regions(rows: Sequence[ResultRow], sites: SiteRepository) -> dict[str, str]:
    return {code: site.region for code, site in sites.many([row.code for row in rows]).items()}
