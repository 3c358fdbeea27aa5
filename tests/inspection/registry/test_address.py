"""The URL helper."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspection.registry.address import (
    SiteScope,
    _resolve_kept,
    canonical,
    host_of,
    is_government,
    registrable_domain,
    resolve,
    scheme_of,
)

_BASES = (
    *(
        "http://a.cn/",
        "http://a.cn",
        "http://a.cn/d/x.html",
        "https://a.cn:81/d/e/",
        "http://a.cn//d/x",
        "http://a.cn/d/.",
    ),
    *("http://a.cn/d/../x", "http://a.cn/d;p/x;q", "http://a.cn/d/x?y=/z/", "http://a.cn?x/y", "http://[::1]/a/b"),
)
_PARTS = (
    *("/", "//", ".", "..", "a", "b.html", "?", "x=1", "&", "#f", ":", "http:", "https://", "http://", "HTTP://A.CN"),
    *("www.a.gov.cn", ":8080", ";p", "中文", "%20", "%zz", " ", "~", "-", "[", "]", "@", "\x01", "\u3000"),
)


@given(st.sampled_from(_BASES), st.lists(st.sampled_from(_PARTS), min_size=1, max_size=6))
def test_references_are_joined_as_the_standard_library_joins_them(base, parts):
    text = "".join(parts).strip()
    try:
        expected = canonical(urljoin(base, text)) if text else None
    except ValueError:
        expected = None
    assert resolve(base, text) == expected


@given(
    st.sampled_from(("./", "../", "../../", "../../../", ".././", "..//")),
    st.lists(st.sampled_from(_PARTS), max_size=3),
)
def test_paths_that_climb_are_joined_as_the_standard_library_joins_them(dots, parts):
    text = dots + "".join(parts).strip()
    for base in ("http://a.cn/", "http://a.cn/d/e/f.html?x"):
        try:
            expected = canonical(urljoin(base, text))
        except ValueError:
            expected = None
        assert resolve(base, text) == expected


@pytest.mark.parametrize("raw", ["/x/1.html", "2.html", "./3.html", "../4.html", "http://b.cn/5.html"])
def test_pages_of_a_directory_share_the_answers(raw):
    _resolve_kept.cache_clear()
    found = {resolve(f"http://a.cn/d/e/{number}.html?p={number}", raw) for number in range(100)}
    assert len(found) == 1
    assert _resolve_kept.cache_info().currsize == 1


@pytest.mark.parametrize("raw", ["?p=2", "#top", "http:", "", "//"])
def test_what_hangs_on_the_page_itself_is_shared_with_none(raw):
    first, second = (resolve(f"http://a.cn/d/{number}.html", raw) for number in range(2))
    assert first is None or first != second


@given(st.lists(st.sampled_from((*_PARTS, "a.cn", "-", "_", "/.", "." * 300, "x" * 70, "|", "?", "\\")), max_size=8))
def test_addresses_that_are_canonical_as_they_stand_are_those_that_the_long_way_leaves(parts):
    url = f"http://{''.join(parts)}"
    # White space in front is dropped, and makes it go the long way.
    assert canonical(url) == canonical(f" {url}")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://WWW.A.gov.CN:80", "http://www.a.gov.cn/"),
        ("https://a.cn:443/x", "https://a.cn/x"),
        ("http://a.cn:8080/x", "http://a.cn:8080/x"),
        ("http://a.cn/x/../y/./z", "http://a.cn/y/z"),
        ("http://a.cn/../../x", "http://a.cn/x"),
        ("http://a.cn/x/..", "http://a.cn/"),
        ("http://a.cn\\b\\c", "http://a.cn/b/c"),
        (" http://a.cn/ a b ", "http://a.cn/%20a%20b"),
        ("http://a.cn/\nx", "http://a.cn/x"),
        ("http://a.cn/x#part", "http://a.cn/x"),
        ("http://a.cn/%7ea%2f%e4", "http://a.cn/~a%2F%E4"),
        ("http://a.cn/100%", "http://a.cn/100%25"),
        ("http://a.cn/栏目?名=值", "http://a.cn/%E6%A0%8F%E7%9B%AE?%E5%90%8D=%E5%80%BC"),
        ("http://政务.cn/", "http://xn--zfr164b.cn/"),
        ("http://u:p@a.cn/", "http://a.cn/"),
        ("http://[::1]:81/", "http://[::1]:81/"),
        ("http:///x", None),
        ("http://www .a.cn", None),
        ("http://a..cn/", None),
        ("http://a.cn:99999/", None),
        ("http://a.cn:0/", None),
        ("ftp://a.cn/", None),
        ("javascript:void(0)", None),
        ("/x", None),
        ("", None),
        ("http://" + "a" * 3000, None),
    ],
)
def test_canonical(url, expected):
    assert canonical(url) == expected


@given(st.text(alphabet="aB.:/@?#[]-1\\\t ", max_size=20))
def test_the_host_is_that_which_a_full_parse_finds(text):
    url = "http://" + text
    try:
        expected = (urlsplit(url).hostname or "").lower()
    except ValueError:
        expected = ""
    assert host_of(url) == expected


@given(st.text(max_size=60))
def test_canonical_is_total_and_idempotent(text):
    once = canonical("http://" + text)
    assert once is None or canonical(once) == once
    resolve("http://a.cn/x/", text)
    scheme_of(text)
    host_of(text)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("y.html", "http://a.cn/d/y.html"),
        ("/y", "http://a.cn/y"),
        ("//b.cn/y", "http://b.cn/y"),
        ("?p=2", "http://a.cn/d/x.html?p=2"),
        ("..\\y", "http://a.cn/y"),
        ("http:y", None),
        ("mailto:a@b.cn", None),
        ("http://[bad", None),
    ],
)
def test_resolve(raw, expected):
    found = resolve("http://a.cn/d/x.html", raw)
    assert found == expected or (raw == "http:y" and found == "http://a.cn/d/y")


@pytest.mark.parametrize(
    ("home", "url", "inside"),
    [
        ("http://www.a.gov.cn/", "http://www.a.gov.cn/x", True),
        ("http://www.a.gov.cn/", "https://a.gov.cn/x", True),
        ("http://www.a.gov.cn/", "http://b.a.gov.cn/x", False),
        ("http://www.a.gov.cn/", "http://www.a.gov.cn:8080/x", False),
        ("http://www.a.gov.cn/index.html", "http://www.a.gov.cn/x", True),
        ("http://www.a.gov.cn/jyj/", "http://www.a.gov.cn/jyj/x", True),
        ("http://www.a.gov.cn/jyj", "http://www.a.gov.cn/jyj/x", True),
        ("http://www.a.gov.cn/jyj/index.html", "http://www.a.gov.cn/jyj/x", True),
        ("http://www.a.gov.cn/jyj/", "http://www.a.gov.cn/jyjx/", False),
        ("http://www.a.gov.cn/jyj/", "http://www.a.gov.cn/", False),
        ("http://127.0.0.1:81/", "http://127.0.0.1:81/x", True),
    ],
)
def test_scope(home, url, inside):
    assert SiteScope.of(home).contains(url) is inside


@pytest.mark.parametrize(
    ("home", "url", "is_home"),
    [
        ("http://www.a.cn/", "http://a.cn/index.html", True),
        ("http://www.a.cn/", "http://a.cn/index.html?x=1", False),
        ("http://www.a.cn/", "http://a.cn/x/index.html", False),
        ("http://www.a.cn/portal.do?id=1", "http://www.a.cn/portal.do?id=1", True),
        ("http://www.a.cn/jyj/", "http://www.a.cn/jyj/index.shtml", True),
        ("http://www.a.cn/jyj/", "http://www.a.cn/", False),
    ],
)
def test_home(home, url, is_home):
    assert SiteScope.of(home).is_home(url) is is_home


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.jyj.qingshan.gov.cn", "qingshan.gov.cn"),
        ("www.gov.cn", "gov.cn"),
        ("a.b.com", "b.com"),
        ("a.b.com.cn", "b.com.cn"),
        ("zw.b.sd.cn", "b.sd.cn"),
        ("b.cn", "b.cn"),
        ("a.b.com.hk", "b.com.hk"),
        ("www.qinglan0.gov.cn.localhost", "qinglan0.gov.cn"),
        ("partner-1.localhost", "partner-1"),
        ("192.168.1.2", "192.168.1.2"),
        ("", ""),
    ],
)
def test_registrable_domain(host, domain):
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("host", "is_so"),
    [
        ("www.gov.cn", True),
        ("a.b.gov.cn.localhost", True),
        ("青山.政务", True),
        ("gov.cn.com", False),
        ("mygov.cn", False),
        ("localhost", False),
    ],
)
def test_government_domains(host, is_so):
    assert is_government(host) is is_so
