"""Files of the first quarter of 2017 go in; the national bulletin says every number that was published."""

from typing import Any

import pytest

from inspection.bulletin.document import Chart, ChartKind, Table, text_of
from inspection.rectification import CaseState
from inspection.statistics import Dimension
from inspection.statistics.guard import conflicts
from inspection.workflows.linkage_figures import COLUMN, share_under
from inspection.workflows.linkage_shares import linkage_shares

PROSE = {
    "title": "国务院办公厅关于2017年第一季度全国政府网站抽查情况的通报",
    "running": "截至2017年3月31日，全国正在运行的政府网站43143家。",
    "state council": "国务院部门及其内设、垂直管理机构政府网站2229家，",
    "province portals": "省级政府门户网站32家，",
    "province departments": "省级政府部门网站2591家，",
    "city portals": "市级政府门户网站496家，",
    "city departments": "市级政府部门网站17211家，",
    "county portals": "县级政府门户网站2773家，",
    "county and below": "县级以下政府网站17811家。",
    "own sample": "国务院办公厅随机抽查各地区和国务院部门政府网站469个，",
    "own rate": "发现不合格网站30个，总体合格率91%，",
    "regions at 100 %": "其中，北京等11个地区政府网站抽查合格率达100%。",
    "71 departments": "32个地区和71个国务院部门共抽查本地区、本部门政府网站7768个，",
    "share": "政府网站7768个，占运行政府网站总数的18%，",
    "reported rate": "发现不合格网站621个，总体合格率92%。",
    "verified": "经抽样复核，地区和部门抽查情况整体真实准确。",
    "rectified": "上季度通报的42个不合格政府网站已基本完成整改（占95%，",
    "special check": "还对部分网站的办事服务功能进行了专项检查，共检查120个网站，31个存在问题，",
    "column": "有90%的政府网站在首页显著位置开设了国务院重要政策信息专栏，",
    "24 hours": "80%的政府网站能够在国务院重要信息发布后24小时内进行转载。",
    "carried": "共有10930个政府网站、4239个政务新媒体对十二届全国人大五次会议国务院总理记者会进行了直播或者转载。",
    "messages": "截至2017年3月31日，“我为政府网站找错”平台共收到有效留言4176条，",
    "handled": "已办结4134条，总体办结率99%。",
    "entry": "97%的县级以上地方政府门户网站和国务院部门网站在首页添加了“我为政府网站找错”监督举报平台入口，",
    "entry change": "入口，比上季度提高4个百分点（差异在抽样误差范围内）。",
    "interviews": "约谈或诫勉谈话19人，",
    "self-criticism": "责令书面检查6人，",
    "circular": "通报批评10人，",
    "warnings": "警告或记过处分3人，",
    "removals": "调离岗位或免职10人。",
}


@pytest.mark.parametrize("sentence", PROSE.values(), ids=list(PROSE))
def test_the_text_says_what_was_published(national_quarter: Any, sentence: str) -> None:
    assert sentence in text_of(national_quarter.bulletin.document)


@pytest.mark.parametrize("sentence", PROSE.values(), ids=list(PROSE))
def test_the_numbers_stand_in_the_word_file(national_quarter: Any, sentence: str) -> None:
    assert sentence in national_quarter.word.replace("季度\n全国", "季度全国")


def percent(share: float) -> int:
    return int(share * 100 + 0.5)


@pytest.mark.parametrize(
    ("figure", "number"),
    [
        (lambda figures: [row.sites for row in figures.running], [2229, 32, 2591, 496, 17211, 2773, 17811]),
        (lambda figures: sum(row.sites for row in figures.running), 43143),
        (lambda figures: figures.own.sampled, 469),
        (lambda figures: percent(figures.own.rate), 91),
        (lambda figures: (len(figures.own.full), figures.own.full[0]), (11, "北京")),
        (lambda figures: figures.own.below, ()),
        (lambda figures: figures.departments_reporting, 71),
        (lambda figures: figures.reported.sampled, 7768),
        (lambda figures: percent(figures.reported.share_of_running), 18),
        (lambda figures: percent(figures.reported.rate), 92),
        (lambda figures: figures.reported.verified, "整体真实准确"),
        (lambda figures: (figures.rectification.failing, figures.rectification.rectified), (42, 39)),
        (lambda figures: [(each.topic, each.checked) for each in figures.special_checks], [("办事服务功能", 120)]),
        (lambda figures: percent(figures.linkage.column_share), 90),
        (lambda figures: percent(figures.linkage.in_time_share), 80),
        (lambda figures: figures.linkage.sites_reposting, 10930),
        (lambda figures: figures.linkage.accounts_reposting, 4239),
        (lambda figures: figures.messages.valid, 4176),
        (lambda figures: percent(figures.messages.handled_share), 99),
        (lambda figures: figures.messages.overdue, 0),
        (lambda figures: percent(figures.messages.entry_share), 97),
        (lambda figures: round(figures.messages.entry_change.points), 4),
        (lambda figures: [number for _, number in figures.accountability.persons], [19, 6, 10, 3, 10]),
    ],
)
def test_the_figures_are_those_that_were_published(national_quarter: Any, figure: Any, number: Any) -> None:
    assert figure(national_quarter.figures) == number


def test_columns_are_estimated_for_all_regions_that_were_sampled(national_quarter: Any) -> None:
    stores, round_id = national_quarter.desk.stores, national_quarter.figures.own.round_id
    found = linkage_shares(round_id, COLUMN, stores, by=Dimension.PROVINCE)
    plain = share_under(round_id, COLUMN, stores)
    assert (sum(each.have for each in found), sum(each.lack for each in found)) == (plain.have, plain.lack)
    [nation] = linkage_shares(round_id, COLUMN, stores, by=Dimension.NATION)
    assert 0 < nation.low < nation.rate < nation.high < 1


def test_everything_in_it_adds_up(national_quarter: Any) -> None:
    figures = national_quarter.figures
    assert conflicts(figures) == []
    assert sum(row.sampled for row in (*figures.regions, *figures.departments)) == 469
    assert sum(row.sampled for row in (*figures.reported_regions, *figures.reported_departments)) == 7768
    assert (len(figures.regions), len(figures.reported_regions), len(figures.reported_departments)) == (32, 32, 71)
    assert len(figures.named) == figures.own.failed


def test_departments_go_by_the_names_of_their_offices(national_quarter: Any) -> None:
    names = {row.name for row in national_quarter.figures.departments}
    assert names <= {row.name for row in national_quarter.figures.reported_departments} | {
        office.name for office in national_quarter.desk.stores.offices.page(limit=500)
    }
    assert not any(name.startswith("部门") for name in names)


def test_no_row_of_the_files_is_lost(national_quarter: Any) -> None:
    imports = national_quarter.imports
    assert {name: report.rejected_rows for name, report in imports.items()} == dict.fromkeys(imports, 0)
    assert imports["registry-2016Q4.csv"].counts.added == 43143 + 240 + 15
    opened_again = 1  # a site that its case closed as merged, and that the next registry still has
    assert imports["registry-2017Q1.csv"].counts.changed == 240 + 15 + opened_again
    assert imports["messages"].rows == 4176 + 310 + 120 + 50


def test_what_became_of_the_failing_sites_of_the_quarter_before(national_quarter: Any) -> None:
    states = [case.state for case in national_quarter.desk.stores.cases.page({"round_id": "2016Q4"}, limit=500)]
    told = {state: states.count(state) for state in set(states)}
    assert told == {
        CaseState.CLOSED: 39,
        CaseState.SITE_CLOSED: 1,
        CaseState.CORRECTING: 1,
        CaseState.ESCALATED: 1,
    }


def test_chapters_and_annexes_stand_in_their_usual_order(national_quarter: Any) -> None:
    document = national_quarter.bulletin.document
    headings = [block.text for block in document.blocks if hasattr(block, "level")]
    assert headings == [
        *(
            "一、抽查情况",
            "（一）总体情况",
            "（二）国务院重要信息联动发布情况",
            "（三）网站纠错留言办理情况",
            "（四）问责情况",
        ),
        *("二、主要问题", "三、下一步工作要求"),
        *("（一）抓紧整改突出问题", "（二）加强常态化监管", "（三）提升联动和回应水平"),
    ]
    assert [annex.title for annex in document.annexes] == [
        "各地区政府网站抽查情况",
        "国务院部门及其内设、垂直管理机构政府网站抽查情况",
        "存在突出问题的网站名单",
        "全国政府网站统计图表",
    ]


def test_each_annex_shows_the_own_sample_and_what_was_reported(national_quarter: Any) -> None:
    regions, departments, *_ = national_quarter.bulletin.document.annexes
    tables = {block.caption: block for annex in (regions, departments) for block in annex.blocks if _is_table(block)}
    assert {caption: len(table.rows) for caption, table in tables.items() if "自行" in caption} == {
        "各地区自行抽查结果": 32,
        "国务院部门自行抽查结果": 71,
    }
    reported = tables["各地区自行抽查结果"]
    assert reported.header == ("序号", "地区", "运行网站数", "抽查数", "抽查比例", "合格", "不合格", "合格率")
    assert "置信区间" not in reported.note


def test_the_series_ends_with_this_quarter(national_quarter: Any) -> None:
    *_, statistics = national_quarter.bulletin.document.annexes
    [chart] = [block for block in statistics.blocks if isinstance(block, Chart) and block.kind is ChartKind.COURSE]
    assert chart.labels[0] == "2015年普查"
    assert (chart.labels[-1], chart.series[0].values[-1]) == ("2017Q1", 43143)
    [table] = [block for block in statistics.blocks if _is_table(block) and block.caption == chart.title]
    assert table.rows[-1] == ("2017年第一季度", "43143", "469", "91%", "92%")


def test_the_table_of_classes_has_the_registry(national_quarter: Any) -> None:
    *_, statistics = national_quarter.bulletin.document.annexes
    [table] = [block for block in statistics.blocks if _is_table(block) and block.header[0] == "网站类别"]
    assert [row[1] for row in table.rows] == [*("2229", "32", "2591", "496", "17211", "2773", "17811"), "43143"]


def _is_table(block: object) -> bool:
    return isinstance(block, Table)
