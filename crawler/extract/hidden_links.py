"""Links that a visitor does not see: hidden by style, by a style sheet of the page, or written by a script."""

import re
from functools import lru_cache

from crawler.extract.document import Document, Spot
from crawler.extract.links import Lines, leads_somewhere
from inspection.observation.page import HiddenLink, Hiding

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
    finder, lines = _Hidings(document), Lines(document.source)
    found: list[HiddenLink] = []
    for spot in document.spots:
        if spot.tag not in ("a", "area", "iframe"):
            continue
        hiding = finder.of(spot)
        raw = spot.get("src" if spot.tag == "iframe" else "href")
        url = document.resolve(raw) if hiding is not None and leads_somewhere(raw) else None
        if url is not None and hiding is not None:
            found.append(HiddenLink(url=url, text=_text(document, spot), hiding=hiding, line=lines.of(raw)))
        if len(found) >= _LIMIT:
            break
    return tuple([*found, *_written_by_scripts(document)][:_LIMIT])


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
    """Why an element is not seen: by itself, or by an element around it; each is looked at once."""

    def __init__(self, document: Document) -> None:
        self._names = _hidden_names(document)
        self._known: dict[int, Hiding | None] = {}

    def of(self, spot: Spot) -> Hiding | None:
        """The nearest reason, None where the element can be seen."""
        passed: list[Spot] = []
        place: Spot | None = spot
        reason: Hiding | None = None
        while place is not None:
            if place.order in self._known:
                reason = self._known[place.order]
                break
            passed.append(place)
            reason = self._own(place)
            if reason is not None:
                break
            place = place.parent
        for each in passed:
            self._known[each.order] = reason
        return reason

    def _own(self, spot: Spot) -> Hiding | None:
        if "hidden" in spot.attributes:
            return Hiding.NOT_DISPLAYED
        style = spot.get("style")
        reason = _reason(style.lower()) if style else None
        if reason is None and spot.tag in ("marquee", "iframe") and _is_tiny(spot):
            reason = Hiding.ZERO_SIZE
        return reason or self._by_name(spot)

    def _by_name(self, spot: Spot) -> Hiding | None:
        if not self._names:
            return None
        names = [f".{name}" for name in spot.get("class").split()]
        names += [f"#{spot.get('id')}"] if spot.get("id") else []
        return next((self._names[name] for name in names if name in self._names), None)


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
