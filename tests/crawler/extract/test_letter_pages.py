"""Pages of single letters as government sites write them."""

from datetime import date

import pytest

from crawler.extract import extract
from inspection.observation.page import LetterSeen, LetterState

A, P, U = LetterState.ANSWERED, LetterState.PENDING, LetterState.UNKNOWN
ASKED, ANSWERED = date(2026, 5, 3), date(2026, 5, 6)
OFFICE = "青山市住建局"
REPLY = "您好！您的来信已受理。经现场核实，路灯已于昨日修复，感谢您的关心。"


def letter(body: str, title: str = "路灯不亮-县长信箱", meta: str = "") -> LetterSeen | None:
    page = f"<html><head><title>{title}</title>{meta}</head><body>{body}</body></html>"
    return extract(page.encode(), "http://www.a.gov.cn/xx/1.html", as_of=date(2026, 11, 23)).letter


def table(**cells: str) -> str:
    rows = "".join(f"<tr><th>{label}</th><td>{value}</td></tr>" for label, value in cells.items())
    return f"<h1>路灯不亮</h1><table>{rows}</table>"


@pytest.mark.parametrize(
    "body",
    [
        table(来信时间="2026-05-03 10:20", 来信内容="请修路灯", 答复单位=OFFICE, 答复时间="2026-05-06", 答复内容=REPLY),
        table(信件标题="路灯", 写信日期="2026年5月3日", 受理部门=OFFICE, 办理结果=REPLY, 办结时间="2026年5月6日"),
        f"<p>留言时间：2026-05-03　回复单位：{OFFICE}　回复时间：2026/5/6</p><h3>回复内容</h3><p>{REPLY}</p>",
        f"<p>提交时间: 2026-05-03</p><p>请修</p><p><b>{OFFICE}回复：</b></p><p>{REPLY}</p><p>回复日期：2026-05-06</p>",
        f"<p>发布时间：2026-06-01 来信时间：2026-05-03</p><p>内容：请修</p><p>承办单位：{OFFICE}</p>"
        f"<p>答复日期：2026-05-06</p><p>答复：</p><p>{REPLY}</p>",
        f"<dl><dt>咨询时间</dt><dd>2026-05-03</dd><dt>咨询内容</dt><dd>请修路灯</dd><dt>官方回复</dt>"
        f"<dd>{REPLY}</dd><dd>{OFFICE}</dd><dd>2026年5月6日</dd></dl><p>打印 关闭</p>",
        f"<p>【来信时间】2026-05-03</p><p>【答复意见】</p><p>{REPLY}</p><p>{OFFICE} 2026-05-06</p>",
    ],
)
def test_all_four_elements(body):
    seen = letter(body)
    assert seen is not None
    assert (seen.asked, seen.answered, seen.unit, seen.has_answer, seen.state) == (ASKED, ANSWERED, OFFICE, True, A)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"来信时间": "2026-05-03", "答复时间": "2026-05-06", "答复内容": REPLY}, (ASKED, ANSWERED, None, True)),
        ({"来信时间": "2026-05-03", "答复单位": OFFICE, "答复时间": "2026-05-06"}, (ASKED, ANSWERED, OFFICE, False)),
        ({"来信内容": "请修路灯", "答复单位": OFFICE, "答复内容": REPLY}, (None, None, OFFICE, True)),
        ({"来信时间": "2026-05-03", "答复内容": ""}, (ASKED, None, None, False)),
        ({"来信时间": "2026-05-03", "答复内容": "正在处理中"}, (ASKED, None, None, False)),
    ],
)
def test_what_is_not_there_is_not_seen(cells, expected):
    seen = letter(table(**cells))
    assert seen is not None
    assert (seen.asked, seen.answered, seen.unit, seen.has_answer) == expected


@pytest.mark.parametrize(("state", "expected"), [("处理中", P), ("已答复", A), ("网上公开", U)])
def test_state_of_a_letter_without_an_answer(state, expected):
    seen = letter(table(来信时间="2026-05-03", 来信内容="请修路灯", 办理状态=state))
    assert seen is not None
    assert seen.state is expected


def test_a_letter_may_carry_the_tags_of_an_article():
    body = table(来信时间="2026-05-03", 答复单位=OFFICE, 答复内容=REPLY)
    assert letter(body, meta='<meta name="ArticleTitle" content="路灯"><meta name="PubDate" content="2026-05-06">')


@pytest.mark.parametrize(
    "body",
    [
        "<form><p>信件标题：<input></p><p>信件内容：<textarea></textarea></p><p>受理单位：<select></select></p></form>",
        "<table><tr><th>标题</th><th>来信时间</th><th>答复时间</th></tr>"
        "<tr><td>路灯</td><td>2026-05-03</td><td>2026-05-06</td></tr></table>",
        "<ul><li>路 留言时间：2026-05-03 回复时间：2026-05-06</li>"
        "<li>水 留言时间：2026-05-04 回复时间：2026-05-06</li></ul>",
        "<h1>县长信箱受理范围</h1><p>来信请写明事由，我们将及时回复。</p>",
        "<h1>关于修路的通知</h1><p>发布时间：2026-05-03 来源：办公室</p><p>请有关单位于月底前完成。</p>",
    ],
)
def test_other_pages_are_no_letters(body):
    assert letter(body) is None


def test_only_places_for_letters_are_read():
    body = f"<p>登记时间：2026-05-03</p><p>办理结果：{REPLY}</p>"
    assert letter(body)
    assert letter(body, title="项目审批公示") is None


def test_lists_say_where_their_letters_are_and_who_answers():
    body = (
        "<table><tr><td>标题</td><td>来信时间</td><td>答复单位</td><td>状态</td></tr>"
        "<tr><td><a href='2.html'>路灯</a></td><td>2026-05-03</td><td>青山市住建局</td><td>已答复</td></tr></table>"
        "<ul><li><a href='javascript:void(0)'>x</a><a href=3.html>水管</a><i>2026-05-03</i><em>已回复</em></li></ul>"
    )
    page = f"<html><head><title>县长信箱</title></head><body>{body}</body></html>"
    seen = extract(page.encode(), "http://www.a.gov.cn/xx/", as_of=date(2026, 11, 23)).letters
    assert [(each.url, each.unit) for each in seen] == [
        ("http://www.a.gov.cn/xx/2.html", OFFICE),
        ("http://www.a.gov.cn/xx/3.html", None),
    ]
