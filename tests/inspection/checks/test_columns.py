"""Stale and blank columns: classes, windows, limits, and columns nobody could read."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from inspection.findings import FindingState
from inspection.observation import ColumnLink, ItemSeen, PageFacts, PageLink
from inspection.observation.page import ListState

ESTABLISHED, NOT_DETERMINED = FindingState.ESTABLISHED, FindingState.NOT_DETERMINED
SUSPECTED = FindingState.SUSPECTED
FRESH, OLD = [2], [800]


def columns(build, names, days, state=ListState.LISTED):
    return {name: build.list_page(f"{build.home}{name}/", days, state) for name in names}


SHORT = ["工作动态", "部门动态", "通知公告", "公示公告", "政策文件"]
LONG = ["人事信息", "人事任免", "规划计划", "发展规划", "五年规划"]
PLAIN = ["领导信息", "概况信息", "机构职能", "专题专栏", "政民互动"]


@pytest.mark.parametrize(
    ("stale", "blank", "expected"),
    [
        ([], [], []),
        (SHORT[:4], PLAIN[:4], []),
        (SHORT, [], ["short-window"]),
        ([], PLAIN, ["blank"]),
        (SHORT[:4] + LONG[:5], PLAIN[:1], ["stale"]),
        (SHORT[:4] + LONG[:5], [], []),
        (SHORT + LONG, PLAIN, ["short-window", "stale", "blank"]),
        (PLAIN, [], []),  # columns without a window cannot be stale
    ],
)
@pytest.mark.parametrize(
    ("indicators", "edition"), [(("C15-V3a", "C15-V3b", "C15-V3c"), "2015"), (("N19-V4",), "2019")]
)
def test_three_branches_of_the_veto(observe, build, run, indicators, edition, stale, blank, expected):
    seen = {
        **columns(build, stale, OLD),
        **columns(build, blank, [], ListState.BLANK),
        "要闻": build.list_page(f"{build.home}要闻/", [1]),
    }
    found = [finding for row in indicators for finding in run(row, observe(columns=seen), edition)]
    assert [finding.subject for finding in found] == expected
    assert all(finding.state is ESTABLISHED and finding.evidence for finding in found)


@pytest.mark.parametrize(
    ("name", "days", "stale"),
    [
        ("工作动态", 14, False),
        ("工作动态", 15, True),
        ("政策文件", 180, False),
        ("政策文件", 181, True),
        ("政策解读", 999, False),
        ("国务院要闻", 999, False),
        ("人事任免", 365, False),
        ("人事任免", 366, True),
        ("十四五规划", 366, True),
        ("市规划局", 366, False),
        ("通知公告", None, True),  # undated = not updated
    ],
)
def test_windows_by_class(observe, build, run, name, days, stale):
    found = run("C15-D4", observe(columns=columns(build, [name], [days])))
    assert bool(found) is stale


@pytest.mark.parametrize(("type_", "stale"), [("工作动态", True), ("null", False), ("", False)])
def test_a_column_of_another_name_goes_by_its_tag(observe, build, run, type_, stale):
    facts = PageFacts(
        charset="utf-8", list_items=build.items([20]), list_state=ListState.LISTED, meta={"ColumnType": type_}
    )
    found = run("C15-D4", observe(columns={"青山在线": build.page(f"{build.home}青山在线/", facts)}))
    assert bool(found) is stale


@pytest.mark.parametrize(
    ("name", "points"), [("工作动态", 3), ("通知公告", 4), ("政策文件", 4), ("人事任免", 5), ("规划计划", 5)]
)
def test_points_by_class(observe, build, run, name, points):
    [finding] = run("C15-D4", observe(columns=columns(build, [name], OLD)))
    assert finding.points == Decimal(points)
    assert finding.subject == f"{build.home}{name}/"


@pytest.mark.parametrize(("unread", "expected"), [(4, []), (5, [NOT_DETERMINED])])
def test_unread_columns_keep_the_question_open_only_where_they_could_decide(observe, build, run, unread, expected):
    found = run("C15-V3a", observe(columns=dict.fromkeys(SHORT[:unread])))
    assert [finding.state for finding in found] == expected


def test_script_only_is_never_blank(observe, build, run):
    seen = columns(build, PLAIN, [], ListState.SCRIPT_ONLY)
    assert [finding.state for finding in run("C15-V3c", observe(columns=seen))] == [NOT_DETERMINED]


def test_columns_of_other_sites_are_not_the_sites_own(observe, build, run):
    elsewhere = ColumnLink(name="省厅动态", url="http://www.elsewhere.gov.cn/dt/", in_navigation=True)
    seen = observe(
        facts={"columns": (elsewhere, build.column("工作动态"))}, columns=columns(build, ["工作动态"], FRESH)
    )
    assert run("C15-D4", seen) == []
    assert run("C15-V3b", seen) == []


@pytest.mark.parametrize(
    ("days", "state", "expected"),
    [
        (FRESH, ListState.LISTED, []),
        (OLD, ListState.LISTED, [(ESTABLISHED, 5)]),
        ([], ListState.SCRIPT_ONLY, [(NOT_DETERMINED, 0)]),
    ],
)
def test_required_column(observe, build, run, days, state, expected):
    found = run("N19-D04", observe(columns=columns(build, ["工作动态"], days, state)), "2019")
    assert [(finding.state, int(finding.points)) for finding in found] == expected


def test_required_column_missing(observe, build, run):
    [finding] = run("N19-D05", observe(columns=columns(build, ["工作动态"], [3])), "2019")
    assert finding.message == "未开设政策文件类栏目"
    assert finding.points == 5


def test_what_is_newer_than_the_monitoring_date_but_not_than_the_visit_is_an_update(observe, build, run):
    seen = observe(columns=columns(build, SHORT, [-5]), home=[-5] * 12)
    later = [msgspec.structs.replace(page, fetched_at=page.fetched_at + timedelta(days=6)) for page in seen.pages]
    visited = msgspec.structs.replace(seen, pages=tuple(later))
    for row, edition in (("C15-V2", "2015"), ("C15-D3", "2015"), ("C15-V3a", "2015"), ("N19-V3", "2019")):
        assert run(row, visited, edition) == []


def test_a_required_column_may_stand_where_it_was_not_seen(observe, build, run):
    below = columns(build, ["工作动态"], [3])
    link = PageLink(url=f"{build.home}zc/", raw="zc/", text="规范性文件", element="a", attribute="href")
    page = build.page(f"{build.home}zwgk/", PageFacts(charset="utf-8", links=(link,)))
    for seen in (observe(columns={}), observe(columns={**below, "政务公开": page})):
        [finding] = run("N19-D05", seen, "2019")
        assert (finding.state, finding.points) == (FindingState.NOT_DETERMINED, 0)


def test_other_columns_leave_out_what_is_deducted_elsewhere(observe, build, run):
    seen = {**columns(build, ["工作动态", "人事任免"], OLD), **columns(build, ["领导信息"], [], ListState.BLANK)}
    found = run("N19-D09", observe(columns=seen), "2019")
    assert {finding.message.split("”")[0][3:]: int(finding.points) for finding in found} == {
        "人事任免": 1,
        "领导信息": 2,
    }


@pytest.mark.parametrize(
    ("row", "name", "found"),
    [
        ("N19-D01", "走进青山", True),
        ("N19-D01", "市情概况", True),
        ("N19-D01", "工作动态", False),
        ("N19-D02", "机构设置", True),
        ("N19-D02", "领导信息", False),
        ("N19-D03", "领导之窗", True),
        ("N19-D03", "市领导", True),
        ("N19-D03", "领导信箱", False),
        ("N19-D03", "领导小组", False),
    ],
)
def test_named_columns(observe, build, run, row, name, found):
    findings = run(row, observe(columns=columns(build, [name, "通知公告"], FRESH)), "2019")
    assert [(finding.state, finding.points, finding.price) for finding in findings] == (
        [] if found else [(SUSPECTED, 0, 5)]
    )


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"text": "机构概况\n联系我们"}, True),
        ({"columns": (ColumnLink(name="机构职能", url=None, in_navigation=True),)}, True),
        ({"text": "市人民政府召开会议研究部署机构职能划转和编制调整有关工作"}, False),
        (
            {"text": "机构职能会议", "list_items": (ItemSeen(title="机构职能会议", url=None, date=date(2026, 1, 1)),)},
            False,
        ),
    ],
)
def test_a_column_may_be_named_below_the_home_page_but_not_by_a_title(observe, build, run, facts, found):
    below = build.page(f"{build.home}政务公开/", PageFacts(charset="utf-8", **facts))
    assert [finding.state for finding in run("N19-D02", observe(columns={"政务公开": below}), "2019")] == (
        [] if found else [SUSPECTED]
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"script_written": True},
        {"list_state": ListState.SCRIPT_ONLY},
        {"frames": ("http://www.qingshan.gov.cn/top.html",)},
        {"columns": ()},
    ],
)
def test_a_menu_that_was_not_read_leaves_it_open(observe, build, run, facts):
    seen = observe(columns=columns(build, ["通知公告"], FRESH), facts=facts)
    assert [finding.state for finding in run("N19-D03", seen, "2019")] == [NOT_DETERMINED]


def test_an_unread_home_page_leaves_columns_open(observe, run):
    assert [finding.state for finding in run("N19-D01", observe(pages=()), "2019")] == [NOT_DETERMINED]
