"""Monthly reports of cities, accountability, special checks, and accounts in the new media."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query

from api.clock import Present
from api.paging import Cursor, Limit, Page, after, page_from, page_of
from api.problems import responses
from api.repositories import Stores
from api.routes.registry import Region
from api.schemas.supervision import (
    AccountabilityOut,
    AccountabilityRecordOut,
    AccountOut,
    CityStatusOut,
    LateListOut,
    MonthlyReportOut,
    SpecialCheckOut,
    StaleAccountOut,
)
from inspection.accountability import accountability_figures
from inspection.linkage import Account, AccountStatus, Freshness, Platform
from inspection.monthly.report import report_id
from inspection.observation.site import china_day
from inspection.records import every, get
from inspection.workflows.file_monthly_report import Attachment, file_monthly_report, monthly_status
from inspection.workflows.note_accounts import stale_accounts

router = APIRouter(prefix="/v1", tags=["supervision"])

Month = Annotated[str, Path(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-10"])]
Department = Annotated[
    str, Query(pattern=r"^(\d{2})?$", description="Number of a State Council department", examples=["07"])
]
City = Annotated[str, Path(pattern=r"^\d{6}$", description="Region code of the city", examples=["370600"])]


@router.get(
    "/monthly-reports/{month}",
    operation_id="listMonthlyReports",
    response_model=list[CityStatusOut],
    responses=responses(),
)
def list_reports(
    stores: Stores, clock: Present, month: Month, day: date | None = None, region: Region = ""
) -> list[CityStatusOut]:
    """How each city stands with the report of a month at the end of `day` (default: today in China)."""
    found = monthly_status(month, day or china_day(clock.now()), stores, stores.rules.monthly, region=region)
    return [CityStatusOut.of(status) for status in found]


@router.get(
    "/monthly-reports/{month}/{city}",
    operation_id="getMonthlyReport",
    response_model=MonthlyReportOut,
    responses=responses(404),
)
def get_report(stores: Stores, month: Month, city: City) -> MonthlyReportOut:
    """What a city has filed for a month."""
    return MonthlyReportOut.of(get(stores.monthly_reports, report_id(month, city), "月报"))


@router.put(
    "/monthly-reports/{month}/{city}/files/{region}",
    operation_id="fileMonthlyReport",
    response_model=MonthlyReportOut,
    responses=responses(409),
)
def file_report(
    stores: Stores,
    clock: Present,
    month: Month,
    city: City,
    region: Annotated[str, Path(pattern=r"^\d{6}$", description="The city itself, or the county of an annex")],
    body: Annotated[bytes, Body(media_type="application/octet-stream")],
    name: Annotated[str, Query(min_length=1, max_length=200, description="Name of the file")],
    by: Annotated[str, Query(min_length=1, max_length=100, description="Who files it")],
) -> MonthlyReportOut:
    """File the report of a city, or the annex of one of its counties; the body is the file."""
    attachment = Attachment(region=region, name=name, body=body)
    return MonthlyReportOut.of(file_monthly_report(month, city, [attachment], by=by, stores=stores, clock=clock))


@router.get("/late-lists", operation_id="listLateLists", response_model=Page[LateListOut], responses=responses())
def list_late_lists(
    stores: Stores,
    month: Annotated[str, Query(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$", examples=["2026-10"])] = "",
    region: Region = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Late lists by month and due day, as fixed on the day after; what is filed later does not change them.

    `region` leaves out the cities elsewhere.
    """
    return page_from(stores.late_lists, {"month": month}, cursor, limit, lambda fixed: LateListOut.of(fixed, region))


@router.get(
    "/accountability-figures",
    operation_id="getAccountabilityFigures",
    response_model=AccountabilityOut,
    responses=responses(),
)
def get_accountability(
    stores: Stores, since: date, until: date, region: Region = "", department: Department = ""
) -> AccountabilityOut:
    """Persons by kind from `since` to `until`, both included."""
    records = every(stores.accountability, {"region": region, "department": department})
    return AccountabilityOut.of(accountability_figures(records, since, until, stores.rules.accountability))


@router.get(
    "/accountability",
    operation_id="listAccountability",
    response_model=Page[AccountabilityRecordOut],
    responses=responses(),
)
def list_accountability(
    stores: Stores,
    kind: Annotated[str, Query(max_length=40, description="Id of a kind")] = "",
    region: Region = "",
    department: Department = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Decisions, by number."""
    return page_from(
        stores.accountability,
        {"kind": kind, "region": region, "department": department},
        cursor,
        limit,
        AccountabilityRecordOut.of,
    )


@router.get(
    "/special-checks", operation_id="listSpecialChecks", response_model=Page[SpecialCheckOut], responses=responses()
)
def list_special_checks(
    stores: Stores,
    office: Annotated[str, Query(max_length=64, description="Id of an office")] = "",
    region: Region = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Checks of one topic beside the rounds, by number."""
    return page_from(stores.special_checks, {"office": office, "region": region}, cursor, limit, SpecialCheckOut.of)


@router.get("/accounts", operation_id="listAccounts", response_model=Page[AccountOut], responses=responses())
def list_accounts(
    stores: Stores,
    platform: Platform | None = None,
    status: AccountStatus | None = None,
    region: Region = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Accounts in the new media, by id."""
    where = {"platform": platform or "", "status": status or "", "region": region}
    return page_from(stores.accounts, where, cursor, limit, AccountOut.of)


@router.get(
    "/stale-accounts", operation_id="listStaleAccounts", response_model=Page[StaleAccountOut], responses=responses()
)
def list_stale_accounts(
    stores: Stores,
    clock: Present,
    day: date | None = None,
    region: Region = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Running accounts that are not kept up as of `day`, or of which nothing can be said; by id."""
    found = stale_accounts(stores, stores.rules.linkage, day or china_day(clock.now()), region=region)
    key = after(cursor)
    rows = sorted((pair for pair in found if pair[0].id > key), key=_account_id)
    return page_of(rows[: limit + 1], limit, _account_id, lambda pair: StaleAccountOut.of(*pair))


def _account_id(pair: tuple[Account, Freshness]) -> str:
    return pair[0].id
