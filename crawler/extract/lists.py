"""Lists of items: repeated places that each hold one link to read on, usually with its date."""

import re
from bisect import bisect_left, bisect_right
from datetime import date
from functools import lru_cache

import msgspec

from crawler.extract.dates import YearRule, date_alone, date_beside_title, date_within, may_hold_date
from crawler.extract.document import Document, Spot, Text
from inspection.observation import ItemSeen

_ITEM_TAGS = frozenset({"li", "tr", "dd", "dt"})
_STOP_TAGS = frozenset({"body", "html", "ul", "ol", "table", "tbody", "form", "section", "main"})
_LOOK_UP = 6
_MAX_LINKS_IN_ITEM = 3
_MIN_TITLE = 4
_MORE = re.compile(
    r"^[\s\[【(（>]*(?:查看|点击)?(?:更多|more|MORE|More|全部|详情|详细|阅读全文)[\s\]】)）>+»…]*$|^[>+»…\s]+$"
)
_RULES = "·•|｜-—… "
"""Signs that stand between items."""
_DIGIT = re.compile(r"\d")
_PAGER = re.compile(r"^(?:首页|尾页|末页|上一页|下一页|上页|下页|前页|后页|[<>«»\d\s.…]+|第?\d+页?|跳转|转到?|GO|go)$")
_BRACKET_DATE_END = re.compile(
    r"\s*[\[(（【〔]?\s*(?:(?:19|20)\d{2}\s*[-/.年]\s*)?\d{1,2}\s*[-/.月]\s*\d{1,2}日?\s*[\])）】〕]?\s*$"
)
_BRACKET_DATE_START = re.compile(
    r"^\s*[\[(（【〔]\s*(?:(?:19|20)\d{2}\s*[-/.年]\s*)?\d{1,2}\s*[-/.月]\s*\d{1,2}日?\s*[\])）】〕]\s*"
)

_AT_EDGE = {_BRACKET_DATE_START: re.compile(r"^\s*[\[(（【〔]"), _BRACKET_DATE_END: re.compile(r"[\d日\])）】〕]\s*$")}
"""What must stand there for the pattern to match: far cheaper to look for."""


class Item(msgspec.Struct, eq=False):
    """An item and where it stands."""

    title: str
    url: str | None
    date: date | None
    place: Spot
    order: int

    def seen(self) -> ItemSeen:
        """The fact."""
        return ItemSeen(title=self.title, url=self.url, date=self.date)


class ItemList(msgspec.Struct, eq=False):
    """A list: its items in order, and the element around them; how many show a date, how long titles are on average."""

    items: list[Item]
    around: Spot
    in_navigation: bool
    in_footer: bool
    on_side: bool
    dated: int = 0
    title_length: float = 0.0

    def __post_init__(self) -> None:
        self.dated = sum([item.date is not None for item in self.items])
        self.title_length = sum([len(item.title) for item in self.items]) / len(self.items)

    @property
    def is_content(self) -> bool:
        """Whether the list is something to read, not a menu: dated items, or several sentence-like titles."""
        if self.in_footer or self.around.hidden:
            # Tabs hide lists until they are clicked, and link farms hide for good: only the former show dates.
            return self.dated >= 2
        if len(self.items) == 1:
            return self.dated == 1 and self.items[0].place.tag in _ITEM_TAGS
        if self.dated:
            return self.dated >= max(1, len(self.items) // 4)
        return len(self.items) >= 2 and self.title_length >= 9 and not self.in_navigation

    @property
    def is_plain(self) -> bool:
        """Whether the page has this to offer although it is no list of articles: undated entries of some length."""
        aside = self.in_navigation or self.in_footer or self.on_side or self.around.hidden
        return not aside and len(self.items) >= 4 and self.title_length >= 6


def lists_of(document: Document, rule: YearRule) -> list[ItemList]:
    """All lists of linked items, menus included, in document order."""
    anchors = document.all("a")
    counts = _Counts(anchors)
    places: dict[int, tuple[Spot, list[Spot]]] = {}
    for anchor in anchors:
        place = _place(anchor, counts)
        known = places.get(place.order)
        if known is None:
            places[place.order] = place, [anchor]
        else:
            known[1].append(anchor)
    groups: dict[int, tuple[Spot, list[Item]]] = {}
    for place, inside in places.values():
        item = _item(document, place, inside, rule)
        if item is not None:
            around = _around(place)
            groups.setdefault(around.order, (around, []))[1].append(item)
    found = [_list(around, _dated_between(document, around, items, rule)) for around, items in groups.values()]
    return sorted(found, key=lambda each: each.items[0].order)


class _Counts:
    """How many distinct targets the links under an element have."""

    def __init__(self, anchors: list[Spot]) -> None:
        self._anchors = anchors
        self._orders = [anchor.order for anchor in anchors]
        self._known: dict[int, int] = {}

    def under(self, spot: Spot) -> int:
        """The number, counted up to one more than an item may have."""
        count = self._known.get(spot.order)
        if count is None:
            first = bisect_left(self._orders, spot.order)
            end = bisect_right(self._orders, spot.last, first)
            count = end - first if end - first < 2 else self._distinct(first, end)
            self._known[spot.order] = count
        return count

    def _distinct(self, first: int, end: int) -> int:
        found: set[str] = set()
        for number in range(first, end):
            found.add(_target(self._anchors[number]))
            if len(found) > _MAX_LINKS_IN_ITEM:
                break
        return len(found)


def _target(anchor: Spot) -> str:
    raw = anchor.get("href").strip()
    if not raw:
        return f"#{anchor.order}"
    return f"{raw}{anchor.order}" if _is_script(raw) else raw


def _is_script(raw: str) -> bool:
    return raw[:10].lower() == "javascript"


def _place(anchor: Spot, counts: _Counts) -> Spot:
    """The element that holds the item: its li, row or definition, else the largest one with this link alone."""
    item = _item_around(anchor)
    if item is not None and counts.under(item) <= _MAX_LINKS_IN_ITEM:
        return item
    place = anchor
    for spot in anchor.ancestors(_LOOK_UP):
        if counts.under(spot) > 1 or spot.tag in _STOP_TAGS:
            break
        place = spot
    return place


def _item_around(anchor: Spot) -> Spot | None:
    spot = anchor.parent
    for _ in range(_LOOK_UP):
        if spot is None or spot.tag in _ITEM_TAGS:
            return spot
        spot = spot.parent
    return None


def _around(place: Spot) -> Spot:
    """The element around a list: the parent, or the table of a row."""
    around = place.parent or place
    while around.tag in ("tbody", "thead", "tr") and around.parent is not None:
        around = around.parent
    return around


def _item(document: Document, place: Spot, anchors: list[Spot], rule: YearRule) -> Item | None:
    anchor, title = anchors[0], _title(document, anchors[0])
    for other in anchors[1:]:
        longer = _title(document, other)
        if len(longer) > len(title):
            anchor, title = other, longer
    if not title or _leads_on(title):
        return None
    raw = anchor.get("href").strip()
    url = document.resolve(raw) if raw and raw[0] != "#" and not _is_script(raw) else None
    found = _date(anchor, document.texts_within(place), rule, url)
    return Item(title=_without_date(title), url=url, date=found, place=place, order=anchor.order)


def _title(document: Document, anchor: Spot) -> str:
    shown = document.text_of(anchor)
    titled = anchor.attributes.get("title")
    full = " ".join(titled.split()) if titled else ""
    if not full or len(full) > 200:
        return shown
    # A shown title that was cut short is completed by the attribute; other attributes repeat labels.
    cut = shown.rstrip(".…。 ")
    return full if not shown or (len(full) > len(shown) and full.startswith(cut[:6])) else shown


@lru_cache(maxsize=16384)
def _leads_on(title: str) -> bool:
    """Whether a link is that of a pager, or to more of a list."""
    return _MORE.match(title) is not None or _PAGER.match(title) is not None


@lru_cache(maxsize=16384)
def _without_date(title: str) -> str:
    if _DIGIT.search(title) is None:
        return title
    for pattern in (_BRACKET_DATE_START, _BRACKET_DATE_END):
        if not _AT_EDGE[pattern].search(title):
            continue
        shorter = pattern.sub("", title)
        if len(shorter) >= _MIN_TITLE:
            title = shorter
    return title


def _date(anchor: Spot, texts: list[Text], rule: YearRule, url: str | None) -> date | None:
    """The date shown with the item: a text of its own, glued to the title, or split over several elements."""
    for text in texts:
        found = date_alone(text.value, rule, url)
        if found is not None:
            return found
    texts = [text for text in texts if may_hold_date(text.value)]
    pieces = [text.value for text in texts if len(text.value) <= 10 and _DIGIT.search(text.value)]
    if 2 <= len(pieces) <= 4:
        found = date_alone(" ".join(pieces[:3]), rule, url) or date_alone(" ".join(pieces[:2]), rule, url)
        if found is not None:
            return found
    for text in texts:
        found = date_beside_title(text.value, rule, url)
        if found is None and not anchor.holds(text) and len(text.value) < 80:
            found = date_within(text.value)
        if found is not None:
            return found
    return None


def _dated_between(document: Document, around: Spot, items: list[Item], rule: YearRule) -> list[Item]:
    """Items of which none holds a date, with the dates that stand between them: as ``dd`` or bare, behind or before.

    Where fewer than half get one, what stands there are not the items' dates.
    """
    if any(item.date is not None for item in items):
        return items
    texts = [text for text in document.texts_within(around) if _DIGIT.search(text.value)]
    found = [(text.order, day) for text in texts if (day := date_alone(text.value.strip(_RULES), rule)) is not None]
    if not found:
        return items
    ordered = sorted(items, key=lambda item: item.order)
    starts = [item.place.order for item in ordered]
    ends = [item.place.last for item in ordered]
    better = max(
        _first_between(found, ends, [*starts[1:], around.last + 1]),
        _first_between(found, [around.order, *ends[:-1]], starts),
        key=lambda dates: sum(day is not None for day in dates),
    )
    if 2 * sum(day is not None for day in better) < len(ordered):
        return items
    return [msgspec.structs.replace(item, date=day) for item, day in zip(ordered, better, strict=True)]


def _first_between(dates: list[tuple[int, date]], starts: list[int], ends: list[int]) -> list[date | None]:
    """For each gap, by orders, the first date in it."""
    orders = [order for order, _ in dates]
    places = (bisect_right(orders, start) for start in starts)
    return [
        dates[place][1] if place < len(dates) and orders[place] < end else None
        for place, end in zip(places, ends, strict=True)
    ]


def _list(around: Spot, items: list[Item]) -> ItemList:
    items = sorted(items, key=lambda item: item.order)
    return ItemList(items=items, around=around, in_navigation=around.nav, in_footer=around.foot, on_side=around.side)


def joined(lists: list[ItemList]) -> list[ItemList]:
    """Lists cut into several elements of the same kind (a rule after every five items) put together again."""
    result: list[ItemList] = []
    for each in lists:
        last = result[-1] if result else None
        if last is not None and _are_one(last, each):
            result[-1] = ItemList(
                items=[*last.items, *each.items],
                around=last.around,
                in_navigation=last.in_navigation,
                in_footer=last.in_footer,
                on_side=last.on_side,
            )
        else:
            result.append(each)
    return result


def _are_one(first: ItemList, second: ItemList) -> bool:
    one, two = first.around, second.around
    if one is two:
        return True
    same_kind = one.tag == two.tag and one.get("class") == two.get("class")
    return same_kind and one.parent is not None and one.parent is two.parent and bool(first.dated) == bool(second.dated)
