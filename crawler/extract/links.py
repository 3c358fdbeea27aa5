"""Every reference of a page, by element and attribute, with its line."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape

from crawler.extract.document import Document, Spot
from inspection.observation import PageLink
from inspection.registry.address import scheme_of

# All attributes of HTML that refer to something that is fetched or followed.
_REFERRING: dict[str, tuple[str, ...]] = {
    "a": ("href",),
    "area": ("href",),
    "img": ("src", "srcset", "data-src", "data-original"),
    "script": ("src",),
    "link": ("href",),
    "iframe": ("src",),
    "frame": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "input": ("src",),
    "form": ("action",),
}
_WITH_CONDITIONS = frozenset({"img", "source", "link", "input"})
"""Where an attribute may hold several references, or none."""
_ELSEWHERE = frozenset({"background", "style", "onclick"})
"""Attributes in which any element may refer to something."""
_WRITTEN_WITHIN = frozenset({"style", "meta"})
_LINK_RELATIONS = re.compile(r"stylesheet|icon|alternate|manifest|preload|apple-touch", re.IGNORECASE)
_NOT_FOLLOWED = frozenset({"javascript", "mailto", "tel", "data", "about", "sms", "blob", "file", "callto", "fax"})
_CSS_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)", re.IGNORECASE)
_CLICK = re.compile(
    r"(?:window\.open\s*\(|(?:window\.|document\.|self\.|top\.|parent\.)?location(?:\.href)?\s*=\s*)\s*[\"']([^\"'+]+)[\"']",
)
_REFRESH = re.compile(r"url\s*=\s*[\"']?([^\"'>]+)", re.IGNORECASE)
_TEMPLATE = re.compile(r"\{\{|\}\}|\{\$|<%|\$\{|\{%|^\s*\{[a-zA-Z.]+\}")
_ESCAPED = re.compile("[&<>]")
_TEXT_LIMIT = 200
_KEPT_LENGTH = 512
MOST_LINKS = 20_000
_MOST_CHARACTERS = 4_000_000
"""References of one page that are noted, and characters of their addresses: a long base makes short ones long."""
_SEARCHED = 100_000_000
"""How many characters are searched in vain for values that a page does not write as they read."""


def links_of(document: Document, *, shown_in: str | None = None) -> tuple[PageLink, ...]:
    """All references in document order; what leads nowhere by design (``#``, ``javascript:``, ``mailto:``) is none.

    The first 20,000 of a page, fewer where their addresses are long.
    ``shown_in`` is the source in which the document itself stands, whose lines are given.
    """
    lines = Lines(document.source if shown_in is None else shown_in)
    links: list[PageLink] = []
    characters = 0
    for spot, attribute, raw in _written(document):
        url = document.resolve(raw)
        link = PageLink(
            url=url,
            raw=raw[: _TEXT_LIMIT * 10],
            text=_text(document, spot),
            element=spot.tag,
            attribute=attribute,
            line=lines.of(raw),
        )
        characters += len(link.raw) + len(url or "")
        if len(links) == MOST_LINKS or characters > _MOST_CHARACTERS:
            break
        links.append(link)
    return tuple(links)


def _written(document: Document) -> Iterator[tuple[Spot, str, str]]:
    """(element, attribute, value) of all that refers to something."""
    for spot in document.spots:
        tag, attributes = spot.tag, spot.attributes
        if not attributes and tag != "style":
            continue
        for name in _REFERRING.get(tag, ()):
            value = attributes.get(name)
            if value:
                for raw in _values(spot, name, value) if tag in _WITH_CONDITIONS else (value,):
                    if leads_somewhere(raw):
                        yield spot, name, raw
        if tag in _WRITTEN_WITHIN or not _ELSEWHERE.isdisjoint(attributes):
            for name, raw in _further(spot):
                if leads_somewhere(raw):
                    yield spot, name, raw


def _values(spot: Spot, name: str, value: str) -> Sequence[str]:
    """The references in an attribute of those by which the element refers to something."""
    if name == "srcset":
        return [part.split()[0] for part in value.split(",") if part.split()]
    if spot.tag == "link" and not _LINK_RELATIONS.search(spot.get("rel")):
        return ()
    if spot.tag == "input" and spot.get("type").lower() != "image":
        return ()
    return (value,)


def _further(spot: Spot) -> Iterator[tuple[str, str]]:
    """References where any element may have them, and those that a style sheet or a refresh holds."""
    background = spot.get("background")
    if background:
        yield "background", background
    style = spot.get("style")
    if "url(" in style:
        yield from (("style", found) for found in _CSS_URL.findall(style))
    click = spot.get("onclick")
    if click:
        yield from (("onclick", found) for found in _CLICK.findall(click) if found.strip())
    if spot.tag == "style":
        yield from (("style", found) for found in _CSS_URL.findall(spot.node.text(deep=True) or ""))
    if spot.tag == "meta" and spot.get("http-equiv").lower() == "refresh":
        match = _REFRESH.search(spot.get("content"))
        if match:
            yield "content", match.group(1).strip()


def leads_somewhere(raw: str) -> bool:
    """Whether a reference is meant to lead to a document at all."""
    # Long ones are pictures written out (data:); nobody asks for the same twice, and thousands would fill the memory.
    return _leads_somewhere_kept(raw) if len(raw) <= _KEPT_LENGTH else _leads_somewhere(raw)


def _leads_somewhere(raw: str) -> bool:
    text = raw.strip()
    if not text or text.startswith("#") or _TEMPLATE.search(text):
        return False
    return scheme_of(text) not in _NOT_FOLLOWED


_leads_somewhere_kept = lru_cache(maxsize=65536)(_leads_somewhere)


def _text(document: Document, spot: Spot) -> str:
    if spot.tag in ("a", "area"):
        text = document.text_of(spot) or spot.get("title") or spot.get("alt")
        if not text:
            inner = spot.node.css_first("img[alt], img[title]")
            text = (inner.attributes.get("alt") or inner.attributes.get("title") or "") if inner is not None else ""
        return text[:_TEXT_LIMIT]
    return (spot.get("alt") or spot.get("title"))[:_TEXT_LIMIT]


class Lines:
    """Line of a written value, found by one forward scan: values come in document order."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._position = 0
        self._line = 1
        self._budget = _SEARCHED

    def of(self, raw: str) -> int:
        """Line from 1 of the next place where ``raw`` stands; 0 where it cannot be found as written."""
        found = self._find(raw)
        if found < 0 and _ESCAPED.search(raw):
            found = self._find(escape(raw, quote=False))
        if found < 0:
            return 0
        self._line += self._source.count("\n", self._position, found)
        self._position = found
        return self._line

    def _find(self, written: str) -> int:
        found = self._source.find(written, self._position) if self._budget > 0 else -1
        if found < 0:
            self._budget -= len(self._source) - self._position
        return found
