"""Errors of the system and what they say about the site, or about us."""

import errno
import socket
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from crawler.fetch.classify import is_temporary, outcome_of_error
from crawler.fetch.firewall import is_firewall_answer
from crawler.fetch.policy import AddressRefused
from inspection.observation import FetchOutcome as Out

KEY = ConnectionKey("a.test", 80, False, True, None, None, None)


def wrapped(error: OSError) -> aiohttp.ClientConnectorError:
    return aiohttp.ClientConnectorError(KEY, error)


def os_error(number: int) -> OSError:
    return OSError(number, "Connect call failed")


def several(*numbers: int) -> OSError:
    return OSError("Multiple exceptions: " + ", ".join(f"[Errno {number}] failed" for number in numbers))


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (os_error(errno.ECONNREFUSED), Out.CONNECT_REFUSED),
        (os_error(errno.ECONNRESET), Out.CONNECTION_RESET),
        (os_error(errno.ETIMEDOUT), Out.CONNECT_TIMEOUT),
        (os_error(errno.EHOSTUNREACH), Out.CONNECT_TIMEOUT),
        (os_error(errno.ENETUNREACH), Out.OUR_NETWORK_DOWN),
        (os_error(errno.ENETDOWN), Out.OUR_NETWORK_DOWN),
        (os_error(errno.EMFILE), Out.OUR_NETWORK_DOWN),
        (several(errno.ENETUNREACH, errno.ECONNREFUSED), Out.CONNECT_REFUSED),
        (several(errno.ENETUNREACH, errno.ETIMEDOUT), Out.CONNECT_TIMEOUT),
        (socket.gaierror(socket.EAI_NONAME, "unknown"), Out.DNS_ERROR),
        (socket.gaierror(socket.EAI_AGAIN, "later"), Out.DNS_ERROR),
        (AddressRefused("10.0.0.1"), Out.NOT_ALLOWED),
        (ssl.SSLError(1, "handshake failure"), Out.TLS_PROTOCOL),
    ],
)
def test_connection_errors(error: OSError, outcome: Out) -> None:
    assert outcome_of_error(wrapped(error)) is outcome


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (aiohttp.ServerDisconnectedError(), Out.CONNECTION_RESET),
        (aiohttp.ClientPayloadError("cut"), Out.MALFORMED_ANSWER),
        (aiohttp.InvalidURL("http://"), Out.BAD_URL),
        (ValueError("unforeseen"), Out.MALFORMED_ANSWER),
    ],
)
def test_other_errors(error: Exception, outcome: Out) -> None:
    assert outcome_of_error(error) is outcome


def test_without_name_servers_nobody_is_said_not_to_resolve() -> None:
    temporary = wrapped(socket.gaierror(socket.EAI_AGAIN, "later"))
    unknown = wrapped(socket.gaierror(socket.EAI_NONAME, "unknown"))
    assert outcome_of_error(temporary, names_work=False) is Out.OUR_NETWORK_DOWN
    assert outcome_of_error(unknown, names_work=False) is Out.DNS_ERROR
    assert (is_temporary(temporary), is_temporary(unknown)) == (True, False)


def test_without_a_network_no_host_is_said_to_be_unreachable() -> None:
    assert outcome_of_error(wrapped(os_error(errno.EHOSTUNREACH)), network_works=False) is Out.OUR_NETWORK_DOWN
    assert outcome_of_error(wrapped(os_error(errno.ECONNREFUSED)), network_works=False) is Out.CONNECT_REFUSED


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (403, b"", True),
        (404, b"yunsuo", False),
        (200, b"", False),
        (200, b"<script src='https://cdn.test/yundun.js'></script>", True),
        (200, b"<script src='https://cdn.test/yundun.js'></script>" + "政务公开".encode() * 50, False),
        (200, b"<!-- __jsl_clearance -->" + b"x" * 20_000, False),
        (200, b"<script>document.cookie='lang=zh';location.href='/zh/';</script>", False),
        (200, b"<script>document.cookie = 'k=1'; location.href = location.href;</script>", True),
        (202, b"<meta id='x' r='m'><script>$_ts=window['$_ts']</script>", True),
        (503, "系统维护".encode(), False),
        (503, b"<p>" + "您的请求触发了安全规则，访问被拦截。".encode() * 30, True),
    ],
)
def test_firewalls(status: int, body: bytes, expected: bool) -> None:
    assert is_firewall_answer(status, body) is expected
