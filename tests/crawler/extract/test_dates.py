"""Forms in which dates are written: what each means, and what only looks like a date."""

from datetime import date

import pytest

from crawler.extract.dates import YearRule, date_alone, date_beside_title, date_in_url
from crawler.extract.document import Document
from crawler.extract.published import is_clock, published

DAY = date(2024, 3, 5)
RULE = YearRule(as_of=date(2024, 3, 6))


@pytest.mark.parametrize(
    "text",
    [
        *("2024-03-05", "2024/3/5", "2024.03.05", "2024·03·05", "2024—03—05", "2024_03_05", "20240305"),
        *("2024年3月5日", "2024年03月05日", "2024 年 3 月 5 日", "2024年3月5号", "2024-03-05 "),
        *("二〇二四年三月五日", "二○二四年三月五日", "二零二四年三月五日", "二O二四年三月五日"),
        *("２０２４－０３－０５", "２０２４年３月５日"),
        *("24-03-05", "'24.3.5", "24年3月5日"),
        *("03-05", "[03-05]", "(3月5日)", "3/5", "03.05", "03月05日", "3月5日 10:21"),
        *("2024-03-05 10:21", "2024-03-05T10:21:00+08:00", "2024-03-05T02:21:00Z", "2024-03-05 10:21:33.0"),
        *("2024年03月05日 10时21分", "2024年3月5日 10:21:05", "2024-3-5 上午10:21", "2024/03/05 10:21:00"),
        *("05 2024-03", "2024-03 05", "03-05 2024", "2024 03-05", "5日 2024年3月", "05 03月 2024"),
        *("[2024-03-05]", "【2024-03-05】", "<2024-03-05>", "［２０２４-03-05］"),
        *("发布日期：2024-03-05", "发布时间: 2024-03-05 09:30", "时间：2024年3月5日", "日期:03-05"),
        *("更新时间：2024-03-05", "2024-03-05 星期二", "2024年3月5日（星期二）"),
        *("昨天", "昨天 10:21", "1天前", "发布于1天前"),
    ],
)
def test_a_text_that_is_a_date(text: str) -> None:
    assert date_alone(text, RULE) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("今天", date(2024, 3, 6)),
        ("刚刚", date(2024, 3, 6)),
        ("前天", date(2024, 3, 4)),
        ("5分钟前", date(2024, 3, 6)),
        ("半小时前", date(2024, 3, 6)),
        ("1周前", date(2024, 2, 28)),
        ("二〇二三年十二月三十一日", date(2023, 12, 31)),
        ("二〇二三年十月二十日", date(2023, 10, 20)),
    ],
)
def test_relative_dates_and_numerals(text: str, day: date) -> None:
    assert date_alone(text, RULE) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12-31", date(2023, 12, 31)),
        ("03-07", date(2024, 3, 7)),
        ("03-08", date(2023, 3, 8)),
        ("1/2", date(2024, 1, 2)),
        ("99-03-05", date(1999, 3, 5)),
    ],
)
def test_the_year_left_out_is_the_latest_that_does_not_lie_ahead(text: str, day: date) -> None:
    assert date_alone(text, RULE) == day


def test_a_date_without_a_year_needs_a_reference_or_the_address_of_its_item() -> None:
    unknown = YearRule(as_of=None)
    assert date_alone("03-05", unknown) is None
    assert date_alone("昨天", unknown) is None
    assert date_alone("03-05", unknown, "http://www.a.gov.cn/art/2019/3/5/art_1.html") == date(2019, 3, 5)
    assert date_alone("03-05", YearRule(None, own_latest=date(2021, 4, 1))) == date(2021, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        *("2024-02-30", "2024-13-01", "2024", "2024-03", "2024年3月", "〔2024〕", "12345"),
        *("020-83123456", "0372-2024", "3-5条", "第3-5期", "3.5"),
        *("2024-03-05至2024-04-05", "2024-03-05 阅读：33", "2024-03-05 10:21 来源"),
    ],
)
def test_a_text_that_is_no_date(text: str) -> None:
    assert date_alone(text, RULE) is None


@pytest.mark.parametrize(
    "text",
    [
        *("关于做好工作的通知(2024-03-05)", "[03-05]关于做好工作的通知", "关于做好工作的通知 2024-03-05"),
        *("2024-03-05 关于做好工作的通知", "关于做好工作的通知2024-03-05", "关于做好工作的通知（3月5日）"),
    ],
)
def test_a_date_at_the_end_of_a_title(text: str) -> None:
    assert date_beside_title(text, RULE) == DAY


@pytest.mark.parametrize(
    "text",
    [
        *("2024年3月5日关于做好", "关于2024年3月5日停水的通知", "防汛通报（2024年第3期）", "2020-2024年规划"),
        "公示（2024-03-05至2024-03-12）",
    ],
)
def test_a_date_that_is_part_of_a_title(text: str) -> None:
    assert date_beside_title(text, RULE) is None


@pytest.mark.parametrize(
    "path",
    [
        *("/202403/t20240305_123.html", "/art/2024/3/5/art_12_3.html", "/2024-03/05/content_1.htm"),
        *("/2024/0305/c1.html", "/20240305/12.html", "/zwgk/202403/05/x.html", "/content/2024-03-05-12.html"),
        *("/n/20240305102133.html", "/a/2024/03/05.html", "/c20240305.html", "/2024-3-5/1.html", "?date=2024-03-05"),
    ],
)
def test_a_date_in_an_address(path: str) -> None:
    assert date_in_url("http://www.a.gov.cn" + path) == DAY


@pytest.mark.parametrize(
    "path",
    [
        *("/202403/12345.html", "/t/120240305/x", "/x/20241305/", "/content/post_4382024.html"),
        "/zwxx/2024/3/t5_1.html",
    ],
)
def test_an_address_without_a_date(path: str) -> None:
    assert date_in_url("http://www.a.gov.cn" + path) is None


def _published(body: str, head: str = "", url: str = "http://www.a.gov.cn/xw/1.html") -> date | None:
    text = f"<html><head><title>关于做好工作的通知</title>{head}</head><body>{body}</body></html>"
    return published(Document(text, url), RULE)


def test_the_tag_of_an_article_outweighs_what_is_shown() -> None:
    tag = '<meta name="PubDate" content="2024-03-05 10:00">'
    assert _published("<p>发布日期：2024-03-04</p>", tag) == DAY


def test_a_structured_description_counts_as_a_tag() -> None:
    block = '<script type="application/ld+json">{"datePublished": "2024-03-05T08:00:00"}</script>'
    assert _published("<p>正文</p>", block) == DAY


@pytest.mark.parametrize(
    "body",
    [
        "<p>更新时间：2024-03-06</p><p>发布时间：2024-03-05</p>",
        "<p>成文日期：2024年3月1日 发布日期：2024年3月5日</p>",
        "<p>截止日期：2024-03-31</p><p>日期：2024-03-05</p>",
        "<p>当前时间：2024-03-06</p><p>信息日期：2024-03-05</p>",
        "<p>考试时间：2024-04-06</p><p>发布时间：2024-03-05</p>",
        "<p>开标时间：2024-04-06</p><p>时间：2024-03-05</p>",
        "<p>2024年3月6日 星期三</p><h1>关于</h1><p>来源：办公室 2024-03-05 10:00 浏览：3</p>",
        "<p>更新日期：2024-03-05</p>",
        "<p>答辩时间：2024-04-06</p><p>来源：办公室 时间：2024-03-05</p>",
        "<p>定于下周举行，截稿时间：2024-04-06</p><p>【时间：2024-03-05】</p>",
    ],
)
def test_the_day_of_publication_among_other_days(body: str) -> None:
    assert _published(body) == DAY


def test_the_address_of_an_article_is_the_last_resort() -> None:
    assert _published("<p>正文</p>", url="http://www.a.gov.cn/202403/t20240305_1.html") == DAY


def test_days_in_the_text_of_an_article_are_not_its_publication() -> None:
    assert _published("<p>根据2023年12月1日的决定，现定于2024年3月5日停水。</p><p>版权所有 2020-2024</p>") is None


@pytest.mark.parametrize("text", ["今天是2024年3月5日", "2024年3月5日 星期二", "欢迎访问 2024-03-05"])
def test_a_running_clock(text: str) -> None:
    assert is_clock(text)
