"""Publication dates as Chinese government pages write them."""

import re
from datetime import date, timedelta
from functools import lru_cache

_FIRST_YEAR = 1995
_DAY = timedelta(days=1)
_YEAR_TURN = timedelta(days=40)
"""How far behind a page's own latest full date a date without a year may lie."""

_OPEN, _CLOSE = r"[\[(（【〔<\s]*", r"[\])）】〕>\s]*"
_LABEL = r"(?:(?:发布|发文|发稿|更新|公开|成文|登载|上传|录入|添加)?(?:日期|时间|于)?\s*[:：]?\s*)"
_WEEKDAY = r"(?:[\s(]*(?:星期|周)[一二三四五六日天]\)?)?"
_TIME = (
    r"(?:[\sT]*(?:上午|下午|早上|晚上|中午)?\s*\d{1,2}[:：时点]\d{1,2}(?:[:：分]\d{1,2})?[分秒]?(?:\.\d+)?"
    r"(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_FULL = r"(?P<y>(?:19|20)\d{2})\s*[-/.年—–·_]\s*(?P<m>\d{1,2})\s*[-/.月—–·_]\s*(?P<d>\d{1,2})(?:\s*[日号])?"
_COMPACT = r"(?P<y>(?:19|20)\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)"
_SHORT = r"['’]?(?P<y>\d{2})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
# With a point only where both have two digits: 3.5 is a number.
_MONTH_DAY = r"(?P<m>\d{1,2}(?=\s*[-/月])|\d{2}(?=\.\d\d))\s*[-/.月]\s*(?P<d>\d{1,2})(?:\s*[日号])?"
_DAY_FIRST = r"(?P<d>\d{1,2})\s*日?\s+(?P<y>(?:19|20)\d{2})\s*[-/.年]\s*(?P<m>\d{1,2})\s*月?"
_YEAR_MONTH_FIRST = r"(?P<y>(?:19|20)\d{2})\s*[-/.年]\s*(?P<m>\d{1,2})\s*月?\s+(?P<d>\d{1,2})\s*日?"
_YEAR_APART = r"(?P<y>(?:19|20)\d{2})\s*年?\s+(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?"
_YEAR_LAST = r"(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?\s+(?P<y>(?:19|20)\d{2})\s*年?"
_BACKWARDS = r"(?P<d>\d{1,2})\s*日?\s+(?P<m>\d{1,2})\s*月\s+(?P<y>(?:19|20)\d{2})\s*年?"

_ALONE = tuple(
    re.compile(f"{_OPEN}{_LABEL}{_OPEN}{form}{_WEEKDAY}{_TIME}{_CLOSE}")
    for form in (
        *(_FULL, _COMPACT, _YEAR_APART, _YEAR_LAST, _DAY_FIRST, _YEAR_MONTH_FIRST, _BACKWARDS, _SHORT, _MONTH_DAY),
    )
)
_ANYWHERE = re.compile(rf"(?<!\d){_FULL}(?!\d)")
_BRACKETED = re.compile(rf"[\[(（【〔]\s*(?:{_FULL}|(?P<m2>\d{{1,2}})[-/.月](?P<d2>\d{{1,2}})日?){_TIME}\s*[\])）】〕]")
_TRAILING = re.compile(rf"(?<!\d){_FULL}{_TIME}\s*$")
_LEADING = re.compile(rf"^\s*{_FULL}{_TIME}(?=\s)")
_RELATIVE = re.compile(
    r"(?:(?:发布|更新)于\s*)?"
    rf"(?:(?P<n>\d{{1,3}}|半)\s*个?(?P<unit>秒钟?|分钟|小时|天|周|星期|月)前|(?P<word>刚刚|今天|今日|昨天|昨日|前天){_TIME})"
)
_WORDS = {"刚刚": 0, "今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}
_UNITS = {"秒": 0, "秒钟": 0, "分钟": 0, "小时": 0, "天": 1, "周": 7, "星期": 7, "月": 30}
_IN_URL = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d{2})[/_-]?(?P<m>[01]?\d)[/_-]?(?P<d>[0-3]\d|(?<=[/-])\d)(?=[/_.?&#-]|$|\d{6}(?:\D|$))"
)
_NUMERALS = re.compile(
    r"([〇○零OoＯ一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_DIGITS = {sign: str(value) for value, sign in enumerate("〇一二三四五六七八九")} | dict.fromkeys("○零OoＯ", "0")
_WIDE = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20}
"""Full-width signs (ＡＢＣ１２３－／) as the plain ones."""


_MAY_HOLD_DATE = re.compile(r"[\d年]")
_DIGIT = re.compile(r"\d")
_LONGEST_RELATIVE = 14
_WIDE_SIGN = re.compile("[\uff01-\uff5e\u3000]")
# What a text that is a date alone is made of; the many texts that are none are told from it at their first character.
_SIGNS = (
    r"\s\dTZ\[\](（【〔<>〕】）)'’/.\-+·_—–:："
    r"年月日号时点分秒星期周一二三四五六天上下午早晚中发布文稿更新公开成登载传录入添加期间于"
)
_OF_DATES = re.compile(f"[{_SIGNS}]+")
_FIRST_OF_DATES = re.compile(f"[{_SIGNS}半刚今昨前\uff01-\uff5e]")
"""The same before full-width signs are made plain, and what is said of days that are near."""


_Parts = tuple[int | None, int, int]
"""Year, where one is written, month and day."""


class YearRule:
    """How a date without a year gets one: the latest that does not lie behind the reference."""

    def __init__(self, as_of: date | None, own_latest: date | None = None) -> None:
        """``as_of`` is the day of the visit; without it the page's own latest full date is the reference."""
        self._limit = as_of + _DAY if as_of is not None else None
        if self._limit is None and own_latest is not None:
            self._limit = own_latest + _YEAR_TURN
        self.as_of = as_of

    def century(self, year: int) -> int:
        """The year that two digits stand for: none that lies ahead."""
        return 2000 + year if self._limit is None or 2000 + year <= self._limit.year else 1900 + year

    def complete(self, month: int, day: int, url: str | None = None) -> date | None:
        """The date of a month and day; the item's own address outweighs the guess where it agrees with both."""
        in_url = date_in_url(url) if url else None
        if in_url is not None and (in_url.month, in_url.day) == (month, day):
            return in_url
        if self._limit is None:
            return None
        for year in (self._limit.year, self._limit.year - 1):
            found = _valid(year, month, day)
            if found is not None and found <= self._limit:
                return found
        return None


def plain(text: str) -> str:
    """Full-width digits and signs, and dates in Chinese numerals (二〇二四年三月五日), in plain digits."""
    if text.isascii():
        return text
    if _WIDE_SIGN.search(text):
        text = text.translate(_WIDE)
    return _NUMERALS.sub(_in_digits, text) if "年" in text and "月" in text else text


def may_hold_date(text: str) -> bool:
    """Whether a date with a year, or a month and day, may stand in a text."""
    return _MAY_HOLD_DATE.search(text) is not None


def date_alone(text: str, rule: YearRule, url: str | None = None) -> date | None:
    """The date that a text consists of, brackets and a label like 发布日期： apart; None where there is more to it."""
    if not 0 < len(text) <= 60 or not _may_begin_date(text[0]):
        return None
    if len(text) >= _LONGEST_RELATIVE and _MAY_HOLD_DATE.search(text) is None:
        return None
    absolute, days_ago = _written_alone(text)
    for reading in absolute:
        found = reading if isinstance(reading, date) else _completed(reading, rule, url)
        if found is not None:
            return found
    return None if days_ago is None or rule.as_of is None else rule.as_of - timedelta(days=days_ago)


@lru_cache(maxsize=16384)
def _may_begin_date(sign: str) -> bool:
    """Titles, of which pages are full, mostly begin with another."""
    return _FIRST_OF_DATES.match(sign) is not None


@lru_cache(maxsize=16384)
def _written_alone(text: str) -> tuple[tuple[date | _Parts, ...], int | None]:
    """All readings of a text as a date, likeliest first, and how many days ago it says; lists repeat their dates."""
    text = plain(text)
    if _DIGIT.search(text) is None:
        return (), _days_ago(text) if len(text) < _LONGEST_RELATIVE else None
    absolute: tuple[date | _Parts, ...] = ()
    if _OF_DATES.fullmatch(text) is not None:
        matches = (pattern.fullmatch(text) for pattern in _ALONE)
        readings = (_reading(_parts(match)) for match in matches if match is not None)
        absolute = tuple(reading for reading in readings if reading is not None)
    return absolute, _days_ago(text)


def date_beside_title(text: str, rule: YearRule, url: str | None = None) -> date | None:
    """The date glued to a title: bracketed anywhere at its ends, or full at its very start or end."""
    if _MAY_HOLD_DATE.search(text) is None:
        return None
    text = plain(text)
    for match in _BRACKETED.finditer(text):
        if match.start() <= 2 or match.end() >= len(text) - 2:
            if match.group("m2") is not None:
                found = rule.complete(int(match.group("m2")), int(match.group("d2")), url)
            else:
                found = _valid(int(match.group("y")), int(match.group("m")), int(match.group("d")))
            if found is not None:
                return found
    edge = _TRAILING.search(text) or _LEADING.search(text)
    return _completed(_parts(edge), rule, url) if edge is not None else None


def date_within(text: str) -> date | None:
    """The first full date in a text."""
    match = _ANYWHERE.search(plain(text)) if _MAY_HOLD_DATE.search(text) else None
    return _valid(int(match.group("y")), int(match.group("m")), int(match.group("d"))) if match else None


def dates_within(text: str) -> list[date]:
    """All full dates in a text."""
    if _MAY_HOLD_DATE.search(text) is None:
        return []
    found = (_valid(int(m.group("y")), int(m.group("m")), int(m.group("d"))) for m in _ANYWHERE.finditer(plain(text)))
    return [day for day in found if day is not None]


def date_in_url(url: str) -> date | None:
    """The date that an address carries, as in ``/202006/t20200623_61.html`` or ``/art/2020/12/8/``."""
    found = None
    for match in _IN_URL.finditer(url):
        found = _valid(int(match.group("y")), int(match.group("m")), int(match.group("d"))) or found
    return found


def _parts(match: re.Match[str]) -> _Parts:
    parts = match.groupdict()
    return int(parts["y"]) if parts.get("y") else None, int(parts["m"]), int(parts["d"])


def _reading(parts: _Parts) -> date | _Parts | None:
    """The date itself where its year is written in full; None where there is no such day."""
    year, month, day = parts
    return parts if year is None or year <= 99 else _valid(year, month, day)


def _completed(parts: _Parts, rule: YearRule, url: str | None) -> date | None:
    year, month, day = parts
    if year is None:
        return rule.complete(month, day, url)
    return _valid(year if year > 99 else rule.century(year), month, day)


def _valid(year: int, month: int, day: int) -> date | None:
    if year < _FIRST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _days_ago(text: str) -> int | None:
    match = _RELATIVE.fullmatch(text.strip(" []()【】\t\n"))
    if match is None:
        return None
    if match.group("word"):
        return _WORDS[match.group("word")]
    number = 0 if match.group("n") == "半" else int(match.group("n"))
    return number * _UNITS[match.group("unit")]


def _in_digits(match: re.Match[str]) -> str:
    year = "".join(_DIGITS[sign] for sign in match.group(1))
    return f"{year}年{_number(match.group(2))}月{_number(match.group(3))}日"


def _number(numerals: str) -> int:
    """一 to 九十九; 十 stands for itself, or for tens."""
    tens, ten, ones = numerals.rpartition("十")
    if not ten:
        return int("".join(_DIGITS[sign] for sign in numerals))
    return 10 * int("".join(_DIGITS[sign] for sign in tens) or "1") + int(_DIGITS.get(ones, "0"))
