"""By what rule: editions of the inspection standard as data, and their parser."""

from inspection.standard.edition import (
    Automation,
    ColumnClass,
    Edition,
    Indicator,
    IndicatorKind,
    Ruling,
    Target,
)
from inspection.standard.lexicon import Lexicon, LexiconCategory
from inspection.standard.library import SHIPPED, EditionLibrary
from inspection.standard.source import Source

__all__ = [
    "SHIPPED",
    "Automation",
    "ColumnClass",
    "Edition",
    "EditionLibrary",
    "Indicator",
    "IndicatorKind",
    "Lexicon",
    "LexiconCategory",
    "Ruling",
    "Source",
    "Target",
]
