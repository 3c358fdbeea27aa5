"""Offices, and what they report of their own rounds."""

from typing import Any

from fastapi import APIRouter

from api.paging import Cursor, Limit, Page, page_from
from api.problems import responses
from api.repositories import Stores
from api.routes.registry import Region
from api.schemas.offices import OfficeOut, ReportOut
from inspection.offices import OfficeLevel

router = APIRouter(prefix="/v1", tags=["offices"])


@router.get("/offices", operation_id="listOffices", response_model=Page[OfficeOut], responses=responses())
def list_offices(
    stores: Stores, cursor: Cursor = None, limit: Limit = 50, region: Region = "", level: OfficeLevel | None = None
) -> dict[str, Any]:
    """Offices by id."""
    where = {"region": region, "level": "" if level is None else level.value}
    return page_from(stores.offices, where, cursor, limit, OfficeOut.of)


@router.get("/reports", operation_id="listReports", response_model=Page[ReportOut], responses=responses())
def list_reports(
    stores: Stores, cursor: Cursor = None, limit: Limit = 50, region: Region = "", period: str = ""
) -> dict[str, Any]:
    """Rounds that offices have reported, as their last filing has them, by period and office."""
    return page_from(stores.reports, {"region": region, "period": period}, cursor, limit, ReportOut.of_report)
