"""What waits for a person, the decisions taken, and how verdicts differ between editions."""

from operator import attrgetter
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.paging import Cursor, Limit, Page, after, page_of
from api.problems import responses
from api.repositories import Repositories, Stores
from api.schemas.inspections import images_of
from api.schemas.reviews import ComparisonOut, ReviewOut, VerdictChangeOut, WaitingOut
from inspection.scoring.comparison import Comparison, compare_scorecards
from inspection.standard import IndicatorKind
from inspection.workflows.review_queue import review_queue

router = APIRouter(prefix="/v1/rounds/{round_id}", tags=["reviews"])

EditionId = Annotated[str, Query(max_length=40, description="Id of an edition", examples=["2019"])]


@router.get(
    "/findings-to-review",
    operation_id="listFindingsToReview",
    response_model=Page[WaitingOut],
    responses=responses(404),
)
def list_findings_to_review(
    stores: Stores,
    round_id: str,
    indicator: Annotated[str, Query(max_length=40, description="Id of an indicator", examples=["N19-V1"])] = "",
    kind: Annotated[IndicatorKind | None, Query(description="Kind of the indicators")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Findings that wait for a person: all vetoes, then what else a machine may not decide alone; by kind and site."""
    edition = stores.editions.get(stores.rounds.get(round_id).edition)
    rows = review_queue(
        round_id,
        edition,
        stores.inspections,
        indicator=indicator,
        kind=kind,
        after=after(cursor),
        limit=limit + 1,
    )
    codes = {row.code for row in rows}
    images = {code: images_of(stores.observations.screenshots(round_id, code)) for code in codes}
    return page_of(rows, limit, attrgetter("key"), lambda row: WaitingOut.of(row, images[row.code]))


@router.get("/reviews", operation_id="listReviews", response_model=Page[ReviewOut], responses=responses(404))
def list_reviews(stores: Stores, round_id: str, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """All decisions of a round, those replaced by later ones too; by site, finding and time."""
    stores.rounds.get(round_id)
    rows = stores.reviews.page(round_id, after=after(cursor), limit=limit + 1)
    return page_of(rows, limit, attrgetter("key"), ReviewOut.of)


@router.get("/comparison", operation_id="compareEditions", response_model=ComparisonOut, responses=responses(404))
def get_comparison(stores: Stores, round_id: str, before: EditionId, to: EditionId) -> ComparisonOut:
    """How many sites change their verdict between two editions that the round has been judged by."""
    return ComparisonOut.of(_compared(stores, round_id, before, to))


@router.get(
    "/comparison/changes",
    operation_id="listVerdictChanges",
    response_model=Page[VerdictChangeOut],
    responses=responses(404),
)
def list_verdict_changes(
    stores: Stores, round_id: str, before: EditionId, to: EditionId, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """The sites whose verdict changes, and why; by site code."""
    key = after(cursor)
    rows = [change for change in _compared(stores, round_id, before, to).changes if change.code > key]
    return page_of(rows[: limit + 1], limit, attrgetter("code"), VerdictChangeOut.of)


def _compared(stores: Repositories, round_id: str, before: str, to: str) -> Comparison:
    stores.rounds.get(round_id)
    first, second = (stores.inspections.scorecards(round_id, stores.editions.get(id_).id) for id_ in (before, to))
    return compare_scorecards(first, second)
