"""Files of a city's month go in; its bulletin stops on the form that does not add up, then says what was published."""

from datetime import date
from typing import Any

import pytest

from inspection.bulletin.document import text_of
from inspection.errors import RuleBroken
from inspection.statistics.guard import conflicts
from inspection.workflows.draft_bulletin import override_conflict

PROSE = {
    "title": "青岚市人民政府办公室关于2017年2月青岚市政府网站抽查情况的通报",
    "sampled": "按比例抽查政府网站60个，",
    "departments": "其中市直部门13个、",
    "first district": "、东港区9个、",
    "second district": "、河口区9个、",
    "third district": "、垦丰县13个、",
    "fourth district": "、广安县12个、",
    "fifth district": "、临湖县5个。",
    "failed": "抽查发现不合格网站8个，",
    "home page": "首页长期不更新，涉及2个网站，占不合格网站的25%",
    "tampered": "网站被篡改，涉及1个网站",
    "columns": "栏目设置不合理",
    "late updates": "信息更新不及时",
    "blank columns": "空白栏目，涉及1个网站",
    "wrong links": "错误链接",
    "dead links": "链接不可用，涉及2个网站",
    "disclosure, late": "信息公开专栏更新不及时",
    "disclosure, blank": "信息公开专栏存在空白栏目",
    "disclosure, topics": "信息公开专栏主题分类不清",
    "department loses 2": "市水利局扣2分、",
    "two districts lose 1 each": "东港区扣1分、河口区扣1分。",
    "one loses 2": "、垦丰县扣2分、",
    "one loses 3": "广安县扣3分、",
    "report by": "于2017年3月9日前将整改情况书面报青岚市人民政府办公室",
    "recheck on": "青岚市人民政府办公室将于2017年3月10日对不合格网站进行复查。",
    "one grade more": "加重一档扣分，并约谈有关责任人。",
    "ledger": "不合格网站纳入不合格网站台账，列为重点监测对象；不合格网站名单在市政府门户网站公布。",
    "closing": "对无力维护的网站，予以关停并转。",
    "messages": "要在1个工作日内办结答复，并报上级网站主管单位审核；逾期的予以扣分。",
    "self-check": "对所有未永久下线的登记网站逐一开展深度自查，",
    "self-check on file": "自查结果由单位主要负责人签字、加盖公章后报主管单位备案。",
}


@pytest.mark.parametrize("sentence", PROSE.values(), ids=list(PROSE))
def test_the_text_says_what_was_published(municipal_month: Any, sentence: str) -> None:
    assert sentence in text_of(municipal_month.draft.document)


@pytest.mark.parametrize(
    ("figure", "number"),
    [
        (lambda figures: (figures.own.sampled, figures.own.passed, figures.own.failed), (60, 52, 8)),
        (lambda figures: [number for _, number in figures.declared[0].parts], [13, 9, 9, 13, 12, 5]),
        (lambda figures: figures.declared[0].stated, 60),
        (
            lambda figures: {unit.unit: unit.points for unit in figures.deductions},
            {"市水利局": 2, "东港区": 1, "河口区": 1, "垦丰县": 2, "广安县": 3},
        ),
        (lambda figures: len(figures.named), 8),
        (lambda figures: figures.deadlines.report_by, date(2017, 3, 9)),
        (lambda figures: figures.deadlines.recheck_on, date(2017, 3, 10)),
    ],
)
def test_the_figures_are_those_that_were_published(municipal_month: Any, figure: Any, number: Any) -> None:
    assert figure(municipal_month.figures) == number


def test_every_failing_site_is_on_the_ledger_and_its_units_are_told(municipal_month: Any) -> None:
    assert len(municipal_month.cases) == 8
    assert {case.due for case in municipal_month.cases} == {date(2017, 3, 9)}
    for case in municipal_month.cases:
        [notice] = case.notices
        assert notice.recheck_on == date(2017, 3, 10)
        assert [case.supervisor in notice.recipients[0], case.unit in notice.recipients[1]] == [True, True]


def test_it_stops_on_60_against_61_and_goes_through_with_a_reason_that_is_printed(municipal_month: Any) -> None:
    desk, id_ = municipal_month.desk, municipal_month.draft.id
    [conflict] = conflicts(municipal_month.figures)
    assert (conflict.stated, conflict.computed) == ("60", "61")
    with pytest.raises(RuleBroken, match=r"总数为 60.*之和为 61，相差 1"):
        desk.publish(id_)
    override_conflict(
        id_,
        conflict.digest,
        reason="一个网站由两个单位共同主办，分别计入",
        by="核定人",
        bulletins=desk.stores.bulletins,
        clock=desk,
    )
    published = desk.publish(id_)
    note = "总数为 60，各部分（市直部门 13、东港区 9、河口区 9、垦丰县 13、广安县 12、临湖县 5）之和为 61，相差 1。"
    told = (note, "经核定人于2017年3月2日核定按原数刊发，理由：一个网站由两个单位共同主办，分别计入。")
    for text in (text_of(published.document), desk.text_of_word(desk.word(published))):
        assert [sentence for sentence in (*told, *PROSE.values()) if sentence not in text.replace("2月\n", "2月")] == []
