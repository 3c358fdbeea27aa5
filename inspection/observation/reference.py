"""Articles of the State Council's website that others are to repost."""

import re
import unicodedata
from datetime import datetime

import msgspec

from inspection.errors import InputRejected

_MARKS = re.compile(r"[^\w\u4e00-\u9fff]+")
_PREFIX = re.compile(r"^(?:转载|转发|中国政府网|国务院)[:：丨|]?")


class ReferenceArticle(msgspec.Struct, frozen=True, kw_only=True):
    """One article of the reference list: title, canonical address, and when it was published (aware, UTC)."""

    title: str
    url: str
    published_at: datetime

    def check(self) -> None:
        """:class:`InputRejected` where a field says nothing."""
        if len(normal_title(self.title)) < 4:
            raise InputRejected(f"标题 {self.title!r} 过短，无法比对")
        if self.published_at.tzinfo is None:
            raise InputRejected("发布时间缺少时区")


def normal_title(title: str) -> str:
    """A title as it is compared: one width and case, without punctuation, spaces and marks of reposting."""
    text = unicodedata.normalize("NFKC", title).casefold()
    return _MARKS.sub("", _PREFIX.sub("", text.strip()))
