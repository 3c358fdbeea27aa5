"""The articles that a site's lists name, with a digest of the text of those that were read."""

import datetime as dt
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator

import msgspec

from inspection.observation.columns import scope_of
from inspection.observation.page import ItemSeen, PageFacts, PageSeen
from inspection.observation.reference import normal_title
from inspection.observation.site import SiteObservations

_MARKS = re.compile(r"\W+")
_SENTENCE = re.compile(r"[，。；！？]")
_ABOUT_THE_PAGE = re.compile(
    r"来源|发布(?:时间|日期)|浏览|点击|阅读(?:次数|量)|访问量|字[体号]|责任编辑|打印|版权所有|ICP备|公网安备|网站标识码|"
    r"copyright|今天是|位置[：:]",
    re.IGNORECASE,
)
_SHORTEST_LINE = 16
_FURNITURE_PAGES = 3
"""A line that stands on so many pages belongs to the template, not to an article."""
_SHORTEST_TEXT = 100
"""Less text (characters) than this may be alike by chance."""


class ListedArticle(msgspec.Struct, frozen=True, kw_only=True):
    """An item of the site's lists: ``date`` is the newest shown with it, ``page`` the page that shows that date.

    ``title`` is as shown; ``digest`` as in :class:`inspection.observation.history.ItemRecord`.
    """

    title: str
    url: str
    date: dt.date | None
    page: PageSeen
    digest: str


def listed_articles(observations: SiteObservations) -> tuple[ListedArticle, ...]:
    """The articles within the site that its lists name, each address once, by address.

    A text that stands under several titles tells none of them apart and gives no digest.
    """
    shown: dict[str, tuple[ItemSeen, PageSeen]] = {}
    scope = scope_of(observations)
    for page in observations.pages:
        for item in _items(page):
            if item.url is None or not scope.contains(item.url) or scope.is_home(item.url):
                continue
            known = shown.get(item.url)
            if known is None or (item.date is not None and (known[0].date is None or known[0].date < item.date)):
                shown[item.url] = (item, page)
    digests = _digests(observations, shown)
    return tuple(
        ListedArticle(title=item.title, url=url, date=item.date, page=page, digest=digests.get(url, ""))
        for url, (item, page) in sorted(shown.items())
    )


def _items(page: PageSeen) -> Iterator[ItemSeen]:
    if page.facts is not None:
        yield from page.facts.list_items
        for column in page.facts.columns:
            yield from column.items


def _digests(observations: SiteObservations, shown: dict[str, tuple[ItemSeen, PageSeen]]) -> dict[str, str]:
    """Digests by address of the articles that were read."""
    lines = Counter(
        line
        for page in observations.pages
        if page.facts is not None
        for line in set(page.facts.text.splitlines())
        if len(line) >= _SHORTEST_LINE
    )
    furniture = {line for line, pages in lines.items() if pages >= _FURNITURE_PAGES}
    found = {
        page.url: text_digest(page.facts, furniture)
        for page in observations.pages
        if page.url in shown and page.facts is not None and not page.facts.list_items
    }
    titles: dict[str, set[str]] = {}
    for url, digest in found.items():
        titles.setdefault(digest, set()).add(normal_title(shown[url][0].title))
    return {url: digest for url, digest in found.items() if digest and len(titles[digest]) == 1}


def text_digest(facts: PageFacts, furniture: Collection[str] = ()) -> str:
    """Digest of an article's running text, or "" where there is too little of it.

    Counted are lines that hold sentences. Links, the lines about the page itself (date, source, visits, footer) and
    ``furniture`` are left out, and so are punctuation, spaces and widths; digits count: the notices of two years
    may differ in nothing else.
    """
    linked = {link.text for link in facts.links}
    text = "".join(
        _MARKS.sub("", unicodedata.normalize("NFKC", line).casefold())
        for line in facts.text.splitlines()
        if _is_running(line) and line not in furniture and line not in linked
    )
    return "" if len(text) < _SHORTEST_TEXT else hashlib.sha256(text.encode()).hexdigest()[:32]


def _is_running(line: str) -> bool:
    return len(line) >= _SHORTEST_LINE and _SENTENCE.search(line) is not None and _ABOUT_THE_PAGE.search(line) is None
