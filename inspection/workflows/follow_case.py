"""The registry follows a case: a site that is closed or merged (关停并转) is closed there, until that is undone."""

from datetime import datetime

import msgspec

from inspection.ports import SiteChange, SiteRepository
from inspection.rectification.case import RectificationCase
from inspection.rectification.steps import CaseState
from inspection.registry import Site, SiteStatus


def source_of(case: RectificationCase) -> str:
    """What the registry's history names as the source of changes that come of a case."""
    return f"整改案件 {case.id}"


def follow_case(
    before: RectificationCase, after: RectificationCase, sites: SiteRepository, *, at: datetime
) -> Site | None:
    """Bring the registry in line with a step; the row as it was if that was changed, else None.

    Closed is a site whose case goes to "site closed". Once the case leaves that state, the site has the status again
    that this case took from it; one that was closed by the registry itself stays so.
    """
    closes = after.state is CaseState.SITE_CLOSED
    site = sites.find(after.code)
    if site is None or closes is (before.state is CaseState.SITE_CLOSED):
        return None
    status = SiteStatus.CLOSED if closes else _status_before(after, site, sites.history(after.code))
    if status is site.status:
        return None
    sites.upsert([msgspec.structs.replace(site, status=status)], at=at, source=source_of(after))
    return site


def _status_before(case: RectificationCase, site: Site, history: list[SiteChange]) -> SiteStatus:
    """The status that the case has taken from the site, if nobody has changed it since; else that which it has."""
    for change in reversed(history):
        if change.before is None:
            break
        if change.before.status is not change.after.status:
            return change.before.status if change.source == source_of(case) else site.status
    return site.status
