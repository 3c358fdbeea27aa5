"""File a signed form of a deep self-check with its scan; see what is still missing."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

import msgspec

from inspection.errors import InputRejected
from inspection.offices import Office, OfficeLevel
from inspection.ports import Clock, SiteRepository, SnapshotStore
from inspection.records import RecordRepository, every, get
from inspection.reporting import SelfCheck
from inspection.reporting.period import check_period
from inspection.reporting.report import batch_of, report_id
from inspection.reporting.rules import ReportingRules
from inspection.reporting.self_check import Coverage, Scan, coverage, kind_of_scan
from inspection.workflows.file_report import read_results
from inspection.workflows.import_registry import RawRow, RejectedRow


class SelfCheckStores(Protocol):
    """What self-checks need."""

    @property
    def sites(self) -> SiteRepository: ...

    @property
    def snapshots(self) -> SnapshotStore: ...

    @property
    def offices(self) -> RecordRepository[Office]: ...

    @property
    def self_checks(self) -> RecordRepository[SelfCheck]: ...


class FiledSelfCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a form: stored, or refused with every problem of its rows."""

    check: SelfCheck | None
    problems: Sequence[RejectedRow] = ()


def file_self_check(
    rows: Iterable[RawRow],
    scan: bytes,
    *,
    office_id: str,
    period: str,
    signatory: str,
    signed_on: date,
    by: str,
    rules: ReportingRules,
    stores: SelfCheckStores,
    clock: Clock,
) -> FiledSelfCheck:
    """File one signed form. Repeating it changes nothing; one bad row and nothing is stored.

    Raises NotFound for an unknown office, InputRejected for a bad scan or where nobody signed.
    """
    check_period(period)
    if not signatory.strip():
        raise InputRejected("请注明签字的单位负责人：深度自查结果须由负责人签字、加盖公章")
    if not by.strip():
        raise InputRejected("请用 --by 注明由谁填报")
    kind = kind_of_scan(scan, rules.scan)
    office = get(stores.offices, office_id, "单位")
    results, problems = read_results(list(rows), office, signed_on, rules.inspected.days(period), stores.sites)
    if problems:
        return FiledSelfCheck(check=None, problems=problems)
    if not results:
        raise InputRejected("自查表中没有一个网站")
    [digest] = stores.snapshots.put([scan])  # first, so that a record never refers to what is not there
    id_ = f"{batch_of(report_id(period, office.id), results)}:{digest[:16]}"
    check = SelfCheck(
        id=id_,
        region=office.region,
        office=office.id,
        period=period,
        results=tuple(sorted(results, key=lambda row: row.code)),
        signatory=signatory.strip(),
        signed_on=signed_on,
        scan=Scan(digest=digest, kind=kind, size=len(scan)),
        filed_at=clock.now(),
        by=by,
    )
    stores.self_checks.add([check])
    return FiledSelfCheck(check=get(stores.self_checks, id_, "自查表"))


def self_check_status(office_id: str, period: str, *, stores: SelfCheckStores) -> Coverage:
    """How far the self-check of an office is, forms of the offices below it among them."""
    office = get(stores.offices, office_id, "单位")
    where = {"period": check_period(period)}
    if office.level is OfficeLevel.DEPARTMENTAL:
        where["office"] = office.id
    else:
        where["region"] = office.scope
    return coverage(office, stores.sites.all(), list(every(stores.self_checks, where)))
