"""What the two renderings of a bulletin share: measures of its head (GB/T 9704-2012, 7.2), breaks of addresses."""

import re
from typing import NamedTuple

from inspection.bulletin.words import width

RED = "FF0000"
TEXT_MM = 156
HEAD_FROM_TOP_MM = 35
"""From the upper edge of the text area to the head."""
RULE_AFTER_MM = 4
"""From the document number to the red line."""
ADDRESS_BREAKS = re.compile(r"(?=\.)|(?<=[^/:]/)(?=[^/])")
"""Where an address may go on in the next line: before its dots and after its slashes."""
_PT_PER_MM = 72 / 25.4
_HEAD_PT, _NARROWEST = 48.0, 0.5


class HeadSize(NamedTuple):
    """Height of the characters in points, and their width as a share of it."""

    points: float
    narrowed: float


def head_size(head: str) -> HeadSize:
    """So that the head stands in one line: a long one first gets narrower, then lower characters too."""
    fitting = TEXT_MM * _PT_PER_MM / max(1.0, width(head))
    narrowed = min(1.0, max(_NARROWEST, fitting / _HEAD_PT))
    return HeadSize(points=min(_HEAD_PT, int(fitting / narrowed * 2) / 2), narrowed=narrowed)


def mm_pt(millimetres: float) -> float:
    """Millimetres in points."""
    return millimetres * _PT_PER_MM
