"""Names of the periods that reports are about."""

import re
from calendar import monthrange
from datetime import date

from inspection.errors import InputRejected

_PERIOD = re.compile(r"(?P<year>[12]\d{3})(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|-(?P<month>0[1-9]|1[0-2]))?")


def check_period(text: str) -> str:
    """The period as it was given; :class:`InputRejected` unless it is a year, half-year, quarter or month."""
    if not _PERIOD.fullmatch(text):
        raise InputRejected(f"时期 {text!r} 无效：季度写成 2017Q1，半年 2017H1，月 2017-03，全年 2017")
    return text


def days_of(period: str) -> tuple[date, date]:
    """First and last day of a period; :class:`InputRejected` as :func:`check_period`."""
    found = _PERIOD.fullmatch(check_period(period))
    assert found is not None  # check_period accepted it
    year, first, months = int(found["year"]), 1, 12
    if found["quarter"]:
        first, months = int(found["quarter"]) * 3 - 2, 3
    elif found["half"]:
        first, months = int(found["half"]) * 6 - 5, 6
    elif found["month"]:
        first, months = int(found["month"]), 1
    last = first + months - 1
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])
