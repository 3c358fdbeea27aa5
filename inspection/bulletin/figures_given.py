"""Figures as somebody hands them in: what is not known among them is refused, never left out in silence."""

from collections.abc import Iterator
from difflib import get_close_matches

import msgspec

from inspection.bulletin.figures import BulletinFigures
from inspection.errors import InputRejected
from inspection.faults import in_chinese


def figures_given(given: object) -> BulletinFigures:
    """The figures that decoded JSON holds; :class:`InputRejected` names the fields that are wrong, or unknown."""
    try:
        figures = msgspec.convert(given, BulletinFigures)
    except msgspec.ValidationError as error:
        raise InputRejected(in_chinese(error)) from error
    unknown = list(_unknown(given, msgspec.to_builtins(figures), ""))
    if unknown:
        raise InputRejected(f"没有这样的数据项：{'、'.join(unknown)}；请更正或去掉")
    return figures


def _unknown(given: object, known: object, path: str) -> Iterator[str]:
    """Paths of keys that the figures made of what was given do not have, each with the name that may be meant."""
    if isinstance(given, dict) and isinstance(known, dict):
        for key, value in given.items():
            if key in known:
                yield from _unknown(value, known[key], f"{path}{key}.")
            else:
                meant = get_close_matches(key, known, n=1)
                yield f"{path}{key}" + (f"（是否为 {meant[0]}）" if meant else "")
    if isinstance(given, list) and isinstance(known, list | tuple):
        for place, (value, other) in enumerate(zip(given, known, strict=True)):
            yield from _unknown(value, other, f"{path.removesuffix('.')}[{place}].")
