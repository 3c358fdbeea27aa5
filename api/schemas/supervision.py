"""Monthly reports, accountability and accounts as callers see them."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from inspection.accountability import Accountability
from inspection.bulletin.figures import AccountabilityFigures
from inspection.linkage import Account, AccountLevel, AccountStatus, Freshness, Platform
from inspection.monthly import CityStatus, Filing, LateCity, LateList, MonthlyReport, ReportState
from inspection.registry import regions
from inspection.special import SpecialCheck


class FilingOut(BaseModel):
    """A file that was handed in."""

    region: str = Field(description="The city's own report, or the annex of a county")
    name: str
    digest: str = Field(description="SHA-256; the bytes are at /v1/snapshots/{digest}/body")
    size: int
    at: datetime
    by: str

    @classmethod
    def of(cls, filing: Filing) -> "FilingOut":
        """From the domain's value."""
        return cls(
            region=filing.region,
            name=filing.name,
            digest=filing.digest,
            size=filing.size,
            at=filing.at,
            by=filing.by,
        )


class MonthlyReportOut(BaseModel):
    """All files of a city and month, those replaced by later ones too."""

    month: str
    city: str
    filed_on: date | None = Field(description="Day in China of the report itself; null while there are annexes alone")
    filings: list[FilingOut]

    @classmethod
    def of(cls, report: MonthlyReport) -> "MonthlyReportOut":
        """From the domain's value."""
        return cls(
            month=report.month,
            city=report.region,
            filed_on=report.filed_on,
            filings=[FilingOut.of(filing) for filing in report.filings],
        )


class CityStatusOut(BaseModel):
    """How a city stands with the report of a month."""

    city: str
    city_name: str
    due: date
    filed_on: date | None
    state: ReportState
    missing_annexes: list[str] = Field(description="Counties whose annex is missing")
    late_annexes: list[str]

    @classmethod
    def of(cls, status: CityStatus) -> "CityStatusOut":
        """From the domain's value."""
        return cls(
            city=status.city,
            city_name=regions.full_name(status.city),
            due=status.due,
            filed_on=status.filed_on,
            state=status.state,
            missing_annexes=list(status.missing_annexes),
            late_annexes=list(status.late_annexes),
        )


class LateCityOut(BaseModel):
    """A city on a late list."""

    city: str
    city_name: str
    report_missing: bool = Field(description="Its own report was not there; else annexes alone were missing")
    missing_annexes: list[str] = Field(description="Counties whose annex was missing")

    @classmethod
    def of(cls, late: LateCity) -> "LateCityOut":
        """From the domain's value."""
        return cls(
            city=late.city,
            city_name=regions.full_name(late.city),
            report_missing=late.report_missing,
            missing_annexes=list(late.missing_annexes),
        )


class LateListOut(BaseModel):
    """Who had not filed by the end of a due day, as fixed on the day after."""

    id: str
    month: str
    due: date
    fixed_on: date
    cities: int = Field(description="Cities that had to file by that day, wherever they are")
    late: list[LateCityOut] = Field(description="Of the region asked for, where one is")

    @classmethod
    def of(cls, fixed: LateList, region: str = "") -> "LateListOut":
        """From the domain's value; ``region`` is a prefix that leaves cities elsewhere out."""
        return cls(
            id=fixed.id,
            month=fixed.month,
            due=fixed.due,
            fixed_on=fixed.fixed_on,
            cities=fixed.cities,
            late=[LateCityOut.of(each) for each in fixed.late if each.city.startswith(region)],
        )


class KindCountOut(BaseModel):
    """Persons that met with one kind."""

    kind: str
    persons: int


class AccountabilityOut(BaseModel):
    """Persons by kind, in the order of severity."""

    total: int
    kinds: list[KindCountOut]

    @classmethod
    def of(cls, figures: AccountabilityFigures) -> "AccountabilityOut":
        """From the domain's value."""
        kinds = [KindCountOut(kind=name, persons=number) for name, number in figures.persons]
        return cls(total=figures.total, kinds=kinds)


class AccountabilityRecordOut(BaseModel):
    """One decision; no names of persons are kept."""

    number: str
    region: str
    department: str = Field(description="Number of the State Council department; empty for others", examples=["07"])
    kind: str = Field(description="Id of the kind")
    persons: int
    unit: str
    on: date
    case: str
    note: str

    @classmethod
    def of(cls, record: Accountability) -> "AccountabilityRecordOut":
        """From the domain's value."""
        return cls(
            number=record.id,
            region=record.region,
            department=record.department,
            kind=record.kind,
            persons=record.persons,
            unit=record.unit,
            on=record.on,
            case=record.case,
            note=record.note,
        )


class SpecialCheckOut(BaseModel):
    """A check of one topic beside the rounds."""

    number: str
    office: str = Field(description="Id of the office that made it")
    region: str = Field(description="That of the office")
    topic: str = Field(examples=["办事服务功能"])
    first: date
    last: date
    checked: int = Field(description="Sites that were looked at")
    faulty: int = Field(description="Sites with problems among them")
    problems: list[str] = Field(description="As a bulletin prints them, most frequent first")
    note: str

    @classmethod
    def of(cls, check: SpecialCheck) -> "SpecialCheckOut":
        """From the domain's value."""
        return cls(
            number=check.id,
            office=check.office,
            region=check.region,
            topic=check.topic,
            first=check.first,
            last=check.last,
            checked=check.checked,
            faulty=check.faulty,
            problems=list(check.problems),
            note=check.note,
        )


class AccountOut(BaseModel):
    """An account in the new media."""

    id: str
    platform: Platform
    name: str
    owner: str
    region: str
    level: AccountLevel
    status: AccountStatus
    last_update: date | None
    seen_on: date | None = Field(description="Last day on which somebody looked")

    @classmethod
    def of(cls, account: Account) -> "AccountOut":
        """From the domain's value."""
        return cls(
            id=account.id,
            platform=account.platform,
            name=account.name,
            owner=account.owner,
            region=account.region,
            level=account.level,
            status=account.status,
            last_update=account.last_update,
            seen_on=account.seen_on,
        )


class StaleAccountOut(BaseModel):
    """An account that is not kept up, or of which nothing can be said."""

    account: AccountOut
    freshness: Freshness

    @classmethod
    def of(cls, account: Account, freshness: Freshness) -> "StaleAccountOut":
        """From the domain's values."""
        return cls(account=AccountOut.of(account), freshness=freshness)
