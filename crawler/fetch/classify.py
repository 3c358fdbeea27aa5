"""The one place where errors, statuses and bodies become a :class:`FetchOutcome`."""

import errno
import socket
import ssl
from collections.abc import Iterator

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from crawler.fetch.policy import AddressRefused
from inspection.observation import FetchOutcome

_GONE = frozenset({404, 410})
_FIREWALL_STATUSES = frozenset({403, 412, 418, 444, 468, 493, 521, 567})
"""403, and statuses that only firewalls sold in China answer with."""

_FIREWALL_MARKS = (
    *(b"__jsl_clearance", b"jsluid", b"acw_sc__v2", b"errors.aliyun.com", b"yundun", b"waf.tencent", b"safedog"),
    *(b"yunsuo", b"wangzhan.360", b"/cdn-cgi/challenge-platform", b"cf-chl-", b"_incapsula_", b"ddos-guard"),
    *(b"security_session_verify", "访问被拦截".encode(), "安全验证".encode(), "人机验证".encode()),
    *("访问被拦截".encode("gbk"), "安全验证".encode("gbk"), "人机验证".encode("gbk")),
)
"""Marks of firewall and challenge pages, in lower case."""

_CHALLENGE_BYTES = 16 * 1024
"""A real page that mentions a mark is longer than a page that is nothing but a challenge."""

_CERTIFICATE_EXPIRED = frozenset({9, 10})
"""X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED."""
_CERTIFICATE_WRONG_HOST = frozenset({62, 63, 64})
"""X509_V_ERR_HOSTNAME_MISMATCH, _EMAIL_MISMATCH, _IP_ADDRESS_MISMATCH."""

_ERRNO_OUTCOMES: dict[int, FetchOutcome] = {
    errno.ECONNREFUSED: FetchOutcome.CONNECT_REFUSED,
    errno.EHOSTUNREACH: FetchOutcome.CONNECT_REFUSED,
    errno.ETIMEDOUT: FetchOutcome.CONNECT_TIMEOUT,
    errno.ECONNRESET: FetchOutcome.CONNECTION_RESET,
    errno.EPIPE: FetchOutcome.CONNECTION_RESET,
    errno.ECONNABORTED: FetchOutcome.CONNECTION_RESET,
    errno.ENETUNREACH: FetchOutcome.OUR_NETWORK_DOWN,
    errno.ENETDOWN: FetchOutcome.OUR_NETWORK_DOWN,
    errno.EADDRNOTAVAIL: FetchOutcome.OUR_NETWORK_DOWN,
    errno.EMFILE: FetchOutcome.OUR_NETWORK_DOWN,
    errno.ENFILE: FetchOutcome.OUR_NETWORK_DOWN,
}


def outcome_of_error(error: BaseException) -> FetchOutcome:
    """Outcome of an exception of the HTTP client. What it does not know is a malformed answer."""
    for cause in _causes(error):
        outcome = _outcome_of_one(cause)
        if outcome is not None:
            return outcome
    return FetchOutcome.MALFORMED_ANSWER


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and what it wraps, innermost first: the inner ones say more."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        wrapped = getattr(current, "os_error", None) or getattr(current, "certificate_error", None)
        current = wrapped or current.__cause__
    return reversed(chain)


def _outcome_of_one(error: BaseException) -> FetchOutcome | None:  # noqa: PLR0911 - a table in code
    if isinstance(error, AddressRefused):
        return FetchOutcome.NOT_ALLOWED
    if isinstance(error, socket.gaierror):
        return FetchOutcome.OUR_NETWORK_DOWN if error.errno == socket.EAI_AGAIN else FetchOutcome.DNS_ERROR
    if isinstance(error, ssl.SSLCertVerificationError):
        return _outcome_of_certificate(error)
    if isinstance(error, ssl.SSLError):
        return FetchOutcome.TLS_PROTOCOL
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return FetchOutcome.CONNECTION_RESET
    if isinstance(error, aiohttp.InvalidURL | UnicodeError):
        return FetchOutcome.BAD_URL
    if isinstance(error, HttpProcessingError | aiohttp.ClientPayloadError):
        return FetchOutcome.MALFORMED_ANSWER
    if isinstance(error, OSError) and error.errno is not None:
        return _ERRNO_OUTCOMES.get(error.errno)
    return None


def _outcome_of_certificate(error: ssl.SSLCertVerificationError) -> FetchOutcome:
    if error.verify_code in _CERTIFICATE_EXPIRED:
        return FetchOutcome.TLS_EXPIRED
    if error.verify_code in _CERTIFICATE_WRONG_HOST or "mismatch" in error.verify_message.lower():
        return FetchOutcome.TLS_WRONG_HOST
    return FetchOutcome.TLS_UNTRUSTED


def outcome_of_answer(status: int, body: bytes, *, method: str) -> FetchOutcome:
    """Outcome of a complete answer that is no redirect. A HEAD answer never has a body."""
    if _is_firewall_page(status, body):
        return FetchOutcome.BLOCKED
    if status < 300:
        blank = method != "HEAD" and not body.strip()
        return FetchOutcome.EMPTY_PAGE if blank else FetchOutcome.OK
    if status in _GONE:
        return FetchOutcome.NOT_FOUND
    if status == 429:
        return FetchOutcome.RATE_LIMITED
    if status < 400:
        return FetchOutcome.MALFORMED_ANSWER
    return FetchOutcome.CLIENT_ERROR if status < 500 else FetchOutcome.SERVER_ERROR


def _is_firewall_page(status: int, body: bytes) -> bool:
    if status in _FIREWALL_STATUSES:
        return True
    if status in _GONE or len(body) > _CHALLENGE_BYTES:
        return False
    lowered = body.lower()
    return any(mark in lowered for mark in _FIREWALL_MARKS)
