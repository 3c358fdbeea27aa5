"""Links kept from a reader's eyes, and links that are not."""

from datetime import date

import pytest

from crawler.extract import extract
from inspection.observation.page import HiddenLink, Hiding

LINK = '<a href="http://lucky.example/">开户送彩金</a>'


def hidden(page: str) -> tuple[HiddenLink, ...]:
    return extract(page.encode(), "http://www.a.gov.cn/", as_of=date(2026, 11, 23)).hidden_links


@pytest.mark.parametrize(
    ("page", "hiding"),
    [
        (f'<div style="display:none">{LINK}</div>', Hiding.NOT_DISPLAYED),
        (f'<div style="DISPLAY : None;">{LINK}</div>', Hiding.NOT_DISPLAYED),
        (f"<div hidden><p>{LINK}</p></div>", Hiding.NOT_DISPLAYED),
        (f'<p style="visibility:hidden">{LINK}</p>', Hiding.NOT_DISPLAYED),
        (f'<p style="opacity:0">{LINK}</p>', Hiding.NOT_DISPLAYED),
        (f'<style>.yc, b {{ display : none }}</style><div class="a yc">{LINK}</div>', Hiding.NOT_DISPLAYED),
        (f'<style>div#yc{{left:-9999px;position:absolute}}</style><div id="yc">{LINK}</div>', Hiding.OFF_SCREEN),
        (
            f'<div id="t1">{LINK}</div><script>document.getElementById("t1").style.display="none";</script>',
            Hiding.NOT_DISPLAYED,
        ),
        (f"<div id=t1>{LINK}</div><script>$('#t1').hide()</script>", Hiding.NOT_DISPLAYED),
        (f'<div style="position:absolute;top:-1000px">{LINK}</div>', Hiding.OFF_SCREEN),
        (f'<div style="text-indent:-9999px">{LINK}</div>', Hiding.OFF_SCREEN),
        (f'<div style="width:0;height:0px;overflow:hidden">{LINK}</div>', Hiding.ZERO_SIZE),
        (f'<div style="height:1px;overflow:hidden">{LINK}</div>', Hiding.ZERO_SIZE),
        (f'<div style="font-size:0">{LINK}</div>', Hiding.ZERO_SIZE),
        (f'<marquee width="1" height="1">{LINK}</marquee>', Hiding.ZERO_SIZE),
        (f'<p style="color:#FFF;background:#ffffff">{LINK}</p>', Hiding.SAME_COLOUR),
        (f'<p style="background-color: rgb(255, 255, 255); color: white">{LINK}</p>', Hiding.SAME_COLOUR),
        (f"<script>document.write('<div>{LINK}</div>')</script>", Hiding.BY_SCRIPT),
        ('<iframe src="http://lucky.example/" width=0 height=0></iframe>', Hiding.ZERO_SIZE),
    ],
)
def test_ways_to_hide(page: str, hiding: Hiding) -> None:
    [link] = hidden(f"<html><body>{page}</body></html>")
    assert (link.url, link.hiding) == ("http://lucky.example/", hiding)
    assert link.text in ("开户送彩金", "")


@pytest.mark.parametrize(
    "page",
    [
        LINK,
        f'<div style="opacity:0.9">{LINK}</div>',
        f'<div style="font-size:10px">{LINK}</div>',
        f'<div style="font-size:1.2em">{LINK}</div>',
        f'<div style="width:100%;height:0">{LINK}</div>',
        f'<div style="left:-10px;position:absolute">{LINK}</div>',
        f'<p style="color:#fff;background:#c00">{LINK}</p>',
        f"<style>.x{{display:none}}</style><div class=xx>{LINK}</div>",
        f"<!-- <div style='display:none'>{LINK}</div> -->",
        '<div style="display:none"><a href="#">关闭</a><a href="javascript:void(0)">收起</a></div>',
    ],
)
def test_what_can_be_seen_is_not_hidden(page: str) -> None:
    assert hidden(f"<html><body>{page}</body></html>") == ()


def test_the_nearest_reason_counts_and_ends_with_its_element() -> None:
    page = (
        "<div style='display:none'><p style='text-indent:-999px'><a href='/1'>一</a></p><a href='/2'>二</a></div>"
        "<a href='/3'>三</a><p style='opacity:0'></p><a href='/4'>四</a>"
    )
    links = extract(page.encode(), "http://www.a.gov.cn/", as_of=None).hidden_links
    assert [(link.text, link.hiding) for link in links] == [("一", Hiding.OFF_SCREEN), ("二", Hiding.NOT_DISPLAYED)]


def test_lines_lead_to_the_source() -> None:
    assert [link.line for link in hidden(f"<html>\n<body>\n<div hidden>\n{LINK}</div>")] == [4]


@pytest.mark.parametrize("style", ["x" * 2_000_000, "{" * 500_000, "}" * 500_000, "a{position:absolute" * 60_000])
def test_style_sheets_without_end_take_no_time(style: str) -> None:
    assert hidden(f"<style>{style}</style>{LINK}") == ()
