"""Every way in which a server misbehaves has its outcome, and none is an exception."""

import asyncio
import tracemalloc
from ipaddress import ip_network
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.fetch import FetchRequest, FetchResult
from crawler.fetch.fetcher import Fetcher
from crawler.fetch.policy import AddressPolicy
from inspection.observation import FetchOutcome as Out

LOOPBACK = (ip_network("127.0.0.0/8"),)


def fetch(url: str, *, allowed: Any = LOOPBACK, **fields: Any) -> FetchResult:
    async def run() -> FetchResult:
        fetcher = Fetcher(AddressPolicy(allowed), user_agent="test")
        try:
            return await fetcher.fetch(FetchRequest(url=url, **{"timeout_s": 5.0, **fields}))
        finally:
            await fetcher.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("path", "outcome", "status"),
    [
        ("/ok", Out.OK, 200),
        ("/empty", Out.EMPTY_PAGE, 200),
        ("/blank", Out.EMPTY_PAGE, 200),
        ("/no-content", Out.EMPTY_PAGE, 204),
        ("/404", Out.NOT_FOUND, 404),
        ("/410", Out.NOT_FOUND, 410),
        ("/400", Out.CLIENT_ERROR, 400),
        ("/401", Out.CLIENT_ERROR, 401),
        ("/403", Out.BLOCKED, 403),
        ("/405", Out.CLIENT_ERROR, 405),
        ("/412", Out.BLOCKED, 412),
        ("/429", Out.RATE_LIMITED, 429),
        ("/500", Out.SERVER_ERROR, 500),
        ("/503", Out.SERVER_ERROR, 503),
        ("/521", Out.BLOCKED, 521),
        ("/999", Out.SERVER_ERROR, 999),
        ("/waf-405", Out.BLOCKED, 405),
        ("/waf-404", Out.NOT_FOUND, 404),
        ("/challenge", Out.BLOCKED, 200),
        ("/challenge-gbk", Out.BLOCKED, 200),
        ("/challenge-reload", Out.BLOCKED, 200),
        ("/login", Out.OK, 200),
        ("/no-type", Out.OK, 200),
        ("/http09", Out.MALFORMED_ANSWER, None),
        ("/garbage", Out.MALFORMED_ANSWER, None),
        ("/bad-status", Out.MALFORMED_ANSWER, None),
        ("/silent-close", Out.CONNECTION_RESET, None),
        ("/half-headers", Out.CONNECTION_RESET, None),
        ("/too-short", Out.OK, 200),
        ("/too-short-empty", Out.MALFORMED_ANSWER, 200),
        ("/too-long", Out.OK, 200),
        ("/bad-length", Out.OK, 200),
        ("/cut-chunks", Out.OK, 200),
        ("/bad-chunks", Out.MALFORMED_ANSWER, 200),
        ("/gzip-lie", Out.OK, 200),
        ("/coding-unknown", Out.OK, 200),
        ("/codings-many", Out.OK, 200),
        ("/odd-header", Out.OK, 200),
        ("/many-headers", Out.OK, 200),
        ("/huge-header", Out.MALFORMED_ANSWER, None),
        ("/reset-at-once", Out.CONNECTION_RESET, None),
        ("/reset-in-headers", Out.CONNECTION_RESET, None),
        ("/reset-before-body", Out.CONNECTION_RESET, 200),
        ("/reset-in-body", Out.CONNECTION_RESET, 200),
        ("/loop", Out.TOO_MANY_REDIRECTS, 302),
        ("/loop-a", Out.TOO_MANY_REDIRECTS, 302),
        ("/hop", Out.OK, 200),
        ("/hop-endless", Out.OK, 200),
        ("/hop-308", Out.OK, 200),
        ("/hop-relative", Out.OK, 200),
        ("/hop-cookie", Out.OK, 200),
        ("/hop-nowhere", Out.MALFORMED_ANSWER, 302),
        ("/hop-app", Out.MALFORMED_ANSWER, 302),
        ("/hop-private", Out.NOT_ALLOWED, None),
        ("/hop-metadata", Out.NOT_ALLOWED, None),
        ("/hop-mapped", Out.NOT_ALLOWED, None),
        ("/hop-decimal", Out.NOT_ALLOWED, None),
        ("/hop-port", Out.NOT_ALLOWED, None),
        ("/hop-name", Out.DNS_ERROR, None),
    ],
)
def test_behaviour_has_its_outcome(web: Any, path: str, outcome: Out, status: int | None) -> None:
    result = fetch(web.url(path))
    assert (result.outcome, result.status) == (outcome, status), result.detail


@pytest.mark.parametrize(
    "path", ["/hang", "/drip-headers", "/drip-malformed", "/drip-body", "/pour-continues", "/slow-hop"]
)
def test_the_time_limit_holds_whatever_is_slow(web: Any, path: str) -> None:
    result = fetch(web.url(path), timeout_s=0.5)
    assert result.outcome is Out.READ_TIMEOUT
    assert 0.45 <= result.elapsed_s < 1.5


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/gzip", None),
        ("/gzip-members", None),
        ("/deflate", None),
        ("/deflate-raw", None),
        ("/gzip-lie", None),
        ("/too-short", None),
        ("/reset-in-body", None),
        ("/no-type", None),
        ("/bad-length", None),
        ("/bad-chunks-late", None),
        ("/too-long", b"<html>"),
        ("/cut-chunks", b"x" * 66),
        ("/hop-spaces", b"with a space"),
        ("/hop-utf8", b"utf-8"),
        ("/hop-gbk", b"gbk"),
    ],
)
def test_the_body_is_what_a_browser_would_show(web: Any, path: str, body: bytes | None) -> None:
    result = fetch(web.url(path))
    assert result.body == (fetch(web.url("/ok")).body if body is None else body), result.detail


def test_a_cut_coding_gives_what_came_before_the_cut(web: Any) -> None:
    body = fetch(web.url("/gzip-cut")).body
    assert body
    assert fetch(web.url("/ok")).body.startswith(body)


@pytest.mark.parametrize(
    "path", ["/bomb", "/bomb-gzip", "/bomb-deflate", "/bomb-br", "/bomb-zstd", "/pour-body", "/large"]
)
def test_a_body_takes_no_more_memory_than_allowed(web: Any, path: str) -> None:
    assert web.bombs  # made before memory is looked at
    tracemalloc.start()
    try:
        result = fetch(web.url(path), max_body_bytes=100_000, accept_truncated=True)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (len(result.body), result.truncated) == (100_000, True)
    assert peak < 12_000_000


@pytest.mark.parametrize("path", ["/pour-headers", "/pour-one-header", "/flood-continues"])
def test_headers_take_no_more_memory_than_allowed(web: Any, path: str) -> None:
    tracemalloc.start()
    try:
        result = fetch(web.url(path), timeout_s=1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.outcome in (Out.MALFORMED_ANSWER, Out.READ_TIMEOUT)
    assert peak < 12_000_000


@pytest.mark.parametrize("path", ["/large", "/bomb-gzip", "/pour-html"])
def test_of_a_body_that_is_only_timed_the_beginning_is_kept(web: Any, path: str) -> None:
    whole = fetch(web.url(path), max_body_bytes=2_000_000, accept_truncated=True)
    timed = fetch(web.url(path), max_body_bytes=2_000_000, accept_truncated=True, kept_bytes=100_000)
    assert (timed.outcome, timed.truncated) == (whole.outcome, True)
    assert timed.body == whole.body[:100_000]


def test_what_is_not_kept_takes_no_memory(web: Any) -> None:
    tracemalloc.start()
    try:
        result = fetch(web.url("/pour-html"), max_body_bytes=40_000_000, accept_truncated=True, kept_bytes=100_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (len(result.body), result.truncated) == (100_000, True)
    assert peak < 12_000_000


def test_a_body_no_longer_than_what_is_kept_is_whole(web: Any) -> None:
    result = fetch(web.url("/large"), kept_bytes=300_000)
    assert (result.outcome, len(result.body), result.truncated) == (Out.OK, 300_000, False)


def test_a_body_over_the_limit_is_refused_unless_cutting_is_accepted(web: Any) -> None:
    result = fetch(web.url("/large"), max_body_bytes=1000)
    assert (result.outcome, len(result.body), result.truncated) == (Out.BODY_TOO_LARGE, 1000, True)
    assert fetch(web.url("/large"), max_body_bytes=300_000).outcome is Out.OK


def test_redirects_are_kept(web: Any) -> None:
    result = fetch(web.url("/hop-308"))
    assert [(hop.url, hop.status, hop.location) for hop in result.redirects] == [
        (web.url("/hop-308"), 308, web.url("/hop")),
        (web.url("/hop"), 302, web.url("/ok")),
    ]
    assert (result.url, result.final_url, result.address) == (web.url("/hop-308"), web.url("/ok"), "127.0.0.1")


def test_redirects_end_where_the_request_says(web: Any) -> None:
    assert fetch(web.url("/hop-308"), max_redirects=2).outcome is Out.OK
    assert fetch(web.url("/hop-308"), max_redirects=1).outcome is Out.TOO_MANY_REDIRECTS
    assert fetch(web.url("/hop"), max_redirects=0).outcome is Out.TOO_MANY_REDIRECTS


def test_a_refused_redirect_is_never_asked(web: Any) -> None:
    result = fetch(web.url("/hop-private"))
    assert result.final_url == "http://10.1.2.3/admin"
    assert result.address is None


@pytest.mark.parametrize(("path", "value"), [("/odd-header", "政府"), ("/utf8-header", "政府")])
def test_headers_are_text_that_can_be_stored(web: Any, path: str, value: str) -> None:
    assert fetch(web.url(path)).headers["x-name"] == value


def test_what_is_sent(web: Any) -> None:
    head = fetch(web.url("/echo?a=%C4%E3&b=1|2"), headers={"Referer": "http://a.test/"}).body.decode()
    assert head.startswith("GET /echo?a=%C4%E3&b=1|2 HTTP/1.1\r\n")
    assert "User-Agent: test\r\n" in head
    assert "Referer: http://a.test/\r\n" in head
    assert "Cookie" not in head


def test_a_head_answer_has_no_body_and_is_no_empty_page(web: Any) -> None:
    result = fetch(web.url("/ok"), method="HEAD")
    assert (result.outcome, result.body) == (Out.OK, b"")


def test_connections(closed_port: int, deaf_port: int) -> None:
    assert fetch(f"http://a.localhost:{closed_port}/").outcome is Out.CONNECT_REFUSED
    deaf = fetch(f"http://a.localhost:{deaf_port}/", timeout_s=0.4)
    assert (deaf.outcome, deaf.address) == (Out.CONNECT_TIMEOUT, None)


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("http://nowhere.invalid/", Out.DNS_ERROR),
        ("ftp://www.site.localhost/", Out.BAD_URL),
        ("http://", Out.BAD_URL),
        ("http://a b/", Out.BAD_URL),
        ("http://x.localhost:99999/", Out.BAD_URL),
        ("not an address", Out.BAD_URL),
        ("http://x.localhost:22/", Out.NOT_ALLOWED),
    ],
)
def test_addresses_that_cannot_be_fetched(url: str, outcome: Out) -> None:
    assert fetch(url).outcome is outcome


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "localhost",
        "a.localhost", "[::1]", "[::ffff:127.0.0.1]", "[::7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "[fe80::1]", "[fc00::1]", "[ff02::1]", "[::]",
        "１２７.0.0.1", "127。0。0。1",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_in_every_spelling(host: str) -> None:
    assert fetch(f"http://{host}/", allowed=()).outcome is Out.NOT_ALLOWED


def test_a_fault_of_our_own_is_not_the_sites(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("bug")

    monkeypatch.setattr("crawler.fetch.fetcher.outcome_of_answer", broken)
    result = fetch(web.url("/ok"))
    assert (result.outcome, result.detail) == (Out.OUR_NETWORK_DOWN, "internal error: KeyError")


@settings(max_examples=60, deadline=None)
@given(
    sent=st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=120).map(lambda tail: b"HTTP/1.1 200 OK\r\n" + tail),
        st.binary(max_size=60).map(lambda value: b"HTTP/1.1 302 Found\r\nLocation: " + value + b"\r\n\r\n"),
        st.binary(max_size=60).map(lambda value: b"HTTP/1.1 200 OK\r\nSet-Cookie: " + value + b"\r\n\r\nx"),
    )
)
def test_no_answer_is_an_exception(web: Any, sent: bytes) -> None:
    web.scripted["/fuzz"] = sent
    # Redirects lead nowhere: only this machine is allowed, and one hop.
    result = fetch(web.url("/fuzz"), timeout_s=1, max_redirects=0)
    assert "internal error" not in result.detail
    msgspec.json.encode(result)
