"""One parse of a page, walked once; every extractor reads from it."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property, lru_cache

import msgspec
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from crawler.extract import hints
from crawler.extract.bounds import bounded
from inspection.registry.address import resolve

_SILENT = frozenset({"script", "style", "noscript", "template", "textarea", "title"})
_UNREAD = frozenset({"option", "optgroup"})
_SECTIONS = frozenset({"nav", "footer", "aside"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NAV = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|dh|daohang|topnav|mainnav|navbar|navigation)|nav$|menu$|_dh$", re.IGNORECASE
)
_FOOT = re.compile(r"foot|copyright|bottom|btm|yejiao|friend|links?$|yqlj", re.IGNORECASE)
_SIDE = re.compile(r"side|left-?bar|relat|hot|rank|recommend|xgxx|tuijian", re.IGNORECASE)
_MAX_NODES = 400_000
_WITHOUT_EVENTS = LexborDocumentOptions.WO_EVENTS.value
"""Spares a third of the parser's time: all that they do is to copy a chosen option, which nobody reads, elsewhere."""
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
    last: int

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


def _spot(node: LexborNode, tag: str, parent: Spot | None, order: int) -> Spot:
    """An element under another, whose surroundings are its own as well."""
    attributes = node.attributes
    if parent is None:
        around, hidden, nav, foot, side = None, False, False, False, False
    else:
        around = parent if parent.tag == "a" else parent.around
        hidden, nav, foot, side = parent.hidden, parent.nav, parent.foot, parent.side
    if attributes:
        class_, id_, style = attributes.get("class"), attributes.get("id"), attributes.get("style")
        if class_ or id_:
            is_nav, is_foot, is_side = _role(class_ or "", id_ or "")
            nav, foot, side = nav or is_nav, foot or is_foot, side or is_side
        if "hidden" in attributes or (style and _hides(style)):
            hidden = True
    if tag in _SECTIONS:
        nav, foot, side = nav or tag == "nav", foot or tag == "footer", side or tag == "aside"
    # By position: thousands are made per page.
    return Spot(node, tag, attributes, parent, around, order, hidden, nav, foot, side, order)


class Document:
    """A parsed page. ``spots`` are all elements and ``texts`` all texts outside scripts, in document order."""

    def __init__(self, source: str, url: str) -> None:
        self.source = source
        self.url = url
        kept = bounded(source, url)
        self.tree = LexborHTMLParser(self._bytes if kept is source else kept, options=_WITHOUT_EVENTS)
        self.spots: list[Spot] = []
        self.texts: list[Text] = []
        self.by_tag: defaultdict[str, list[Spot]] = defaultdict(list)
        self.scripts: list[tuple[Spot, str]] = []
        self._texts_of: dict[int, str] = {}
        self._orders: dict[str, list[int]] = {}
        self._walk()

    @cached_property
    def _bytes(self) -> bytes:
        return self.source.encode("utf-8", "ignore")

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
        return hints.REFERENCE in self._hints or not words.isdisjoint(self._hints)

    @cached_property
    def _hints(self) -> frozenset[str]:
        return hints.WRITTEN.held_by(self._bytes.lower())

    def may_say(self, words: frozenset[str]) -> bool:
        """The same of what a reader sees, white space left out."""
        return not words.isdisjoint(self.said)

    @cached_property
    def said(self) -> frozenset[str]:
        """All hints that may stand in what a reader sees."""
        shown = self.visible.encode("utf-8", "surrogatepass")
        return hints.SAID.held_by(shown.lower().replace(b" ", b"").replace(b"\n", b""))

    def _walk(self) -> None:
        """Depth first along the nodes' own links: pages may be nested deeper than Python may recurse.

        What is left behind is known to end where the walk stands.
        """
        spots, texts, by_tag = self.spots, self.texts, self.by_tag
        node = self.tree.root
        parent: Spot | None = None
        order = 0
        while node is not None and order < _MAX_NODES:
            order += 1
            tag = node.tag
            if tag == "-text":
                if parent is not None and parent.tag not in _UNREAD and not node.is_empty_text_node:
                    value = " ".join((node.text_content or "").split())
                    if value:
                        texts.append(Text(value, parent, order))
            elif tag is not None and tag[0] != "-":
                spot = _spot(node, tag, parent, order)
                spots.append(spot)
                by_tag[tag].append(spot)
                if tag not in _SILENT:
                    child = node.first_child
                    if child is not None:
                        node, parent = child, spot
                        continue
                elif tag == "script":
                    self.scripts.append((spot, node.text(deep=True) or ""))
            node = node.next
            while node is None and parent is not None:
                parent.last = order
                node, parent = parent.node.next, parent.parent
        while parent is not None:
            parent.last = order
            parent = parent.parent

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
        return resolve(self.base, raw)

    @cached_property
    def visible_texts(self) -> list[Text]:
        """Texts that a reader sees."""
        return [text for text in self.texts if not text.spot.hidden]

    @cached_property
    def body_texts(self) -> list[Text]:
        """Of these, what stands outside menus and footers."""
        return [text for text in self.visible_texts if not (text.spot.nav or text.spot.foot)]

    @cached_property
    def body(self) -> str:
        """The body's texts, pieces divided by line breaks."""
        return "\n".join([text.value for text in self.body_texts])

    @cached_property
    def visible(self) -> str:
        """All that a reader sees, pieces divided by line breaks."""
        return "\n".join([text.value for text in self.visible_texts])

    @cached_property
    def written(self) -> str:
        """All texts, those included that a reader does not see."""
        if len(self.visible_texts) == len(self.texts):
            return self.visible
        return "\n".join([text.value for text in self.texts])

    @cached_property
    def visible_line(self) -> str:
        """The same on one line, so that labels and values in neighbouring elements meet."""
        return self.visible.replace("\n", " ")

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
        known = self._texts_of.get(spot.order)
        if known is None:
            known = " ".join((spot.node.text(deep=True, separator=" ") or "").split())
            self._texts_of[spot.order] = known
        return known

    @cached_property
    def link_texts(self) -> list[str]:
        """The text of each ``a``."""
        return [self.text_of(spot) for spot in self.by_tag.get("a", ())]
