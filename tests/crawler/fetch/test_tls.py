"""Certificates and protocols, with certificates made for the test."""

import asyncio
import gc
import socket
import ssl
import threading
import warnings
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import trustme

from crawler.fetch import FetchRequest, FetchResult
from crawler.fetch.fetcher import Fetcher
from crawler.fetch.policy import AddressPolicy
from inspection.observation import FetchOutcome as Out

HOST = "www.secure.localhost"
AUTHORITY = trustme.CA()
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
TOMORROW = datetime.now(UTC) + timedelta(days=1)
CERTIFICATES = {
    "good": AUTHORITY.issue_cert(HOST),
    "expired": AUTHORITY.issue_cert(HOST, not_before=YESTERDAY - timedelta(days=9), not_after=YESTERDAY),
    "early": AUTHORITY.issue_cert(HOST, not_before=TOMORROW, not_after=TOMORROW + timedelta(days=9)),
    "wrong-host": AUTHORITY.issue_cert("other.localhost"),
    "unknown-issuer": trustme.CA().issue_cert(HOST),
}


@pytest.fixture(autouse=True)
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    AUTHORITY.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


def server_context(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CERTIFICATES[name].configure_cert(context)
    return context


def fetch(url: str, *, lenient: bool) -> FetchResult:
    async def run() -> FetchResult:
        policy = AddressPolicy([ip_network("127.0.0.0/8")])
        fetcher = Fetcher(policy, user_agent="test", tls_lenient=lenient)
        try:
            return await fetcher.fetch(FetchRequest(url=url, timeout_s=5))
        finally:
            await fetcher.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("certificate", "strict"),
    [
        ("good", Out.OK),
        ("expired", Out.TLS_EXPIRED),
        ("early", Out.TLS_EXPIRED),
        ("wrong-host", Out.TLS_WRONG_HOST),
        ("unknown-issuer", Out.TLS_UNTRUSTED),
    ],
)
def test_certificates(web: Any, certificate: str, strict: Out) -> None:
    url = f"https://{HOST}:{web.listen(server_context(certificate))}/ok"
    assert fetch(url, lenient=False).outcome is strict
    lenient = fetch(url, lenient=True)
    assert lenient.outcome is Out.OK
    assert lenient.detail == ("" if strict is Out.OK else f"certificate fault: {strict}")


def test_malformed_answers_are_read_over_tls_too(web: Any) -> None:
    url = f"https://{HOST}:{web.listen(server_context('good'))}/bad-length"
    assert fetch(url, lenient=False).outcome is Out.OK


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_old_protocols_are_spoken(web: Any, version: ssl.TLSVersion) -> None:
    context = server_context("good")
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = version
    assert fetch(f"https://{HOST}:{web.listen(context)}/ok", lenient=False).outcome is Out.OK


def test_plain_http_on_a_tls_address_is_a_protocol_error(web: Any) -> None:
    assert fetch(f"https://{HOST}:{web.port}/ok", lenient=True).outcome is Out.TLS_PROTOCOL


def test_tls_on_a_plain_address_is_no_answer(web: Any) -> None:
    result = fetch(f"http://{HOST}:{web.listen(server_context('good'))}/ok", lenient=True)
    assert result.outcome in (Out.CONNECTION_RESET, Out.MALFORMED_ANSWER)


def test_no_connection_outlives_the_fetcher() -> None:
    """Not even one whose other side never says farewell."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            accepted, _ = listener.accept()
            with server_context("good").wrap_socket(accepted, server_side=True) as connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
                over.wait(5)

        server = threading.Thread(target=serve)
        server.start()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ResourceWarning)
            result = fetch(f"https://{HOST}:{listener.getsockname()[1]}/", lenient=False)
            gc.collect()
        over.set()
        server.join(5)
    assert result.outcome is Out.OK
    assert not caught
