"""Shapes of offices and of what they report."""

from datetime import date

from pydantic import BaseModel, Field

from inspection.offices import Office, OfficeLevel
from inspection.reporting import ReportedRound


class OfficeOut(BaseModel):
    """An office that orders rounds or reports its own."""

    id: str
    name: str
    level: OfficeLevel
    region: str
    department: str = Field(description="Two-digit number of a State Council department, else empty")
    parent: str = Field(description="Id of the office that supervises it, empty for the State Council's")

    @classmethod
    def of(cls, office: Office) -> "OfficeOut":
        """From the domain's value."""
        return cls(
            id=office.id,
            name=office.name,
            level=office.level,
            region=office.region,
            department=office.department,
            parent=office.parent,
        )


class ReportOut(BaseModel):
    """The round of one office in one period; sampled = passed + failed + not_determined + closed."""

    id: str
    period: str
    office: str
    office_name: str
    region: str
    as_of: date
    running: int
    sampled: int
    passed: int
    failed: int
    not_determined: int
    closed: int
    rate: float | None = Field(description="Share 0..1 of the decided sites; null where none was")
    filings: int = Field(description="How often it was filed; more than once where it was corrected")
    has_results: bool = Field(description="Whether results of single sites were filed with the totals")

    @classmethod
    def of(cls, report: ReportedRound) -> "ReportOut":
        """From the domain's value."""
        totals = report.totals
        return cls(
            id=report.id,
            period=report.period,
            office=report.office,
            office_name=report.office_name,
            region=report.region,
            as_of=report.current.as_of,
            running=totals.running,
            sampled=totals.sampled,
            passed=totals.passed,
            failed=totals.failed,
            not_determined=totals.not_determined,
            closed=totals.closed,
            rate=totals.rate,
            filings=len(report.filings),
            has_results=bool(report.current.batch),
        )
