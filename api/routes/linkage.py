"""Linkage: how the sites of a round repost what they are to repost, and who carried an event."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.clock import Present
from api.paging import Cursor, Limit, Page, page_from
from api.problems import responses
from api.repositories import Stores
from api.routes.registry import Region
from api.schemas.linkage import CarriedOut, CoverageOut, GroupShareOut, LinkageOut
from inspection.errors import InputRejected
from inspection.linkage import Carrier
from inspection.linkage.carried import event_key
from inspection.observation.site import china_day
from inspection.statistics import Dimension
from inspection.workflows.count_reposts import count_reposts
from inspection.workflows.linkage_figures import COLUMN, figures_of_messages, linkage_figures
from inspection.workflows.linkage_shares import linkage_shares

router = APIRouter(prefix="/v1", tags=["linkage"])

Event = Annotated[str, Query(max_length=200, description="Title of an event or article")]


@router.get(
    "/rounds/{round_id}/linkage", operation_id="getLinkage", response_model=LinkageOut, responses=responses(404)
)
def get_linkage(
    stores: Stores,
    clock: Present,
    round_id: str,
    until: Annotated[date | None, Query(description="Last day of the messages; today in China by default")] = None,
    before: Annotated[str, Query(max_length=100, description="Id of the round of the last period")] = "",
    before_share: Annotated[
        float | None, Query(ge=0, le=1, description="In its place the share of entries that was published then")
    ] = None,
    event: Event = "",
    region: Region = "",
) -> LinkageOut:
    """What a bulletin says of linkage. Counted from the stored pages when asked: a large round takes a while."""
    if before and before_share is not None:
        raise InputRejected("before 和 before_share 只能给出一个：上期的轮次，或上期公布的比例")
    linked = linkage_figures(round_id, stores, event=event, region=region)
    told = figures_of_messages(
        until or china_day(clock.now()),
        stores,
        region=region,
        round_id=round_id,
        before=before if before_share is None else before_share,
    )
    return LinkageOut.of(round_id, stores.rounds.get(round_id).drill, linked, told)


@router.get(
    "/rounds/{round_id}/linkage-shares",
    operation_id="listLinkageShares",
    response_model=list[GroupShareOut],
    responses=responses(404, 409),
)
def list_shares(
    stores: Stores,
    round_id: str,
    indicator: Annotated[str, Query(max_length=40, description="`L-1` (column) or `E-1` (entry)")] = COLUMN,
    by: Dimension = Dimension.PROVINCE,
    region: Region = "",
) -> list[GroupShareOut]:
    """Shares of sites that have what the indicator asks for, weighted by the design of the sample, by groups."""
    return [GroupShareOut.of(each) for each in linkage_shares(round_id, indicator, stores, by=by, region=region)]


@router.get(
    "/rounds/{round_id}/coverage",
    operation_id="listCoverage",
    response_model=list[CoverageOut],
    responses=responses(404),
)
def list_coverage(
    stores: Stores,
    round_id: str,
    indicator: Annotated[str, Query(max_length=40, description="`L-2` (24 hours) or `L-3` (12 hours)")] = "L-2",
) -> list[CoverageOut]:
    """How many sites of a round have reposted each article, oldest first. Counted from the stored pages when asked."""
    return [CoverageOut.of(each) for each in count_reposts(round_id, indicator, stores)]


@router.get("/carried", operation_id="listCarried", response_model=Page[CarriedOut], responses=responses())
def list_carried(
    stores: Stores,
    event: Event = "",
    carrier: Carrier | None = None,
    region: Region = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Sites and accounts that carried an event; the title is compared without punctuation."""
    where = {"event": event_key(event) if event else "", "carrier": carrier or "", "region": region}
    return page_from(stores.carried, where, cursor, limit, CarriedOut.of)
