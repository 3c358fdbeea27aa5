"""The facts of a page in bounds: a page of five megabytes may be one title, or tens of thousands of columns."""

from typing import Any

import msgspec

from inspection.observation import PageFacts

_SUSPECT = 500_000
"""Pages with fewer characters, in the page and in the addresses that it writes in short, are left as they are."""
_LONGEST = 2_000
_MOST = 5_000
_CHARACTERS = 4_000_000
_OWN_LIMITS = frozenset({"text", "links"})


def within_limits(facts: PageFacts, *, written: int) -> PageFacts:
    """The same facts, of a page of ``written`` characters (addresses in full) that may be hostile.

    Texts are cut at 2,000 characters and lists at 5,000 entries and at 4 million characters in all; the page's own
    text and its links have limits of their own.
    """
    if written < _SUSPECT:
        return facts
    cutter = _Cutter()
    names = [name for name in facts.__struct_fields__ if name not in _OWN_LIMITS]
    return msgspec.structs.replace(facts, **{name: cutter.cut(getattr(facts, name)) for name in names})


class _Cutter:
    def __init__(self) -> None:
        self._left = _CHARACTERS

    def cut(self, value: Any) -> Any:
        """A value and all within it."""
        if isinstance(value, str):
            return self._cut_text(value)
        if isinstance(value, tuple):
            return self._cut_list(value)
        if isinstance(value, dict):
            return dict(self._cut_list(tuple(value.items())))
        if isinstance(value, msgspec.Struct):
            fields = {name: self.cut(getattr(value, name)) for name in value.__struct_fields__}
            return msgspec.structs.replace(value, **fields)
        return value

    def _cut_text(self, text: str) -> str:
        self._left -= min(len(text), _LONGEST)
        return text[:_LONGEST]

    def _cut_list(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        kept = []
        for item in items[:_MOST]:
            if self._left <= 0:
                break
            kept.append(self.cut(item))
        return tuple(kept)
