"""Articles of a site's lists, and digests by which a text is known again."""

from datetime import UTC, date, datetime

import pytest

from inspection.observation import FetchOutcome, ItemSeen, PageFacts, PageLink, PageSeen, SiteObservations
from inspection.observation.articles import listed_articles, text_digest
from inspection.registry import Site, SiteCategory

HOME = "http://www.qingshan.gov.cn/"
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
BODY = (
    "为做好今年冬季供暖工作，市政府决定自即日起开展供热设施集中检修，各有关单位要按照职责分工抓好落实。\n"
    "检修期间如遇停热，请居民拨打服务热线反映，工作人员将在二十四小时之内上门处理；对推诿扯皮的单位予以通报。\n"
    "检修共涉及 12 个小区 3400 户，预计 10 月 25 日前全部完成，完成情况将及时向社会公布，欢迎广大群众监督。"
)

ABOUT = "发布时间：2026-10-01 09:30　来源：市政府办公室　浏览次数：15，字号：大 中 小"


def facts(text: str, **rest: object) -> PageFacts:
    return PageFacts(charset="utf-8", text=text, **rest)


def site(*pages: PageSeen) -> SiteObservations:
    of = Site(code="3706000001", name="青山市", url=HOME, category=SiteCategory.CITY_PORTAL, region="370600")
    return SiteObservations(site=of, as_of=NOW.date(), pages=pages)


def page(url: str, seen: PageFacts | None, depth: int = 1) -> PageSeen:
    return PageSeen(
        url=url, final_url=url, depth=depth, fetched_at=NOW, outcome=FetchOutcome.OK, status=200, facts=seen
    )


def listing(*items: tuple[str, str, date | None]) -> PageFacts:
    listed = tuple(ItemSeen(title=title, url=url, date=day) for title, url, day in items)
    return facts("首页", list_items=listed)


@pytest.mark.parametrize(
    "text",
    [
        f"供暖通知\n{ABOUT}\n{BODY}\n版权所有：青山市人民政府，未经允许不得转载。",
        BODY.replace("，", ", ").replace("12", "１２"),
        f"{BODY}\n上一篇：关于做好秋季防火工作的通知，请点这里查看全文内容",
    ],
)
def test_dates_counters_footers_and_widths_do_not_matter(text):
    linked = PageLink(url=f"{HOME}b", raw="b", text=text.splitlines()[-1], element="a", attribute="href")
    links = (linked,) if "上一篇" in text else ()
    assert text_digest(facts(text, links=links)) == text_digest(facts(BODY)) != ""


@pytest.mark.parametrize(
    "change", [("10 月 25 日", "10 月 26 日"), ("3400", "3500"), ("供热", "供水"), ("。", "，另行通知。")]
)
def test_every_character_of_the_text_does(change):
    assert text_digest(facts(BODY.replace(*change, 1))) not in ("", text_digest(facts(BODY)))


@pytest.mark.parametrize("text", ["", "详见附件，请下载后查看。", "姓名\n职务\n电话\n" * 80])
def test_little_text_is_no_sign(text):
    assert text_digest(facts(text)) == ""


def test_each_address_once_with_its_newest_date_and_only_within_the_site():
    url, outside = f"{HOME}a.html", "http://www.other.gov.cn/a.html"
    home = listing(("甲", url, None), ("乙", outside, date(2026, 1, 1)), ("首页", HOME, None))
    column = page(f"{HOME}dt/", listing(("甲", url, date(2026, 1, 2)), ("甲", url, date(2026, 1, 1))))
    [found] = listed_articles(site(page(HOME, home, 0), column))
    assert (found.url, found.date, found.page.url, found.digest) == (url, date(2026, 1, 2), column.url, "")


def with_articles(*texts: tuple[str, str]) -> list[str]:
    """Digests of articles of these titles and texts, all on one list."""
    urls = [f"{HOME}{n}.html" for n in range(len(texts))]
    home = listing(*((title, url, None) for url, (title, _) in zip(urls, texts, strict=True)))
    read = [page(url, facts(text)) for url, (_, text) in zip(urls, texts, strict=True)]
    return [each.digest for each in listed_articles(site(page(HOME, home, 0), *read))]


def test_the_words_of_the_template_are_not_the_article():
    notice = "本站内容由各部门提供，如有错漏请与市政府办公室联系，我们将在三个工作日之内核实更正。\n" * 1
    template = "".join(notice.replace("各部门", f"各部门及第{n}组") for n in range(4))
    assert text_digest(facts(template)) != ""
    assert with_articles(("甲", template), ("乙", template), ("丙", template + BODY)) == [
        "",
        "",
        text_digest(facts(BODY)),
    ]


def test_a_text_under_several_titles_is_no_sign_but_a_copy_is():
    assert with_articles(("甲", BODY), ("乙", BODY)) == ["", ""]
    assert with_articles(("甲", BODY), ("甲", BODY)) == [text_digest(facts(BODY))] * 2
