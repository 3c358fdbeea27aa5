"""The ground truth: expected verdicts by a rule arithmetic of its own."""

from datetime import date
from typing import Any

from practice.model import PORTALS, WINDOW_DAYS, Column, PracticeSite

_FIRST_DAY_OF_2019 = date(2019, 4, 1)
_MORE_THAN = 40.0
_STALE_POINTS = {"news": 3, "notice": 4, "policy": 4, "personnel": 5, "plan": 5}
_LINK_CAP = _COLUMN_CAP = 10.0
_FUNCTION_GROUP, _PUBLICATION_GROUP, _SERVICES_GROUP = 15.0, 45.0, 25.0
_LOCAL_PORTALS = frozenset({"province-portal", "city-portal", "county-portal"})
_LACKING_ALL = 7.0 + 3 * 5.0
_MANY_SURVEYS, _SOME_SURVEYS, _YEAR = 6, 3, 365


def edition_of(day: date) -> str:
    """The edition in force on a day."""
    return "2019" if day >= _FIRST_DAY_OF_2019 else "2015"


def expected_verdict(site: PracticeSite, edition: str) -> str:
    """passed, failed, not_determined or closed."""
    if site.status == "closed":
        return "closed"
    if site.behaviour == "firewall":
        return "not_determined"
    if any(fault.veto and edition in fault.indicators for fault in site.faults):
        return "failed"
    if points_lost(site, edition) > _MORE_THAN:
        return "failed"
    return "not_determined" if any(fault.doubtful for fault in site.faults) else "passed"


def points_lost(site: PracticeSite, edition: str) -> float:
    """Deductions without a veto; where only a closing notice is left, a portal lacks its elements and columns."""
    if site.behaviour == "notice":
        return 0.0 if edition == "2015" or site.category not in PORTALS else _LACKING_ALL
    home = float(len({link.url for link in site.links if link.counts and link.on_home}))
    other = 0.1 * len({link.url for link in site.links if link.counts and not link.on_home})
    gaps = sum(len(lacking) for lacking in site.guide_gaps)
    surveys = _held_within_a_year(site)
    stale = [column for column in site.columns if is_stale(column, site.as_of)]
    if edition == "2015":
        flaps = 10.0 if site.behaviour == "flapping-mild" else 0.0
        needed = _MANY_SURVEYS if site.category in _LOCAL_PORTALS else _SOME_SURVEYS
        activity = 5 if surveys == 0 else 3 if surveys < needed else 0
        recent = any((site.as_of - letter.asked).days <= _YEAR for letter in site.letters)
        letters = 0 if recent or not site.letters else 5
        aged = sum(_STALE_POINTS.get(column.class_, 0) for column in stale)
        return round(flaps + home + other + aged + 2 * gaps + activity + letters, 1)
    if site.category not in PORTALS:
        return 0.0
    function = min(home + other, _LINK_CAP) + len(site.missing)
    required = ("news", "policy", "interpretation")
    published = 0.0
    for class_ in required:
        own = [column for column in site.columns if column.class_ == class_]
        published += 0 if any(not is_stale(column, site.as_of) and column.items for column in own) else 5
    rest = [column for column in site.columns if column.class_ not in required]
    columns = sum(2.0 for column in rest if column.state == "blank") + sum(1.0 for column in rest if column in stale)
    published += min(columns, _COLUMN_CAP)
    services, interaction = min(float(gaps), _SERVICES_GROUP), 0.0 if surveys else 5.0
    return round(min(function, _FUNCTION_GROUP) + min(published, _PUBLICATION_GROUP) + services + interaction, 1)


def _held_within_a_year(site: PracticeSite) -> int:
    days = [item.day for column in site.columns if column.class_ == "survey" for item in column.items]
    return sum((site.as_of - day).days <= _YEAR for day in days)


def is_stale(column: Column, as_of: date) -> bool:
    """Whether a listed column has not been updated within its window."""
    window = WINDOW_DAYS.get(column.class_)
    return window is not None and column.newest is not None and (as_of - column.newest).days > window


def truth_of(site: PracticeSite) -> dict[str, Any]:
    """The entry of one site in truth.json."""
    expected = {edition: expected_verdict(site, edition) for edition in ("2015", "2019")}
    return {
        "code": site.code,
        "url": site.registered_url,
        "family": site.family,
        "category": site.category,
        "faults": [
            {
                "kind": fault.kind,
                "indicator": fault.indicators,
                "veto": fault.veto,
                "doubtful": fault.doubtful,
                "subject": fault.subject,
                "detail": fault.detail,
            }
            for fault in site.faults
        ],
        "expected": expected,
        "needs_browser": site.needs_browser,
        "expected_verdict": expected[edition_of(site.as_of)],
        "points_lost": {edition: points_lost(site, edition) for edition in ("2015", "2019")},
        "columns": [
            {
                "name": column.name,
                "url": site.base + column.path,
                "class": column.class_,
                "newest": column.newest.isoformat() if column.newest else None,
                "items": len(column.items),
                "state": column.state,
            }
            for column in site.columns
        ],
        "missing_elements": sorted(site.missing),
        "broken_links": [
            {"url": link.url, "page": site.base + link.column, "on_home": link.on_home, "kind": link.kind}
            for link in site.links
            if link.counts
        ],
        "doubtful_links": [link.url for link in site.links if not link.counts],
    }
