"""Monthly reports of cities with the annexes of their counties: filed when, complete or not, late or not."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from inspection.errors import InputRejected
from inspection.observation.site import china_day
from inspection.records import Record, revised
from inspection.rules import Rule
from inspection.standard.source import Source
from inspection.workdays import after_working_days, is_working_day

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class MonthlyRule(Rule, frozen=True, kw_only=True):
    """Due by ``day`` of the month after, at its end; ``region`` is a prefix of 0, 2 or 4 digits."""

    id: str
    name: str
    region: str
    day: Annotated[int, msgspec.Meta(ge=1, le=28)]
    moves_to_working_day: bool
    source: Source
    clause: str


class MonthlyRules(Rule, frozen=True, kw_only=True):
    """All of them; one is the nation's (empty region)."""

    due: tuple[MonthlyRule, ...]

    def __post_init__(self) -> None:
        if not any(rule.region == "" for rule in self.due):
            raise InputRejected('月报规则缺少全国的一条（region = ""），请补上')

    def due_on(self, month: str, city: str) -> date:
        """The last day on which the report of a month (YYYY-MM) of a city is in time."""
        rule = max((rule for rule in self.due if city.startswith(rule.region)), key=lambda rule: len(rule.region))
        day = next_month(month).replace(day=rule.day)
        if rule.moves_to_working_day and not is_working_day(day):
            return after_working_days(day, 1)
        return day


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was handed in: the report itself (``region`` is the city's) or the annex of a county.

    ``digest`` is its SHA-256 in the snapshot store, ``size`` its bytes.
    """

    region: str
    name: str
    digest: str
    size: int
    at: datetime
    by: str


class MonthlyReport(Record, frozen=True, kw_only=True):
    """``id`` is ``<month>:<city>``. ``filings`` in the order of time; a later one of the same region replaces it."""

    month: str
    filings: tuple[Filing, ...] = ()

    @property
    def filed_on(self) -> date | None:
        """The day in China on which the report itself was first filed; None while there are annexes alone."""
        own = next((filing for filing in self.filings if filing.region == self.region), None)
        return None if own is None else china_day(own.at)

    @property
    def current(self) -> dict[str, Filing]:
        """What stands now, by region."""
        return {filing.region: filing for filing in self.filings}


class ReportState(StrEnum):
    """How a city stands with the report of a month."""

    IN_TIME = "in-time"
    LATE = "late"
    MISSING = "missing"
    NOT_YET_DUE = "not-yet-due"

    @property
    def chinese(self) -> str:
        """As lists print it."""
        return {"in-time": "按时", "late": "迟报", "missing": "未报", "not-yet-due": "未到期"}[self.value]


class CityStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One city in one month. Counties are six-digit regions; ``late_annexes`` came after the due day."""

    city: str
    due: date
    filed_on: date | None
    state: ReportState
    missing_annexes: tuple[str, ...] = ()
    late_annexes: tuple[str, ...] = ()


def report_id(month: str, city: str) -> str:
    """Identity of a report."""
    return f"{month}:{city}"


def month_of(text: str) -> str:
    """A month as YYYY-MM; :class:`InputRejected` for anything else."""
    if not _MONTH.fullmatch(text):
        raise InputRejected(f"月份 {text!r} 无效，请写成 YYYY-MM，例如 2026-10")
    return text


def next_month(month: str) -> date:
    """The first day of the month after."""
    first = date.fromisoformat(f"{month_of(month)}-01")
    return (first + timedelta(days=31)).replace(day=1)


def with_filings(report: MonthlyReport, filings: Iterable[Filing]) -> MonthlyReport:
    """The report with further files; InputRejected for a region that is not within the city."""
    added = tuple(filings)
    for filing in added:
        if filing.region[:4] != report.region[:4]:
            raise InputRejected(f"附件的行政区划 {filing.region} 不在 {report.region} 之内，应由其所属的市报送")
    return revised(report, filings=(*report.filings, *added))


def city_status(
    month: str, counties: Mapping[str, Iterable[str]], reports: Iterable[MonthlyReport], day: date, rules: MonthlyRules
) -> list[CityStatus]:
    """How each city that must report stands at the end of ``day``; ``counties`` are those of each city, by city."""
    filed = {report.region: report for report in reports}
    return [
        _status(month, city, sorted(counties[city]), filed.get(city), day=day, rules=rules) for city in sorted(counties)
    ]


def _status(
    month: str, city: str, counties: list[str], report: MonthlyReport | None, *, day: date, rules: MonthlyRules
) -> CityStatus:
    due = rules.due_on(month, city)
    filings = [f for f in (() if report is None else report.filings) if china_day(f.at) <= day]
    first: dict[str, date] = {}
    for filing in filings:
        first.setdefault(filing.region, china_day(filing.at))
    filed_on = first.get(city)
    if filed_on is None:
        state = ReportState.MISSING if day > due else ReportState.NOT_YET_DUE
    else:
        state = ReportState.IN_TIME if filed_on <= due else ReportState.LATE
    return CityStatus(
        city=city,
        due=due,
        filed_on=filed_on,
        state=state,
        missing_annexes=tuple(county for county in counties if county not in first),
        late_annexes=tuple(county for county in counties if first.get(county, due) > due),
    )
