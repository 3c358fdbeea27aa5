"""What the beginning of a link's target says of itself: its title, and whether it is what the link promises."""

import re
from html import unescape

import msgspec

from crawler.extract import kinds
from crawler.extract.charset import decode
from crawler.extract.document import Document

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
_HINTS = tuple(
    word.encode(charset)
    for word in ("关闭", "关停", "停用", "停止", "下线", "注销")
    for charset in ("utf-8", "gb18030")
)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """``gone`` = only says "not found"; ``parked`` = the domain is for sale; ``closed`` = so says the site."""

    title: str | None = None
    gone: bool = False
    parked: bool = False
    closed: bool = False


def read_target(body: bytes, url: str, content_type: str = "") -> Target:
    """Read the beginning of a page. Never raises for any bytes; what is no page says nothing."""
    if content_type and "html" not in content_type.lower():
        return Target()
    text, _ = decode(body, content_type)
    match = _TITLE.search(text)
    title = " ".join(unescape(match.group(1)).split())[:_TITLE_LIMIT] if match else None
    is_parked = _PARKED.search(text) is not None
    may_be_gone, may_be_closed = kinds.may_say_gone(body), any(hint in body for hint in _HINTS)
    if not (is_parked or may_be_gone or may_be_closed):
        return Target(title=title)
    document = Document(text, url)
    is_short = len(document.visible) < _SHORT
    return Target(
        title=title,
        gone=may_be_gone and kinds.soft_404(document),
        parked=is_parked and is_short,
        closed=may_be_closed and is_short and _CLOSED.search(document.visible) is not None,
    )
