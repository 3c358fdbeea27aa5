"""File the monthly report of a city with its annexes, and see who has not."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import msgspec

from inspection.errors import InputRejected
from inspection.monthly.report import (
    CityStatus,
    Filing,
    MonthlyReport,
    MonthlyRules,
    city_status,
    month_of,
    next_month,
    report_id,
    with_filings,
)
from inspection.observation.site import china_day
from inspection.offices import Office, OfficeLevel
from inspection.ports import Clock, SnapshotStore
from inspection.records import RecordRepository, every
from inspection.registry import regions

MAX_BYTES = 50 * 1024 * 1024


class MonthlyStores(Protocol):
    """What monthly reports are kept in."""

    @property
    def offices(self) -> RecordRepository[Office]: ...

    @property
    def monthly_reports(self) -> RecordRepository[MonthlyReport]: ...

    @property
    def snapshots(self) -> SnapshotStore: ...


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file to hand in: the city's own or a county's, by six-digit region."""

    region: str
    name: str
    body: bytes


def file_monthly_report(
    month: str, city: str, attachments: Sequence[Attachment], *, by: str, stores: MonthlyStores, clock: Clock
) -> MonthlyReport:
    """Add files to the report of a city; what was filed before stays on record. The same file again changes nothing.

    InputRejected for a month that is not over, a region that is not the city's, an empty or a too large file.
    """
    now = clock.now()
    _check(month, city, attachments, by, china_day(now))
    stores.monthly_reports.add([MonthlyReport(id=report_id(month, city), region=city, month=month)])
    report = stores.monthly_reports.find(report_id(month, city))
    assert report is not None  # it has just been added
    digests = stores.snapshots.put([each.body for each in attachments])
    filings = [
        Filing(region=each.region, name=each.name, digest=digest, size=len(each.body), at=now, by=by.strip())
        for each, digest in zip(attachments, digests, strict=True)
    ]
    current = report.current
    new = [f for f in filings if f.region not in current or current[f.region].digest != f.digest]
    if not new:
        return report
    changed = with_filings(report, new)
    stores.monthly_reports.replace(changed)
    return changed


def _check(month: str, city: str, attachments: Sequence[Attachment], by: str, today: date) -> None:
    if next_month(month_of(month)) > today:
        raise InputRejected(f"{month} 尚未结束，月报应在次月报送")
    if len(city) != 6 or not city.endswith("00") or city.endswith("0000") or not regions.exists(city):
        raise InputRejected(f"行政区划 {city!r} 不是市（州），请填 6 位代码，例如 370600")
    if not by.strip():
        raise InputRejected("请说明由谁报送（--by）")
    if not attachments:
        raise InputRejected("没有要报送的文件：请用 --report 给出月报，或用 --annex 给出县（市、区）附件")
    for each in attachments:
        if each.region[:4] != city[:4] or not regions.exists(each.region):
            raise InputRejected(f"附件 {each.name} 的行政区划 {each.region} 不在 {city} 之内，请核对")
        if not each.body or len(each.body) > MAX_BYTES:
            raise InputRejected(f"文件 {each.name} 为空或超过 {MAX_BYTES // 1024**2} MB")


def monthly_status(
    month: str, day: date, stores: MonthlyStores, rules: MonthlyRules, *, region: str = ""
) -> list[CityStatus]:
    """How the cities stand at the end of ``day``: those with an office on file, and any that has filed."""
    reports = list(every(stores.monthly_reports, {"month": month_of(month), "region": region}))
    counties: dict[str, set[str]] = {report.region: set() for report in reports}
    for office in every(stores.offices, {"region": region}):
        if office.level is OfficeLevel.MUNICIPAL:
            counties.setdefault(f"{office.region[:4]}00", set())
        elif office.level is OfficeLevel.COUNTY:
            counties.setdefault(f"{office.region[:4]}00", set()).add(office.region)
    return city_status(month, counties, reports, day, rules)
