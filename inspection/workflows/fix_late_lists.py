"""Fix, on the day after a due day, which cities had not filed their monthly report."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Protocol

from inspection.errors import InputRejected
from inspection.monthly import LateList, MonthlyRules, late_list
from inspection.monthly.report import next_month
from inspection.records import RecordRepository, every
from inspection.workflows.file_monthly_report import MonthlyStores, monthly_status

_DAY = timedelta(days=1)


class LateListStores(MonthlyStores, Protocol):
    """What is read and written; processes pass their stores whole."""

    @property
    def late_lists(self) -> RecordRepository[LateList]: ...


def fix_late_lists(day: date, stores: LateListStores, rules: MonthlyRules) -> list[LateList]:
    """The lists of the reports that were due on the day before ``day``; those new are added. Safe to repeat.

    They tell how things stood at the end of the due day, whenever it is asked. Months after the latest one on file
    whose lists nobody fixed in time are made up for.
    """
    due = day - _DAY
    last = due.replace(day=1) - _DAY
    before = last.replace(day=1) - _DAY  # a due day may move into the month after
    found = [_list(month, due, day, stores, rules) for month in (f"{before:%Y-%m}", f"{last:%Y-%m}")]
    fixed = [each for month in _missed(due, stores) for each in _lists_of(month, due, day, stores, rules)]
    fixed += [each for each in found if each is not None]
    return [each for each in fixed if stores.late_lists.add([each])]


def _missed(due: date, stores: LateListStores) -> Iterator[str]:
    """The months after the latest with a list whose reports may have been due before a day."""
    latest = max((each.month for each in every(stores.late_lists)), default="")
    while latest and next_month(latest) < due.replace(day=1) - _DAY:
        latest = f"{next_month(latest):%Y-%m}"
        yield latest


def fix_late_list_of(month: str, day: date, stores: LateListStores, rules: MonthlyRules) -> list[LateList]:
    """The lists of a month whose due day is before ``day``, as things stood at its end; one that is fixed stays.

    For months in which no scheduler ran on the day after. It counts the cities whose offices are on file now.
    :class:`InputRejected` where nothing was due before ``day``.
    """
    lists = _lists_of(month, day - _DAY, day, stores, rules)
    if not lists:
        due = min((each.due for each in monthly_status(month, day, stores, rules)), default=None)
        why = (
            "没有应报送的市：请先导入市级单位（xuncha offices import）"
            if due is None
            else f"期限为 {due}，次日起方可确定"
        )
        raise InputRejected(f"{month} 的月报{why}")
    stores.late_lists.add(lists)
    return [each for each in every(stores.late_lists, {"month": month}) if each.due < day]


def _lists_of(month: str, until: date, day: date, stores: LateListStores, rules: MonthlyRules) -> list[LateList]:
    """Of every due day of a month up to and including ``until``."""
    dues = sorted({each.due for each in monthly_status(month, until, stores, rules)})
    found = (_list(month, due, day, stores, rules) for due in dues if due <= until)
    return [each for each in found if each is not None]


def _list(month: str, due: date, day: date, stores: LateListStores, rules: MonthlyRules) -> LateList | None:
    return late_list(month, due, monthly_status(month, due, stores, rules), fixed_on=day)
