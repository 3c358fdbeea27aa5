"""Imports: offices, accounts and what was seen of them, accountability, special checks, published series."""

from fastapi import APIRouter

from api.clock import Present
from api.problems import RowsRejected, responses
from api.repositories import Stores
from api.schemas.imports import (
    AccountabilityRow,
    AccountRow,
    AccountSeenRow,
    CarriedRow,
    ImportOut,
    OfficeRow,
    RowsIn,
    SeriesIn,
    SpecialCheckRow,
    raw_rows,
)
from inspection.accountability.record import row_reader as accountability_reader
from inspection.errors import NotFound
from inspection.observation.site import china_day
from inspection.registry import regions
from inspection.registry.site import NATION
from inspection.special.check import row_reader as special_check_reader
from inspection.workflows.import_offices import import_offices
from inspection.workflows.import_records import adding, import_records
from inspection.workflows.keep_series import keep_entries
from inspection.workflows.note_accounts import import_accounts, import_carried, import_sightings

router = APIRouter(prefix="/v1")


@router.post(
    "/offices",
    operation_id="importOffices",
    response_model=ImportOut,
    responses=responses(409),
    tags=["offices"],
)
def offices(stores: Stores, given: RowsIn[OfficeRow]) -> ImportOut:
    """Add offices or change them by id; bad rows are left out and named. The tree is sound after every import."""
    return ImportOut.of(import_offices(raw_rows(given.rows), stores.offices, stores.sites))


@router.post(
    "/accounts",
    operation_id="importAccounts",
    response_model=ImportOut,
    responses=responses(409),
    tags=["supervision"],
)
def accounts(stores: Stores, given: RowsIn[AccountRow]) -> ImportOut:
    """Register accounts, or change them by platform and name; bad rows are left out and named."""
    return ImportOut.of(import_accounts(raw_rows(given.rows), stores))


@router.post(
    "/account-observations",
    operation_id="importAccountObservations",
    response_model=ImportOut,
    responses=responses(409),
    tags=["supervision"],
)
def observations(stores: Stores, given: RowsIn[AccountSeenRow]) -> ImportOut:
    """Note when accounts were looked at, their last update, an event that they carried; bad rows are named."""
    return ImportOut.of(import_sightings(raw_rows(given.rows), stores))


@router.post(
    "/carried", operation_id="importCarried", response_model=ImportOut, responses=responses(), tags=["linkage"]
)
def carried(stores: Stores, given: RowsIn[CarriedRow]) -> ImportOut:
    """Note sites and accounts that carried an event; bad rows are left out and named."""
    return ImportOut.of(import_carried(raw_rows(given.rows), stores))


@router.post(
    "/accountability",
    operation_id="importAccountability",
    response_model=ImportOut,
    responses=responses(),
    tags=["supervision"],
)
def accountability(stores: Stores, clock: Present, given: RowsIn[AccountabilityRow]) -> ImportOut:
    """Note decisions; those on file stay as they are, bad rows are left out and named."""
    report = import_records(
        raw_rows(given.rows),
        accountability_reader(stores.rules.accountability, stores.cases.find, china_day(clock.now())),
        adding(stores.accountability),
        key=("number", lambda each: each.id),
    )
    return ImportOut.of(report)


@router.post(
    "/special-checks",
    operation_id="importSpecialChecks",
    response_model=ImportOut,
    responses=responses(),
    tags=["supervision"],
)
def special_checks(stores: Stores, given: RowsIn[SpecialCheckRow]) -> ImportOut:
    """Note checks of one topic; those on file stay as they are, bad rows are left out and named."""
    report = import_records(
        raw_rows(given.rows),
        special_check_reader(stores.offices.find),
        adding(stores.special_checks),
        key=("number", lambda each: each.id),
    )
    return ImportOut.of(report)


@router.post(
    "/series", operation_id="importSeries", response_model=ImportOut, responses=responses(404, 409), tags=["series"]
)
def series(stores: Stores, given: SeriesIn) -> ImportOut:
    """Keep published periods of a place; those on file are replaced where they differ. One bad row, and none."""
    if given.region != NATION and not regions.exists(given.region):
        raise NotFound(f"行政区划代码 {given.region} 不存在")
    entries, rejected = given.entries()
    if rejected:
        raise RowsRejected("rows", rejected)
    return ImportOut.whole(keep_entries(entries, region=given.region, series=stores.series_points))
