"""Links that lead elsewhere than they say: what is doubted, and the many innocent ones."""

from decimal import Decimal

import pytest

from inspection.findings import FindingState
from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, LinkSource, PageFacts, PageLink

ELSEWHERE = "http://www.jinhaian.com/"
CASINO = "金海岸休闲会所 - 预订热线"


def linked(text, url=ELSEWHERE, element="a"):
    return PageLink(url=url, raw=url, text=text, element=element, attribute="href", line=3)


def checked(build, title, url=ELSEWHERE, outcome=LinkOutcome.OK, final_url=None):
    return LinkSeen(
        url=url,
        internal=False,
        outcome=outcome,
        reason=FetchOutcome.OK,
        source=LinkSource(page=build.home, element="a", attribute="href"),
        checked_at=build.now,
        final_url=final_url or url,
        title=title,
    )


@pytest.fixture
def doubted(observe, build, run):
    def ask(text, title, **of) -> bool:
        seen = observe(facts={"links": (linked(text, of.get("url", ELSEWHERE)),)}, links=(checked(build, title, **of),))
        return bool(run("C15-D2b", seen))

    return ask


@pytest.mark.parametrize(
    "text",
    [
        "沂水县人民政府",
        "市教育局",
        "中国政府网",
        "国家发展和改革委员会",
        "市发改委",
        "省财政厅",
        "青山市政府门户网站",
        "高新区管委会",
    ],
)
def test_an_organ_that_is_something_else_is_doubted(doubted, text):
    assert doubted(text, CASINO)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("沂水县人民政府", "沂水县门户网站"),
        ("卫健委", "某市卫生健康委员会"),
        ("人社局", "人力资源和社会保障局"),
        ("中国气象局", "首页-中国天气网"),
        ("市教育局", "首页"),
        ("市教育局", "欢迎访问门户网站"),
        ("市教育局", "用户登录"),
        ("市教育局", "Education Bureau"),
        ("市教育局", None),
        ("友好单位", CASINO),
        ("市供电局", CASINO),
        ("中华书局", CASINO),
        ("网上办事大厅", CASINO),
        ("市纪工委", CASINO),
        ("市消费者权益保护委员会", CASINO),
        ("某市教育局召开工作会议", CASINO),
    ],
)
def test_whose_title_fits_or_says_nothing_or_which_names_no_organ(doubted, text, title):
    assert not doubted(text, title)


@pytest.mark.parametrize(
    "of",
    [
        {"url": "http://www.other.gov.cn/"},
        {"url": "http://www.other.gov.cn.localhost:8080/"},
        {"url": "http://zx.qingshan.gov.cn/"},
        {"final_url": "http://www.other.gov.cn/"},
        {"url": "https://weibo.com/u/1"},
        {"outcome": LinkOutcome.BROKEN},
        {"outcome": LinkOutcome.UNDETERMINED},
    ],
)
def test_government_own_and_unread_targets_are_not_doubted(doubted, of):
    assert not doubted("市教育局", CASINO, **of)


def test_a_government_address_that_leads_out_is_doubted(doubted):
    assert doubted("市教育局", CASINO, url="http://jyj.other.gov.cn/", final_url=ELSEWHERE)


@pytest.mark.parametrize(
    ("text", "url", "is_doubted"),
    [
        ("http://www.other.gov.cn", "http://www.jinhaian.com/", True),
        ("http://www.miibeian.gov.cn", "https://beian.miit.gov.cn/", False),
        ("http://www.miibeian.gov.cn", "http://www.jinhaian.com/", True),
        ("www.other.gov.cn/zwgk/", "http://www.third.gov.cn/", True),
        ("HTTP://www.other.gov.cn:8080/a", "http://jinhaian.localhost:81/", True),
        ("http://www.other.gov.cn", "https://zwgk.other.gov.cn/a", False),
        ("http://www.gov.cn", "http://gov.cn/", False),
        ("http://www.other.gov.cn", "http://www.qingshan.gov.cn/out?to=1", False),
        ("http://www.other.gov.cn", "http://safe.com/?to=www.other.gov.cn", False),
        ("http://www.other.com.cn", "http://a.other.com.cn/", False),
        ("http://www.other.com.cn", "http://www.third.com.cn/", True),
        ("office@other.gov.cn", "http://www.jinhaian.com/", False),
        ("readme.txt", "http://www.jinhaian.com/a", False),
        ("详见 http://www.other.gov.cn", "http://www.jinhaian.com/", False),
        ("http://www.other.g...", "http://www.jinhaian.com/", False),
    ],
)
def test_an_address_that_is_another(observe, run, text, url, is_doubted):
    found = run("C15-D2b", observe(facts={"links": (linked(text, url),)}))
    assert [finding.subject for finding in found] == [url] * is_doubted


def test_only_what_a_reader_follows_is_looked_at(observe, build, run):
    seen = observe(facts={"links": (linked("市教育局", element="img"),)}, links=(checked(build, CASINO),))
    assert run("C15-D2b", seen) == []


def test_once_per_target_at_the_price_of_its_place_and_never_established(observe, build, run):
    inner = build.page(f"{build.home}in.html", PageFacts(charset="utf-8", links=(linked("市教育局"), linked("更多"))))
    links = (checked(build, CASINO),)
    for edition, row in (("2015", "C15-D2b"), ("2019", "N19-D17b")):
        [elsewhere] = run(row, observe(columns={"a": inner}, links=links), edition)
        both = observe(facts={"links": (linked("市教育局"),)}, columns={"a": inner}, links=links)
        [home] = run(row, both, edition)
        assert (elsewhere.price, home.price, home.points) == (Decimal("0.1"), Decimal(1), 0)
        assert home.state is FindingState.SUSPECTED
        assert [place.url for place in home.evidence] == [build.home, inner.url]
        assert "金海岸" in home.message
