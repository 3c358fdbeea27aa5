"""Links that a visitor does not see: hidden by style, by a style sheet of the page, or written by a script."""

import re
from collections.abc import Iterator
from functools import lru_cache

from crawler.extract.document import Document, Spot
from crawler.extract.links import Lines, leads_somewhere
from inspection.observation.page import HiddenLink, Hiding

_LINKS = frozenset({"a", "area", "iframe"})
_BOXES = frozenset({"marquee", "iframe"})
_LIMIT = 500
_TEXT_LIMIT = 200
_STYLE_LIMIT = 2_000
"""Longer declarations are none, and would make the patterns slow."""
_LENGTH = r"(?:0(?:\.\d+)?|1)(?:px|pt|em|rem|%)?(?![\d.])"
_NOT_DISPLAYED = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?(?![\d.])"
)
_OFF_SCREEN = re.compile(
    r"(?:text-indent|margin(?:-left|-top)?)\s*:\s*-\d{3,}|"
    r"position\s*:\s*(?:absolute|fixed)[^{}]*?(?:left|top|right|bottom)\s*:\s*-\d{3,}|"
    r"(?:left|top|right|bottom)\s*:\s*-\d{3,}[^{}]*?position\s*:\s*(?:absolute|fixed)"
)
_TINY_FONT = re.compile(rf"font-size\s*:\s*{_LENGTH}")
_TINY_BOX = (
    re.compile(rf"(?:^|[;\s])(?:max-)?width\s*:\s*{_LENGTH}"),
    re.compile(rf"(?:^|[;\s])(?:max-)?height\s*:\s*{_LENGTH}"),
)
_NO_OVERFLOW = re.compile(r"overflow\s*:\s*hidden")
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;]+)")
_BACKGROUND = re.compile(r"background(?:-color)?\s*:\s*(#[0-9a-f]{3,8}|rgb\([^)]*\)|[a-z]+)")
_SIMPLE_SELECTOR = re.compile(r"^\s*[a-z]*([.#][\w-]+)\s*$", re.IGNORECASE)
_HIDES = re.compile(
    r"getElementById\s*\(\s*[\"']([\w-]+)[\"']\s*\)\s*\.style\s*\.\s*"
    r"(?:display\s*=\s*[\"']none|visibility\s*=\s*[\"']hidden)"
    r"|\$\(\s*[\"']#([\w-]+)[\"']\s*\)\s*\.\s*(?:hide\s*\(\s*\)|css\s*\(\s*[\"']display[\"']\s*,\s*[\"']none)",
)
_WRITTEN = re.compile(
    r"<a\s[^<>]*?href\s*=\s*\\?[\"']?(https?:[^\"'\\\s>]+)[^<>]*>(.{0,300}?)<\\?/a", re.IGNORECASE | re.DOTALL
)
_TAGS = re.compile(r"<[^>]*>")


def hidden_links_of(document: Document) -> tuple[HiddenLink, ...]:
    """Hidden links in document order, then those that scripts write; at most 500."""
    lines = Lines(document.source)
    found: list[HiddenLink] = []
    for spot, hiding in _hidden(document):
        raw = spot.get("src" if spot.tag == "iframe" else "href")
        url = document.resolve(raw) if leads_somewhere(raw) else None
        if url is not None:
            found.append(HiddenLink(url=url, text=_text(document, spot), hiding=hiding, line=lines.of(raw)))
        if len(found) >= _LIMIT:
            break
    return tuple([*found, *_written_by_scripts(document)][:_LIMIT])


def _hidden(document: Document) -> Iterator[tuple[Spot, Hiding]]:
    """Links that are hidden, by themselves or by an element around them, with the nearest reason."""
    own = _Hidings(document)
    around: list[tuple[int, Hiding]] = []
    for spot in document.spots:
        while around and around[-1][0] < spot.order:
            around.pop()
        reason = own.of(spot) if spot.attributes else None
        if reason is not None:
            around.append((spot.last, reason))
        if around and spot.tag in _LINKS:
            yield spot, around[-1][1]


def _text(document: Document, spot: Spot) -> str:
    return (document.text_of(spot) or spot.get("title"))[:_TEXT_LIMIT]


def _written_by_scripts(document: Document) -> list[HiddenLink]:
    """Complete links in the text of inline scripts."""
    found = []
    for _, script in document.scripts:
        if "<a" in script or "<A" in script:
            for match in _WRITTEN.finditer(script):
                url = document.resolve(match.group(1))
                text = " ".join(_TAGS.sub(" ", match.group(2)).split())
                if url is not None:
                    found.append(HiddenLink(url=url, text=text[:_TEXT_LIMIT], hiding=Hiding.BY_SCRIPT))
    return found


class _Hidings:
    """Why an element is not seen, by what is written on itself."""

    def __init__(self, document: Document) -> None:
        names = _hidden_names(document)
        self._classes = {name[1:]: reason for name, reason in names.items() if name[0] == "."}
        self._ids = {name[1:]: reason for name, reason in names.items() if name[0] == "#"}
        named = [name for name, known in (("class", self._classes), ("id", self._ids)) if known]
        self._telling = frozenset({"hidden", "style", *named})

    def of(self, spot: Spot) -> Hiding | None:
        """The reason; None where nothing on the element hides it."""
        attributes = spot.attributes
        if self._telling.isdisjoint(attributes) and spot.tag not in _BOXES:
            return None
        if "hidden" in attributes:
            return Hiding.NOT_DISPLAYED
        style = attributes.get("style")
        reason = _reason(style.lower()) if style else None
        if reason is None and spot.tag in _BOXES and _is_tiny(spot):
            reason = Hiding.ZERO_SIZE
        return reason or self._by_name(spot)

    def _by_name(self, spot: Spot) -> Hiding | None:
        if self._classes:
            for name in spot.get("class").split():
                if name in self._classes:
                    return self._classes[name]
        return self._ids.get(spot.get("id")) if self._ids else None


def _is_tiny(spot: Spot) -> bool:
    sizes = [spot.get(name).strip().removesuffix("px") for name in ("width", "height")]
    return all(size in ("0", "1") for size in sizes)


def _hidden_names(document: Document) -> dict[str, Hiding]:
    """``.class`` and ``#id`` that a style sheet of the page or one of its scripts hides."""
    names: dict[str, Hiding] = {}
    for spot in document.all("style"):
        for rule in (spot.node.text(deep=True) or "").split("}"):
            selectors, _, style = rule.rpartition("{")
            reason = _reason(style.lower())
            if reason is not None:
                matches = (_SIMPLE_SELECTOR.match(selector) for selector in selectors.split(","))
                names.update((match.group(1), reason) for match in matches if match)
    for _, script in document.scripts:
        if "none" in script or "hid" in script:  # as in all that the pattern finds
            names.update((f"#{one or other}", Hiding.NOT_DISPLAYED) for one, other in _HIDES.findall(script))
    return names


@lru_cache(maxsize=4096)
def _reason(style: str) -> Hiding | None:
    """What a style declaration (lower case) does to hide its element."""
    style = style[:_STYLE_LIMIT]
    if _NOT_DISPLAYED.search(style):
        return Hiding.NOT_DISPLAYED
    if _OFF_SCREEN.search(style):
        return Hiding.OFF_SCREEN
    boxed = [pattern.search(style) is not None for pattern in _TINY_BOX]
    if _TINY_FONT.search(style) or all(boxed) or (any(boxed) and _NO_OVERFLOW.search(style)):
        return Hiding.ZERO_SIZE
    colour, background = _COLOUR.search(style), _BACKGROUND.search(style)
    if colour and background and _same_colour(colour.group(1), background.group(1)):
        return Hiding.SAME_COLOUR
    return None


_NAMED_COLOURS = {"white": "#ffffff", "black": "#000000", "red": "#ff0000", "blue": "#0000ff"}


def _same_colour(one: str, other: str) -> bool:
    return _hex(one) == _hex(other)


def _hex(colour: str) -> str:
    """A colour in one form: ``#rrggbb`` where it can be had."""
    text = colour.replace("!important", "").replace(" ", "").strip()
    numbers = re.fullmatch(r"rgba?\((\d+),(\d+),(\d+)(?:,[\d.]+)?\)", text)
    if numbers:
        return "#" + "".join(f"{int(part):02x}" for part in numbers.groups())
    if re.fullmatch(r"#[0-9a-f]{3}", text):
        return "#" + "".join(2 * digit for digit in text[1:])
    return _NAMED_COLOURS.get(text, text)
