"""Key sites, early warnings, reminders, jobs of the scheduler."""

from operator import attrgetter
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.paging import Cursor, Limit, Page, after, page_of
from api.problems import responses
from api.repositories import Stores
from api.schemas.monitoring import EarlyWarningOut, JobOut, KeySiteOut, ReminderOut
from inspection.monitoring import WarningState

router = APIRouter(prefix="/v1", tags=["monitoring"])

Region = Annotated[str, Query(description="First 2, 4 or 6 digits of a region", pattern=r"^(\d{2}|\d{4}|\d{6})?$")]
Code = Annotated[str, Query(description="Site code", max_length=10)]


@router.get("/warnings", operation_id="listWarnings", response_model=Page[EarlyWarningOut], responses=responses())
def list_warnings(
    stores: Stores,
    region: Region = "",
    code: Code = "",
    state: Annotated[WarningState | None, Query(description="Standing or over; both where absent")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Early warnings, oldest first."""
    where = {"region": region, "code": code, "state": "" if state is None else state.value}
    rows = stores.early_warnings.page(where, after=after(cursor), limit=limit + 1)
    return page_of(rows, limit, attrgetter("id"), EarlyWarningOut.of)


@router.get("/key-sites", operation_id="listKeySites", response_model=Page[KeySiteOut], responses=responses())
def list_key_sites(
    stores: Stores, region: Region = "", code: Code = "", cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Sites that are or were under key monitoring, by code and day."""
    rows = stores.key_sites.page({"region": region, "code": code}, after=after(cursor), limit=limit + 1)
    return page_of(rows, limit, attrgetter("id"), KeySiteOut.of)


@router.get("/reminders", operation_id="listReminders", response_model=Page[ReminderOut], responses=responses())
def list_reminders(
    stores: Stores,
    region: Region = "",
    kind: Annotated[str, Query(description="Kind of what is due", max_length=40)] = "",
    open_only: Annotated[bool, Query(description="Only those that nobody was told of yet")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Reminders by due day."""
    where = {"region": region, "kind": kind, "state": "open" if open_only else ""}
    rows = stores.reminders.page(where, after=after(cursor), limit=limit + 1)
    return page_of(rows, limit, attrgetter("id"), ReminderOut.of)


@router.get("/jobs", operation_id="listJobs", response_model=Page[JobOut], responses=responses())
def list_jobs(stores: Stores, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Jobs of the scheduler that were ever due, by name."""
    rows = stores.job_states.page(after=after(cursor), limit=limit + 1)
    return page_of(rows, limit, attrgetter("id"), JobOut.of)
