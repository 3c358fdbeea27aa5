"""The publication date of an article: what its tags, its line under the title, or its address say."""

import re
from collections.abc import Iterator
from datetime import date

from crawler.extract.dates import YearRule, date_alone, date_in_url, dates_within, plain
from crawler.extract.document import Document

_TAGS = (
    *("PubDate", "publishdate", "pub_date", "publish_date", "publish-date", "article:published_time"),
    *("og:release_date", "og:published_time", "datePublished", "DC.Date", "firstpublishedtime"),
)
_STRUCTURED = re.compile(r"[\"']datePublished[\"']\s*:\s*[\"']([^\"']{8,40})[\"']")
_LABELLED = re.compile(
    r"(?=[发公登上录信生成印更修编日时\s])(?P<label>发布|公布|发文|发稿|发表|公开|登载|上传|录入|信息|生成|成文|印发|更新|修改|编辑|)\s*(?P<noun>日期|时间)\s*[:：]?\s*"
    r"(?=(?P<date>(?:(?!日期|时间)[^\n]){0,24}))"
)
_OTHER_DATES = re.compile(
    r"截[止至]|考试|听证|开标|报名|放假|召开|停水|停电|有效|废止|失效|打印|开始|结束|起止|办理|受理|施行|实施|生效|活动|会议|公示|征集|访问|当前|现在|系统"
)
_RANKS = {"成文": 1, "印发": 1, "生成": 1, "": 2, "更新": 3, "修改": 3, "编辑": 3}
"""Smaller comes first; every other label says outright when the article was published."""
_ALONE = re.compile(r"(?<![^\s|｜()（）\[\]【】])(?:日期|时间)\s*[:：]")
"""A label that does not say of what; within a text its words before would (答辩时间)."""
_BESIDE = re.compile(r"来源|作者|浏览|阅读|点击|访问量|字体|字号|编辑|打印|分享")
_CLOCK = re.compile(r"今天是|现在是|当前时间|欢迎|(?:星期|周)[一二三四五六日天]")
_LINE = 120
_BEFORE = 4


def published(document: Document, rule: YearRule) -> date | None:
    """Its tag, else the line that shows it, else its address; a day of updating only where no other is shown."""
    tagged = _tagged(document, rule)
    if tagged is not None:
        return tagged
    labelled = min(_labelled(document), key=lambda found: found[0], default=None)
    if labelled is not None:
        return labelled[1]
    beside = next(_beside_source(document, rule), None)
    return beside if beside is not None else date_in_url(document.url)


def is_clock(text: str) -> bool:
    """Whether a date is that of the visit, as headers show it."""
    return _CLOCK.search(text) is not None


def _tagged(document: Document, rule: YearRule) -> date | None:
    for name in _TAGS:
        found = date_alone(document.meta_value(name) or "", rule)
        if found is not None:
            return found
    for spot, script in document.scripts:
        match = _STRUCTURED.search(script) if "json" in spot.get("type") else None
        if match is not None:
            return date_alone(match.group(1), rule)
    return None


def _labelled(document: Document) -> Iterator[tuple[int, date]]:
    """(rank, date) of labelled dates in the order of the page."""
    shown = plain(document.visible).replace("\n", " ")
    for match in _LABELLED.finditer(shown):
        label = match.group("label")
        if not label and not _ALONE.match(shown, match.start("noun")):
            continue
        if _OTHER_DATES.search(shown[max(0, match.start() - _BEFORE) : match.start()]):
            continue
        found = dates_within(match.group("date"))
        if found:
            yield _RANKS.get(label, 0), found[0]


def _beside_source(document: Document, rule: YearRule) -> Iterator[date]:
    """Dates without a label in the line under the title, which names source, readers or sizes of type."""
    texts = document.body_texts
    for number, text in enumerate(texts):
        found = dates_within(text.value) if len(text.value) <= _LINE else []
        if len(found) != 1 or is_clock(text.value) or _OTHER_DATES.search(text.value):
            continue
        around = " ".join(each.value for each in texts[max(0, number - 2) : number + 3] if len(each.value) <= _LINE)
        bare_or_source = date_alone(text.value, rule) is not None or _BESIDE.search(text.value)
        if bare_or_source and _BESIDE.search(around):
            yield found[0]
