"""What offices report: signed self-checks, rounds of their own; sums of these, and verifications."""

from operator import attrgetter
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.clock import Present
from api.paging import Cursor, Limit, Page, after, page_from, page_of
from api.problems import RowsRejected, responses
from api.repositories import Repositories, Stores
from api.routes.registry import Region
from api.schemas.reporting import (
    MissingSiteOut,
    ReportDetailOut,
    ReportIn,
    ReportSumOut,
    SelfCheckDetailOut,
    SelfCheckIn,
    SelfCheckOut,
    SelfCheckStatusOut,
    VerificationIn,
    VerificationOut,
    VerificationResultOut,
    rows_of,
)
from inspection.observation.site import china_day
from inspection.records import get
from inspection.workflows.file_report import file_report
from inspection.workflows.file_self_check import file_self_check, self_check_status
from inspection.workflows.sum_reports import sum_reports
from inspection.workflows.verify_reports import draw_verification, verification_result

router = APIRouter(prefix="/v1", tags=["reporting"])

AnyOffice = Annotated[str, Query(max_length=64, description="Id of an office")]
AnyPeriod = Annotated[str, Query(max_length=20, description="Period, as `2017Q1`")]
OfficeId = Annotated[str, Query(min_length=1, max_length=64, description="Id of the office", examples=["shandong"])]
Period = Annotated[str, Query(min_length=1, max_length=20, examples=["2017Q1"])]


@router.get("/self-checks", operation_id="listSelfChecks", response_model=Page[SelfCheckOut], responses=responses())
def list_self_checks(
    stores: Stores,
    office: AnyOffice = "",
    period: AnyPeriod = "",
    region: Region = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Signed forms by id: period and office."""
    where = {"office": office, "period": period, "region": region}
    return page_from(stores.self_checks, where, cursor, limit, SelfCheckOut.of)


@router.get(
    "/self-checks/{check_id}",
    operation_id="getSelfCheck",
    response_model=SelfCheckDetailOut,
    responses=responses(404),
)
def get_self_check(stores: Stores, check_id: str) -> SelfCheckDetailOut:
    """One form with its results."""
    return SelfCheckDetailOut.of(get(stores.self_checks, check_id, "自查表"))


@router.post(
    "/self-checks",
    operation_id="fileSelfCheck",
    response_model=SelfCheckDetailOut,
    status_code=201,
    responses=responses(404),
)
def file_check(stores: Stores, clock: Present, form: SelfCheckIn) -> SelfCheckDetailOut:
    """File a signed form with its scan; one bad result and nothing is stored. Repeating it changes nothing."""
    done = file_self_check(
        rows_of(form.results),
        form.scanned(),
        office_id=form.office,
        period=form.period,
        signatory=form.signatory,
        signed_on=form.signed_on or china_day(clock.now()),
        by=form.by,
        rules=stores.rules.reporting,
        stores=stores,
        clock=clock,
    )
    if done.check is None:
        raise RowsRejected("results", done.problems)
    return SelfCheckDetailOut.of(done.check)


@router.get(
    "/self-check-status",
    operation_id="getSelfCheckStatus",
    response_model=SelfCheckStatusOut,
    responses=responses(404),
)
def get_status(stores: Stores, office: OfficeId, period: Period) -> SelfCheckStatusOut:
    """How far the self-check of an office is, forms of the offices below it among them."""
    return SelfCheckStatusOut.of(office, period, self_check_status(office, period, stores=stores))


@router.get(
    "/self-check-missing",
    operation_id="listSelfCheckMissing",
    response_model=Page[MissingSiteOut],
    responses=responses(404),
)
def list_missing(
    stores: Stores, office: OfficeId, period: Period, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Sites of an office that have no result yet, by code."""
    key = after(cursor)
    rows = [site for site in self_check_status(office, period, stores=stores).missing if site.code > key]
    return page_of(rows[: limit + 1], limit, attrgetter("code"), MissingSiteOut.of)


@router.get("/reports/{report_id}", operation_id="getReport", response_model=ReportDetailOut, responses=responses(404))
def get_report(stores: Stores, report_id: str) -> ReportDetailOut:
    """The round of one office in one period, with all filings; its id is `2017Q1:office`."""
    return ReportDetailOut.of(get(stores.reports, report_id, "上报结果"))


@router.post(
    "/reports",
    operation_id="fileReport",
    response_model=ReportDetailOut,
    status_code=201,
    responses=responses(404, 409),
)
def file(stores: Stores, clock: Present, form: ReportIn) -> ReportDetailOut:
    """File the round of an office, or with a reason correct it; one bad result and nothing is stored."""
    done = file_report(
        None if form.results is None else rows_of(form.results),
        form.stated(),
        office_id=form.office,
        period=form.period,
        as_of=form.as_of or china_day(clock.now()),
        by=form.by,
        source="",
        reason=form.reason,
        stores=stores,
        clock=clock,
        rules=stores.rules.reporting,
    )
    if done.report is None:
        raise RowsRejected("results", done.problems)
    return ReportDetailOut.of(done.report)


@router.get("/report-sum", operation_id="getReportSum", response_model=ReportSumOut, responses=responses(404))
def get_sum(
    stores: Stores,
    office: OfficeId,
    period: Period,
    running: Annotated[int | None, Query(ge=1, description="Running sites that the share is taken of")] = None,
    verification: Annotated[str, Query(max_length=100, description="Id of the verification to be quoted")] = "",
) -> ReportSumOut:
    """What the offices below another have reported on a period, added up as a bulletin prints it."""
    found = sum_reports(
        get(stores.offices, office, "单位"),
        period,
        reports=stores.reports,
        below=stores.rules.reporting.named_below.rate,
        running=running,
        verified=_verified(verification, stores),
    )
    return ReportSumOut.of(found)


def _verified(verification: str, stores: Repositories) -> str:
    if not verification:
        return ""
    found = verification_result(verification, stores=stores, rule=stores.rules.reporting.verification)
    return found.statement.text if found.statement.holds else ""


@router.get(
    "/verifications", operation_id="listVerifications", response_model=Page[VerificationOut], responses=responses()
)
def list_verifications(
    stores: Stores,
    office: AnyOffice = "",
    period: AnyPeriod = "",
    region: Region = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Verification samplings of reported results, by id."""
    where = {"office": office, "period": period, "region": region}
    return page_from(stores.verifications, where, cursor, limit, VerificationOut.of)


@router.get(
    "/verifications/{verification_id}",
    operation_id="getVerification",
    response_model=VerificationResultOut,
    responses=responses(404),
)
def get_verification(stores: Stores, verification_id: str) -> VerificationResultOut:
    """How far reported and verified verdicts agree, as far as the round of the verification is."""
    return _result(verification_id, stores)


def _result(verification_id: str, stores: Repositories) -> VerificationResultOut:
    rule = stores.rules.reporting.verification
    found = verification_result(verification_id, stores=stores, rule=rule)
    return VerificationResultOut.of(found, provisional=rule.source.is_provisional)


@router.post(
    "/verifications",
    operation_id="drawVerification",
    response_model=VerificationResultOut,
    status_code=201,
    responses=responses(404, 409),
)
def draw(stores: Stores, clock: Present, wanted: VerificationIn) -> VerificationResultOut:
    """Draw a part of the reported results by a published seed, as a round of the verifying office; 404: none reported.

    The round is opened by the command; until it is judged, all that was drawn is pending.
    """
    day = wanted.as_of or china_day(clock.now())
    editions, rule = stores.editions, stores.rules.reporting.draw
    drawn = draw_verification(
        round_id=wanted.id,
        title=wanted.title,
        office_id=wanted.office,
        period=wanted.period,
        seed=wanted.seed,
        size=wanted.size(rule.share),
        min_per_office=rule.min_per_office,
        as_of=day,
        edition=(editions.get(wanted.edition) if wanted.edition else editions.in_force(day)).id,
        stores=stores,
        clock=clock,
        probes=wanted.probe_plan(),
        page_budget=wanted.page_budget,
        drill=wanted.drill,
    )
    return _result(drawn.id, stores)
