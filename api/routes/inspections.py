"""One site in one round: verdict, findings, and what they rest on."""

from collections.abc import Callable
from operator import attrgetter
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query

from api.paging import Cursor, Limit, Page, after, page_of
from api.problems import responses
from api.repositories import Stores
from api.routes.registry import Region
from api.schemas.inspections import (
    FindingOut,
    InspectionOut,
    LinkOut,
    LinkTallyOut,
    PageOut,
    ProbeOut,
    ScreenshotOut,
    images_of,
)
from inspection.observation import LinkOutcome, LinkSeen, ProbeSeen
from inspection.observation.link_tally import tally_links
from inspection.ports import InspectionFilter
from inspection.registry import SiteCategory
from inspection.scoring import Verdict

router = APIRouter(prefix="/v1/rounds/{round_id}/inspections", tags=["inspections"])

T = TypeVar("T")
_READ_AHEAD = 500


@router.get("", operation_id="listInspections", response_model=Page[InspectionOut], responses=responses(404))
def list_inspections(
    stores: Stores,
    round_id: str,
    region: Region = "",
    category: SiteCategory | None = None,
    verdict: Verdict | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Inspections of a round, by site code."""
    stores.rounds.get(round_id)
    where = InspectionFilter(round_id=round_id, region=region, category=category, verdict=verdict)
    rows = stores.inspections.page(where, after=after(cursor), limit=limit + 1)
    return page_of(rows, limit, attrgetter("id"), InspectionOut.of)


@router.get("/{code}", operation_id="getInspection", response_model=InspectionOut, responses=responses(404))
def get_inspection(stores: Stores, round_id: str, code: str) -> InspectionOut:
    """One inspection with its scorecard."""
    return InspectionOut.of(stores.inspections.get(round_id, code))


@router.get("/{code}/findings", operation_id="listFindings", response_model=Page[FindingOut], responses=responses(404))
def list_findings(
    stores: Stores,
    round_id: str,
    code: str,
    edition: Annotated[str, Query(max_length=40, description="Empty: that of the latest judgement")] = "",
    indicator: Annotated[str, Query(max_length=40)] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Findings of an inspection with their evidence, by id."""
    rows = stores.inspections.findings(
        round_id, code, edition=edition, indicator=indicator, after=after(cursor), limit=limit + 1
    )
    images = images_of(stores.observations.screenshots(round_id, code))
    return page_of(rows, limit, attrgetter("id"), lambda finding: FindingOut.of(finding, images))


@router.get(
    "/{code}/screenshots",
    operation_id="listScreenshots",
    response_model=Page[ScreenshotOut],
    responses=responses(404),
)
def list_screenshots(
    stores: Stores, round_id: str, code: str, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Pictures taken of the pages that veto findings rest on, by address."""
    stores.inspections.get(round_id, code)
    key = after(cursor)
    rows = [shot for shot in stores.observations.screenshots(round_id, code) if shot.url > key]
    return page_of(rows[: limit + 1], limit, attrgetter("url"), ScreenshotOut.of)


@router.get("/{code}/pages", operation_id="listPages", response_model=Page[PageOut], responses=responses(404))
def list_pages(stores: Stores, round_id: str, code: str, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Fetched pages, by address."""
    stores.inspections.get(round_id, code)
    rows = stores.observations.pages(round_id, code, after=after(cursor), limit=limit + 1)
    return page_of(rows, limit, attrgetter("url"), PageOut.of)


@router.get("/{code}/links", operation_id="listLinks", response_model=Page[LinkOut], responses=responses(404))
def list_links(
    stores: Stores,
    round_id: str,
    code: str,
    outcome: LinkOutcome | None = None,
    internal: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Link checks, by address."""
    stores.inspections.get(round_id, code)

    def wanted(link: LinkSeen) -> bool:
        return outcome in (None, link.outcome) and internal in (None, link.internal)

    rows = _filtered(
        lambda key: stores.observations.links(round_id, code, after=key, limit=_READ_AHEAD),
        after(cursor),
        limit + 1,
        wanted,
        attrgetter("url"),
    )
    return page_of(rows, limit, attrgetter("url"), LinkOut.of)


@router.get(
    "/{code}/link-counts", operation_id="countLinks", response_model=list[LinkTallyOut], responses=responses(404)
)
def count_links(stores: Stores, round_id: str, code: str) -> list[LinkTallyOut]:
    """Numbers of link targets, those of the home page and elsewhere, internal and external apart."""
    stores.inspections.get(round_id, code)
    home = {page.url for page in stores.observations.pages(round_id, code) if page.depth == 0}
    return [LinkTallyOut.of(tally) for tally in tally_links(stores.observations.links(round_id, code), home)]


@router.get("/{code}/probes", operation_id="listProbes", response_model=Page[ProbeOut], responses=responses(404))
def list_probes(stores: Stores, round_id: str, code: str, cursor: Cursor = None, limit: Limit = 200) -> dict[str, Any]:
    """Availability probes, by sequence and vantage point."""
    stores.inspections.get(round_id, code)
    key = after(cursor)
    probes = sorted(stores.observations.probes(round_id, code), key=_probe_key)
    rows = [probe for probe in probes if _probe_key(probe) > key]
    return page_of(rows[: limit + 1], limit, _probe_key, ProbeOut.of)


def _probe_key(probe: ProbeSeen) -> str:
    return f"{probe.sequence:08d}:{probe.vantage}"


def _filtered(
    read: Callable[[str], list[T]], key: str, wanted: int, keep: Callable[[T], bool], key_of: Callable[[T], str]
) -> list[T]:
    """Up to ``wanted`` rows that pass a condition which the store cannot express, read in bounded portions."""
    found: list[T] = []
    while len(found) < wanted:
        rows = read(key)
        if not rows:
            break
        found += [row for row in rows if keep(row)]
        key = key_of(rows[-1])
    return found[:wanted]
