"""Addresses without end: session numbers, mirrored paths, calendars and pagers. Recognised by form, never by site."""

import re
from urllib.parse import urlsplit

_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*|/\([A-Z]\([0-9a-z]{20,}\)\)(?=/)", re.IGNORECASE)
_SESSION_NAMES = re.compile(r"jsessionid|phpsessid|aspsessionid[a-z]*|cfid|cftoken", re.IGNORECASE)
_PERHAPS_SESSION = re.compile(r"s|sid|session|sessionid|session_id|sess|token", re.IGNORECASE)
_LONG_KEY = re.compile(r"(?=.*\d)(?=.*[a-z])[0-9a-z_-]{16,}", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+")
_MIRRORED = 3
"""So many times the same folder in one path is a mirror; twice happens (/zwgk/gk/zwgk/)."""

CHAIN_OF_TRUST = 2
"""A page may lead to one of its own form, and that to another: lists of lists, a letter pager."""
LONGEST_CHAIN = 8
"""Behind so many pages of one form, each found on the one before, nothing is read any more."""


def without_session(url: str) -> str:
    """The address without session numbers: what two visitors have in common."""
    if ";" in url or "/(" in url:
        url = _SESSION_IN_PATH.sub("", url)
    head, mark, query = url.partition("?")
    if not mark:
        return url
    kept = [part for part in query.split("&") if not _is_session(part)]
    return f"{head}?{'&'.join(kept)}" if kept else head


def is_mirrored(url: str) -> bool:
    """Whether a path repeats a folder, as relative links make it that point into themselves."""
    folders = [part for part in urlsplit(url).path.split("/")[:-1] if part and not part.isdigit()]
    return any(folders.count(folder) >= _MIRRORED for folder in set(folders))


def form_of(url: str) -> str:
    """What remains of an address when its numbers are taken out: the same for all pages of a calendar or pager."""
    parts = urlsplit(url)
    return _NUMBER.sub("0", f"{parts.netloc}{parts.path}?{parts.query}")


def _is_session(part: str) -> bool:
    name, _, value = part.partition("=")
    if _SESSION_NAMES.fullmatch(name):
        return True
    return _PERHAPS_SESSION.fullmatch(name) is not None and _LONG_KEY.fullmatch(value) is not None
