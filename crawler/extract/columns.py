"""The columns (栏目) that a home page names: menu entries, and blocks with a heading above a list."""

import re
from collections.abc import Iterable
from functools import lru_cache

from crawler.extract.document import Document, Spot
from crawler.extract.lists import ItemList
from inspection.observation import ColumnLink

_NAME_LENGTH = range(2, 15)
_MORE = re.compile(
    r"^[\s\[【(（>]*(?:查看|点击)?(?:更多|more|全部)[^\u4e00-\u9fff]{0,6}$|^[>+»…·\s]{1,6}$", re.IGNORECASE
)
_NO_COLUMN = re.compile(
    r"^(?:网站|返回)?首\s*页$|^主\s*页$|登录|注册|搜索|检索|网站地图|站点地图|网站导航|无障碍|长者|适老|关怀|English|繁体|简体|手机版|"
    r"移动版|客户端|RSS|设为首页|加入收藏|收藏本站|联系我们|关于我们|网站声明|隐私|版权|返回|帮助|微信|微博|邮箱|找错|纠错|下一页|上一页|"
    r"^\d|更多|点击|办公系统|OA",
    re.IGNORECASE,
)
_LOOK_UP = 4
_MENU_ENTRIES = 3
_MENU_NAME_LENGTH = 9


def columns_of(document: Document, lists: Iterable[ItemList]) -> tuple[ColumnLink, ...]:
    """Menu entries first, then blocks in page order."""
    listed = list(lists)
    menus = [entry for each in listed if _is_menu(each) for entry in _entries(each)]
    blocks = [block for each in listed if each.is_content for block in _blocks(document, each)]
    return tuple(_once([*menus, *blocks]))


def _is_menu(each: ItemList) -> bool:
    if each.in_footer or each.dated:
        return False
    if each.in_navigation:
        return True
    return len(each.items) >= _MENU_ENTRIES and each.title_length <= _MENU_NAME_LENGTH


def _entries(menu: ItemList) -> list[ColumnLink]:
    return [
        ColumnLink(name=item.title, url=item.url, in_navigation=True)
        for item in menu.items
        if item.url is not None and is_column_name(item.title)
    ]


def is_column_name(name: str) -> bool:
    """Whether a short text may name a column."""
    return len(name) in _NAME_LENGTH and _names_column(name)


@lru_cache(maxsize=16384)
def _names_column(name: str) -> bool:
    """Menus repeat their entries on every page."""
    return _NO_COLUMN.search(name) is None


def _blocks(document: Document, each: ItemList) -> list[ColumnLink]:
    """The column that a list belongs to, by the heading and the "more" link around it; tabs give several."""
    inside = {item.order for item in each.items}
    spot: Spot | None = each.around
    for _ in range(_LOOK_UP):
        if spot is None or spot.tag in ("body", "html"):
            break
        near = _near(document, spot, each, inside)
        if near:
            head, *others = near
            items = tuple(item.seen() for item in each.items)
            return [
                ColumnLink(name=head.name, url=head.url, in_navigation=False, items=items),
                *others,
            ]
        spot = spot.parent
    return []


def _near(document: Document, spot: Spot, each: ItemList, inside: set[int]) -> list[ColumnLink]:
    """Headings and links within ``spot`` before the list, nearest block first; a "more" link gives the address."""
    start = each.items[0].place.order
    end = each.items[-1].order
    names: list[tuple[str, str | None]] = []
    more: str | None = None
    for anchor in document.within(spot, "a"):
        if anchor.order in inside:
            continue
        text = document.text_of(anchor) or anchor.get("title")
        url = document.resolve(anchor.get("href")) if anchor.get("href") else None
        if _MORE.match(text) or (not text and "more" in f"{anchor.get('class')}{anchor.get('id')}".lower()):
            more = more or url
        elif anchor.order < start and is_column_name(text) and url is not None:
            names.append((text, url))
        elif anchor.order > end:
            break
    if names:
        # The tab nearest to the list is not known: the first name takes it, the others are columns as well.
        return [ColumnLink(name=name, url=url, in_navigation=False) for name, url in names[:8]]
    heading = _heading(document, spot, start)
    return [ColumnLink(name=heading, url=more, in_navigation=False)] if heading is not None else []


def _heading(document: Document, spot: Spot, before: int) -> str | None:
    """The last short text before the list within ``spot``."""
    found = None
    for text in document.texts_within(spot):
        if text.order >= before:
            break
        if is_column_name(text.value):
            found = text.value
    return found


def _once(columns: Iterable[ColumnLink]) -> list[ColumnLink]:
    """Each address once; the entry that shows items wins, under the name that came first."""
    kept: dict[str, ColumnLink] = {}
    for column in columns:
        key = column.url or f"#{column.name}"
        before = kept.get(key)
        if before is None:
            kept[key] = column
        elif column.items and not before.items:
            kept[key] = ColumnLink(name=before.name, url=column.url, in_navigation=False, items=column.items)
    return list(kept.values())
