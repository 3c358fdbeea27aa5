"""Periods of the published series: ``2017Q1``, ``2018-06``, ``2019``. A round's period is the quarter of its as_of."""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta

from inspection.errors import InputRejected
from inspection.observation.site import CHINA

_FORM = re.compile(r"(?P<year>20\d\d)(?:Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?(?:-(?P<word>[a-z-]+))?")
_NUMERALS = "一二三四"
_PRINTED = re.compile(
    r"(?P<year>20\d\d)年(?:第?(?P<quarter>[一二三四1-4])季度|(?P<half>[上下])半年|(?P<month>1[0-2]|0?[1-9])月)?"
)
_WORDS = {"census": "普查", "census-final": "普查（整改后）"}
"""What is behind the year of a period that is none of the calendar."""


def period_of(day: date) -> str:
    """The quarter of a monitoring day, as ``2017Q1``."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def end_of(day: date) -> datetime:
    """The moment at which a day ends in China."""
    return datetime.combine(day + timedelta(days=1), time(), CHINA)


def first_day_of_quarter(day: date) -> date:
    """The first day of the quarter that a day lies in."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def days_of(printed: str) -> tuple[date, date] | None:
    """First and last day of a period as bulletins print it: 2017年第一季度, 2017年上半年, 2017年2月, 2017年.

    None for what has another form (近期).
    """
    found = _PRINTED.fullmatch(printed.strip())
    if found is None:
        return None
    year, first, months = int(found["year"]), 1, 12
    if found["quarter"]:
        quarter = found["quarter"]
        first, months = 3 * (_NUMERALS.find(quarter) if quarter in _NUMERALS else int(quarter) - 1) + 1, 3
    elif found["half"]:
        first, months = (1 if found["half"] == "上" else 7), 6
    elif found["month"]:
        first, months = int(found["month"]), 1
    last = first + months - 1
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def printed_like(printed: str, day: date) -> str:
    """The period that a day lies in, of the same kind as ``printed``; its quarter where that tells none."""
    found = _PRINTED.fullmatch(printed.strip())
    if found is None or found["quarter"]:
        return chinese_period(period_of(day))
    if found["half"]:
        return f"{day.year}年{'上' if day.month <= 6 else '下'}半年"
    return f"{day.year}年{day.month}月" if found["month"] else f"{day.year}年"


def printed_before(printed: str) -> str:
    """The period right before, of the same kind; empty for what tells no days."""
    days = days_of(printed)
    return "" if days is None else printed_like(printed, days[0] - timedelta(days=1))


def previous_period(period: str) -> str:
    """The quarter before; :class:`InputRejected` for anything but a quarter."""
    found = _FORM.fullmatch(period)
    if found is None or not found["quarter"]:
        raise InputRejected(f"期次 {period!r} 不是季度，请写成 2017Q1")
    year, quarter = int(found["year"]), int(found["quarter"])
    return f"{year}Q{quarter - 1}" if quarter > 1 else f"{year - 1}Q4"


def period_order(period: str) -> tuple[int, int, str]:
    """Sort key by the period's last month: 2018Q2 comes before 2018-12, which comes before 2019Q1."""
    found = _FORM.fullmatch(period)
    if found is None:
        return 9999, 0, period
    month = int(found["month"] or 12)
    return int(found["year"]), int(found["quarter"]) * 3 if found["quarter"] else month, period


def chinese_period(period: str) -> str:
    """As bulletins print it, ``2017年第一季度``; what has another form is given back as it stands."""
    found = _FORM.fullmatch(period)
    if found is None or (found["word"] and found["word"] not in _WORDS):
        return period
    if found["word"]:
        return f"{found['year']}年{_WORDS[found['word']]}"
    if found["quarter"]:
        return f"{found['year']}年第{_NUMERALS[int(found['quarter']) - 1]}季度"
    return f"{found['year']}年{int(found['month'])}月" if found["month"] else f"{found['year']}年"


def short_period(period: str) -> str:
    """For the axes of charts: quarters and months as they are, else as :func:`chinese_period`."""
    found = _FORM.fullmatch(period)
    return chinese_period(period) if found is None or found["word"] else period


def check_period(period: str) -> str:
    """The period itself; :class:`InputRejected` where it has none of the forms."""
    if _FORM.fullmatch(period) is None:
        raise InputRejected(f"期次 {period!r} 无效，请写成 2017Q1、2018-06、2019，可加后缀如 2015-census")
    return period
