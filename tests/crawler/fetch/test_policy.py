"""Which addresses may be visited."""

import asyncio
import socket
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest

from crawler.fetch.policy import AddressPolicy, AddressRefused, with_plain_host
from crawler.fetch.resolver import GuardedResolver


@pytest.mark.parametrize("address", ["8.8.8.8", "61.135.169.121", "2400:3200::1", "::ffff:8.8.8.8"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert AddressPolicy().allows(address)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "192.0.0.8", "192.88.99.1", "224.0.0.1", "::1", "::",
        "::ffff:10.0.0.1", "::10.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "2001::1",
        "2001:db8::1", "2002:a00:1::", "fe80::1%eth0", "fec0::1", "fd00::1", "ff02::1", "5f00::1", "3fff::1",
        "nonsense",
    ],
)  # fmt: skip
def test_all_others_are_not(address: str) -> None:
    assert not AddressPolicy().allows(address)


def test_the_operator_may_allow_networks() -> None:
    policy = AddressPolicy([ip_network("10.1.0.0/16"), ip_network("fd00::/8")])
    assert [policy.allows(address) for address in ("10.1.2.3", "::ffff:10.1.2.3", "fd00::1")] == [True] * 3
    assert [policy.allows(address) for address in ("10.2.0.1", "127.0.0.1", "fe80::1")] == [False] * 3


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("http://a.test/", False),
        ("https://a.test:8443/", False),
        ("http://a.test:81/", False),
        ("http://a.test:22/", True),
        ("http://a.test:6667/", True),
        ("http://192.168.0.1/", True),
        ("http://[::1]/", True),
        ("http://8.8.8.8/", False),
    ],
)
def test_what_shows_without_dns(url: str, refused: bool) -> None:
    assert (AddressPolicy().objection(url) is not None) is refused


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("http://127.1:8080/a?b=1", "http://127.0.0.1:8080/a?b=1"),
        ("http://0x7f000001/", "http://127.0.0.1/"),
        ("http://017700000001/", "http://127.0.0.1/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://8.8.8.8./", "http://8.8.8.8/"),
        ("http://1.2.3.4.5/", None),
        ("http://256.1.1.1/", None),
        ("http://www.site1.test/", "http://www.site1.test/"),
        ("http://1.test/", "http://1.test/"),
        ("http://[::1]/", "http://[::1]/"),
    ],
)
def test_odd_spellings_of_addresses(url: str, plain: str | None) -> None:
    assert with_plain_host(url) == plain


Names = Callable[..., list[tuple[Any, ...]]]


def answering(*addresses: str, asked: list[str]) -> Names:
    def getaddrinfo(host: str, *_: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]

    return getaddrinfo


def resolve(*names: str) -> list[list[str]]:
    async def run() -> list[list[str]]:
        resolver = GuardedResolver(AddressPolicy())
        try:
            found = await asyncio.gather(*(resolver.resolve(name, 80) for name in names))
        finally:
            await resolver.close()
        return [[each["host"] for each in results] for results in found]

    return asyncio.run(run())


def test_only_allowed_addresses_of_a_name_are_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answering("10.0.0.1", "8.8.8.8", "8.8.8.8", asked=[]))
    assert resolve("a.test") == [["8.8.8.8"]]


def test_a_name_that_leads_inside_only_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answering("10.0.0.1", "127.0.0.1", asked=[]))
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1, 127\.0\.0\.1"):
        resolve("a.test")


def test_questions_for_one_name_are_one_lookup(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(socket, "getaddrinfo", answering("8.8.8.8", asked=asked))
    assert resolve("a.test", "A.test.", "a.test", "b.test") == [["8.8.8.8"]] * 4
    assert sorted(asked) == ["a.test", "b.test"]


def test_failures_are_asked_again_and_tell_whether_name_servers_work(monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [socket.EAI_AGAIN, socket.EAI_AGAIN, socket.EAI_NONAME]

    def getaddrinfo(*_: object) -> None:
        raise socket.gaierror(failures.pop(0), "no")

    async def run() -> list[bool]:
        resolver = GuardedResolver(AddressPolicy())
        works = []
        for _ in range(3):
            with pytest.raises(socket.gaierror):
                await resolver.resolve("a.test")
            works.append(resolver.reach.works(asyncio.get_running_loop().time()))
        await resolver.close()
        return works

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert asyncio.run(run()) == [False, False, True]


@pytest.mark.parametrize("name", ["nowhere.invalid", "a.b.INVALID."])
def test_special_names_need_no_server(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(socket, "getaddrinfo", answering("8.8.8.8", asked=asked))
    with pytest.raises(socket.gaierror):
        resolve(name)
    with pytest.raises(AddressRefused):
        resolve("www.site.localhost")
    assert asked == []
