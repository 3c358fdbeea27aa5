"""Reposts of the State Council's articles."""

from datetime import datetime, timedelta, timezone

import pytest

from inspection.findings import FindingState
from inspection.observation import ItemSeen, PageFacts, PageLink
from inspection.observation.page import ListState
from inspection.observation.reference import ReferenceArticle, normal_title

SURE, MAYBE = FindingState.ESTABLISHED, FindingState.SUSPECTED
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
        (TITLE, 11, []),
        (TITLE, 12, [SURE]),
        ("国务院办公厅关于印发互联网+政务服务工作方案的通知（全文）", 11, []),
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


def test_a_link_to_the_article_is_a_repost(observe, run):
    link = PageLink(url=ARTICLE.url, raw=ARTICLE.url, text="国务院信息", element="a", attribute="href")
    assert run("L-2", observe(facts={"links": (link,)}, references=(ARTICLE,))) == []


@pytest.mark.parametrize("published", [datetime(2026, 11, 20, 12, tzinfo=CHINA), datetime(2026, 10, 1, tzinfo=CHINA)])
def test_what_is_not_due_yet_or_long_past_is_not_asked_for(observe, run, published):
    article = ReferenceArticle(title=TITLE, url=ARTICLE.url, published_at=published)
    assert run("L-2", observe(references=(article,))) == []
