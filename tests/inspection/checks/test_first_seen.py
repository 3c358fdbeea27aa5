"""Old articles under new dates, known by the history of the site."""

from datetime import UTC, date, datetime, timedelta

import pytest

from inspection.findings import FindingState
from inspection.observation import ItemSeen, PageFacts
from inspection.observation.articles import text_digest
from inspection.observation.history import ItemRecord
from inspection.observation.page import ListState
from inspection.observation.reference import normal_title

TEXT = "市政府召开专题会议，研究部署冬季供暖各项准备工作，要求各单位明确责任、倒排工期、强化调度。\n" * 3
OTHER = "市政府召开总结会议，听取冬季供暖各项工作的情况汇报，要求各单位总结经验、查找不足、持续改进。\n" * 3
SUMMER = date(2026, 8, 20)


def digest(text: str) -> str:
    return text_digest(PageFacts(charset="utf-8", text=text))


@pytest.fixture
def judge(build, observe, run):
    """The findings under a column of items and their read texts, with what was remembered of the site."""

    def call(items: list[tuple[str, str, int, str]], *records: ItemRecord, edition: str = "2019"):
        listed = tuple(
            ItemSeen(title=title, url=build.home + path, date=build.as_of - timedelta(days=age))
            for title, path, age, _ in items
        )
        pages = {
            "dt": build.page(
                f"{build.home}dt/", PageFacts(charset="utf-8", list_items=listed, list_state=ListState.LISTED)
            )
        }
        for title, path, _, text in items:
            if text:
                pages[path] = build.page(build.home + path, PageFacts(charset="utf-8", title=title, text=text))
        row = "N19-V1" if edition == "2019" else "C15-V4"
        return run(row, observe(columns=pages, history=records), edition)

    return call


def record(build, path: str, title: str, text: str = "", shown: date | None = date(2026, 3, 1)) -> ItemRecord:
    return ItemRecord(
        code="3706000001",
        url=build.home + path,
        title=normal_title(title),
        digest=digest(text) if text else "",
        date=shown,
        first_seen_at=datetime(SUMMER.year, SUMMER.month, SUMMER.day, 4, tzinfo=UTC),
        remembered_at=datetime(SUMMER.year, SUMMER.month, SUMMER.day, 5, tzinfo=UTC),
        round_id="2026Q3",
    )


@pytest.mark.parametrize("edition", ["2015", "2019"])
@pytest.mark.parametrize(
    ("path", "title", "shown"),
    [
        ("new.html", "关于供暖的会议", date(2026, 3, 1)),
        ("old.html", "关于供暖的会议", date(2026, 3, 1)),
        ("new.html", "另起的标题", date(2026, 3, 1)),
        ("new.html", "关于供暖的会议", None),
    ],
)
def test_the_same_text_under_a_new_date(judge, build, edition, path, title, shown):
    [found] = judge([(title, path, 3, TEXT)], record(build, "old.html", "关于供暖的会议", TEXT, shown), edition=edition)
    assert (found.subject, found.state) == ("republished", FindingState.SUSPECTED)
    [evidence] = found.evidence
    assert all(told in evidence.excerpt for told in (str(build.as_of - timedelta(days=3)), str(SUMMER), "2026Q3"))
    assert evidence.url == f"{build.home}dt/"


@pytest.mark.parametrize(
    ("item", "known"),
    [
        # last year's notice has the same title, the text is this year's
        (("放假通知", "new.html", 3, OTHER), ("old.html", "放假通知", TEXT, date(2026, 3, 1))),
        # the next issue of a periodic notice, whose details are in its attachment
        (("第10期处罚信息公示", "b.html", 3, TEXT), ("a.html", "第9期处罚信息公示", TEXT, date(2026, 3, 1))),
        # the page was updated
        (("办事指引", "a.html", 3, OTHER), ("a.html", "办事指引", TEXT, date(2026, 3, 1))),
        # and says so
        (("办事指引（更新）", "a.html", 3, TEXT), ("a.html", "办事指引（更新）", TEXT, date(2026, 3, 1))),
        # the same item, still under its date
        (("会议", "a.html", 100, TEXT), ("a.html", "会议", TEXT, date(2026, 8, 12))),
        # a slip of some days
        (("会议", "b.html", 90, TEXT), ("a.html", "会议", TEXT, date(2026, 8, 15))),
        # dated before it was first seen: the first visit may have come late
        (("会议", "b.html", 93, TEXT), ("a.html", "会议", TEXT, date(2026, 3, 1))),
        # too old to make anything look updated
        (("会议", "b.html", 400, TEXT), ("a.html", "会议", TEXT, date(2020, 3, 1))),
        # nothing read, nothing dated
        (("会议", "a.html", 3, ""), ("a.html", "会议", "", None)),
    ],
)
def test_innocent_articles(judge, build, item, known):
    path, title, text, shown = known
    assert judge([item], record(build, path, title, text, shown)) == []


@pytest.mark.parametrize(("number", "found"), [(2, []), (3, ["moved-dates"])])
def test_dates_moved_at_the_same_address_count_together(judge, build, number, found):
    items = [(f"消息{n}", f"{n}.html", 3, "") for n in range(number)]
    records = [record(build, f"{n}.html", f"消息{n}") for n in range(number)]
    assert [each.subject for each in judge(items, *records)] == found


@pytest.mark.parametrize(
    ("text", "known", "title"), [(TEXT, OTHER, "消息{}"), ("", "", "其他{}"), ("", "", "消息{}（置顶）")]
)
def test_moved_dates_are_no_sign_where_the_text_or_the_title_changed(judge, build, text, known, title):
    items = [(title.format(n), f"{n}.html", 3, text.replace("市", f"第{n}市") if text else "") for n in range(4)]
    records = [record(build, f"{n}.html", f"消息{n}", known) for n in range(4)]
    assert judge(items, *records) == []


def test_without_a_history_there_is_nothing_to_say(judge):
    assert judge([("会议", "a.html", 3, TEXT)]) == []
