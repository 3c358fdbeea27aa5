"""Bulletins made of published data say what the published ones say.

Counts that the sources give as shares alone (failing sites, handled messages, rectified sites) are chosen so that they
give those shares; nothing else is made up.
"""

from collections.abc import Callable
from datetime import date

import msgspec
import pytest

from inspection.bulletin.document import Document, Table, text_of
from inspection.bulletin.figures import BulletinFigures
from inspection.bulletin.prose import compose
from inspection.bulletin.wording import shipped_wording
from inspection.statistics.guard import conflicts

Published = Callable[[str], BulletinFigures]


def document_of(figures: BulletinFigures) -> Document:
    return compose(figures, shipped_wording(), issued_on=date(2017, 5, 11))


def body_of(figures: BulletinFigures) -> str:
    """The text without the annexes."""
    return text_of(msgspec.structs.replace(document_of(figures), annexes=()))


@pytest.mark.parametrize(
    "sentence",
    [
        "国务院办公厅关于2017年第一季度全国政府网站抽查情况的通报",
        "全国正在运行的政府网站43143家",
        "国务院部门及其内设、垂直管理机构政府网站2229家",
        "省级政府门户网站32家",
        "省级政府部门网站2591家",
        "市级政府门户网站496家",
        "市级政府部门网站17211家",
        "县级政府门户网站2773家",
        "县级以下政府网站17811家",
        "随机抽查各地区和国务院部门政府网站469个，",
        "个，总体合格率91%。其中，北京等11个地区政府网站抽查合格率达100%。",
        "71个国务院部门共抽查本地区、本部门政府网站7768个，占运行政府网站总数的18%，",
        "个，总体合格率92%。",
        "经抽样复核，地区和部门抽查情况整体真实准确。",
        "上季度通报的66个不合格政府网站已基本完成整改",
        "部分网站的办事服务功能进行了专项检查",
        "有90%的政府网站在首页显著位置开设了国务院重要政策信息专栏",
        "80%的政府网站能够在国务院重要信息发布后24小时内进行转载",
        "10930个政府网站、4239个政务新媒体",
        "截至2017年3月31日，“我为政府网站找错”平台共收到有效留言4176条",
        "总体办结率99%",
        "97%的县级以上地方政府门户网站和国务院部门网站在首页添加了",
        "入口，比上季度提高4个百分点。",
        "共有48人被问责。其中，约谈或者诫勉谈话19人，作出书面检查6人，通报批评10人，警告或者记过处分3人，调离岗位或者免职10人。",
    ],
)
def test_national_2017q1(published: Published, sentence: str) -> None:
    assert sentence in body_of(published("national-2017Q1"))


def test_sections_of_a_national_bulletin_stand_in_their_usual_order(published: Published) -> None:
    headings = [line for line in body_of(published("national-2017Q1")).splitlines() if line[:1] in "一二三（"]
    assert headings[:7] == [
        "一、抽查情况",
        "（一）总体情况",
        "（二）国务院重要信息联动发布情况",
        "（三）网站纠错留言办理情况",
        "（四）问责情况",
        "二、主要问题",
        "三、下一步工作要求",
    ]


@pytest.mark.parametrize("name", ["national-2017Q1", "provincial-recheck", "hainan-2016Q1"])
def test_published_figures_add_up(published: Published, name: str) -> None:
    assert conflicts(published(name)) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "委托第三方机构进行了复查",
        "仍有5个网站存在问题，其中省级部门1个、怀化市1个、郴州市2个、娄底市1个，主要是信息更新不及时、链接不可用。",
        "于2017年3月20日前将整改情况书面报",
        "于每月5日前将上月监管情况报",
        "各县（市、区）情况作为附件，由市（州）汇总报送",
    ],
)
def test_provincial_recheck(published: Published, sentence: str) -> None:
    assert sentence in body_of(published("provincial-recheck"))


def test_recheck_names_the_sites_in_an_annex(published: Published) -> None:
    [annex] = document_of(published("provincial-recheck")).annexes
    [table] = annex.blocks
    assert isinstance(table, Table)
    assert [row[1] for row in table.rows] == ["4300000901", "4312000902", "4310000903", "4310000904", "4313000905"]


@pytest.mark.parametrize(
    "sentence",
    [
        "抽查政府网站60个，其中市直部门13个、东港区9个、河口区9个、垦丰县13个、广安县12个、临湖县5个。",
        "发现不合格网站8个",
        *("首页长期不更新", "网站被篡改", "栏目设置不合理", "信息更新不及时", "空白栏目", "链接错误", "死链接"),
        *("信息公开专栏更新不及时", "信息公开专栏存在空白栏目", "信息公开专栏主题分类不清"),
        "市水利局扣2分、东港区扣1分、河口区扣1分、垦丰县扣2分、广安县扣3分",
        "于2017年3月9日前将整改情况书面报",
        "将于2017年3月10日对不合格网站进行复查",
        "加重一档扣分，并约谈有关责任人",
        "纳入不合格网站台账，列为重点监测对象",
        "主管单位和主办单位负责人",
        "1个工作日内办结答复，并报上级网站主管单位审核",
        "对所有未永久下线的登记网站逐一开展深度自查，自查结果由单位主要负责人签字、加盖公章后报主管单位备案",
        "名单在市政府门户网站公布",
        "关停并转",
    ],
)
def test_municipal(published: Published, sentence: str) -> None:
    assert sentence in body_of(published("municipal-2017"))


def test_a_list_of_one_in_eight_failing_sites_does_not_pass_for_the_whole(published: Published) -> None:
    municipal = published("municipal-2017")
    title = "部分存在突出问题的网站名单"
    [annex] = [annex for annex in document_of(municipal).annexes if annex.title == title]
    [table] = annex.blocks
    assert isinstance(table, Table)
    assert table.note == "本次抽查发现不合格网站8个，本表仅列出其中1个。"
    [conflict] = conflicts(municipal)
    assert (conflict.stated, conflict.computed) == ("60", "61")
    named = [each.name for each in conflicts(msgspec.structs.replace(municipal, named_in_full=True))]
    assert named == [conflict.name, "不合格网站名单"]
