"""Links between a policy document and its interpretations (解读、图解、问答), as either page words them."""

import re
from collections.abc import Iterable

from crawler.extract.document import INTERPRETATION_HINTS, Document, Spot, Text
from crawler.extract.links import leads_somewhere

_INTERPRETATION = re.compile(
    r"解读|图解|一图[读看]?懂|图说|起草说明|政策问答|答记者问|(?<!智能)(?<!在线)(?<!知识)(?<!常见)问答"
)
_ORIGINAL = re.compile(r"原文|(?:相关|关联|解读|政策|配套)(?:的)?(?:文件|政策|文档)|文件(?:全文|链接)|《[^《》]{4,}》")
_LATEST = re.compile(r"最新|热[门点]|推荐|排行|更多|栏目|频道|专题|专栏")
"""Words over lists that stand on every page, whatever the page is about."""
_PATH = "位置"
"""Said before the columns that a page stands in (当前位置)."""
_LABEL_LENGTH = 16
_PARAGRAPH = 30
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "th", "dt", "strong", "b", "legend"})
_LIMIT = 20


def interpretation_urls(document: Document, anchors: Iterable[tuple[Spot, str]]) -> tuple[str, ...]:
    """Where the page leads to an interpretation: by a link that is named so, or that stands under such a label."""
    return _urls(document, anchors, _INTERPRETATION)


def original_urls(document: Document, anchors: Iterable[tuple[Spot, str]]) -> tuple[str, ...]:
    """Where the page leads to the text that it interprets: by such a label, or by a name in book-title marks."""
    return _urls(document, anchors, _ORIGINAL)


def _urls(document: Document, anchors: Iterable[tuple[Spot, str]], words: re.Pattern[str]) -> tuple[str, ...]:
    found = (url for anchor, label in anchors if (url := _url(document, anchor, label, words)))
    return tuple(dict.fromkeys(found))[:_LIMIT]


def _url(document: Document, anchor: Spot, label: str, words: re.Pattern[str]) -> str | None:
    if _PATH in label:
        return None
    named = f"{document.text_of(anchor)} {anchor.get('title')}"
    meant = words.search(named) or (words.search(label) and not _LATEST.search(label))
    raw = anchor.get("href")
    return document.resolve(raw) if meant and leads_somewhere(raw) else None


def labelled_anchors(document: Document) -> list[tuple[Spot, str]]:
    """Links outside menu and footer, each once, with the label above or before it; none where no word is said."""
    if not document.may_hold(INTERPRETATION_HINTS):
        return []
    found = []
    label = ""
    last = None
    for text in document.visible_texts:
        if text.spot.nav or text.spot.foot:
            continue
        anchor = text.spot.anchor
        if anchor is None:
            label = _label(text, label)
        elif anchor is not last:
            last = anchor
            found.append((anchor, label))
    return found


def _label(text: Text, before: str) -> str:
    """The label in force behind a text: a heading sets it, running text ends it, dates and the like leave it."""
    if len(text.value) > _LABEL_LENGTH:
        return "" if len(text.value) > _PARAGRAPH else before
    is_label = text.spot.tag in _HEADINGS or text.value.endswith((":", "："))
    return text.value if is_label or _INTERPRETATION.search(text.value) or _ORIGINAL.search(text.value) else before
