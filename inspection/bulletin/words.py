"""Numbers, shares, days and lists as official documents print them."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

_NUMERALS = "〇一二三四五六七八九"


def count(number: int) -> str:
    """Official documents group no digits: 43143."""
    return str(number)


def percent(share: float, decimals: int, *, fixed: bool = False) -> str:
    """A share of 0..1 in per cent, halves rounded up; without zeros at the end unless ``fixed``, as in tables.

    What is not quite all is never printed as 100%, what is not quite nothing never as 0%: it gets a decimal more.
    """
    exact = Decimal(repr(share)) * 100
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    if rounded in (0, 100) and exact != rounded and decimals < 4:
        return percent(share, decimals + 1, fixed=fixed)
    return f"{rounded if fixed else _plain(rounded)}%"


def interval(low: float, high: float, decimals: int) -> str:
    """An interval of shares: 88.0%—93.5%."""
    return f"{percent(low, decimals, fixed=True)}—{percent(high, decimals, fixed=True)}"


def points(number: float) -> str:
    """Points of a score or between two percentages, without zeros at the end: 2, 0.5."""
    return _plain(Decimal(repr(abs(number))).quantize(Decimal("0.1"), ROUND_HALF_UP))


def day(value: date, *, year: bool = True) -> str:
    """2017年3月31日; 3月31日."""
    text = f"{value.month}月{value.day}日"
    return f"{value.year}年{text}" if year else text


def width(text: str) -> float:
    """Width in characters; figures and Latin letters take half of one."""
    return sum(0.5 if sign.isascii() else 1.0 for sign in text)


def numeral(number: int) -> str:
    """一 to 九十九."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{_NUMERALS[tens]}十")
    return head + (_NUMERALS[ones] if ones else "")


def listed(parts: Sequence[str]) -> str:
    """甲、乙、丙."""
    return "、".join(parts)


def ordered(parts: Sequence[str]) -> str:
    """一是甲；二是乙. One part alone goes without a number."""
    if len(parts) == 1:
        return parts[0]
    return "；".join(f"{numeral(number)}是{part}" for number, part in enumerate(parts, 1))


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")
