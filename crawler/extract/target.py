"""What the beginning of a link's target says of itself: its title, and whether it is what the link promises."""

import re
from html import unescape

import msgspec

from crawler.extract import kinds
from crawler.extract.charset import decode
from crawler.extract.document import Document
from crawler.extract.words import Words

_TITLE = re.compile(r"<title[^>]*>(.{0,400}?)</title", re.IGNORECASE | re.DOTALL)
_TITLE_LIMIT = 200
_PARKED = re.compile(
    r"域名(?:正在|可)?(?:出售|转让|交易|停放|待售)|(?:该|此|本)域名(?:已(?:经)?(?:过期|到期|被注册)|未绑定|可(?:以)?购买)|购买(?:此|该)域名"
    r"|(?:domain|this\s+name)\s+(?:is|may\s+be)\s+(?:for\s+sale|parked|available)|buy\s+this\s+domain|parked\s+(?:domain|free)|sedoparking|domain\s+has\s+expired",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"(?:本|该|此|原)?(?:网站|站点|本站)(?:已经?|现已|将|自[^，。]{0,16}起)[^，。]{0,12}(?:关闭|关停|停用|停止(?:运行|服务|访问|更新)|下线|注销|永久关闭)"
)
_SHORT = 500
_CLOSED_WORDS = ("关闭", "关停", "停用", "停止", "下线", "注销")
_PARKED_WORDS = ("域名", "domain", "sale", "parked", "parking", "available")
_HINTS = Words(*_CLOSED_WORDS, *_PARKED_WORDS, *kinds.GONE_WORDS)
"""Without one of these words, in lower case, a page is neither closed nor parked nor gone."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """``gone`` = only says "not found"; ``parked`` = the domain is for sale; ``closed`` = so says the site."""

    title: str | None = None
    gone: bool = False
    parked: bool = False
    closed: bool = False


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """What is seen without parsing: the title, and which of the states of a :class:`Target` are possible."""

    text: str = ""
    title: str | None = None
    may_be_gone: bool = False
    may_be_parked: bool = False
    may_be_closed: bool = False

    @property
    def is_enough(self) -> bool:
        """Whether nothing more can come of reading the page."""
        return not (self.may_be_gone or self.may_be_parked or self.may_be_closed)


def glance_at(body: bytes, content_type: str = "") -> Glance:
    """Look at the beginning of a page, at a fraction of the cost of :func:`read_glanced`. Never raises."""
    if content_type and "html" not in content_type.lower():
        return Glance()
    text, _ = decode(body, content_type)
    match = _TITLE.search(text)
    held = _HINTS.held_by(text.encode("utf-8", "replace").lower())
    return Glance(
        text=text,
        title=" ".join(unescape(match.group(1)).split())[:_TITLE_LIMIT] if match else None,
        may_be_gone=not held.isdisjoint(kinds.GONE_WORDS),
        may_be_parked=not held.isdisjoint(_PARKED_WORDS) and _PARKED.search(text) is not None,
        may_be_closed=not held.isdisjoint(_CLOSED_WORDS),
    )


def read_glanced(seen: Glance, url: str) -> Target:
    """Read a page that was glanced at. Never raises for any text; what is no page says nothing."""
    if seen.is_enough:
        return Target(title=seen.title)
    document = Document(seen.text, url)
    is_short = len(document.visible) < _SHORT
    return Target(
        title=seen.title,
        gone=seen.may_be_gone and kinds.soft_404(document),
        parked=seen.may_be_parked and is_short,
        closed=seen.may_be_closed and is_short and _CLOSED.search(document.visible) is not None,
    )


def read_target(body: bytes, url: str, content_type: str = "") -> Target:
    """Read the beginning of a page. Never raises for any bytes; what is no page says nothing."""
    return read_glanced(glance_at(body, content_type), url)
