"""The one place where errors, statuses and bodies become a :class:`FetchOutcome`."""

import errno
import re
import socket
import ssl
from collections.abc import Iterator

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from crawler.fetch.firewall import is_firewall_answer
from crawler.fetch.policy import AddressRefused
from inspection.observation import FetchOutcome

_GONE = frozenset({404, 410})

_CERTIFICATE_EXPIRED = frozenset({9, 10})
"""X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED."""
_CERTIFICATE_WRONG_HOST = frozenset({62, 63, 64})
"""X509_V_ERR_HOSTNAME_MISMATCH, _EMAIL_MISMATCH, _IP_ADDRESS_MISMATCH."""

# Several addresses of one host may fail in several ways. The first of these that occurs is the outcome: an answer
# by anybody out there says more than silence, and silence more than a family of addresses that we cannot speak.
_ERRNO_OUTCOMES: dict[int, FetchOutcome] = {
    errno.ECONNRESET: FetchOutcome.CONNECTION_RESET,
    errno.ECONNABORTED: FetchOutcome.CONNECTION_RESET,
    errno.EPIPE: FetchOutcome.CONNECTION_RESET,
    errno.ECONNREFUSED: FetchOutcome.CONNECT_REFUSED,
    errno.ETIMEDOUT: FetchOutcome.CONNECT_TIMEOUT,
    errno.EHOSTUNREACH: FetchOutcome.CONNECT_TIMEOUT,
    errno.ENETUNREACH: FetchOutcome.OUR_NETWORK_DOWN,
    errno.ENETDOWN: FetchOutcome.OUR_NETWORK_DOWN,
    errno.EADDRNOTAVAIL: FetchOutcome.OUR_NETWORK_DOWN,
    errno.EAFNOSUPPORT: FetchOutcome.OUR_NETWORK_DOWN,
    errno.EMFILE: FetchOutcome.OUR_NETWORK_DOWN,
    errno.ENFILE: FetchOutcome.OUR_NETWORK_DOWN,
    errno.ENOBUFS: FetchOutcome.OUR_NETWORK_DOWN,
    errno.ENOMEM: FetchOutcome.OUR_NETWORK_DOWN,
}
_ERRNO_IN_TEXT = re.compile(r"\[Errno (\d+)\]")
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


def outcome_of_error(error: BaseException, *, names_work: bool = True, network_works: bool = True) -> FetchOutcome:
    """Outcome of an exception of the HTTP client. What it does not know is a malformed answer.

    ``names_work``: name servers answered lately, so one that does not is the site's. ``network_works``: somebody
    answered lately, so a host said to be unreachable is.
    """
    for cause in _causes(error):
        if not names_work and is_temporary(cause):
            return FetchOutcome.OUR_NETWORK_DOWN
        if not network_works and errno.EHOSTUNREACH in _errnos(cause):
            return FetchOutcome.OUR_NETWORK_DOWN
        outcome = _outcome_of_one(cause)
        if outcome is not None:
            return outcome
    return FetchOutcome.MALFORMED_ANSWER


def is_temporary(error: BaseException) -> bool:
    """Whether a name could not be looked up, other than by the answer that it does not exist."""
    return any(isinstance(cause, socket.gaierror) and cause.errno not in _NO_SUCH_NAME for cause in _causes(error))


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
        return FetchOutcome.DNS_ERROR
    if isinstance(error, ssl.SSLCertVerificationError):
        return _outcome_of_certificate(error)
    if isinstance(error, ssl.SSLError):
        return FetchOutcome.TLS_PROTOCOL
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return FetchOutcome.CONNECTION_RESET
    if isinstance(error, aiohttp.InvalidURL | UnicodeError):
        return FetchOutcome.BAD_URL
    if isinstance(error, HttpProcessingError):
        return FetchOutcome.MALFORMED_ANSWER
    found = _errnos(error)
    return next((outcome for number, outcome in _ERRNO_OUTCOMES.items() if number in found), None)


def _errnos(error: BaseException) -> frozenset[int]:
    """Numbers of a system error; of a collected one (several addresses tried) those that its text lists."""
    if not isinstance(error, OSError):
        return frozenset()
    if error.errno is not None:
        return frozenset({error.errno})
    return frozenset(int(number) for number in _ERRNO_IN_TEXT.findall(str(error)))


def _outcome_of_certificate(error: ssl.SSLCertVerificationError) -> FetchOutcome:
    if error.verify_code in _CERTIFICATE_EXPIRED:
        return FetchOutcome.TLS_EXPIRED
    if error.verify_code in _CERTIFICATE_WRONG_HOST or "mismatch" in error.verify_message.lower():
        return FetchOutcome.TLS_WRONG_HOST
    return FetchOutcome.TLS_UNTRUSTED


def outcome_of_answer(status: int, body: bytes, *, method: str) -> FetchOutcome:
    """Outcome of a complete answer that is no redirect. A HEAD answer never has a body."""
    if is_firewall_answer(status, body):
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
