"""A round that an office ran by itself and reports: the totals of the form, and a result for each site.

A report that was wrong is filed again: each filing stays on record, the last one counts.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from inspection.errors import InputRejected
from inspection.offices import Office, OfficeLevel
from inspection.records import Record
from inspection.scoring import Verdict


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of a report form: ``sampled = passed + failed + not_determined + closed``."""

    running: int
    sampled: int
    passed: int
    failed: int
    not_determined: int = 0
    closed: int = 0

    @property
    def decided(self) -> int:
        """Sites that passed or failed."""
        return self.passed + self.failed

    @property
    def rate(self) -> float | None:
        """Share of the decided sites that passed; None where none was decided."""
        return self.passed / self.decided if self.decided else None

    def check(self) -> None:
        """:class:`InputRejected` names the numbers that contradict each other."""
        for name, chinese in _CHINESE.items():
            if getattr(self, name) < 0:
                raise InputRejected(f"报表中{chinese} {getattr(self, name)} 为负数，请更正")
        parts = self.passed + self.failed + self.not_determined + self.closed
        if parts != self.sampled:
            raise InputRejected(
                f"报表各项之和与抽查数不符：合格 {self.passed} + 不合格 {self.failed} + 未判定 {self.not_determined}"
                f" + 关停 {self.closed} = {parts}，而抽查为 {self.sampled}，相差 {abs(parts - self.sampled)}；"
                "请核对后重新填报"
            )
        if self.sampled > self.running + self.closed:
            raise InputRejected(
                f"报表中抽查 {self.sampled} 个（其中关停 {self.closed} 个），多于在运行网站 {self.running} 个，请核对"
            )


_CHINESE = {
    **{"running": "在运行网站", "sampled": "抽查", "passed": "合格", "failed": "不合格"},
    **{"not_determined": "未判定", "closed": "关停"},
}


class StatedTotals(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on the report form; None where it is left open."""

    running: int | None = None
    sampled: int | None = None
    passed: int | None = None
    failed: int | None = None
    not_determined: int | None = None
    closed: int | None = None


class UnitCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many sites of one unit (市直部门, a district) a report form names among those sampled."""

    unit: str
    sampled: int


class ResultRow(msgspec.Struct, frozen=True, kw_only=True):
    """What an office found of one site."""

    code: str
    verdict: Verdict
    problems: tuple[str, ...] = ()
    inspected_on: date | None = None


class ReportedResult(Record, frozen=True, kw_only=True):
    """A reported result. ``batch`` names the rows that were filed together; ``id`` is ``<batch>:<code>``."""

    batch: str
    code: str
    verdict: Verdict
    problems: tuple[str, ...] = ()
    inspected_on: date | None = None


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """One filing of a report. ``batch`` is empty where it gave totals alone; ``reason`` is that of a correction.

    ``units`` are the sites by unit as the form lists them. They stand as they were filed, even where they do not add up
    to the totals: the consistency guard stops a bulletin that would print both.
    """

    totals: Totals
    as_of: date
    filed_at: datetime
    by: str
    source: str = ""
    batch: str = ""
    reason: str = ""
    units: tuple[UnitCount, ...] = ()


class ReportedRound(Record, frozen=True, kw_only=True):
    """The round of one office in one period; ``id`` is ``<period>:<office>``, ``filings`` are oldest first."""

    office: str
    office_name: str
    level: OfficeLevel
    period: str
    filings: tuple[Filing, ...]

    @property
    def current(self) -> Filing:
        """The filing that counts."""
        return self.filings[-1]

    @property
    def totals(self) -> Totals:
        """The numbers that count."""
        return self.current.totals


def report_id(period: str, office: str) -> str:
    """Id of the report of an office on a period."""
    return f"{period}:{office}"


def reconciled(stated: StatedTotals, rows: Sequence[ResultRow] | None, running: int) -> Totals:
    """The totals of a report: those of the form, held against the rows where there are any.

    ``running`` stands in where the form leaves it open. :class:`InputRejected` names every number of the form that the
    rows contradict, or is missing from a report without rows.
    """
    totals = _stated(stated, running) if rows is None else _counted(stated, rows, running)
    totals.check()
    return totals


def _stated(stated: StatedTotals, running: int) -> Totals:
    missing = [_CHINESE[name] for name in ("sampled", "passed", "failed") if getattr(stated, name) is None]
    if missing:
        raise InputRejected(f"只报总数的报表须填写{'、'.join(missing)}；或附上逐个网站的明细文件")
    given = {name: value for name in _CHINESE if (value := getattr(stated, name)) is not None}
    return Totals(**{"running": running, **given})


def _counted(stated: StatedTotals, rows: Sequence[ResultRow], running: int) -> Totals:
    counts = Counter(row.verdict for row in rows)
    found = {"sampled": len(rows), **{verdict.value: counts[verdict] for verdict in Verdict}}
    conflicts = [
        f"报表{_CHINESE[name]} {told} 个，明细中有 {number} 个"
        for name, number in found.items()
        if (told := getattr(stated, name)) is not None and told != number
    ]
    if conflicts:
        raise InputRejected(f"报表与明细不符：{'；'.join(conflicts)}。请更正报表或明细后重新导入")
    return Totals(running=running if stated.running is None else stated.running, **found)


def batch_of(report: str, rows: Iterable[ResultRow]) -> str:
    """Name of the rows of a filing: the report's id and a digest, so that other rows never mix with these."""
    digest = hashlib.sha256(msgspec.json.encode(sorted(rows, key=lambda row: row.code))).hexdigest()
    return f"{report}:{digest[:16]}"


def results_of(batch: str, rows: Iterable[ResultRow], regions: dict[str, str]) -> list[ReportedResult]:
    """The rows as records, by code; ``regions`` are those of the sites."""
    return [
        ReportedResult(
            id=f"{batch}:{row.code}",
            region=regions[row.code],
            batch=batch,
            code=row.code,
            verdict=row.verdict,
            problems=row.problems,
            inspected_on=row.inspected_on,
        )
        for row in sorted(rows, key=lambda row: row.code)
    ]


def filed(before: ReportedRound | None, office: Office, period: str, filing: Filing) -> ReportedRound:
    """The report with a further filing. :class:`InputRejected` where one is to be replaced without a reason."""
    if before is None:
        return ReportedRound(
            id=report_id(period, office.id),
            region=office.region,
            office=office.id,
            office_name=office.name,
            level=office.level,
            period=period,
            filings=(filing,),
        )
    if not filing.reason.strip():
        raise InputRejected(
            f"{office.name}已于 {before.current.filed_at:%Y-%m-%d} 报送 {period} 的结果；更正时请用 --reason 说明原因"
        )
    return msgspec.structs.replace(before, revision=before.revision + 1, filings=(*before.filings, filing))
