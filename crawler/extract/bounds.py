"""What keeps hostile pages from holding a worker up: parsers need time by the square of depth, of options and of
attributes, and memory for each element."""

import re

_SUSPECT = 20_000
"""Pages with fewer tags are parsed as they are."""
_MAX_DEPTH = 2_000
"""Browsers stop at 512."""
_MAX_ELEMENTS = 60_000
"""One with attributes counts twice: it takes some two kilobytes. Pages made for people have a tenth of that."""
_LONG_ADDRESS = 400
_MAX_ELEMENTS_THERE = 20_000
"""Where the page's own address or base is long, each reference may become as long."""
_MAX_OPTIONS = 5_000
_MAX_ATTRIBUTES = 2_000
_LONG_SOURCE = 100_000
"""Shorter pages have no room for an attack by attributes."""
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{8000,}")
_ATTRIBUTE = re.compile(r"""[^\s"'=<>]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]*))?""")
_BASE = re.compile(r"<base\b[^<>]{400,}", re.IGNORECASE)
_OPTION = re.compile(r"<option\b[^<>]*>[^<]*", re.IGNORECASE)
_NOT_NESTED = frozenset(
    {
        *(
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "param",
            "source",
            "track",
            "wbr",
        ),
        *("a", "li", "p", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup"),
        *("rp", "rt"),
    }
)
"""Void elements, and those that the next of their kind ends."""


def bounded(source: str, url: str = "") -> str:
    """The source of the page at ``url``, within what parsers and memory bear.

    Cut off where more than 2,000 elements are open or 60,000 have been opened (those with attributes count twice;
    20,000 where addresses are long), and without a list's options beyond 5,000 and a tag's attributes beyond 2,000.
    """
    if len(source) > _LONG_SOURCE:
        source = _LONG_TAG.sub(_few_attributes, source)
    if source.count("<") < _SUSPECT:
        return source
    is_long = len(url) > _LONG_ADDRESS or _BASE.search(source) is not None
    return _few_elements(_few_options(source), _MAX_ELEMENTS_THERE if is_long else _MAX_ELEMENTS)


def _few_attributes(tag: re.Match[str]) -> str:
    for number, attribute in enumerate(_ATTRIBUTE.finditer(tag.group())):
        if number > _MAX_ATTRIBUTES:  # the first is the tag's name
            return tag.group()[: attribute.start()]
    return tag.group()


def _few_elements(source: str, most: int) -> str:
    depth = opened = 0
    for match in _TAG.finditer(source):
        closes = bool(match.group(1))
        if not closes:
            opened += 1 + source[match.end() : match.end() + 1].isspace()
        if opened > most:
            return source[: match.start()]
        if match.group(2).lower() not in _NOT_NESTED:
            depth = max(0, depth - 1) if closes else depth + 1
            if depth > _MAX_DEPTH:
                return source[: match.start()]
    return source


def _few_options(source: str) -> str:
    for number, match in enumerate(_OPTION.finditer(source)):
        if number == _MAX_OPTIONS:
            return source[: match.start()] + _OPTION.sub("", source[match.start() :])
    return source
