"""Old articles put up again under a new date: known by when they were first seen (伪造发稿日期、旧稿重发)."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from inspection.checks.case import Case, page_evidence
from inspection.findings import Evidence, Finding, FindingState
from inspection.observation.articles import ListedArticle, listed_articles
from inspection.observation.history import ItemRecord
from inspection.observation.reference import normal_title
from inspection.observation.site import CHINA
from inspection.standard import Indicator

_OPENLY = re.compile(r"更新|修订|修正|更正|补充|续期|置顶|重发|再次|转载|继续")
"""Titles that say themselves that an earlier text comes again or has changed."""
_NUMBERS = re.compile(r"[\d一二三四五六七八九十]+")
_SHOWN = 10

_Pair = tuple[ListedArticle, ItemRecord]


def republished(case: Case, row: Indicator, gap: timedelta, minimum: int) -> Iterable[Finding]:
    """Articles that earlier rounds have seen under an earlier date, and that now claim to be newer than that visit.

    The same text under a new date, at whatever address, is put before a person. A title alone proves nothing: the
    yearly notice has the title of last year's; nor does a text whose title only another number tells from that of the
    last issue. Where at the same address the text has changed, it was updated. Where the texts cannot be compared, the
    same title at the same address under a new date counts from ``minimum`` such articles on, since content systems
    move dates too. Titles that say so openly (更新、修订、重发…) are left out.
    """
    pairs = list(_contradictions(case, gap))
    copies = [pair for pair in pairs if pair[1].digest and not _is_next_issue(pair)]
    moved = [pair for pair in pairs if not pair[1].digest]
    if copies:
        message = f"{len(copies)} 条信息与以前轮次见过的旧稿内容相同而日期更新，疑似旧稿重发"
        yield _finding(case, row, message, "republished", copies)
    if len(moved) >= minimum:
        message = f"{len(moved)} 条信息网址和标题未变，日期比以前轮次见到的更新，疑似修改发稿日期"
        yield _finding(case, row, message, "moved-dates", moved)


def _is_next_issue(pair: _Pair) -> bool:
    """Whether the titles differ in numbers alone: each issue of a periodic notice may have the text of the last."""
    title, before = normal_title(pair[0].title), pair[1].title
    return title != before and _NUMBERS.sub("", title) == _NUMBERS.sub("", before)


def _finding(case: Case, row: Indicator, message: str, subject: str, pairs: list[_Pair]) -> Finding:
    evidence = [_evidence(*pair) for pair in pairs[:_SHOWN]]
    return case.finding(row, FindingState.SUSPECTED, message, subject=subject, evidence=evidence)


def _evidence(article: ListedArticle, record: ItemRecord) -> Evidence:
    before = f"标注 {record.date}" if record.date else "未标日期"
    where = "" if record.url == article.url else f"（{record.url}）"
    return page_evidence(
        article.page,
        f"“{article.title}”现标注 {article.date}；轮次 {record.round_id} 于 {_day(record)} 已见到{where}，当时{before}",
    )


def _contradictions(case: Case, gap: timedelta) -> Iterator[_Pair]:
    """Each dated article of a current date with the earliest record that contradicts it.

    Current is what lies within the longest update window of the edition: an older date makes nothing look updated.
    """
    windows = [class_.window_days for class_ in case.edition.column_classes if class_.window_days is not None]
    start = case.observations.as_of - timedelta(days=max(windows, default=0))
    history = sorted(case.observations.history, key=lambda record: (record.first_seen_at, record.url, record.digest))
    if not history:
        return
    for article in listed_articles(case.observations):
        if article.date is None or article.date < start or _OPENLY.search(article.title):
            continue
        earlier = [record for record in history if _is_older(record, article.date, gap)]
        found = next((each for each in earlier if article.digest and each.digest == article.digest), None)
        found = found or _moved(article, earlier, history)
        if found is not None:
            yield article, found


def _is_older(record: ItemRecord, shown: date, gap: timedelta) -> bool:
    """Whether the article was there before the date that it shows now, and then under a date well before it."""
    return _day(record) < shown and (record.date is None or shown - record.date > gap)


def _moved(article: ListedArticle, earlier: list[ItemRecord], history: list[ItemRecord]) -> ItemRecord | None:
    """A record of the same address and title that had a date, unless both texts were read: then they differ."""
    if article.digest and any(each.url == article.url and each.digest for each in history):
        return None
    title = normal_title(article.title)
    same = (each for each in earlier if each.url == article.url and each.title == title and each.date is not None)
    return next(same, None)


def _day(record: ItemRecord) -> date:
    return record.first_seen_at.astimezone(CHINA).date()
