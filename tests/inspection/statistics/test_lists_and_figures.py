"""Lists of a bulletin, its rows and its sample figures."""

from datetime import date

import pytest

from inspection.errors import InputRejected
from inspection.statistics.change import Share
from inspection.statistics.figures import group_rows, sample_figures
from inspection.statistics.lists import FullRule, full_groups, groups_below, shipped_rules
from inspection.statistics.period import check_period, chinese_period, days_of, period_of, period_order, previous_period
from inspection.statistics.problems import problems_of, reported_sites, shares, shipped_problems


def test_small_cells_are_not_listed_at_a_hundred_percent(rated):
    full, small = rated("11", 14, 0), rated("12", 3, 0, small_cell=True)
    rates = [full, small, rated("13", 0, 3), rated("14", 0, 0), rated("15", 20, 1)]
    assert full_groups(rates, shipped_rules().full) == (full,)
    lax = FullRule(allow_small_cells=True, source=shipped_rules().full.source, note="")
    assert full_groups(rates, lax) == (full, small)


def test_groups_below_a_mark(rated):
    low, small = rated("63", 60, 40), rated("64", 1, 3, small_cell=True)
    assert groups_below([low, small, rated("11", 70, 30), rated("12", 0, 0)], 70) == (low,)


def test_sample_figures(rated):
    nation = rated("000000", 427, 42, label="全国")
    groups = [rated("11", 14, 0), rated("63", 6, 6), rated("37", 90, 10)]
    found = sample_figures(nation, groups, running=43143, before=Share(rate=0.91, low=0.88, high=0.93), below=90.5)
    assert (found.sampled, found.passed, found.failed, found.rate) == (469, 427, 42, nation.rate)
    assert found.share_of_running == pytest.approx(469 / 43143)
    assert (found.full, found.below) == (("11省",), ("63省", "37省"))
    assert found.change.significant is False
    assert sample_figures(nation, groups).change is None
    assert sample_figures(nation, groups).below == ("63省",)


def test_rows_are_ranked_among_themselves(rated):
    rates = [
        rated("11", 99, 1, low=0.98, high=1.0),
        rated("12", 0, 0),
        rated("13", 5, 1, small_cell=True),
        rated("37", 80, 20, low=0.78, high=0.82),
    ]
    rows = group_rows(rates, {"11": 200})
    assert [(row.name, row.rank, row.running) for row in rows] == [
        ("11省", 1, 200),
        ("13省", None, None),
        ("37省", 2, None),
    ]
    assert group_rows(rates)[0].running == 1000


def test_shares_of_problems():
    found = shares({"死链": {"a", "b", "x"}, "空白": ["b"], "无": {"x"}}, ["a", "b", "c"])
    assert [(each.name, each.sites, each.share) for each in found] == [
        ("死链", 2, pytest.approx(2 / 3)),
        ("空白", 1, pytest.approx(1 / 3)),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("首页长期未更新", {"首页长期不更新"}),
        ("部分栏目更新不及时，存在死链", {"信息更新不及时", "链接不可用"}),
        ("信息公开栏目空白", {"空白栏目"}),
        ("网站被篡改", {"网站被篡改"}),
        ("配色难看", {"其他问题"}),
        (" ", set()),
        ("首页站内链接打不开（HTTP 404）：http://a.gov.cn/1.html", {"链接不可用"}),
        ("监测 147 次，20 次打不开", {"网站无法访问"}),
        ("信息公开专栏更新不及时", {"信息公开专栏更新不及时"}),
        ("信息公开专栏存在空白栏目", {"信息公开专栏存在空白栏目"}),
        ("信息公开专栏主题分类不清", {"信息公开专栏主题分类不清"}),
        ("主题分类不清", {"栏目设置不合理"}),
    ],
)
def test_reported_texts_name_types(text, names):
    assert problems_of(text, shipped_problems()) == names


def test_a_reported_site_counts_once_for_each_type():
    found = reported_sites({"a": ["死链", "断链3个"], "b": ["死链"], "c": []}, shipped_problems())
    assert found == {"链接不可用": {"a", "b"}}


def test_each_indicator_has_one_type():
    indicators = [indicator for type_ in shipped_problems() for indicator in type_.indicators]
    assert len(indicators) == len(set(indicators))


@pytest.mark.parametrize(("day", "period"), [(date(2017, 3, 31), "2017Q1"), (date(2017, 10, 1), "2017Q4")])
def test_period_of_a_day(day, period):
    assert period_of(day) == period


def test_periods():
    assert [previous_period(p) for p in ("2017Q1", "2017Q4")] == ["2016Q4", "2017Q3"]
    shown = [chinese_period(p) for p in ("2017Q1", "2018-06", "2019", "2015-census", "?")]
    assert shown == ["2017年第一季度", "2018年6月", "2019年", "2015年普查", "?"]
    assert [check_period(p) for p in ("2017Q1", "2015-census-final")] == ["2017Q1", "2015-census-final"]
    for wrong in ("2017Q5", "17Q1", "2017-13"):
        with pytest.raises(InputRejected):
            check_period(wrong)
    with pytest.raises(InputRejected):
        previous_period("2019")


@pytest.mark.parametrize(
    ("printed", "first", "last"),
    [
        ("2017年第一季度", date(2017, 1, 1), date(2017, 3, 31)),
        ("2017年第四季度", date(2017, 10, 1), date(2017, 12, 31)),
        ("2016年2季度", date(2016, 4, 1), date(2016, 6, 30)),
        ("2016年2月", date(2016, 2, 1), date(2016, 2, 29)),
        ("2017年12月", date(2017, 12, 1), date(2017, 12, 31)),
        ("2017年上半年", date(2017, 1, 1), date(2017, 6, 30)),
        ("2017年下半年", date(2017, 7, 1), date(2017, 12, 31)),
        ("2017年", date(2017, 1, 1), date(2017, 12, 31)),
    ],
)
def test_days_of_a_printed_period(printed, first, last):
    assert days_of(printed) == (first, last)


def test_a_name_that_tells_no_days():
    assert [days_of(printed) for printed in ("近期", "2017年13月", "2015年普查", "")] == [None] * 4


def test_periods_in_the_order_of_time():
    periods = ["2019", "2018-12", "2018Q2", "2018Q1", "2015-census-final", "2015-census", "2016Q1"]
    expected = ["2015-census", "2015-census-final", "2016Q1", "2018Q1", "2018Q2", "2018-12", "2019"]
    assert sorted(periods, key=period_order) == expected
