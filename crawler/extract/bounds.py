"""What keeps hostile pages from holding a worker up: parsers need time by the square of depth and of options."""

import re

_SUSPECT = 20_000
"""Pages with fewer tags are parsed as they are."""
_MAX_DEPTH = 2_000
"""Browsers stop at 512."""
_MAX_OPTIONS = 5_000
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
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


def bounded(source: str) -> str:
    """The source, cut off where more than 2,000 elements are open, and without a list's options beyond 5,000."""
    if source.count("<") < _SUSPECT:
        return source
    return _few_options(_shallow(source))


def _shallow(source: str) -> str:
    depth = 0
    for match in _TAG.finditer(source):
        if match.group(2).lower() not in _NOT_NESTED:
            depth = max(0, depth - 1) if match.group(1) else depth + 1
            if depth > _MAX_DEPTH:
                return source[: match.start()]
    return source


def _few_options(source: str) -> str:
    for number, match in enumerate(_OPTION.finditer(source)):
        if number == _MAX_OPTIONS:
            return source[: match.start()] + _OPTION.sub("", source[match.start() :])
    return source
