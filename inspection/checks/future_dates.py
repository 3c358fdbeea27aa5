"""Items dated after the day on which they were seen (发稿日期晚于监测时间点)."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from inspection.checks.case import Case, page_evidence
from inspection.findings import Finding, FindingState
from inspection.observation import ItemSeen, PageSeen
from inspection.observation.site import china_day
from inspection.standard import Indicator

_EVENT_TITLE = re.compile(r"预告|预报|公示期|开庭|报名|截止|截至|考试|日程|值班|停水|停电|预约|拍卖|开标|倒计时")
_EVENT_PLACE = re.compile(
    r"预告|预报|会议|活动|日程|安排|开庭|庭审|报名|考试|招聘|招标|采购|拍卖|公示|征集|访谈|直播|停水|停电|值班"
)
"""Where lists show the day of an event, a deadline or a period, not that of publication."""
_SHOWN = 10

_Listed = tuple[PageSeen, ItemSeen, date]


def future_dates(case: Case, row: Indicator, tolerance: timedelta) -> Iterable[Finding]:
    """Items dated more than ``tolerance`` after the monitoring date and after the day on which they were seen.

    Such a date makes no column or home page count as updated. Lists and titles of events are left out, and items
    whose own article shows another date; dates that a page shows without a year never lie ahead.
    """
    found = list(_ahead(case, tolerance))
    if found:
        message = f"{len(found)} 条信息的日期晚于监测时间点 {case.observations.as_of}，疑似伪造发稿日期"
        evidence = [page_evidence(page, f"“{item.title}”标注 {day}") for page, item, day in found[:_SHOWN]]
        yield case.finding(row, FindingState.SUSPECTED, message, subject="future-dates", evidence=evidence)


def _ahead(case: Case, tolerance: timedelta) -> Iterator[_Listed]:
    own_dates = {
        url: page.facts.newest_item_date
        for page in case.observations.pages
        if page.facts is not None and not page.facts.list_items
        for url in (page.url, page.final_url)
    }
    events = set(_items_of_events(case))
    met: set[str] = set()
    for page in case.observations.pages:
        limit = max(case.observations.as_of, china_day(page.fetched_at)) + tolerance
        for item in page.facts.list_items if page.facts is not None else ():
            key = item.url or item.title
            if item.date is None or item.date <= limit or key in met or key in events:
                continue
            own = own_dates.get(item.url or "")
            if _EVENT_TITLE.search(item.title) or (own is not None and own <= limit):
                continue
            met.add(key)
            yield page, item, item.date


def _items_of_events(case: Case) -> Iterator[str]:
    for page in case.observations.pages:
        if page.facts is None:
            continue
        is_event = page.depth > 0 and _EVENT_PLACE.search(case.name_of(page)) is not None
        lists = [page.facts.list_items if is_event else ()]
        lists += [column.items for column in page.facts.columns if _EVENT_PLACE.search(column.name)]
        yield from (item.url or item.title for items in lists for item in items)
