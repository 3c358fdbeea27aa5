"""Certificates and protocols, with certificates made for the test."""

import asyncio
import contextlib
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
from crawler.fetch.hosts import HostLook
from crawler.fetch.policy import AddressPolicy
from inspection.observation import FetchOutcome as Out
from inspection.observation.host import HostSeen

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


def look(host: str, port: int, *allowed: str) -> HostSeen:
    async def run() -> HostSeen:
        policy = AddressPolicy([ip_network(network) for network in allowed])
        fetchers = [Fetcher(policy, user_agent="test", family=family) for family in (socket.AF_UNSPEC, socket.AF_INET6)]
        try:
            return await HostLook(*fetchers, timeout_s=5).look(f"https://{host}:{port}/ok")
        finally:
            for fetcher in fetchers:
                await fetcher.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("certificate", "outcome"),
    [
        ("good", Out.OK),
        ("expired", Out.TLS_EXPIRED),
        ("wrong-host", Out.TLS_WRONG_HOST),
        ("unknown-issuer", Out.TLS_UNTRUSTED),
    ],
)
def test_a_look_at_a_host_tells_its_certificate(web: Any, certificate: str, outcome: Out) -> None:
    seen = look(HOST, web.listen(server_context(certificate)), "127.0.0.0/8")
    assert (seen.https, seen.ipv4) == (outcome, ("127.0.0.1",))
    assert seen.certificate is not None
    assert seen.certificate.names == ("other.localhost" if certificate == "wrong-host" else HOST,)
    assert seen.certificate.protocol.startswith("TLSv1")
    assert (seen.certificate.not_after < datetime.now(UTC)) is (certificate == "expired")


def test_a_host_that_speaks_no_tls(web: Any) -> None:
    seen = look(HOST, web.port, "127.0.0.0/8")
    assert (seen.https, seen.certificate) == (Out.TLS_PROTOCOL, None)


def test_ipv6_addresses_are_under_the_address_policy(web: Any) -> None:
    seen = look(HOST, web.port, "127.0.0.0/8")
    assert (seen.over_ipv6, seen.ipv6) == (Out.NOT_ALLOWED, ())


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Out.OK), (b"", Out.OUR_NETWORK_DOWN)],
)
def test_silence_over_ipv6_is_ours_until_somebody_has_answered_there(answer: bytes, outcome: Out) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await (writer.drain() if answer else reader.read())

    async def run() -> HostSeen:
        server = await asyncio.start_server(serve, "::1", 0)
        port = server.sockets[0].getsockname()[1]
        policy = AddressPolicy([ip_network("127.0.0.0/8"), ip_network("::1/128")])
        fetchers = [Fetcher(policy, user_agent="test", family=family) for family in (socket.AF_UNSPEC, socket.AF_INET6)]
        try:
            async with server:
                return await HostLook(*fetchers, timeout_s=0.5).look(f"http://{HOST}:{port}/")
        finally:
            for fetcher in fetchers:
                await fetcher.close()

    seen = asyncio.run(run())
    assert (seen.over_ipv6, seen.ipv6) == (outcome, ("::1",))


class Names:
    """A fetcher that knows addresses by name and family alone."""

    def __init__(self, ipv6: dict[str, list[str]]) -> None:
        self.ipv6 = ipv6
        self.asked: list[str] = []

    async def addresses(self, host: str, family: socket.AddressFamily) -> list[str]:
        if family != socket.AF_INET6:
            return ["127.0.0.1"]
        self.asked.append(host)
        if host not in self.ipv6:
            raise socket.gaierror(socket.EAI_NONAME, "no such address")
        return self.ipv6[host]


@pytest.mark.parametrize(
    ("known", "outcome"),
    [({}, Out.OUR_NETWORK_DOWN), ({"control.localhost": ["::1"]}, Out.DNS_ERROR)],
)
def test_no_ipv6_address_is_a_fact_only_where_others_are_seen(known: dict[str, list[str]], outcome: Out) -> None:
    names = Names(known)
    looker = HostLook(names, names, timeout_s=0.5, controls=["http://control.localhost/"], pause_s=0)  # type: ignore[arg-type]

    async def run() -> list[Out]:
        return [(await looker.look("http://www.localhost:9/")).over_ipv6 for _ in range(2)]

    assert asyncio.run(run()) == [outcome] * 2
    assert names.asked.count("control.localhost") == 1


def test_https_that_fails_is_tried_again(web: Any) -> None:
    tries: list[str] = []

    class Flaky(HostLook):
        async def _secured_at(self, address: str, port: int, host: str):  # type: ignore[no-untyped-def]
            tries.append(address)
            if len(tries) == 1:
                return Out.CONNECT_TIMEOUT, None
            return await super()._secured_at(address, port, host)

    names = Names({})
    port = web.listen(server_context("good"))

    async def run() -> HostSeen:
        return await Flaky(names, names, timeout_s=2, pause_s=0).look(f"https://{HOST}:{port}/")  # type: ignore[arg-type]

    assert (asyncio.run(run()).https, len(tries)) == (Out.OK, 2)


@pytest.mark.parametrize("certificate", ["good", "expired"])
def test_every_connection_tells_of_the_certificate_that_was_shown(web: Any, certificate: str) -> None:
    heard: list[tuple[str, bytes]] = []
    port = web.listen(server_context(certificate))

    async def run() -> None:
        policy = AddressPolicy([ip_network("127.0.0.0/8")])
        fetcher = Fetcher(policy, user_agent="test", shown=lambda *shown: heard.append(shown))
        try:
            for path in ("/ok", "/too-long"):
                url = f"https://{HOST}:{port}{path}"
                assert (await fetcher.fetch(FetchRequest(url=url, timeout_s=5))).outcome is Out.OK
            seen = len(heard)
            assert seen >= 2
            look = HostLook(fetcher, fetcher, timeout_s=5, shown=lambda *shown: heard.append(shown))
            assert (await look.look(f"https://{HOST}:{port}/ok")).certificate is not None
            assert len(heard) == seen + 1
        finally:
            await fetcher.close()

    asyncio.run(run())
    encoded = ssl.PEM_cert_to_DER_cert(CERTIFICATES[certificate].cert_chain_pems[0].bytes().decode())
    assert set(heard) == {(HOST, encoded)}
