"""Cases of failing sites, the reports on them, and the assessment of the units."""

from collections.abc import Iterator
from datetime import date
from operator import attrgetter
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.clock import Present
from api.paging import Cursor, Limit, Page, after, page_of
from api.problems import responses
from api.repositories import Repositories, Stores
from api.routes.registry import Region
from api.schemas.cases import CaseDetailOut, CaseOut, StepOut, SubmissionIn, UnitAssessmentOut, steps_of
from inspection.observation.site import china_day
from inspection.records import get
from inspection.rectification.case import RectificationCase
from inspection.rectification.steps import CaseState, StepKind
from inspection.workflows.assess import assess
from inspection.workflows.late_answers import event_providers
from inspection.workflows.step_case import step_case

router = APIRouter(prefix="/v1", tags=["cases"])

_BATCH = 200
_WHAT = "整改案件"

Day = Annotated[date | None, Query(description="On which day; today in China by default")]


@router.get("/cases", operation_id="listCases", response_model=Page[CaseOut], responses=responses())
def list_cases(
    stores: Stores,
    clock: Present,
    state: CaseState | None = None,
    region: Region = "",
    round_id: Annotated[
        str, Query(max_length=64, description="Id of a round, also of one that was run elsewhere")
    ] = "",
    overdue: Annotated[bool, Query(description="Those alone of which a report is overdue")] = False,
    day: Day = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Cases by id: round and site code."""
    today = day or china_day(clock.now())
    where = {"state": state.value if state is not None else "", "region": region, "round_id": round_id}
    rows = []
    for case in _from(stores, where, after(cursor)):
        if not overdue or case.overdue_days(today):
            rows.append(case)
        if len(rows) > limit:
            break
    return page_of(rows, limit, attrgetter("id"), lambda case: CaseOut.of(case, today))


def _from(stores: Repositories, where: dict[str, str], key: str) -> Iterator[RectificationCase]:
    while found := stores.cases.page(where, after=key, limit=_BATCH):
        yield from found
        key = found[-1].id


@router.get("/cases/{case_id}", operation_id="getCase", response_model=CaseDetailOut, responses=responses(404))
def get_case(stores: Stores, clock: Present, case_id: str, day: Day = None) -> CaseDetailOut:
    """One case with its problems, notices and steps."""
    return CaseDetailOut.of(get(stores.cases, case_id, _WHAT), day or china_day(clock.now()))


@router.get(
    "/cases/{case_id}/submissions",
    operation_id="listSubmissions",
    response_model=list[StepOut],
    responses=responses(404),
)
def list_submissions(stores: Stores, case_id: str) -> list[StepOut]:
    """The reports on a case, oldest first."""
    return steps_of(get(stores.cases, case_id, _WHAT), StepKind.SUBMIT)


@router.post(
    "/cases/{case_id}/submissions",
    operation_id="submitReport",
    response_model=CaseDetailOut,
    status_code=201,
    responses=responses(404, 409),
)
def submit_report(stores: Stores, clock: Present, case_id: str, submission: SubmissionIn) -> CaseDetailOut:
    """Hand in a rectification report with its documents; one that is late is taken, and noted as late."""
    case = step_case(
        case_id,
        StepKind.SUBMIT,
        stores.rules.rectification_of(submission.rules),
        stores,
        by=submission.by,
        clock=clock,
        note=submission.note,
        documents=[each.document() for each in submission.documents],
    )
    return CaseDetailOut.of(case, china_day(clock.now()))


@router.get(
    "/assessment", operation_id="getAssessment", response_model=list[UnitAssessmentOut], responses=responses(404)
)
def get_assessment(
    stores: Stores,
    first: Annotated[date, Query(alias="from", description="First day")],
    last: Annotated[date, Query(alias="to", description="Last day, included")],
    rules: Annotated[str, Query(max_length=40, description="Id of rules of assessment")] = "city-example",
    region: Region = "",
) -> list[UnitAssessmentOut]:
    """Responsible units with the points that cases, late replies and late monthly reports cost them, and by what."""
    providers = event_providers(stores, region=region)
    table = assess(
        stores.rules.assessment_of(rules), stores.cases, first=first, last=last, region=region, providers=providers
    )
    return [UnitAssessmentOut.of(row) for row in table]
