"""Shapes of offices and of what they report."""

from datetime import date

from pydantic import BaseModel, Field

from api.schemas.reporting import TotalsOut
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


class ReportOut(TotalsOut):
    """The round of one office in one period, as its last filing has it."""

    id: str
    period: str
    office: str
    office_name: str
    region: str
    as_of: date
    filings: int = Field(description="How often it was filed; more than once where it was corrected")
    has_results: bool = Field(description="Whether results of single sites were filed with the totals")

    @classmethod
    def of_report(cls, report: ReportedRound) -> "ReportOut":
        """From the domain's value."""
        return cls(
            id=report.id,
            period=report.period,
            office=report.office,
            office_name=report.office_name,
            region=report.region,
            as_of=report.current.as_of,
            filings=len(report.filings),
            has_results=bool(report.current.batch),
            **TotalsOut.of(report.totals).model_dump(),
        )
