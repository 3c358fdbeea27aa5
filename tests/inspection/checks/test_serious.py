"""Serious errors: what is pointed out, how surely, and what must not be."""

from datetime import timedelta

import msgspec
import pytest

from inspection.findings import FindingState
from inspection.observation import FetchOutcome, ItemSeen, LinkOutcome, LinkSeen, LinkSource, PageFacts, PageLink
from inspection.observation.page import HiddenLink, Hiding, ListState

SURE, MAYBE = FindingState.ESTABLISHED, FindingState.SUSPECTED
ROWS = [("C15-V4", "2015"), ("N19-V1", "2019")]
BAD = "http://lucky.example/"


@pytest.fixture
def serious(observe, run):
    def call(row: str = "N19-V1", edition: str = "2019", **of):
        return run(row, observe(**of), edition)

    return call


@pytest.mark.parametrize(("row", "edition"), ROWS)
def test_a_wrong_expression_is_one_finding_with_its_places(serious, build, row, edition):
    inner = build.page(f"{build.home}a.html", PageFacts(charset="utf-8", text="在中华人民共合国成立之际"))
    [finding] = serious(row, edition, facts={"text": "庆祝 中华人民共 合国 成立"}, columns={"a": inner})
    assert (finding.state, finding.subject) == (SURE, "expression:中华人民共合国")
    assert "应为“中华人民共和国”" in finding.message
    assert [each.url for each in finding.evidence] == [build.home, inner.url]


@pytest.mark.parametrize(
    "text",
    [
        "中华人民共和国人民政府办公厅",
        "警方成功打击一个网络百家乐赌博团伙",
        "县公安局开展严禁赌博专项整治，取缔老虎机12台",
        "the occasion of spectacles",
        "",
    ],
)
def test_innocent_texts(serious, text):
    assert serious(facts={"text": text}) == []


def test_harmful_text_is_for_a_person_to_judge(serious):
    [finding] = serious(facts={"text": "注册即送彩金，百家乐在线"})
    assert (finding.state, finding.points) == (MAYBE, 0)
    assert "涉赌" in finding.message


@pytest.mark.parametrize("hiding", Hiding)
def test_hidden_harmful_links_are_found_by_their_text(serious, hiding):
    links = (HiddenLink(url=BAD, text="澳门新葡京", hiding=hiding, line=9),) * 3
    [finding] = serious(facts={"hidden_links": links})
    assert finding.state is SURE
    assert "3 条涉赌暗链" in finding.message
    assert finding.evidence[0].line == 9
    assert hiding.chinese in finding.evidence[0].excerpt


def test_hidden_menus_are_no_dark_links(serious, build):
    links = tuple(HiddenLink(url=f"{build.home}{n}/", text="信息公开", hiding=Hiding.NOT_DISPLAYED) for n in range(20))
    assert serious(facts={"hidden_links": links}) == []


def target(build, url: str, title: str) -> LinkSeen:
    source = LinkSource(page=build.home, element="a", attribute="href", text="友情链接")
    return LinkSeen(
        url=url,
        internal=False,
        outcome=LinkOutcome.OK,
        reason=FetchOutcome.OK,
        source=source,
        checked_at=build.now,
        title=title,
    )


def test_links_are_known_by_the_title_of_their_target(serious, build):
    shown = PageLink(url=BAD, raw=BAD, text="某某协会", element="a", attribute="href")
    seen = target(build, BAD, "威尼斯人娱乐-体育投注")
    [finding] = serious(facts={"links": (shown,)}, links=(seen,))
    assert (finding.state, finding.subject) == (MAYBE, f"link:{BAD}")
    hidden = HiddenLink(url=BAD, text="", hiding=Hiding.ZERO_SIZE)
    [finding] = serious(facts={"links": (shown,), "hidden_links": (hidden,)}, links=(seen,))
    assert finding.state is SURE


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"title": "Hacked By Nobody", "text": "this site was taken over"}, SURE),
        ({"title": "青山市人民政府", "text": "本站已被黑"}, SURE),
        ({"title": "澳门新葡京官网", "text": "青山市人民政府 政务公开"}, SURE),
        (
            {"title": "Best shoes online", "text": "Buy cheap running shoes online with free delivery worldwide today"},
            MAYBE,
        ),
    ],
)
def test_defacement(serious, facts, state):
    found = [finding for finding in serious(facts=facts) if finding.subject.startswith("defacement:")]
    assert [finding.state for finding in found] == [state]


@pytest.mark.parametrize(
    "facts",
    [
        {"title": "青山市人民政府", "text": "政务公开 " * 50},
        {"title": "", "text": "政务公开 " * 50},
        {"title": "Home", "text": "short"},
        {"title": "Qingshan", "text": "青山市人民政府 welcome " * 10},
    ],
)
def test_a_chinese_home_page_is_not_defaced(serious, facts):
    assert serious(facts=facts) == []


def articles(build, ages: dict[int, int]) -> dict[str, object]:
    """A column whose items are dated today, and their articles of these ages in days."""
    listed = tuple(ItemSeen(title=f"消息{n}", url=f"{build.home}t/{n}.html", date=build.as_of) for n in ages)
    column = build.page(f"{build.home}dt/", PageFacts(charset="utf-8", list_items=listed, list_state=ListState.LISTED))
    read = {
        f"a{n}": build.page(
            f"{build.home}t/{n}.html",
            PageFacts(charset="utf-8", newest_item_date=build.as_of - timedelta(days=age)),
        )
        for n, age in ages.items()
    }
    return {"dt": column, **read}


@pytest.mark.parametrize(
    ("ages", "found"),
    [
        ({1: 400, 2: 400, 3: 400}, True),
        ({1: 400, 2: 400}, False),
        ({1: 400, 2: 400, 3: 31, 4: 0, 5: 0}, True),
        ({1: 400, 2: 400, 3: 400, 4: 0, 5: 0, 6: 0, 7: 1}, False),
        ({1: 30, 2: 30, 3: 30}, False),
        ({1: 0, 2: 0, 3: 0}, False),
    ],
)
def test_old_articles_under_new_dates(serious, build, ages, found):
    findings = serious(columns=articles(build, ages))
    assert [(finding.subject, finding.state) for finding in findings] == [("faked-dates", MAYBE)] * found


@pytest.mark.parametrize(
    ("line", "found"),
    [("发布时间：{:%Y-%m-%d} 来源：本站", False), ("发布日期 {:%Y年%m月%d日}", False), ("更新时间：{:%Y-%m-%d}", True)],
)
def test_articles_that_show_the_day_of_the_list_contradict_nothing(serious, build, line, found):
    pages = articles(build, {1: 400, 2: 401, 3: 402})
    shown = {
        name: msgspec.structs.replace(
            page, facts=msgspec.structs.replace(page.facts, text=f"消息\n{line.format(build.as_of)}\n正文")
        )
        for name, page in pages.items()
        if name != "dt"
    }
    assert bool(serious(columns={**pages, **shown})) is found


def test_a_date_that_all_articles_carry_is_of_their_template(serious, build):
    pages = articles(build, {1: 400, 2: 400, 3: 400})
    column = pages["dt"]
    spread = [
        msgspec.structs.replace(item, date=build.as_of - timedelta(days=n))
        for n, item in enumerate(column.facts.list_items)
    ]
    facts = msgspec.structs.replace(column.facts, list_items=tuple(spread))
    assert serious(columns={**pages, "dt": msgspec.structs.replace(column, facts=facts)}) == []
