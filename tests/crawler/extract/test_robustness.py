"""No bytes make extraction fail, and none make it run away."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract import extract
from inspection.observation import PageFacts

URL = "http://www.a.test/"

NASTY = {
    "empty": b"",
    "NUL bytes": b"\0" * 5000,
    "one long line": b"<p>" + b"a" * 2_000_000,
    "nested": b"<div>" * 20_000 + b"2026-11-20" + b"</div>" * 20_000,
    "nested lists": b"<ul><li>" * 3000 + b"<a href=x>2026-11-20</a>",
    "unclosed": b"<a href='" * 50000,
    "nested beyond reason": b"<div>" * 400_000,
    "options": b"<select>" + b"<option value=1>x" * 100_000,
    "links not written as they read": b"".join(b"<a href='/x&#47;%d.html'>x</a>" % n for n in range(20_000)),
    "title of openings": b"<title>" + b"<" * 200_000 + b"</title>",
    "many links": b"<li><a href=/x>2026-11-20 title of an item</a></li>" * 20_000,
    "many dates": b"2026-11-20 " * 50_000,
    "digits": b"1" * 200_000,
    "open comment": b"<!--" * 20_000,
    "open scripts": b"<script>document.write('<a href=1>" * 5000,
    "records": b"<record><![CDATA[" * 100_000,
    "lone surrogates": "<title>\ud800</title>".encode("utf-8", "surrogatepass"),
    "bad attributes": b"<a href='http://[::1'>x</a><base href='http://[bad'><a href='//'>y</a>",
    "impossible dates": "<li><a href=1>标题标题标题</a>2026-13-45</li><li>0000-00-00</li><li>9999-99-99</li>".encode(),
    "refresh": b"<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
}


@pytest.mark.parametrize("name", NASTY)
def test_nasty_pages(name: str) -> None:
    facts = extract(NASTY[name], URL, as_of=None)
    assert isinstance(facts, PageFacts)
    assert facts.site_code is None


LIST_TAGS = ["<ul>", "<li>", "</li>", "<a href='x'>", "</a>", "<table>", "<tr><td>"]
OTHER_TAGS = ["<script>", "</script>", "<frame src=a>", "<meta charset=gbk>", "<!--", "-->", "]]>"]
WORDS = ["2026-11-20", "11-20", "[11/2]", "政务动态", "网站标识码：", "3799000001"]
PIECES = st.sampled_from(LIST_TAGS + OTHER_TAGS + WORDS)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=3000), st.lists(PIECES, max_size=80).map(lambda parts: "".join(parts).encode())))
def test_any_bytes_give_facts(body: bytes) -> None:
    assert isinstance(extract(body, URL, as_of=None), PageFacts)
