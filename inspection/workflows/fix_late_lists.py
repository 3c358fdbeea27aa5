"""Fix, on the day after a due day, which cities had not filed their monthly report."""

from datetime import date, timedelta
from typing import Protocol

from inspection.monthly import LateList, MonthlyRules, late_list
from inspection.records import RecordRepository
from inspection.workflows.file_monthly_report import MonthlyStores, monthly_status

_DAY = timedelta(days=1)


class LateListStores(MonthlyStores, Protocol):
    """What is read and written; processes pass their stores whole."""

    @property
    def late_lists(self) -> RecordRepository[LateList]: ...


def fix_late_lists(day: date, stores: LateListStores, rules: MonthlyRules) -> list[LateList]:
    """The lists of the reports that were due on the day before ``day``; those new are added. Safe to repeat.

    They tell how things stood at the end of the due day, whenever it is asked.
    """
    due = day - _DAY
    last = due.replace(day=1) - _DAY
    months = (f"{last.replace(day=1) - _DAY:%Y-%m}", f"{last:%Y-%m}")  # a due day may move into the month after
    found = (late_list(month, due, monthly_status(month, due, stores, rules), fixed_on=day) for month in months)
    fixed = [each for each in found if each is not None]
    return [each for each in fixed if stores.late_lists.add([each])]
