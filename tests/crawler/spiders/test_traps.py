"""Addresses without end."""

import pytest

from crawler.spiders.tasks import link_mark, page_mark
from crawler.spiders.traps import form_of, is_mirrored, without_session

HOME = "http://www.site.test"


@pytest.mark.parametrize(
    ("with_session", "without"),
    [
        ("/a.do;jsessionid=0A1B?x=1", "/a.do?x=1"),
        ("/a.php?PHPSESSID=ab12&id=3", "/a.php?id=3"),
        ("/a.asp?ASPSESSIONIDQABC=XYZ", "/a.asp"),
        ("/(S(4hxk2c45yqz3ur55d3kzhx45))/list.aspx", "/list.aspx"),
        ("/a?sid=9f86d081884c7d659a2f", "/a"),
    ],
)
def test_session_numbers_do_not_make_another_page(with_session: str, without: str) -> None:
    assert without_session(HOME + with_session) == HOME + without
    assert link_mark(HOME + with_session) == link_mark(HOME + without)
    assert page_mark(HOME + with_session) == page_mark(HOME + without)


@pytest.mark.parametrize(
    "path", ["/list?sid=12", "/a?token=news", "/a?s=政府工作报告", "/a;b/c", "/a(1)/b", "/a?", "/a?session=2026"]
)
def test_what_only_looks_a_little_like_one_stays(path: str) -> None:
    assert without_session(HOME + path) in (HOME + path, (HOME + path).rstrip("?"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/zwgk/zwgk/zwgk/a.html", True),
        ("/a/b/a/b/a/b/", True),
        ("/zwgk/gk/zwgk/a.html", False),
        ("/2026/11/11/11/a.html", False),
        ("/a/a", False),
    ],
)
def test_mirrored_paths(path: str, expected: bool) -> None:
    assert is_mirrored(HOME + path) is expected


def test_pages_of_a_calendar_have_one_form() -> None:
    assert form_of(f"{HOME}/cal?y=2026&m=11") == form_of(f"{HOME}/cal?y=1999&m=2") != form_of(f"{HOME}/cal?y=1999")
