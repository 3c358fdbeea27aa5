"""By what rule: editions of the inspection standard as data, and their parser."""

from inspection.standard.edition import (
    Automation,
    ColumnClass,
    Edition,
    Indicator,
    IndicatorKind,
    Ruling,
    Source,
    Target,
)
from inspection.standard.library import SHIPPED, EditionLibrary

__all__ = [
    "SHIPPED",
    "Automation",
    "ColumnClass",
    "Edition",
    "EditionLibrary",
    "Indicator",
    "IndicatorKind",
    "Ruling",
    "Source",
    "Target",
]
