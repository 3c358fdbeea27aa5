"""Remember what a site has shown in a round, so that later rounds know an old article when they see it."""

from collections.abc import Sequence
from datetime import date, datetime

from inspection.observation import SiteObservations
from inspection.observation.articles import ListedArticle, listed_articles
from inspection.observation.history import ItemRecord
from inspection.observation.reference import normal_title
from inspection.ports import Clock, ItemHistoryRepository

_KEPT = 200
"""Articles of one site that one round remembers: those that were read, then those of the newest date."""


def remember_items(round_id: str, seen: SiteObservations, *, history: ItemHistoryRepository, clock: Clock) -> int:
    """Add the site's articles to its history; returns how many were new. Safe to repeat: the first come stays.

    What ``seen.history`` holds already is not written again.
    """
    known = {(record.url, record.digest) for record in seen.history}
    records = _records(listed_articles(seen), code=seen.site.code, round_id=round_id, at=clock.now())
    return history.add([each for each in records if (each.url, each.digest) not in known])


def recalled(seen: SiteObservations, *, before: datetime, history: ItemHistoryRepository) -> tuple[ItemRecord, ...]:
    """What was remembered of the site before a moment, as far as it bears on the articles that were seen.

    With the opening of the round as the moment, the same records come back whatever later rounds have added.
    """
    articles = listed_articles(seen)
    urls = {each.url for each in articles}
    digests = {each.digest for each in articles if each.digest}
    return tuple(history.matching(seen.site.code, before=before, urls=urls, digests=digests))


def _records(articles: Sequence[ListedArticle], *, code: str, round_id: str, at: datetime) -> list[ItemRecord]:
    ranked = sorted(articles, key=lambda each: (bool(each.digest), each.date or date.min, each.url), reverse=True)
    return [
        ItemRecord(
            code=code,
            url=each.url,
            title=normal_title(each.title),
            digest=each.digest,
            date=each.date,
            first_seen_at=each.page.fetched_at,
            remembered_at=at,
            round_id=round_id,
        )
        for each in ranked[:_KEPT]
    ]
