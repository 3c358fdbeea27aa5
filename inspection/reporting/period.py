"""Names of the periods that reports are about."""

import re

from inspection.errors import InputRejected

_PERIOD = re.compile(r"\d{4}(?:Q[1-4]|H[12]|-(?:0[1-9]|1[0-2]))?")


def check_period(text: str) -> str:
    """The period as it was given; :class:`InputRejected` unless it is a year, half-year, quarter or month."""
    if not _PERIOD.fullmatch(text):
        raise InputRejected(f"时期 {text!r} 无效：季度写成 2017Q1，半年 2017H1，月 2017-03，全年 2017")
    return text
