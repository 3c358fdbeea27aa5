"""Answers of firewalls and challenge pages: the site is up, but does not show itself to us."""

import re

from ahocorasick_rs import BytesAhoCorasick

_STATUSES = frozenset({403, 412, 418, 444, 468, 493, 521, 567})
"""403, and statuses that in practice only firewalls and challenge systems answer with."""
_NEVER = frozenset({404, 410})

_MARKS = (
    *(b"__jsl_clearance", b"jsluid", b"acw_sc__v2", b"errors.aliyun.com", b"yundun", b"waf.tencent", b"safedog"),
    *(b"yunsuo", b"wangzhan.360", b"/cdn-cgi/challenge-platform", b"cf-chl-", b"_incapsula_", b"ddos-guard"),
    *(b"security_session_verify", b"security_verify_data", b"/_guard/", b"$_ts=", b"window['$_ts']"),
    *("访问被拦截".encode(), "安全验证".encode(), "人机验证".encode()),
    *("访问被拦截".encode("gbk"), "安全验证".encode("gbk"), "人机验证".encode("gbk")),
)
"""Marks of firewall and challenge pages, in lower case."""
_MARK_FINDER = BytesAhoCorasick([*dict.fromkeys(_MARKS)])

_RELOADS = (b"location.reload", b"location.href=location.href", b"location=location", b"history.go(0)")
_CHALLENGE_BYTES = 16 * 1024
"""A real page that mentions a mark is longer than a page that is nothing but a challenge."""
_READABLE_BYTES = 400
"""A challenge has no more than that to read: some 130 Chinese characters."""

_UNREADABLE = re.compile(rb"<(script|style|noscript|title)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>|&nbsp;|\s+", re.S | re.I)


def is_firewall_answer(status: int, body: bytes) -> bool:
    """Whether a firewall answered in the site's stead.

    Errors are told by status or mark; good answers only where, besides, there is next to nothing to read: a login
    page may well speak of 安全验证. A page that sets a cookie and loads itself again is a challenge without a mark.
    """
    if status in _STATUSES:
        return True
    if status in _NEVER or not body or len(body) > _CHALLENGE_BYTES:
        return False
    lowered = body.lower()
    if _MARK_FINDER.find_matches_as_indexes(lowered):
        return status >= 400 or _has_little_to_read(body)
    return status < 400 and _sets_cookie_and_reloads(lowered) and _has_little_to_read(body)


def _sets_cookie_and_reloads(lowered: bytes) -> bool:
    if b"document.cookie" not in lowered:
        return False
    compact = b"".join(lowered.split())
    return any(mark in compact for mark in _RELOADS)


def _has_little_to_read(body: bytes) -> bool:
    return len(_UNREADABLE.sub(b"", body)) <= _READABLE_BYTES
