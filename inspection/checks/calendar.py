"""Calendar arithmetic that the clauses ask for."""

import calendar
from datetime import date


def months_before(day: date, months: int) -> date:
    """The same day of the month ``months`` earlier, or the last day of that month where it is shorter."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
