"""The late list (迟报名单): who had not filed by the end of the due day, fixed on the day after."""

from collections.abc import Iterable
from datetime import date

import msgspec

from inspection.monthly.report import CityStatus
from inspection.records import Record


class LateCity(msgspec.Struct, frozen=True, kw_only=True):
    """A city whose report (``report_missing``), or annexes of whose counties, were not there."""

    city: str
    report_missing: bool
    missing_annexes: tuple[str, ...] = ()


class LateList(Record, frozen=True, kw_only=True):
    """``id`` is ``<month>:<due day>``: of a month there is one for each due day. ``cities`` is how many had to file."""

    month: str
    due: date
    fixed_on: date
    cities: int
    late: tuple[LateCity, ...] = ()


def list_id(month: str, due: date) -> str:
    """Identity of a list."""
    return f"{month}:{due}"


def late_list(month: str, due: date, statuses: Iterable[CityStatus], *, fixed_on: date) -> LateList | None:
    """The list of a month and a due day, from how cities stood at the end of that day; None where nothing was due."""
    owed = [each for each in statuses if each.due == due]
    if not owed:
        return None
    late = [
        LateCity(city=each.city, report_missing=each.filed_on is None, missing_annexes=each.missing_annexes)
        for each in owed
        if each.filed_on is None or each.missing_annexes
    ]
    return LateList(id=list_id(month, due), month=month, due=due, fixed_on=fixed_on, cities=len(owed), late=tuple(late))
