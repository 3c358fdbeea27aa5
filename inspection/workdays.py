"""Chinese working days: weekdays that are no public holiday, and the weekend days that make up for one (调休).

The days come from the yearly notices of the State Council's office, as ``chinese_calendar`` has them. A year whose
notice it does not know falls back to Monday to Friday; :func:`is_known` says so, and what is shown to people is to pass
it on (:data:`UNKNOWN_YEAR`).
"""

from datetime import date, datetime, timedelta
from typing import Final

import chinese_calendar

from inspection.observation.site import CHINA, china_day

FIRST_YEAR: Final[int] = min(chinese_calendar.holidays).year
LAST_YEAR: Final[int] = max(chinese_calendar.holidays).year
UNKNOWN_YEAR: Final = "该年度节假日安排未收录，按周一至周五推算"
"""To be shown beside a day that :func:`is_known` denies."""

_DAY = timedelta(days=1)


def is_known(day: date) -> bool:
    """Whether holidays and make-up days of the year are known; else weekdays are taken for working days."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def is_working_day(day: date) -> bool:
    """Whether offices work on a day (a date in China)."""
    if not is_known(day):
        return day.weekday() < 5
    return bool(chinese_calendar.is_workday(day))


def after_working_days(day: date, count: int) -> date:
    """The ``count``-th working day after a day, that day itself not counted; the day itself for nought.

    Negative counts go back. What comes in on a day off counts from the next day on, like what comes in on a Friday.
    """
    step = _DAY if count > 0 else -_DAY
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def working_days_between(first: date, last: date) -> int:
    """Working days after ``first`` up to and with ``last``; negative where ``last`` is the earlier one.

    Thus ``working_days_between(day, after_working_days(day, n)) == n``.
    """
    if last < first:
        return -working_days_between(last, first)
    return sum(is_working_day(first + number * _DAY) for number in range(1, (last - first).days + 1))


def working_day_from(day: date) -> date:
    """The day, or the next working day where it is a day off."""
    while not is_working_day(day):
        day += _DAY
    return day


def end_of_day(due: date) -> datetime:
    """The first moment, in Chinese time, that is too late for something due on a day."""
    return datetime.combine(due + _DAY, datetime.min.time(), CHINA)


def is_overdue(due: date, now: datetime) -> bool:
    """Whether the due day is over in China."""
    return china_day(now) > due
