"""Rows that are imported, as a table would hold them, and what became of them."""

from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, Field

from inspection.errors import InputRejected
from inspection.ports import ImportCounts
from inspection.registry.row import RowProblem
from inspection.statistics.period import check_period
from inspection.statistics.series import SeriesEntry
from inspection.workflows.import_registry import ImportReport, RawRow, RejectedRow

T = TypeVar("T", bound=BaseModel)

_MOST_ROWS = 50_000

Cell = Annotated[str, Field(max_length=4000)]
Day = Annotated[str, Field(max_length=40, description="YYYY-MM-DD", examples=["2026-11-20"])]
Moment = Annotated[
    str, Field(max_length=40, description="Beijing time unless it has an offset", examples=["2026-11-20 09:30"])
]


class OfficeRow(BaseModel):
    """An office; one of the same id is changed."""

    id: Cell = Field(examples=["shandong"])
    name: Cell
    level: Cell = Field(description="national, provincial, departmental, municipal or county")
    region: Cell = Field("", description="Six digits; empty for the nation")
    department: Cell = Field("", description="Two digits, at the departmental level")
    parent: Cell = Field("", description="Id of the office above; it may stand anywhere among the rows")


class AccountRow(BaseModel):
    """An account in the new media; one of the same platform and name is changed."""

    platform: Cell
    account: Cell
    owner: Cell
    region: Cell
    level: Cell
    status: Cell = ""
    last_update: Day = ""
    seen_on: Day = ""


class AccountSeenRow(BaseModel):
    """What was seen of an account on file."""

    platform: Cell
    account: Cell
    seen_at: Moment
    last_update: Day = ""
    event: Cell = Field("", description="Title of what it carried")
    url: Cell = ""


class CarriedRow(BaseModel):
    """A site or an account that carried an event; it counts once per event."""

    event: Cell = Field(description="Title of the event or article")
    carrier: Cell = Field(description="site or account")
    subject: Cell = Field(description="Code of the site, or name of the account")
    seen_at: Moment
    platform: Cell = ""
    region: Cell = ""
    url: Cell = ""


class AccountabilityRow(BaseModel):
    """A decision; one of the same number stays as it is on file."""

    number: Cell
    kind: Cell
    persons: int
    unit: Cell
    date: Day
    region: Cell = ""
    department: Cell = Field("", description="Number of a State Council department, two digits")
    case: Cell = Field("", description="Id of the case that it came of")
    note: Cell = ""


class SpecialCheckRow(BaseModel):
    """A check of one topic; one of the same number stays as it is on file."""

    number: Cell
    office: Cell = Field(description="Id of the office")
    topic: Cell
    first: Day
    last: Day
    checked: int
    faulty: int
    problems: list[Cell] = Field([], max_length=100, description="Most frequent first; printed")
    note: Cell = ""


class RowsIn(BaseModel, Generic[T]):
    """Rows to be imported."""

    rows: list[T] = Field(max_length=_MOST_ROWS)


def raw_rows(rows: Sequence[BaseModel]) -> list[RawRow]:
    """As a table would hold them; ``line`` is the place in the list, from 1."""
    return [
        RawRow(line, {name: _cell(value) for name, value in row.model_dump().items()})
        for line, row in enumerate(rows, 1)
    ]


def _cell(value: Any) -> str:
    return "；".join(value) if isinstance(value, list) else str(value)


class BadRowOut(BaseModel):
    """What is wrong with one value, and how to mend it (Chinese)."""

    where: str = Field(examples=["body.rows.2.region"])
    value: str
    what: str

    @classmethod
    def of(cls, row: RejectedRow) -> "BadRowOut":
        """From the domain's value."""
        problem = row.problem
        return cls(where=f"body.rows.{row.line - 1}.{problem.column}", value=problem.value, what=problem.reason)


class ImportOut(BaseModel):
    """What an import did: rows = added + changed + unchanged + rejected."""

    rows: int
    added: int
    changed: int
    unchanged: int
    rejected: int = Field(description="Rows that were left out; ``errors`` says why")
    errors: list[BadRowOut]

    @classmethod
    def of(cls, report: ImportReport) -> "ImportOut":
        """From the domain's value."""
        counts = report.counts
        return cls(
            rows=report.rows,
            added=counts.added,
            changed=counts.changed,
            unchanged=counts.unchanged,
            rejected=report.rejected_rows,
            errors=[BadRowOut.of(each) for each in report.problems],
        )

    @classmethod
    def whole(cls, counts: ImportCounts) -> "ImportOut":
        """Of an import that takes all rows or none."""
        added, changed, unchanged = counts.added, counts.changed, counts.unchanged
        total = added + changed + unchanged
        return cls(rows=total, added=added, changed=changed, unchanged=unchanged, rejected=0, errors=[])


class SeriesRow(BaseModel):
    """One period as it was published; null = not known. Shares in 0..1."""

    period: str = Field(max_length=20, examples=["2017Q1"])
    as_of: str = Field("", max_length=40, description="Day or month, as the source gives it")
    running: int | None = Field(None, ge=0)
    sampled: int | None = Field(None, ge=0)
    rate: float | None = Field(None, ge=0, le=1)
    reported_sampled: int | None = Field(None, ge=0)
    reported_share: float | None = Field(None, ge=0, le=1, description="Of the running sites")
    reported_rate: float | None = Field(None, ge=0, le=1)
    note: str = Field("", max_length=2000)
    source: str = Field("", max_length=2000)


class SeriesIn(BaseModel):
    """Published periods of a place; all are taken or none."""

    region: str = Field(pattern=r"^\d{6}$", description="Six digits; 000000 is the nation")
    rows: list[SeriesRow] = Field(max_length=_MOST_ROWS)

    def entries(self) -> tuple[list[SeriesEntry], list[RejectedRow]]:
        """Those of good rows, and what is wrong with others."""
        entries: dict[str, SeriesEntry] = {}
        rejected = []
        for line, row in enumerate(self.rows, 1):
            try:
                id_ = f"{self.region}:{check_period(row.period)}"
                if id_ in entries:
                    raise InputRejected(f"期次 {row.period} 重复，请只留一行")
                entries[id_] = SeriesEntry(id=id_, region=self.region, **row.model_dump())
            except InputRejected as error:
                rejected.append(RejectedRow(line, RowProblem("period", row.period, str(error))))
        return list(entries.values()), rejected
