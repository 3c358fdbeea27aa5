"""Items dated after the day on which they were seen."""

from datetime import timedelta

import msgspec
import pytest

from inspection.findings import FindingState
from inspection.observation import ColumnLink, ItemSeen, PageFacts
from inspection.observation.page import ListState


@pytest.fixture
def listed(build):
    """A list page called ``name`` with one item of this title, ``ahead`` days after the monitoring date."""

    def make(ahead: int, title: str = "关于开展检查的通知", name: str = "通知公告"):
        item = ItemSeen(title=title, url=f"{build.home}a.html", date=build.as_of + timedelta(days=ahead))
        facts = PageFacts(charset="utf-8", title=name, list_items=(item,), list_state=ListState.LISTED)
        return build.page(f"{build.home}{name}/", facts)

    return make


@pytest.mark.parametrize(
    ("ahead", "title", "name", "found"),
    [
        (2, "关于开展检查的通知", "通知公告", True),
        (400, "关于开展检查的通知", "工作动态", True),
        (1, "关于开展检查的通知", "通知公告", False),
        (0, "关于开展检查的通知", "通知公告", False),
        (9, "关于举办讲座的预告", "通知公告", False),
        (9, "公开招聘报名须知", "通知公告", False),
        (9, "第三次常务会议", "会议预告", False),
        (9, "文化惠民演出", "活动安排", False),
    ],
)
@pytest.mark.parametrize(("edition", "row"), [("2015", "C15-V4"), ("2019", "N19-V1")])
def test_future_dates(observe, run, listed, ahead, title, name, found, edition, row):
    seen = run(row, observe(columns={name: listed(ahead, title, name)}), edition)
    assert [(each.subject, each.state) for each in seen] == [("future-dates", FindingState.SUSPECTED)] * found


def test_the_day_of_the_visit_counts_where_it_is_later(observe, run, listed):
    page = listed(6)
    visited = msgspec.structs.replace(page, fetched_at=page.fetched_at + timedelta(days=6))
    assert run("N19-V1", observe(columns={"通知公告": page}), "2019")
    assert run("N19-V1", observe(columns={"通知公告": visited}), "2019") == []


@pytest.mark.parametrize(("own", "found"), [(-3, False), (9, True), (None, True)])
def test_an_article_that_shows_another_date_clears_its_item(observe, build, run, listed, own, found):
    day = None if own is None else build.as_of + timedelta(days=own)
    article = build.page(f"{build.home}a.html", PageFacts(charset="utf-8", newest_item_date=day))
    seen = observe(columns={"通知公告": listed(9), "a": article})
    assert bool(run("N19-V1", seen, "2019")) is found


def test_blocks_of_events_on_the_home_page(observe, build, run):
    item = ItemSeen(title="常务会议", url=f"{build.home}a.html", date=build.as_of + timedelta(days=9))
    for name, found in (("会议预告", False), ("政务要闻", True)):
        block = ColumnLink(name=name, url=f"{build.home}x/", in_navigation=False, items=(item,))
        seen = observe(facts={"list_items": (item,), "columns": (block,)})
        assert bool(run("N19-V1", seen, "2019")) is found


@pytest.mark.parametrize(("row", "edition"), [("N19-V3", "2019"), ("C15-V2", "2015"), ("C15-D3", "2015")])
def test_a_future_date_makes_no_home_page_look_updated(observe, run, row, edition):
    assert run(row, observe(home=[-9] * 12), edition)
    assert run(row, observe(home=[-9] * 12 + [3] * 12), edition) == []


def test_a_future_date_makes_no_column_look_updated(observe, build, run):
    stale = build.list_page(f"{build.home}通知公告/", [-9, 400])
    assert [each.subject for each in run("C15-D4", observe(columns={"通知公告": stale}))] == [stale.url]
