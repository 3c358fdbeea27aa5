"""Linkage with the State Council's website: reposts of its articles in time (国办发〔2014〕57号)."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Annotated

import msgspec

from inspection.checks.case import Case, page_evidence
from inspection.checks.check import Params, check
from inspection.findings import Evidence, Finding, FindingState
from inspection.observation import PageSeen
from inspection.observation.reference import ReferenceArticle, normal_title
from inspection.standard import Indicator

_CHINA = timezone(timedelta(hours=8))
_WHOLE_TITLE = 8
"""Titles of fewer characters must agree whole; longer ones may stand within a longer one."""

_Repost = tuple[PageSeen, str, datetime | None]


class RepostParams(Params, frozen=True, kw_only=True):
    """How soon an article must be reposted, and how far back is looked."""

    within_hours: Annotated[int, msgspec.Meta(ge=1, title="发布后 {} 小时内转载")]
    window_days: Annotated[int, msgspec.Meta(ge=1, title="{} 天内发布的文章")]


@check(RepostParams)
def reposts(case: Case, row: Indicator, params: RepostParams) -> list[Finding]:
    """KPI: each article of the reference list is reposted in time: its title on a list or page, or a link to it.

    Where only the day of the repost is shown, the last moment of the deadline's day still counts. A late repost is
    established; that none was found is for a person to confirm, since not every page was read.
    """
    end = datetime.combine(case.observations.as_of, datetime.max.time(), _CHINA)
    findings = []
    for article in case.observations.references:
        deadline = article.published_at + timedelta(hours=params.within_hours)
        if article.published_at < end - timedelta(days=params.window_days) or deadline > end:
            continue
        finding = _judged(case, row, article, deadline)
        if finding is not None:
            findings.append(finding)
    return findings


def _judged(case: Case, row: Indicator, article: ReferenceArticle, deadline: datetime) -> Finding | None:
    found = list(_reposts(case, article))
    if any(at is None or at <= _end_of_day(deadline, at) for _, _, at in found):
        return None
    published = f"{article.published_at.astimezone(_CHINA):%Y-%m-%d %H:%M}"
    if not found:
        evidence = [Evidence(url=article.url, excerpt=f"“{article.title}”{published} 发布，未见转载")]
        message = f"未见转载“{article.title}”"
        return case.finding(row, FindingState.SUSPECTED, message, subject=article.url, evidence=evidence)
    page, title, at = min(found, key=lambda repost: repost[2] or deadline)
    message = f"“{article.title}”{published} 发布，{at:%Y-%m-%d} 才转载"
    evidence = [page_evidence(page, f"“{title}”{at:%Y-%m-%d}")]
    return case.finding(row, FindingState.ESTABLISHED, message, subject=article.url, evidence=evidence)


def _end_of_day(deadline: datetime, at: datetime) -> datetime:
    """The deadline, or the end of its day for a repost of which only the day is known (midnight)."""
    local = at.astimezone(_CHINA)
    if (local.hour, local.minute) != (0, 0):
        return deadline
    return deadline.astimezone(_CHINA).replace(hour=23, minute=59, second=59)


def _reposts(case: Case, article: ReferenceArticle) -> Iterator[_Repost]:
    """(page, title there, when) of everything that reposts the article; when = None where only a link shows it."""
    wanted = normal_title(article.title)
    for page in case.observations.pages:
        if page.facts is None:
            continue
        for item in page.facts.list_items:
            if _agrees(wanted, item.title):
                at = datetime.combine(item.date, datetime.min.time(), _CHINA) if item.date is not None else None
                yield page, item.title, at
        if (
            _agrees(wanted, page.facts.meta.get("ArticleTitle", "") or page.facts.title or "")
            and not page.facts.list_items
        ):
            yield page, page.facts.title or "", _published(page)
        if any(link.url == article.url for link in page.facts.links):
            yield page, article.title, None


def _agrees(wanted: str, title: str) -> bool:
    found = normal_title(title)
    return found == wanted or (len(wanted) >= _WHOLE_TITLE and wanted in found)


def _published(page: PageSeen) -> datetime | None:
    """When an article was published, to the minute where its tag says so."""
    assert page.facts is not None  # the caller filters
    text = page.facts.meta.get("PubDate", "").strip()
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=_CHINA)
        except ValueError:
            continue
    day = page.facts.newest_item_date
    return None if day is None else datetime.combine(day, datetime.min.time(), _CHINA)
