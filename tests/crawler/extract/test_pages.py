"""Facts of our own fixture pages, each an oddity of the real web, against expected.json."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crawler.extract import extract

HERE = Path(__file__).parent
AS_OF = date(2026, 11, 23)
EXPECTED: dict[str, dict[str, Any]] = json.loads((HERE / "expected.json").read_text("utf-8"))


def test_every_fixture_has_its_expectation() -> None:
    assert {file.name for file in (HERE / "pages").iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_facts(name: str) -> None:
    expected = EXPECTED[name]
    facts = extract((HERE / "pages" / name).read_bytes(), expected["url"], as_of=AS_OF)
    found = json.loads(msgspec.json.encode(facts))
    for field, value in expected["facts"].items():
        seen = [link["url"] for link in found["links"]] if field == "links" else found[field]
        assert seen == value, field


def test_an_entry_inside_a_comment_does_not_count() -> None:
    page = (HERE / "pages" / "city-home.html").read_text("utf-8")
    without = page.replace('<script src="https://zfwzgl.www.gov.cn/exposure/jiucuo.js?v=1"></script>', "")
    assert without != page
    assert not extract(without.encode(), "http://a.test/", as_of=AS_OF).jiucuo_entry


@pytest.mark.parametrize(
    ("content_type", "body", "charset"),
    [
        ("text/html; charset=gb18030", "政府网站".encode("gb18030"), "gb18030"),
        ("text/html; charset=utf-8", "政府网站集约化平台建设".encode("gbk"), "gbk"),
        ("text/html", "\ufeff<p>政府网站</p>".encode(), "utf-8"),
        ("text/html; charset=nonsense", "<p>政府网站</p>".encode(), "utf-8"),
    ],
)
def test_charset_comes_from_what_the_bytes_allow(content_type: str, body: bytes, charset: str) -> None:
    facts = extract(b"<title>" + body, "http://a.test/", as_of=AS_OF, content_type=content_type)
    assert facts.charset == charset
    assert "政府网站" in (facts.title or "")


def test_without_a_day_the_pages_own_latest_date_completes_others() -> None:
    page = """<ul><li><a href=1>第一条通知公告的标题</a>11-02</li><li><a href=2>第二条通知公告的标题</a>12-30</li>
    <li><a href=3>第三条通知公告的标题</a>2024-01-05</li></ul>"""
    facts = extract(page.encode(), "http://a.test/list/", as_of=None)
    assert [item.date for item in facts.list_items] == [date(2023, 11, 2), date(2023, 12, 30), date(2024, 1, 5)]
