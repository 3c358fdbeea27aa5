"""Reposts of the State Council's articles."""

from datetime import datetime, timedelta, timezone

import msgspec
import pytest

from inspection.findings import FindingState
from inspection.observation import ItemSeen, PageFacts, PageLink
from inspection.observation.page import ListState
from inspection.observation.reference import ReferenceArticle, normal_title

SURE, MAYBE, OPEN = FindingState.ESTABLISHED, FindingState.SUSPECTED, FindingState.NOT_DETERMINED
CHINA = timezone(timedelta(hours=8))
TITLE = "国务院办公厅关于印发“互联网+政务服务”工作方案的通知"
ARTICLE = ReferenceArticle(
    title=TITLE, url="http://www.gov.cn/a/1.htm", published_at=datetime(2026, 11, 10, 9, 0, tzinfo=CHINA)
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“互联网+政务服务”方案", "「互联网＋政务服务」 方案"),
        ("转载：关于做好工作的通知", "关于做好工作的通知"),
        ("关于 做好 工作的通知", "关于做好工作的通知。"),
    ],
)
def test_titles_are_compared_without_punctuation(one, other):
    assert normal_title(one) == normal_title(other)


def listed(build, title: str, day: int):
    item = ItemSeen(title=title, url=f"{build.home}1.html", date=build.as_of.replace(day=day))
    facts = PageFacts(charset="utf-8", list_items=(item,), list_state=ListState.LISTED)
    return {"国务院信息": build.page(f"{build.home}gwy/", facts)}


@pytest.mark.parametrize(
    ("title", "day", "states"),
    [
        (TITLE, 10, []),
        (TITLE, 11, [OPEN]),
        (TITLE, 12, [SURE]),
        ("国务院办公厅关于印发互联网+政务服务工作方案的通知（全文）", 10, []),
        ("国务院办公厅关于印发工作方案的通知", 10, [MAYBE]),
    ],
)
def test_within_a_day(observe, build, run, title, day, states):
    seen = observe(columns=listed(build, title, day), references=(ARTICLE,))
    assert [finding.state for finding in run("L-2", seen)] == states


@pytest.mark.parametrize(("written", "states"), [("2026-11-11 09:00", []), ("2026-11-11 09:01", [SURE])])
def test_to_the_minute_where_the_tag_says_so(observe, build, run, written, states):
    facts = PageFacts(charset="utf-8", meta={"ArticleTitle": TITLE, "PubDate": written})
    seen = observe(columns={"a": build.page(f"{build.home}1.html", facts)}, references=(ARTICLE,))
    assert [finding.state for finding in run("L-2", seen)] == states


@pytest.mark.parametrize(
    ("published", "day", "states"),
    [
        ((10, 9), 10, [OPEN]),
        ((10, 9), 11, [SURE]),
        ((10, 11), 10, [OPEN]),
        ((10, 12), 10, []),
        ((10, 13), 10, []),
        ((10, 13), 11, [OPEN]),
        ((10, 13), 12, [SURE]),
    ],
)
def test_within_half_a_day_where_only_days_are_shown(observe, build, run, published, day, states):
    article = msgspec.structs.replace(ARTICLE, published_at=datetime(2026, 11, *published, tzinfo=CHINA))
    seen = observe(columns=listed(build, TITLE, day), references=(article,))
    assert [finding.state for finding in run("L-3", seen)] == states


@pytest.mark.parametrize(("written", "states"), [("2026-11-10 21:00", []), ("2026-11-10 21:01", [SURE])])
def test_the_minute_of_the_page_tells_what_the_day_in_the_list_does_not(observe, build, run, written, states):
    facts = PageFacts(charset="utf-8", meta={"ArticleTitle": TITLE, "PubDate": written})
    columns = {**listed(build, TITLE, 10), "a": build.page(f"{build.home}1.html", facts)}
    assert [finding.state for finding in run("L-3", observe(columns=columns, references=(ARTICLE,)))] == states


@pytest.mark.parametrize(
    ("region", "indicators"), [("", ["L-2", "L-3"]), ("37", ["L-3"]), ("370600", ["L-3"]), ("11", []), ("370602", [])]
)
def test_whose_articles_bind(observe, run, region, indicators):
    article = msgspec.structs.replace(ARTICLE, region=region)
    seen = observe(references=(article,))
    assert [indicator for indicator in ("L-2", "L-3") if run(indicator, seen)] == indicators


def test_a_link_to_the_article_is_a_repost_at_nobody_knows_what_time(observe, run):
    link = PageLink(url=ARTICLE.url, raw=ARTICLE.url, text="国务院信息", element="a", attribute="href")
    [finding] = run("L-2", observe(facts={"links": (link,)}, references=(ARTICLE,)))
    assert (finding.state, "未注明时间" in finding.message) == (OPEN, True)


def test_a_list_that_links_to_the_article_and_dates_it_tells_when(observe, build, run):
    link = PageLink(url=ARTICLE.url, raw=ARTICLE.url, text="方案印发", element="a", attribute="href")
    item = ItemSeen(title="方案印发", url=ARTICLE.url, date=build.as_of.replace(day=14))
    facts = PageFacts(charset="utf-8", list_items=(item,), list_state=ListState.LISTED, links=(link,))
    seen = observe(columns={"国务院信息": build.page(f"{build.home}gwy/", facts)}, references=(ARTICLE,))
    [finding] = run("L-2", seen)
    assert (finding.state, "2026-11-14 才转载" in finding.message) == (SURE, True)


def test_a_site_that_could_not_be_read_is_not_blamed(observe, build, run):
    seen = msgspec.structs.replace(observe(references=(ARTICLE,)), pages=(build.page(build.home, None, depth=0),))
    assert [finding.state for finding in run("L-2", seen)] == [OPEN]


@pytest.mark.parametrize(
    "published",
    [
        datetime(2026, 11, 20, 12, tzinfo=CHINA),
        datetime(2026, 11, 19, 13, tzinfo=CHINA),
        datetime(2026, 10, 1, tzinfo=CHINA),
    ],
)
def test_what_is_not_due_yet_or_long_past_is_not_asked_for(observe, run, published):
    article = ReferenceArticle(title=TITLE, url=ARTICLE.url, published_at=published)
    assert run("L-2", observe(references=(article,))) == []


@pytest.mark.parametrize("title", [f"一图读懂《{TITLE}》", f"关于贯彻落实《{TITLE}》的实施意见", f"{TITLE}政策解读"])
def test_what_is_about_the_article_is_no_repost_of_it(observe, build, run, title):
    [finding] = run("L-2", observe(columns=listed(build, title, 14), references=(ARTICLE,)))
    assert (finding.state, "未见转载" in finding.message) == (MAYBE, True)


def test_a_title_around_the_article_that_says_who_passes_it_on_is_one(observe, build, run):
    assert run("L-2", observe(columns=listed(build, f"省政府转发{TITLE}", 10), references=(ARTICLE,))) == []


def test_a_list_that_cuts_titles_is_known_by_what_it_leaves(observe, build, run):
    assert run("L-2", observe(columns=listed(build, TITLE[:20] + "…", 10), references=(ARTICLE,))) == []
    [finding] = run("L-2", observe(columns=listed(build, TITLE[:20], 10), references=(ARTICLE,)))
    assert finding.state is MAYBE


@pytest.mark.parametrize(("target", "state"), [("1.html", SURE), ("2.html", OPEN)])
def test_a_late_repost_beside_one_without_date_may_have_come_in_time(observe, build, run, target, state):
    url = f"{build.home}{target}"
    link = PageLink(url=url, raw=url, text=TITLE, element="a", attribute="href")
    seen = observe(columns=listed(build, TITLE, 14), facts={"links": (link,)}, references=(ARTICLE,))
    assert [finding.state for finding in run("L-2", seen)] == [state]
