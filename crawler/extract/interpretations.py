"""Links between a policy document and its interpretations (解读、图解、问答), as either page words them."""

import re
from collections.abc import Iterable

import msgspec

from crawler.extract import hints
from crawler.extract.document import Document, Spot, Text
from crawler.extract.links import leads_somewhere

_INTERPRETATION = re.compile(
    r"解读|图解|一图[读看]?懂|图说|起草说明|政策问答|答记者问|问答(?<!智能问答)(?<!在线问答)(?<!知识问答)(?<!常见问答)"
)
_ORIGINAL = re.compile(
    "|".join(f"{word}的?(?:文件|政策|文档)" for word in ("相关", "关联", "解读", "政策", "配套"))
    + "|原文|文件(?:全文|链接)|《[^《》]{4,}》"
)
_LATEST = re.compile(r"最新|热[门点]|推荐|排行|更多|栏目|频道|专题|专栏")
"""Words over lists that stand on every page, whatever the page is about."""
_PATH = "位置"
"""Said before the columns that a page stands in (当前位置)."""
_LABEL_LENGTH = 16
_PARAGRAPH = 30
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "th", "dt", "strong", "b", "legend"})
_LIMIT = 20


class Labelled(msgspec.Struct, frozen=True):
    """A link by its own words, and the label that it stands under."""

    anchor: Spot
    named: str
    label: str


def interpretation_urls(document: Document, anchors: Iterable[Labelled]) -> tuple[str, ...]:
    """Where the page leads to an interpretation: by a link that is named so, or that stands under such a label."""
    return _urls(document, anchors, _INTERPRETATION)


def original_urls(document: Document, anchors: Iterable[Labelled]) -> tuple[str, ...]:
    """Where the page leads to the text that it interprets: by such a label, or by a name in book-title marks."""
    return _urls(document, anchors, _ORIGINAL)


def _urls(document: Document, anchors: Iterable[Labelled], words: re.Pattern[str]) -> tuple[str, ...]:
    found = (url for each in anchors if (url := _url(document, each, words)))
    return tuple(dict.fromkeys(found))[:_LIMIT]


def _url(document: Document, link: Labelled, words: re.Pattern[str]) -> str | None:
    label = link.label
    if not words.search(link.named) and (not label or not words.search(label) or _LATEST.search(label)):
        return None
    raw = link.anchor.get("href")
    return document.resolve(raw) if leads_somewhere(raw) else None


def labelled_anchors(document: Document) -> list[Labelled]:
    """Links outside menu and footer, each once, with the label above or before it; none where no word is said.

    Those of the path to the page are left out.
    """
    if not document.may_hold(hints.INTERPRETATION):
        return []
    found = []
    label = ""
    last = None
    for text in document.body_texts:
        anchor = text.spot.anchor
        if anchor is None:
            label = _label(text, label)
        elif anchor is not last:
            last = anchor
            if _PATH not in label:
                found.append(Labelled(anchor, f"{document.text_of(anchor)} {anchor.get('title')}", label))
    return found


def _label(text: Text, before: str) -> str:
    """The label in force behind a text: a heading sets it, running text ends it, dates and the like leave it."""
    if len(text.value) > _LABEL_LENGTH:
        return "" if len(text.value) > _PARAGRAPH else before
    is_label = text.spot.tag in _HEADINGS or text.value.endswith((":", "："))
    return text.value if is_label or _INTERPRETATION.search(text.value) or _ORIGINAL.search(text.value) else before
