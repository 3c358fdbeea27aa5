"""One parse of a page, walked once; every extractor reads from it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extract.bounds import bounded
from crawler.extract.words import Words
from inspection.registry.address import resolve

_SILENT = frozenset({"script", "style", "noscript", "template", "textarea", "title"})
_UNREAD = frozenset({"option", "optgroup"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NAV = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|dh|daohang|topnav|mainnav|navbar|navigation)|nav$|menu$|_dh$", re.IGNORECASE
)
_FOOT = re.compile(r"foot|copyright|bottom|btm|yejiao|friend|links?$|yqlj", re.IGNORECASE)
_SIDE = re.compile(r"side|left-?bar|relat|hot|rank|recommend|xgxx|tuijian", re.IGNORECASE)
_MAX_NODES = 400_000
_REFERENCE = "&#"
REPORT_HINTS = frozenset({"找错", "jiucuo", "zfwzgl.", "exposure/"})
MARK_HINTS = frozenset({"conac", "bszs"})
POLICE_HINTS = frozenset({"beian."})
INTERPRETATION_HINTS = frozenset(
    {"解读", "图解", "懂", "图说", "起草说明", "问答", "答记者问", "原文", "文件", "政策", "文档", "《"}
)
_SOUGHT = Words(_REFERENCE, *REPORT_HINTS, *MARK_HINTS, *POLICE_HINTS, *INTERPRETATION_HINTS)
"""Words (lower case) without which some facts cannot be on a page: one of a set is in whatever its patterns match."""
_SPACE = re.compile(r"\s+")


class Spot(msgspec.Struct, eq=False, gc=False):
    """An element where it stands: its ancestors' spots lead up to the root.

    ``order`` counts nodes in document order; everything under the element has orders up to ``last``. ``around`` is the
    anchor that it stands in. Spots are outside garbage collection, so none may lead back to itself.
    """

    node: LexborNode
    tag: str
    attributes: dict[str, str | None]
    parent: "Spot | None"
    around: "Spot | None"
    order: int
    hidden: bool
    nav: bool
    foot: bool
    side: bool
    last: int = 0

    @property
    def anchor(self) -> "Spot | None":
        """The anchor that it is, or stands in."""
        return self if self.tag == "a" else self.around

    def holds(self, other: "Spot | Text") -> bool:
        """Whether an element is this one, or it or a text stands under it."""
        return self.order <= other.order <= self.last

    def get(self, name: str) -> str:
        """An attribute; empty where it is absent or has no value."""
        return self.attributes.get(name) or ""

    def ancestors(self, limit: int = 60) -> Iterator["Spot"]:
        """Parents, nearest first, at most ``limit``."""
        spot = self.parent
        while spot is not None and limit > 0:
            yield spot
            spot, limit = spot.parent, limit - 1


class Text(msgspec.Struct, eq=False, gc=False):
    """A visible piece of text and the element around it."""

    value: str
    spot: Spot
    order: int


@lru_cache(maxsize=65536)
def _role(class_: str, id_: str) -> tuple[bool, bool, bool]:
    """Whether an element is named like a menu, a footer, a side bar."""
    named = f"{class_} {id_}"
    return _NAV.search(named) is not None, _FOOT.search(named) is not None, _SIDE.search(named) is not None


@lru_cache(maxsize=4096)
def _hides(style: str) -> bool:
    return _HIDDEN_STYLE.search(style) is not None


class Document:
    """A parsed page. ``spots`` are all elements and ``texts`` all texts outside scripts, in document order."""

    def __init__(self, source: str, url: str) -> None:
        self.source = source
        self.url = url
        self.tree = LexborHTMLParser(bounded(source, url))
        self.spots: list[Spot] = []
        self.texts: list[Text] = []
        self.by_tag: dict[str, list[Spot]] = {}
        self.scripts: list[tuple[Spot, str]] = []
        self._resolved: dict[str, str | None] = {}
        self._texts_of: dict[int, str] = {}
        self._orders: dict[str, list[int]] = {}
        self._walk()
        self._bound()

    def _bound(self) -> None:
        """Note where each element ends: children come after their parents, so one pass from the end suffices."""
        for text in self.texts:
            # The last text of an element comes last.
            text.spot.last = text.order
        for spot in reversed(self.spots):
            last = spot.last
            if last < spot.order:
                last = spot.last = spot.order
            parent = spot.parent
            if parent is not None and parent.last < last:
                parent.last = last

    def within(self, spot: Spot, *tags: str) -> list[Spot]:
        """Elements of these tags under ``spot`` (or itself), in document order within each tag."""
        found: list[Spot] = []
        for tag in tags:
            listed = self.by_tag.get(tag, [])
            if tag not in self._orders:
                self._orders[tag] = [each.order for each in listed]
            orders = self._orders[tag]
            found += listed[bisect_left(orders, spot.order) : bisect_right(orders, spot.last)]
        return found

    def texts_within(self, spot: Spot) -> list[Text]:
        """Texts under an element."""
        orders = self._text_orders
        return self.texts[bisect_left(orders, spot.order) : bisect_right(orders, spot.last)]

    @cached_property
    def _text_orders(self) -> list[int]:
        return [text.order for text in self.texts]

    def may_hold(self, words: frozenset[str]) -> bool:
        """Whether one of a set of hints may stand in a text or an attribute, in any case of its letters.

        A cheap look at the source before all elements are searched. Character references may spell any word.
        """
        return _REFERENCE in self._hints or not words.isdisjoint(self._hints)

    @cached_property
    def _hints(self) -> frozenset[str]:
        return _SOUGHT.held_by(self.source.encode("utf-8", "surrogatepass").lower())

    def _walk(self) -> None:
        """Depth first with a stack of its own: pages may be nested deeper than Python may recurse."""
        root = self.tree.root
        stack: list[tuple[LexborNode, Spot | None]] = [(root, None)] if root is not None else []
        order = 0
        while stack and order < _MAX_NODES:
            node, parent = stack.pop()
            order += 1
            following = node.next
            if following is not None:
                stack.append((following, parent))
            tag = node.tag
            if tag == "-text":
                self._note_text(node, parent, order)
            elif tag is not None and not tag.startswith(("-", "!")):
                spot = self._note_element(node, tag, parent, order)
                child = node.child
                if child is not None and tag not in _SILENT:
                    stack.append((child, spot))

    def _note_text(self, node: LexborNode, parent: Spot | None, order: int) -> None:
        value = " ".join((node.text_content or "").split()) if parent is not None else ""
        if value and parent is not None and parent.tag not in _UNREAD:
            self.texts.append(Text(value=value, spot=parent, order=order))

    def _note_element(self, node: LexborNode, tag: str, parent: Spot | None, order: int) -> Spot:
        attributes = node.attributes
        hidden = nav = foot = side = False
        around = None
        if parent is not None:
            hidden, nav, foot, side, around = parent.hidden, parent.nav, parent.foot, parent.side, parent.anchor
        if attributes:
            named = _role(attributes.get("class") or "", attributes.get("id") or "")
            nav, foot, side = nav or named[0], foot or named[1], side or named[2]
            style = attributes.get("style")
            hidden = hidden or "hidden" in attributes or bool(style and _hides(style))
        # By position: thousands are made per page.
        spot = Spot(
            node,
            tag,
            attributes,
            parent,
            around,
            order,
            hidden,
            nav or tag == "nav",
            foot or tag == "footer",
            side or tag == "aside",
        )
        self.spots.append(spot)
        self.by_tag.setdefault(tag, []).append(spot)
        if tag == "script":
            self.scripts.append((spot, node.text(deep=True) or ""))
        return spot

    def all(self, *tags: str) -> list[Spot]:
        """Elements of these tags, in document order within each tag."""
        return [spot for tag in tags for spot in self.by_tag.get(tag, ())]

    @cached_property
    def base(self) -> str:
        """Address that relative references start from."""
        for spot in self.by_tag.get("base", ()):
            href = spot.get("href")
            if href:
                return resolve(self.url, href) or self.url
        return self.url

    def resolve(self, raw: str) -> str | None:
        """Absolute address of a reference, None where it is no usable web address."""
        if raw not in self._resolved:
            self._resolved[raw] = resolve(self.base, raw)
        return self._resolved[raw]

    @cached_property
    def visible_texts(self) -> list[Text]:
        """Texts that a reader sees."""
        return [text for text in self.texts if not text.spot.hidden]

    @cached_property
    def visible(self) -> str:
        """All that a reader sees, pieces divided by line breaks."""
        return "\n".join(text.value for text in self.visible_texts)

    @cached_property
    def visible_line(self) -> str:
        """The same on one line, so that labels and values in neighbouring elements meet."""
        return " ".join(text.value for text in self.visible_texts).replace("\xa0", " ")

    @cached_property
    def title(self) -> str | None:
        """The first title that says something, markup in it dropped."""
        for spot in self.by_tag.get("title", ()):
            text = _SPACE.sub(" ", re.sub(r"<[^<>]*>", " ", spot.node.text(deep=True) or "")).strip()
            if text:
                return text
        return None

    @cached_property
    def meta(self) -> dict[str, str]:
        """Named metas as first given; names as written."""
        found: dict[str, str] = {}
        for spot in self.by_tag.get("meta", ()):
            name = spot.get("name") or spot.get("property")
            if name and name not in found:
                found[name] = spot.get("content").strip()
        return found

    def meta_value(self, name: str) -> str | None:
        """A meta by its name in any case; None where it is absent, empty or the template's literal ``null``."""
        return self._meta_folded.get(name.lower())

    @cached_property
    def _meta_folded(self) -> dict[str, str]:
        folded: dict[str, str] = {}
        for name, value in self.meta.items():
            if value and value.lower() not in ("null", "undefined"):
                folded.setdefault(name.lower(), value)
        return folded

    def text_of(self, spot: Spot) -> str:
        """All text under an element, white space folded."""
        if spot.order not in self._texts_of:
            self._texts_of[spot.order] = " ".join((spot.node.text(deep=True, separator=" ") or "").split())
        return self._texts_of[spot.order]
