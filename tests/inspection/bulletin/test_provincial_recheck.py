"""A province's recheck goes through from the registry on; its bulletin says what was published."""

from datetime import date
from typing import Any

import pytest

from inspection.bulletin.document import Table, text_of
from inspection.monthly.report import ReportState
from inspection.rectification import CaseState
from inspection.statistics.guard import conflicts
from inspection.workflows.file_monthly_report import monthly_status

PROSE = {
    "title": "省人民政府办公厅关于2017年2月全省政府网站整改复查情况的通报",
    "third party": "将监测报告反馈有关网站主办单位，在规定的整改期限届满后委托第三方机构对9个网站进行了复查。",
    "five": "经复查，仍有5个网站存在问题，",
    "a department": "其中省级部门1个、",
    "first prefecture": "怀化市1个",
    "second prefecture": "郴州市2个",
    "third prefecture": "娄底市1个",
    "problems": "，主要是信息更新不及时、链接不可用。",
    "deadline": "于2017年3月20日前将整改情况书面报省人民政府办公厅。",
    "monthly": "各市（州）要切实履行日常监管责任，于每月5日前将上月监管情况报省人民政府办公厅；",
    "annexes": "各县（市、区）情况作为附件，由市（州）汇总报送。",
}


@pytest.mark.parametrize("sentence", PROSE.values(), ids=list(PROSE))
def test_the_text_says_what_was_published(provincial_recheck: Any, sentence: str) -> None:
    assert sentence in text_of(provincial_recheck.bulletin.document)


def test_the_figures_are_those_that_were_published(provincial_recheck: Any) -> None:
    figures = provincial_recheck.figures
    places = [site.code[:4] for site in figures.rechecked_failing]
    assert {place: places.count(place) for place in places} == {"4300": 1, "4312": 1, "4310": 2, "4313": 1}
    assert {name for site in figures.rechecked_failing for name in site.problems} == {"信息更新不及时", "链接不可用"}
    assert (figures.recheck.sites, figures.deadlines.report_by) == (9, date(2017, 3, 20))
    assert (figures.own, figures.series, conflicts(figures)) == (None, (), [])


def test_the_sites_are_named_in_the_annex(provincial_recheck: Any) -> None:
    [annex] = provincial_recheck.bulletin.document.annexes
    [table] = annex.blocks
    assert isinstance(table, Table)
    assert [row[1] for row in table.rows] == [*("4300000002", "4310000001", "4310000003", "4312000002", "4313000001")]


def test_who_has_mended_is_closed_and_who_has_not_is_escalated(provincial_recheck: Any) -> None:
    states = [case.state for case in provincial_recheck.desk.stores.cases.page(limit=100)]
    assert {state: states.count(state) for state in set(states)} == {CaseState.CLOSED: 4, CaseState.ESCALATED: 5}


def test_prefectures_report_by_the_fifth_with_their_counties_as_annexes(provincial_recheck: Any) -> None:
    stores = provincial_recheck.desk.stores
    found = monthly_status("2017-01", date(2017, 2, 28), stores, stores.rules.monthly, region="43")
    assert {status.city: (status.state, status.missing_annexes) for status in found} == {
        "431000": (ReportState.IN_TIME, ()),
        "431200": (ReportState.LATE, ()),
        "431300": (ReportState.MISSING, ()),
    }
