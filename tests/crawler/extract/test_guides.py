"""Service guides by their labels."""

from datetime import date

import pytest

from crawler.extract import extract
from inspection.observation.page import GuideElement as E


def elements(body: str) -> tuple[E, ...] | None:
    page = f"<html><head><title>取水许可办事指南</title></head><body>{body}</body></html>"
    return extract(page.encode(), "http://www.a.gov.cn/bszn/1.html", as_of=date(2026, 11, 23)).guide_elements


@pytest.mark.parametrize(
    "body",
    [
        "<table><tr><th>设定依据</th><td>水法</td></tr><tr><th>申请材料</th><td>申请书</td></tr><tr><th>收费标准</th><td>不收费</td></tr></table>",
        "<p><b>一、法定依据：</b>水法</p><p><b>二、所需材料：</b>申请书</p><p><b>三、是否收费</b></p>",
        "<p>【实施依据】</p><p>水法</p><p>【材料清单】</p><p>申请书</p><p>【收费依据】</p><p>无</p>",
        "<p>办理依据：水法</p><p>申报材料：申请书</p><p>收费标准及依据：不收费</p>",
        "<dl><dt>（一）许可依据</dt><dd>水法</dd><dt>（二）需提交的材料</dt><dd>书</dd><dt>（三）收费情况</dt><dd>无</dd></dl>",
    ],
)
def test_three_labels_make_a_guide(body):
    assert elements(body) == (E.NAME, E.BASIS, E.MATERIALS, E.FEE)


def test_all_ten():
    labels = (
        "事项名称",
        "设定依据",
        "申请条件",
        "办理材料",
        "办理地点",
        "办理机构",
        "收费标准",
        "办理时间",
        "联系电话",
        "办理流程",
    )
    assert elements("".join(f"<h3>{label}</h3><p>见说明</p>" for label in labels)) == tuple(E)


@pytest.mark.parametrize(
    "body",
    [
        "<p>联系电话：0535-1234567</p><p>办公地址：某路1号</p>",
        "<div class=footer><p>联系电话：1</p><p>办公地址：某路1号</p><p>办公时间：9时</p><p>承办单位：中心</p></div>",
        "<p>本条例的设定依据、申请条件、办理材料和收费标准由国务院规定，各地应当按照规定执行。</p>",
        "",
    ],
)
def test_other_pages_are_no_guides(body):
    assert elements(body) is None
