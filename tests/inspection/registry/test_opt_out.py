"""Which addresses belong to sites that are to be left alone, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from inspection.registry.opt_out import OptedOut, OptOut

NOW = datetime(2026, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)


def opt_out(url: str, code: str = "1100000001", until: datetime | None = None) -> OptOut:
    return OptOut(code=code, url=url, reason="迁移", since=NOW, until=until)


@pytest.mark.parametrize(
    ("registered", "url", "out"),
    [
        ("http://www.a.gov.cn/", "https://a.gov.cn/x/1.html", True),
        ("http://a.gov.cn/index.html", "http://www.a.gov.cn/", True),
        ("http://a.gov.cn/", "http://b.a.gov.cn/", False),
        ("http://a.gov.cn/", "http://a.gov.cn:8080/", False),
        ("http://a.gov.cn:8080/", "http://a.gov.cn:8080/x", True),
        ("http://a.gov.cn/jyj/", "http://a.gov.cn/jyj/1.html", True),
        ("http://a.gov.cn/jyj/", "http://a.gov.cn/1.html", False),
    ],
)
def test_a_site_goes_with_all_its_addresses_and_takes_no_others_along(registered: str, url: str, out: bool) -> None:
    found = OptedOut([opt_out(registered), opt_out("http://other.gov.cn/", "1100000002")])
    assert (found.objection(url) is not None) is out
    assert "迁移" in (found.objection(registered) or "")
    assert "1100000001" in found
    assert "1100000003" not in found


def test_nobody_is_out_by_default() -> None:
    assert not OptedOut()
    assert OptedOut().objection("http://a.gov.cn/") is None
    assert OptedOut([opt_out("http://a.gov.cn/")]) != OptedOut()
    assert OptedOut([opt_out("http://a.gov.cn/")]) == OptedOut([opt_out("http://a.gov.cn/")])


def test_it_is_in_force_from_its_beginning_until_its_end() -> None:
    ended = opt_out("http://a.gov.cn/", until=NOW + DAY)
    moments = (NOW - DAY, NOW, NOW + DAY / 2, NOW + DAY)
    assert [ended.is_in_force(at) for at in moments] == [False, True, True, False]
    assert opt_out("http://a.gov.cn/").is_in_force(NOW + 999 * DAY)


@pytest.mark.parametrize(
    ("first", "last", "touches"),
    [(-2, -1, False), (-2, 0, True), (-2, 5, True), (0.5, 0.6, True), (1, 2, False), (2, 3, False)],
)
def test_it_bears_on_the_periods_in_which_it_was_in_force(first: float, last: float, touches: bool) -> None:
    ended = opt_out("http://a.gov.cn/", until=NOW + DAY)
    assert ended.touches(NOW + first * DAY, NOW + last * DAY) is touches
