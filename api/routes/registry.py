"""The registry."""

from operator import attrgetter
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.paging import Cursor, Limit, Page, after, page_of
from api.problems import responses
from api.repositories import Stores
from api.schemas.inspections import InspectionOut
from api.schemas.registry import SiteChangeOut, SiteOut
from inspection.ports import InspectionFilter, SiteFilter
from inspection.registry import SiteCategory, SiteStatus

router = APIRouter(prefix="/v1/sites", tags=["registry"])

Region = Annotated[str, Query(pattern=r"^(\d{2}|\d{4}|\d{6})?$", description="Region prefix of 2, 4 or 6 digits")]


@router.get("", operation_id="listSites", response_model=Page[SiteOut], responses=responses())
def list_sites(
    stores: Stores,
    region: Region = "",
    category: SiteCategory | None = None,
    status: SiteStatus | None = None,
    q: Annotated[str, Query(max_length=100, description="Part of name, address or code")] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Registered sites, by code."""
    where = SiteFilter(region=region, category=category, status=status, text=q)
    rows = stores.sites.page(where, after=after(cursor), limit=limit + 1)
    return page_of(rows, limit, attrgetter("code"), SiteOut.of)


@router.get("/{code}", operation_id="getSite", response_model=SiteOut, responses=responses(404))
def get_site(stores: Stores, code: str) -> SiteOut:
    """One site."""
    return SiteOut.of(stores.sites.get(code))


@router.get(
    "/{code}/history", operation_id="getSiteHistory", response_model=list[SiteChangeOut], responses=responses(404)
)
def get_history(stores: Stores, code: str) -> list[SiteChangeOut]:
    """Every change of a site's registry row, oldest first."""
    stores.sites.get(code)
    return [SiteChangeOut.of(change) for change in stores.sites.history(code)]


@router.get(
    "/{code}/inspections",
    operation_id="listSiteInspections",
    response_model=Page[InspectionOut],
    responses=responses(404),
)
def list_inspections(stores: Stores, code: str, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Inspections of a site in all rounds, by round."""
    stores.sites.get(code)
    rows = stores.inspections.page(InspectionFilter(site_code=code), after=after(cursor), limit=limit + 1)
    return page_of(rows, limit, attrgetter("id"), InspectionOut.of)
