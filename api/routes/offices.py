"""Offices, and what they report of their own rounds."""

from operator import attrgetter
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.paging import Cursor, Limit, Page, after, page_of
from api.problems import responses
from api.repositories import Stores
from api.schemas.offices import OfficeOut, ReportOut
from inspection.offices import OfficeLevel

router = APIRouter(prefix="/v1", tags=["offices"])

Region = Annotated[str, Query(pattern=r"^(\d{2}|\d{4}|\d{6})?$", description="Prefix of a region", examples=["37"])]


@router.get("/offices", operation_id="listOffices", response_model=Page[OfficeOut], responses=responses())
def list_offices(
    stores: Stores, cursor: Cursor = None, limit: Limit = 50, region: Region = "", level: OfficeLevel | None = None
) -> dict[str, Any]:
    """Offices by id."""
    where = {"region": region, "level": "" if level is None else level.value}
    rows = stores.offices.page(where, after=after(cursor), limit=limit + 1)
    return page_of(rows, limit, attrgetter("id"), OfficeOut.of)


@router.get("/reports", operation_id="listReports", response_model=Page[ReportOut], responses=responses())
def list_reports(
    stores: Stores, cursor: Cursor = None, limit: Limit = 50, region: Region = "", period: str = ""
) -> dict[str, Any]:
    """Rounds that offices have reported, as their last filing has them, by period and office."""
    rows = stores.reports.page({"region": region, "period": period}, after=after(cursor), limit=limit + 1)
    return page_of(rows, limit, attrgetter("id"), ReportOut.of)
