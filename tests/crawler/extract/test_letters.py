"""Lists of letters as government sites show them."""

from datetime import date

import pytest

from crawler.extract import extract
from inspection.observation.page import LetterState

A, P, U = LetterState.ANSWERED, LetterState.PENDING, LetterState.UNKNOWN
ASKED = date(2026, 5, 3)


def letters(body: str, title: str = "县长信箱") -> list[tuple[date | None, date | None, LetterState]]:
    page = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    seen = extract(page.encode(), "http://www.a.gov.cn/xx/", as_of=date(2026, 11, 23)).letters
    return [(letter.asked, letter.answered, letter.state) for letter in seen]


def table(header: str, *rows: str) -> str:
    cells = ["".join(f"<td>{cell}</td>" for cell in row.split("|")) for row in (header, *rows)]
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (table("标题|来信时间|答复时间|状态", "路灯|2026-05-03|2026-05-06|已答复"), [(ASKED, date(2026, 5, 6), A)]),
        (table("标题|来信时间|答复时间|状态", "路灯|2026-05-03|—|处理中"), [(ASKED, None, P)]),
        (table("编号|信件标题|提交日期|办理状态", "1|路灯|2026年5月3日|已办结"), [(ASKED, None, A)]),
        (
            table("编号|信件标题|提交日期|办理状态", "1|路灯|2026/5/3|待回复", "2|路|2026-05-03|已受理"),
            [(ASKED, None, P)] * 2,
        ),
        (table("主题|留言时间|回复时间", "路灯|2026-05-03 10:20|2026-05-04 09:00"), [(ASKED, date(2026, 5, 4), A)]),
        (table("主题|留言时间|回复时间", "路灯|2026-05-03|"), [(ASKED, None, P)]),
        (table("主题|时间|状态", "路灯|2026-05-03|网上公开"), [(ASKED, None, U)]),
        ("<ul><li><a href=1>路灯不亮</a><span>2026-05-03</span><em>已回复</em></li></ul>", [(ASKED, None, A)]),
        ("<ul><li><a href=1>路灯不亮</a><span>2026-05-03</span><em>未回复</em></li></ul>", [(ASKED, None, P)]),
        (
            "<ul><li>路灯不亮 留言时间：2026-05-03 回复时间：2026-05-09 回复内容：已修好</li></ul>",
            [(ASKED, date(2026, 5, 9), A)],
        ),
        ("<dl><dt>路灯不亮</dt><dd>咨询时间：2026年5月3日</dd><dd>状态：办理中</dd></dl>", [(ASKED, None, P)]),
    ],
)
def test_forms(body, expected):
    assert letters(body) == expected


@pytest.mark.parametrize(
    ("body", "states"),
    [
        ("<li><a>关于垃圾长期未处理的投诉</a> <span>2026-05-03</span> <em>已回复</em></li>", [A]),
        ("<li><a>身份证办理中遇到的问题</a> <span>2026-05-03</span> <em>已办结</em></li>", [A]),
        ("<li>问：至今未办理，请问何时能够办好？ <span>2026-05-03</span> 答：您好，已办理完毕。</li>", [A]),
        (table("标题|来信时间|状态", "路灯|2026-05-03|已转办，已办结"), [A]),
        (table("标题|来信时间|状态", "路灯|2026-05-03|处理中心已答复"), [A]),
        (table("标题|来信时间|回复", "路灯|2026-05-03|<img src=ok.gif alt=已回复>"), [A]),
        (table("标题|来信时间|回复", "路灯|2026-05-03|<i class=icon-ok></i>"), [U]),
        (table("标题|来信时间|回复时间|处理状态", "路灯|2026-05-03||<img src=ok.gif alt=已办结>"), [A]),
        (table("标题|来信时间|回复时间|处理状态", "路灯|2026-05-03||<i class=icon-ok></i>"), [U]),
        ("<li><a>县污水处理中心正式投入运行</a> <span>2026-05-03</span></li>", []),
        ("<li><a>我市正在办理第三届交流会</a> <span>2026-05-03</span></li>", []),
    ],
)
def test_what_only_sounds_unanswered(body, states):
    assert [state for _, _, state in letters(body, "政民互动")] == states


@pytest.mark.parametrize(
    "body",
    [
        table("名称|时间|地点", "会议|2026-05-03|礼堂"),
        "<ul><li><a href=1>关于修路的通知</a><span>2026-05-03</span></li></ul>",
        "<ul><li><a href=1>写信须知和办理流程说明</a></li></ul>",
    ],
)
def test_other_lists_are_no_letters(body):
    assert letters(body) == []


def test_only_places_for_letters_are_read():
    body = table("标题|来信时间|答复时间|状态", "路灯|2026-05-03|—|处理中")
    assert letters(body, title="项目审批公示").__len__() == 0
    assert len(letters(body)) == 1
