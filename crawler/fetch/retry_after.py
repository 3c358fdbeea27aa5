"""What ``Retry-After`` asks for, in all the ways in which servers write it."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

_SPELLED = re.compile(r"(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s?)?", re.IGNORECASE)


def retry_after_s(value: str, now: datetime) -> float | None:
    """Seconds to wait: a number, a date, or ``1m30s``. None where nothing usable is said; never negative."""
    text = value.strip()
    if not text:
        return None
    match = _SPELLED.fullmatch(text)
    if match:
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return float(hours * 3600 + minutes * 60 + seconds)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return None if at.tzinfo is None else max(0.0, (at - now).total_seconds())
