"""The hints that patterns are tried for are in whatever they match, however a page writes it."""

from datetime import date

import pytest

from crawler.extract import extract
from inspection.observation import PageFacts
from inspection.observation.page import GuideElement

URL = "http://www.a.gov.cn/x/1.html"


def read(source: str, url: str = URL) -> PageFacts:
    return extract(source.encode(), url, as_of=date(2026, 11, 20))


@pytest.mark.parametrize(
    "written",
    [
        *("电话：0571-1234567", "<td>电</td><td>话：0571-1234567</td>", "传 真 0571-1234567", "TEL: 0571-1234567"),
        *(
            "E-Mail：a@b.gov.cn",
            "邮&nbsp;箱：a@b.gov.cn",
            "热线12345678",
            "<p>联系人<p>0571-1234567",
            "地 址：某路一号大楼",
        ),
    ],
)
def test_ways_to_be_reached(written: str) -> None:
    assert read(f"<table><tr>{written}").contact or read(written).contact


@pytest.mark.parametrize("word", ["发布日期", "发文单位", "更新", "时间", "来源", "作者", "浏览次数"])
def test_a_publication_line_makes_an_article(word: str) -> None:
    text = f"<p>{word}：某处</p>" + f"<p>{'正文' * 30}</p>" * 5
    assert (read(text).empty_column, read(text.replace("：", "。")).empty_column) == (False, None)


def test_a_guide_whose_labels_are_spaced_out() -> None:
    labels = ("设定 依据", "申请 条件", "办理 材料", "办理 流程")
    found = read("<table>" + "".join(f"<tr><th>{label}</th><td>某</td></tr>" for label in labels)).guide_elements
    assert found == (GuideElement.BASIS, GuideElement.CONDITIONS, GuideElement.MATERIALS, GuideElement.PROCEDURE)


def test_a_place_for_letters_named_by_its_path() -> None:
    page = "<p>当前位置：首页 > {}</p><ul><li><a href='/1.html'>关于道路的信</a> 来信时间：2026-11-01 已答复</li></ul>"
    assert (len(read(page.format("信箱")).letters), len(read(page.format("要闻")).letters)) == (1, 0)


def test_records_that_a_script_shows() -> None:
    page = "<RECORD> <![cdata[<li><a href='/1.html'>某某通知</a><b>2026-11-01</b></li>]]></RECORD>"
    assert [link.url for link in read(page).links if link.attribute == "record"] == ["http://www.a.gov.cn/1.html"]
