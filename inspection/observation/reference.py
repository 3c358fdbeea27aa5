"""Articles of the State Council's website that others are to repost."""

import re
import unicodedata
from datetime import datetime

import msgspec

from inspection.errors import InputRejected

_MARKS = re.compile(r"[^\w\u4e00-\u9fff]+")
_REGION = re.compile(r"(?:\d{2}){0,3}")
_PREFIX = re.compile(r"^(?:转载|转发|中国政府网|国务院)[:：丨|]?")


class ReferenceArticle(msgspec.Struct, frozen=True, kw_only=True):
    """One article of the reference list: title, canonical address, and when it was published (aware, UTC).

    ``region`` are the digits (two, four or six) of the place whose government published it; empty = the State Council.
    """

    title: str
    url: str
    published_at: datetime
    region: str = ""

    def check(self) -> None:
        """:class:`InputRejected` where a field says nothing."""
        if len(normal_title(self.title)) < 4:
            raise InputRejected(f"标题 {self.title!r} 过短，无法比对")
        if self.published_at.tzinfo is None:
            raise InputRejected("发布时间缺少时区")
        if not _REGION.fullmatch(self.region):
            raise InputRejected(f"行政区划 {self.region!r} 无效，请写 2、4 或 6 位数字，国务院的文章留空")


def normal_title(title: str) -> str:
    """A title as it is compared: one width and case, without punctuation, spaces and marks of reposting."""
    text = unicodedata.normalize("NFKC", title).casefold()
    return _MARKS.sub("", _PREFIX.sub("", text.strip()))
