"""Linkage with higher levels: reposts of their articles in time (国办发〔2014〕57号、国办发〔2017〕47号)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from inspection.checks.case import Case, page_evidence
from inspection.checks.check import Params, check
from inspection.checks.mentions import Mention
from inspection.findings import Evidence, Finding, FindingState
from inspection.observation.reference import ReferenceArticle
from inspection.observation.site import CHINA
from inspection.standard import Indicator


class Publisher(StrEnum):
    """Whose articles are to be reposted."""

    STATE_COUNCIL = "state_council"
    OWN_REGION = "own_region"

    @property
    def chinese(self) -> str:
        """As tables print it."""
        return {"state_council": "国务院", "own_region": "所在地区上级和本级政府"}[self.value]


class RepostState(StrEnum):
    """How one site stands with one article."""

    IN_TIME = "in-time"
    LATE = "late"
    UNCLEAR = "unclear"
    NOT_SEEN = "not-seen"


class RepostParams(Params, frozen=True, kw_only=True):
    """How soon an article must be reposted, how far back is looked, and whose articles count."""

    within_hours: Annotated[int, msgspec.Meta(ge=1, title="发布后 {} 小时内转载")]
    window_days: Annotated[int, msgspec.Meta(ge=1, title="{} 天内发布的文章")]
    publishers: Annotated[tuple[Publisher, ...], msgspec.Meta(min_length=1, title="由{}发布")] = (
        Publisher.STATE_COUNCIL,
    )
    derived_words: Annotated[tuple[str, ...], msgspec.Meta(title="标题另含{}的不算转载")] = ()


@check(RepostParams)
def reposts(case: Case, row: Indicator, params: RepostParams) -> list[Finding]:
    """KPI: each article of the reference list is reposted in time: its title on a list or page, or a link to it.

    国办发〔2014〕57号: 国务院通过中国政府网发布的重要政策信息，24小时内转载; 国办发〔2017〕47号: 上级和本级政府门户网站
    发布的重要政策信息，12小时内转载. A late repost is established. That none was found is for a person to confirm,
    since not every page was read. Where only the day is shown and the deadline falls on it, or nothing is shown, it
    is not determined whether a repost came in time.
    """
    found = (_finding(case, row, article, params) for article in _due(case, params))
    return [finding for finding in found if finding is not None]


def repost_states(case: Case, row: Indicator, findings: Iterable[Finding]) -> dict[str, RepostState]:
    """How the site stands with each article that was due, by the article's address.

    ``findings`` are those of :func:`reposts` under ``row`` as they stand after review: who dismisses one says that the
    article was reposted in time.
    """
    blamed = {finding.subject for finding in findings if finding.state is not FindingState.DISMISSED}
    due = _due(case, msgspec.convert(row.params, RepostParams))
    return {
        article.url: next((state for state in RepostState if _subject(state, article) in blamed), RepostState.IN_TIME)
        for article in due
    }


def _due(case: Case, params: RepostParams) -> Iterator[ReferenceArticle]:
    """Articles that bind the site and whose deadline had passed when its pages were fetched."""
    end = datetime.combine(case.observations.as_of, datetime.max.time(), CHINA)
    seen_at = min((page.fetched_at for page in case.observations.pages if page.facts is not None), default=end)
    earliest, latest = end - timedelta(days=params.window_days), min(end, seen_at)
    for article in case.observations.references:
        deadline = article.published_at + timedelta(hours=params.within_hours)
        if article.published_at >= earliest and deadline <= latest and _binds(article, case, params.publishers):
            yield article


def _binds(article: ReferenceArticle, case: Case, publishers: tuple[Publisher, ...]) -> bool:
    if not article.region:
        return Publisher.STATE_COUNCIL in publishers
    return Publisher.OWN_REGION in publishers and case.observations.site.region.startswith(article.region)


def _finding(case: Case, row: Indicator, article: ReferenceArticle, params: RepostParams) -> Finding | None:
    found = case.mentions.of(article.title, article.url, derived_words=params.derived_words)
    state = _state(found, article.published_at + timedelta(hours=params.within_hours))
    if state is RepostState.IN_TIME:
        return None
    published = f"“{article.title}”{article.published_at.astimezone(CHINA):%Y-%m-%d %H:%M} 发布"
    if not found:
        was_read = any(page.facts is not None for page in case.observations.pages)
        state = RepostState.NOT_SEEN if was_read else RepostState.UNCLEAR
        message = f"未见转载“{article.title}”" if was_read else f"{published}，网站未能读取，无法查找转载"
        evidence = Evidence(url=article.url, excerpt=published)
    else:
        first = min(found, key=lambda repost: (repost.first is None, repost.first))
        late = f"{_shown(first)} 才转载"
        unclear = f"已转载（{_shown(first)}），无法判断是否在 {params.within_hours} 小时内"
        message = f"{published}，{late if state is RepostState.LATE else unclear}"
        evidence = page_evidence(first.page, f"“{first.title}”{_shown(first)}")
    subject = _subject(state, article)
    return case.finding(row, _FINDING_STATES[state], message, subject=subject, evidence=[evidence])


_FINDING_STATES = {
    RepostState.LATE: FindingState.ESTABLISHED,
    RepostState.NOT_SEEN: FindingState.SUSPECTED,
    RepostState.UNCLEAR: FindingState.NOT_DETERMINED,
}


def _subject(state: RepostState, article: ReferenceArticle) -> str:
    return f"{state.value}:{article.url}"


def _shown(repost: Mention) -> str:
    if repost.first is None:
        return "未注明时间"
    return f"{repost.first:%Y-%m-%d}" if repost.is_day else f"{repost.first:%Y-%m-%d %H:%M}"


def _state(found: list[Mention], deadline: datetime) -> RepostState:
    """Where the minute of a repost is known, lists that show its day alone say nothing more.

    Late is only what nothing contradicts: a repost elsewhere that shows no date may have come in time.
    """
    to_the_minute = {each.first.date() for each in found if each.first is not None and not each.is_day}
    dated = [(r.first, r.last) for r in found if r.first and not (r.is_day and r.first.date() in to_the_minute)]
    if any(last is not None and last <= deadline for _, last in dated):
        return RepostState.IN_TIME
    dated_urls = {each.url for each in found if each.first is not None}
    undated = any(each.first is None and each.url not in dated_urls for each in found)
    if dated and not undated and all(first > deadline for first, _ in dated):
        return RepostState.LATE
    return RepostState.UNCLEAR if found else RepostState.NOT_SEEN
