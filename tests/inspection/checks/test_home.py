"""Freshness of the home page, navigation-only home pages, and pages that only a script fills."""

import pytest

from inspection.findings import FindingState
from inspection.observation import FetchOutcome
from inspection.observation.page import ListState

ESTABLISHED, NOT_DETERMINED = FindingState.ESTABLISHED, FindingState.NOT_DETERMINED


@pytest.mark.parametrize(
    ("home", "expected"),
    [
        ([0], []),
        ([14], []),
        ([15], [ESTABLISHED]),
        ([400, 3], []),  # an old item pinned above a new one
        ([-1], []),  # the site's clock is a day ahead
        ([-30, 90], [ESTABLISHED]),  # a date in the future is no update
        ([None] * 12, [ESTABLISHED]),  # 未注明信息发布时间的视为不更新
        ([None, 2], []),
    ],
)
@pytest.mark.parametrize(("indicator", "edition"), [("C15-V2", "2015"), ("N19-V3", "2019")])
def test_fourteen_days(observe, run, indicator, edition, home, expected):
    assert [finding.state for finding in run(indicator, observe(home=home), edition)] == expected


def test_a_page_that_could_not_be_read_decides_nothing(observe, build, run):
    dead = build.page(build.home, None, depth=0, outcome=FetchOutcome.CONNECT_REFUSED)
    [finding] = run("C15-V2", observe(pages=(dead,)))
    assert finding.state is NOT_DETERMINED


@pytest.mark.parametrize(
    ("newest", "expected"), [([3], []), ([200], [ESTABLISHED]), ([], [ESTABLISHED]), (None, [NOT_DETERMINED])]
)
def test_navigation_only_home_moves_the_check_to_the_columns(observe, build, run, newest, expected):
    state = ListState.LISTED if newest else ListState.BLANK
    first = build.list_page(f"{build.home}工作动态/", [90])
    second = None if newest is None else build.list_page(f"{build.home}通知公告/", newest, state)
    found = run("C15-V2", observe(home=[], columns={"工作动态": first, "通知公告": second}))
    assert [finding.state for finding in found] == expected


def test_a_list_that_only_a_script_fills_is_not_determined(observe, run):
    scripted = observe(home=[90], facts={"list_state": ListState.SCRIPT_ONLY})
    assert [finding.state for finding in run("C15-V2", scripted)] == [NOT_DETERMINED]
    empty = observe(home=[], facts={"list_state": ListState.SCRIPT_ONLY})
    assert [finding.state for finding in run("C15-V2", empty)] == [NOT_DETERMINED]


def test_an_unfetched_frame_keeps_the_question_open(observe, run):
    framed = observe(home=[90], facts={"frames": ("http://www.qingshan.gov.cn/list.html",)})
    assert [finding.state for finding in run("C15-V2", framed)] == [NOT_DETERMINED]


@pytest.mark.parametrize(("home", "points"), [([1] * 10, []), ([1] * 9, [5]), ([1] * 9 + [20], [5])])
def test_fewer_than_ten_updates_cost_five(observe, run, home, points):
    assert [int(finding.points) for finding in run("C15-D3", observe(home=home))] == points
