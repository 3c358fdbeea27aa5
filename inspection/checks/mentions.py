"""Where a site names an article: items of its lists, its pages, and links, looked up by title or address."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property

import msgspec

from inspection.observation import PageFacts, PageSeen
from inspection.observation.reference import normal_title
from inspection.observation.site import CHINA

_WHOLE_TITLE = 8
"""Titles of fewer characters must agree whole; longer ones may stand within a longer one, or be cut."""
_CUT = re.compile(r"(?:…|\.{2,})\s*$")
_ALMOST_A_DAY = timedelta(hours=23, minutes=59, seconds=59)


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A place on ``page`` that names an article found at ``url``: ``first`` and ``last`` bound its date, None if it has
    none.
    """

    page: PageSeen
    title: str
    url: str | None = None
    first: datetime | None = None
    last: datetime | None = None

    @property
    def is_day(self) -> bool:
        """Whether the day is known and not the time of day."""
        return self.first != self.last


class Mentions:
    """All that the pages of one site name, each title normalised once."""

    def __init__(self, pages: Iterable[PageSeen]) -> None:
        self._by_title: dict[str, list[Mention]] = {}
        self._by_url: dict[str, list[Mention]] = {}
        self._cut: set[str] = set()
        self._normal: dict[str, str] = {}
        for page in pages:
            if page.facts is not None:
                for mention in _mentions(page, page.facts):
                    self._add(mention)

    def of(self, title: str, url: str, *, derived_words: tuple[str, ...]) -> list[Mention]:
        """What names the article: its address, its title, or a longer title around it or a cut one.

        A longer title whose own words say that it is about the article (解读…) names another text.
        """
        wanted = normal_title(title)
        found = list(self._by_url.get(url, ()))
        for name in self._names(wanted, derived_words):
            found += (mention for mention in self._by_title[name] if mention.url != url)
        return found

    def _names(self, wanted: str, derived_words: tuple[str, ...]) -> Iterator[str]:
        if wanted in self._by_title:
            yield wanted
        if len(wanted) < _WHOLE_TITLE:
            return
        for name in self._long:
            at = name.find(wanted)
            if at >= 0 and name != wanted and not any(word in name.replace(wanted, "", 1) for word in derived_words):
                yield name
        yield from (name for name in self._cut if wanted.startswith(name) and name != wanted)

    @cached_property
    def _long(self) -> list[str]:
        return [name for name in self._by_title if len(name) > _WHOLE_TITLE]

    def _add(self, mention: Mention) -> None:
        name = self._normal.get(mention.title)
        if name is None:
            name = self._normal[mention.title] = normal_title(mention.title)
            if len(name) >= _WHOLE_TITLE and _CUT.search(mention.title):
                self._cut.add(name)
        self._by_title.setdefault(name, []).append(mention)
        if mention.url is not None:
            self._by_url.setdefault(mention.url, []).append(mention)


def _mentions(page: PageSeen, facts: PageFacts) -> Iterator[Mention]:
    """Items and the page itself with their dates; then links, which have none."""
    named: set[str] = set()
    for item in facts.list_items:
        at = None if item.date is None else datetime.combine(item.date, datetime.min.time(), CHINA)
        yield _dated(page, item.title, item.url, at)
        if item.url is not None:
            named.add(item.url)
    if not facts.list_items:
        for title in {facts.meta.get("ArticleTitle", ""), facts.title or ""} - {""}:
            yield _dated(page, title, page.url, _published(facts))
    for link in facts.links:
        if link.url is not None and link.url not in named:
            named.add(link.url)
            yield Mention(page=page, title=link.text, url=link.url)


def _dated(page: PageSeen, title: str, url: str | None, at: datetime | None) -> Mention:
    """A mention at a moment; midnight is what is written where only the day is known."""
    is_day = at is not None and (at.hour, at.minute) == (0, 0)
    last = at + _ALMOST_A_DAY if at is not None and is_day else at
    return Mention(page=page, title=title, url=url, first=at, last=last)


def _published(facts: PageFacts) -> datetime | None:
    """When an article was published, to the minute where its tag says so."""
    text = facts.meta.get("PubDate", "").strip()
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=CHINA)
        except ValueError:
            continue
    day = facts.newest_item_date
    return None if day is None else datetime.combine(day, datetime.min.time(), CHINA)
