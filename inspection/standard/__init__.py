"""By what rule: editions of the inspection standard as data, and their parser."""

from inspection.standard.edition import ColumnClass, Edition, Indicator, IndicatorKind, Source

__all__ = ["ColumnClass", "Edition", "Indicator", "IndicatorKind", "Source"]
