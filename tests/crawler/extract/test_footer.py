"""Codes and records as footers write them."""

import pytest

from crawler.extract import extract


def facts(footer: str):
    body = f'<html><head><meta charset="utf-8"><title>青山市</title></head><body>{footer}</body></html>'
    return extract(body.encode(), "http://www.qingshan.gov.cn/", as_of=None)


@pytest.mark.parametrize(
    ("footer", "code"),
    [
        ("<span>政府网站标识码：3706000001 </span>", "3706000001"),
        ("<p>网站标识码 3706000001</p>", "3706000001"),
        ("<p>网站标识码:<span>3706000001</span></p>", "3706000001"),
        ("<p>网站标识：3706000001　备案号</p>", "3706000001"),
        ("<p>网站标识码：BM07000001</p>", "bm07000001"),
        ("<p>政府网站标识码：370600000012</p>", None),
        ("<p>党政机关标识 3706000001</p>", None),
        ("<!-- 网站标识码：3706000001 -->", None),
    ],
)
def test_site_code(footer, code):
    assert facts(footer).site_code == code


@pytest.mark.parametrize(
    ("footer", "record"),
    [
        ("ICP备案编号：鲁ICP备14005922号－1", "鲁ICP备14005922号－1"),
        ("<p>鲁ICP备：12004267</p>", "鲁ICP备：12004267"),
        ("<a>鲁ICP备 04000001号</a>", "鲁ICP备 04000001号"),
        ("ICP备案：办理中", None),
    ],
)
def test_icp_record(footer, record):
    assert facts(footer).icp == record


LINK = "http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=37060202000001"
MPS = "https://beian.mps.gov.cn/#/query/webSearch?code=37060202000001"


@pytest.mark.parametrize(
    ("footer", "record"),
    [
        (f'<a href="{LINK}">鲁公网安备 37060202000002号</a>', "鲁公网安备 37060202000002号"),
        ("鲁公网安备：37060202000001号", "鲁公网安备：37060202000001号"),
        ("鲁公安备：37060202000001号", "鲁公安备：37060202000001号"),
        (f'<a href="{LINK}"><img src="/police.png"></a>', "37060202000001"),
        (f'<a href="{MPS}"><img src="/police.png"></a>', "37060202000001"),
        (f'<!-- <a href="{LINK}">鲁公网安备 37060202000001号</a> -->', None),
        ('<a href="http://www.beian.gov.cn/">公安机关备案</a>', None),
    ],
)
def test_police_record(footer, record):
    assert facts(footer).police_record == record
