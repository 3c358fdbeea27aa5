"""Key sites, early warnings, reminders, jobs of the scheduler."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.clock import Present
from api.paging import Cursor, Limit, Page, page_from
from api.problems import responses
from api.repositories import Stores
from api.routes.registry import Region
from api.schemas.monitoring import EarlyWarningOut, EndOfWatchIn, JobOut, KeySiteIn, KeySiteOut, ReminderOut
from inspection.monitoring import WarningState
from inspection.observation.site import china_day
from inspection.workflows.monitor_key_sites import unwatch_site, watch_site

router = APIRouter(prefix="/v1", tags=["monitoring"])

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
    return page_from(stores.early_warnings, where, cursor, limit, EarlyWarningOut.of)


@router.get("/key-sites", operation_id="listKeySites", response_model=Page[KeySiteOut], responses=responses())
def list_key_sites(
    stores: Stores, region: Region = "", code: Code = "", cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Sites that are or were under key monitoring, by code and day."""
    return page_from(stores.key_sites, {"region": region, "code": code}, cursor, limit, KeySiteOut.of)


@router.post(
    "/key-sites", operation_id="watchSite", response_model=KeySiteOut, status_code=201, responses=responses(404, 409)
)
def watch(stores: Stores, clock: Present, wanted: KeySiteIn) -> KeySiteOut:
    """Put a site under key monitoring, or change how it is watched; the scheduler visits it from the next midnight."""
    key = watch_site(
        wanted.code,
        reason=wanted.reason,
        by=wanted.by,
        since=wanted.since or china_day(clock.now()),
        until=wanted.until,
        every_min=wanted.every_min,
        sites=stores.sites,
        key_sites=stores.key_sites,
    )
    return KeySiteOut.of(key)


@router.post(
    "/key-sites/{code}/end", operation_id="unwatchSite", response_model=KeySiteOut, responses=responses(404, 409)
)
def unwatch(stores: Stores, clock: Present, code: str, wanted: EndOfWatchIn) -> KeySiteOut:
    """Watch a site up to a day only; that it was watched stays on record."""
    last_day = wanted.last_day or china_day(clock.now())
    return KeySiteOut.of(unwatch_site(code, by=wanted.by, last_day=last_day, key_sites=stores.key_sites))


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
    return page_from(stores.reminders, where, cursor, limit, ReminderOut.of)


@router.get("/jobs", operation_id="listJobs", response_model=Page[JobOut], responses=responses())
def list_jobs(stores: Stores, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Jobs of the scheduler that were ever due, by name."""
    return page_from(stores.job_states, {}, cursor, limit, JobOut.of)
