"""What kind of page it is: a stub that moves on, a page that only says "not found", an article, a column."""

import re
from urllib.parse import urlsplit

from crawler.extract import hints
from crawler.extract.document import Document, Text
from inspection.observation.page import ListState

_REFRESH = re.compile(r"^\s*(\d+(?:\.\d+)?)?\s*[;,]?\s*url\s*=\s*[\"']?([^\"'>]+)", re.IGNORECASE)
_REFRESH_WITHIN_S = 10
_WRITTEN_REFRESH = re.compile(r"http-equiv\\?=?[\"'\\\s]*refresh[^>]*url\s*=\s*\\?[\"']?([^\"'>\\]+)", re.IGNORECASE)
_MOVE = re.compile(
    r"(?:location(?:\.href)?\s*=\s*|location\.(?:replace|assign)\s*\(\s*|window\.open\s*\(\s*)[\"']([^\"'+]+)[\"']"
)
_STUB_TEXT = 120
_GONE = re.compile(
    r"(?:页面|网页|文件|文章|内容|信息|栏目|资源|地址|网址|链接)[^\s，。,!！]{0,8}(?:不存在|没有?找到|未找到|找不到|已(?:被)?删除|已(?:被)?移除|已失效|无法找到|走丢|飞走)"
    r"|(?:找不到|未找到|没有找到|无法找到|不存在)[^\s，。,!！]{0,10}(?:页面|网页|文件|内容|文章|信息|资源)"
    r"|(?:page|file|resource)[^.]{0,20}not\s+(?:be\s+)?found|\bnot\s+found\b|(?:^|[^\d])404(?:[^\d]|$)"
    r"|(?:网站|站点)(?:已|暂时)?(?:关闭|关停|停用)|(?:访问|请求)的(?:页面|网站|地址)(?:有误|出错|错误)",
    re.IGNORECASE,
)
_GONE_TITLE = re.compile(
    r"^\W*(?:404|错误|出错|页面不存在|找不到|not\s+found|error)|\b404\b|页面(?:不存在|未找到)|not\s+found",
    re.IGNORECASE,
)
_SHORT_PAGE = 600
_VERY_SHORT_PAGE = 160
_SHORT_CONTENT = 100
"""A column page with more than that to read beside links is a text, a table or a form, not a blank list."""
_WRITTEN_PAGE = 400
_BLANK = re.compile(
    r"(?:暂无|还没有|没有|无)(?:任何|相关|此类|该类|该栏目)?(?:数据|信息|内容|记录|文章|文档|新闻|资料|公开信息)"
    r"|(?:栏目|内容|信息|页面)(?:正在)?(?:建设|维护|更新|完善|整理)中|该栏目(?:下)?(?:暂|没有|无)|敬请期待|no\s+data|no\s+records?",
    re.IGNORECASE,
)
_PLACE = re.compile(r"(?:当前|您?现?在?的?|你的?|所在)位置|您在这里|当前栏目|首页\s*(?:>|»|→|/|＞|›|-&gt;)")
_FETCHES = re.compile(
    r"\$\.(?:ajax|get|post|getJSON)\b|\bfetch\s*\(|XMLHttpRequest|axios|\.load\s*\(|new\s+Vue|createApp|ReactDOM|jpage|"
    r"laytpl|v-for|ng-repeat|createElement\s*\(\s*[\"']script"
)
_WRITES = re.compile(r"\.innerHTML\s*\+?=|\.append(?:Child)?\s*\(|\.html\s*\(|insertAdjacentHTML")
_PLACEHOLDER = re.compile(r"\{\{[^}]{1,80}\}\}|\{\$[\w.]+\}|<%=|\$\{[\w.]+\}|v-for=|ng-repeat=")
_PUBLICATION = re.compile(r"(?:发布|发文|更新|时间|日期|来源|信息来源|作者|浏览)[^\n]{0,6}[:：]")
_COUNTERS = ("hm.baidu.com", "cnzz.com", "_trackData")
_COUNTER_LENGTH = 800
"""Snippets that count visits load scripts of others, which write nothing."""
_ARTICLE_META = ("ArticleTitle", "PubDate")
_HOME_PATH = re.compile(r"^/(?:(?:index|default|main|home)[\w]*\.\w{2,5})?$", re.IGNORECASE)


def redirect_url(document: Document) -> str | None:
    """Where the page moves on to by itself: a quick meta refresh, or a script in a page that has nothing to read."""
    for spot in document.all("meta"):
        if spot.get("http-equiv").lower() == "refresh":
            match = _REFRESH.search(spot.get("content"))
            if match and float(match.group(1) or 0) <= _REFRESH_WITHIN_S:
                return _elsewhere(document, match.group(2))
    if len(document.visible) > _STUB_TEXT or document.all("frame"):
        return None
    for _, script in document.scripts:
        for pattern in (_WRITTEN_REFRESH, _MOVE):
            match = pattern.search(script)
            if match:
                return _elsewhere(document, match.group(1))
    return None


def _elsewhere(document: Document, raw: str) -> str | None:
    target = document.resolve(raw.strip())
    return None if target == document.url else target


GONE_WORDS = (
    *("404", "not found", "not be found", "error"),
    *("不存在", "找不到", "未找到", "找到", "删除", "移除", "失效", "关闭"),
    *("关停", "停用", "错误", "出错", "有误", "走丢", "飞走"),
)
"""Without one of them, in lower case, :func:`soft_404` cannot be met."""


def soft_404(document: Document) -> bool:
    """Whether the page only says that what was asked for is not there; hidden texts and long pages say nothing."""
    if document.title and len(document.title) < 60 and _GONE_TITLE.search(document.title):
        return len(document.visible) < 4 * _SHORT_PAGE
    if len(document.visible) < _SHORT_PAGE:
        headings = " ".join(document.text_of(spot) for spot in document.all("h1", "h2") if not spot.hidden)
        if _GONE.search(headings):
            return True
    return len(document.body) < _VERY_SHORT_PAGE and _GONE.search(document.body) is not None


def is_home(url: str) -> bool:
    """Whether an address looks like that of a home page: the root, or its index file."""
    parts = urlsplit(url)
    return not parts.query and _HOME_PATH.match(parts.path or "/") is not None


def is_article(document: Document) -> bool:
    """Whether the page is one article: its tags say so, or a publication line stands above running text."""
    if any(document.meta_value(name) for name in _ARTICLE_META):
        return True
    is_signed = document.may_say(hints.PUBLICATION) and _PUBLICATION.search(document.visible) is not None
    return is_signed and _running_text(document) > 200


def _running_text(document: Document) -> int:
    """Characters of text outside links, menus and footers."""
    return sum(len(text.value) for text in document.body_texts if len(text.value) > 20 and text.spot.tag != "a")


def empty_list_state(document: Document, *, scripts_ran: bool) -> ListState:
    """State of a page on which no list was found: blank, to be filled by a script, or no column page at all.

    Once the scripts have run, nothing is left for them to fill.
    """
    content = _content_text(document)
    if content < _WRITTEN_PAGE and any(_says_blank(text) for text in document.visible_texts):
        return ListState.BLANK
    empty, scripted = _empty_boxes(document)
    column = _is_column_page(document)
    if not scripts_ran and (_PLACEHOLDER.search(document.visible) or _is_filled_later(document, empty, column=column)):
        return ListState.SCRIPT_ONLY
    if not empty and (document.all("frame", "iframe") or content > _SHORT_CONTENT):
        return ListState.NONE
    if not empty and scripted and column and not scripts_ran:
        return ListState.SCRIPT_ONLY
    return ListState.BLANK if empty or column else ListState.NONE


def _is_counter(script: str) -> bool:
    return len(script) < _COUNTER_LENGTH and any(name in script for name in _COUNTERS)


def is_written_by_scripts(document: Document) -> bool:
    """Whether scripts in the page fetch or write something, or places stand in it that they are to fill."""
    inline = "\n".join(text for _, text in document.scripts if not _is_counter(text))
    return any(pattern.search(inline) for pattern in (_FETCHES, _WRITES)) or bool(_PLACEHOLDER.search(document.source))


def _content_text(document: Document) -> int:
    """Characters to read outside links, menus and footers, tables and forms included."""
    return sum(
        len(text.value) for text in document.body_texts if not (text.spot.tag == "a" or _PLACE.search(text.value))
    )


def _says_blank(text: Text) -> bool:
    return len(text.value) < 40 and not text.spot.foot and _BLANK.search(text.value) is not None


def _is_column_page(document: Document) -> bool:
    if document.meta_value("ColumnName") and not any(document.meta_value(name) for name in _ARTICLE_META):
        return True
    return _PLACE.search(document.visible) is not None


def _empty_boxes(document: Document) -> tuple[list[str], list[str]]:
    """Names (class, id) of elements in the content where a list would stand: quite empty ones; with scripts only."""
    holds: dict[int, set[str]] = {}
    for spot in document.spots:
        if spot.parent is not None:
            holds.setdefault(spot.parent.order, set()).add("script" if spot.tag == "script" else "more")
    for text in document.texts:
        holds.setdefault(text.spot.order, set()).add("more")
    empty: list[str] = []
    scripted: list[str] = []
    for spot in document.all("ul", "ol", "tbody", "table", "dl", "div"):
        named = f"{spot.get('class')} {spot.get('id')}".strip()
        inside = holds.get(spot.order, set())
        if "more" in inside or spot.hidden or spot.nav or spot.foot or not _may_hold_list(spot.tag, named):
            continue
        (scripted if inside else empty).append(named)
    return empty, scripted


def _may_hold_list(tag: str, named: str) -> bool:
    return tag != "div" or re.search(r"list|news|lb(?:$|\W)|content|data", named, re.IGNORECASE) is not None


def _is_filled_later(document: Document, empty: list[str], *, column: bool) -> bool:
    """Whether a script fetches what the page lacks, or names one of its empty places to write there."""
    if not (empty or column):
        return False
    inline = "\n".join(text for _, text in document.scripts if text.strip())
    names = [name for box in empty for name in box.split() if len(name) > 1]
    named = any(re.search(rf"[\"'#.\s]{re.escape(name)}\b", inline) for name in names)
    if named and (_WRITES.search(inline) or _FETCHES.search(inline)):
        return True
    return (not names or not empty) and _FETCHES.search(inline) is not None
