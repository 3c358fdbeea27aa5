"""Faked dates (伪造发稿日期): old articles that a list presents as new."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from inspection.checks.case import Case, page_evidence
from inspection.findings import Finding, FindingState
from inspection.observation import ItemSeen, PageSeen
from inspection.standard import Indicator

_SHOWN = 10
_PUBLISHED = re.compile(
    r"(?:发布|公布|发文|发稿|发表|公开|登载|上传|录入)\s*(?:日期|时间)\s*[:：]?\s*"
    r"(\d{4})\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})(?!\d)"
)

_Contradiction = tuple[PageSeen, ItemSeen, date]


def faked_dates(case: Case, row: Indicator, gap: timedelta, minimum: int) -> Iterable[Finding]:
    """Several items of lists are dated more than ``gap`` after the very articles that they lead to.

    A single contradiction is a slip; ``minimum`` of them, and at least half of the articles that could be compared,
    are put before a person. Articles that show the list's date themselves, as that of their publication, contradict
    nothing; nor does one date that all articles carry alike, whatever their lists say: it is that of their template.
    """
    compared = list(_compared(case))
    if len({own for _, _, own in compared}) == 1 and len({item.date for _, item, _ in compared}) > 1:
        return
    contradictions = [(page, item, day) for page, item, day in compared if item.date and item.date - day > gap]
    if len(contradictions) >= minimum and 2 * len(contradictions) >= len(compared):
        message = f"{len(contradictions)} 条信息在栏目中的日期晚于文章自身日期 {gap.days} 天以上，疑似旧稿重发"
        evidence = [
            page_evidence(page, f"“{item.title}”栏目日期 {item.date}，文章日期 {day}")
            for page, item, day in contradictions[:_SHOWN]
        ]
        yield case.finding(row, FindingState.SUSPECTED, message, subject="faked-dates", evidence=evidence)


def _compared(case: Case) -> Iterator[_Contradiction]:
    """(list page, item, the article's own date) of each dated item whose article was read and shows its date."""
    articles = {page.url: page for page in case.observations.pages}
    articles.update((page.final_url, page) for page in case.observations.pages)
    met: set[str] = set()
    for page in case.observations.pages:
        for item in page.facts.list_items if page.facts is not None else ():
            article = articles.get(item.url or "")
            if (
                item.date is None
                or item.url in met
                or article is None
                or article.facts is None
                or article.facts.list_items
            ):
                continue
            own = article.facts.newest_item_date
            if own is not None:
                own = item.date if _shows(article.facts.text, item.date) else own
                met.add(article.url)
                yield page, item, own


def _shows(text: str, day: date) -> bool:
    """Whether a text names the day as that of its publication."""
    return any(tuple(map(int, found)) == (day.year, day.month, day.day) for found in _PUBLISHED.findall(text))
