"""Lists as content systems write them: where the date of an item stands."""

from datetime import date

import pytest

from crawler.extract import extract

TITLES = ("关于做好冬季供暖工作的通知", "青山市召开经济工作会议", "市长调研重点项目建设情况", "我市开展安全生产大检查")
DAYS = (date(2024, 3, 5), date(2024, 3, 4), date(2024, 3, 3), date(2024, 3, 2))
FORMS = {
    "bracket before the link": '<li><span>[{d}]</span><a href="/a/{n}.html">{t}</a></li>',
    "cell": '<tr><td>·</td><td><a href="/a/{n}.html">{t}</a></td><td>{d:%m-%d}</td></tr>',
    "cells with a document number": (
        '<tr><td>{n}</td><td><a href="/a/{n}.html">{t}</a></td><td>青政发〔2024〕{n}号</td><td>{d}</td></tr>'
    ),
    "block with a summary": '<div><h3><a href="/a/{n}.html">{t}</a></h3><p>摘要</p><span>{d:%Y/%m/%d}</span></div>',
    "link around both": '<li><a href="/a/{n}.html"><p>{t}</p><span>{d}</span></a></li>',
    "day and month apart": '<li><div><b>{d:%d}</b><i>{d:%Y.%m}</i></div><a href="/a/{n}.html">{t}</a></li>',
    "text before": '<li>{d} <a href="/a/{n}.html">{t}</a></li>',
    "four times the same link": (
        '<li><a href="/a/{n}.html"><img src=x></a><a href="/a/{n}.html">{t}</a><span>{d}</span>'
        '<a href="/a/{n}.html">摘要之一二</a><a href="/a/{n}.html">[详情]</a></li>'
    ),
    "column before": '<li><a href="/xw/">[要闻]</a><a href="/a/{n}.html">{t}</a><span>{d}</span></li>',
    "deadline beside": '<li><a href="/a/{n}.html">{t}</a><span>截止日期：2025-01-01</span><span>{d}</span></li>',
    "definition": '<dt><a href="/a/{n}.html">{t}</a></dt><dd>{d}</dd>',
    "definition before": '<dd>{d}</dd><dt><a href="/a/{n}.html">{t}</a></dt>',
    "lists of one definition": '<dl><dt><a href="/a/{n}.html">{t}</a></dt><dd>{d}</dd></dl>',
    "bare behind": '<a href="/a/{n}.html">{t}</a> <span>{d}</span><br>',
    "bare text behind": '·<a href="/a/{n}.html">{t}</a> ({d}) |<br>',
    "bare before": '<span>{d}</span> <a href="/a/{n}.html">{t}</a><br>',
}
AROUND = {"cell": "table", "cells with a document number": "table", "definition": "dl", "definition before": "dl"}


def items(inner: str):
    body = f'<html><head><meta charset="utf-8"><title>要闻</title></head><body><div>{inner}</div></body></html>'
    return extract(body.encode(), "http://www.a.gov.cn/xw/", as_of=date(2024, 3, 6)).list_items


@pytest.mark.parametrize("form", FORMS)
def test_each_item_has_its_own_date(form):
    rows = "".join(FORMS[form].format(n=n, t=t, d=d) for n, (t, d) in enumerate(zip(TITLES, DAYS, strict=True)))
    tag = AROUND.get(form, "ul" if FORMS[form].startswith("<li") else "div")
    found = items(f"<{tag}>{rows}</{tag}>")
    assert [(item.title, item.date) for item in found] == list(zip(TITLES, DAYS, strict=True))


def test_one_date_beside_many_links_is_not_theirs():
    links = "".join(f'<a href="/a/{n}.html">{title}</a><br>' for n, title in enumerate(TITLES))
    assert [item.date for item in items(f"<p>{links}<span>2024-03-05</span></p>")] == [None] * len(TITLES)
