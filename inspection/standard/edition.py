"""An edition of the standard: indicators, column classes and the pass rule, all of them data."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from inspection.registry.site import SiteCategory


class IndicatorKind(StrEnum):
    """What a finding under an indicator does to a site."""

    VETO = "veto"
    DEDUCTION = "deduction"
    BONUS = "bonus"
    KPI = "kpi"


class Automation(StrEnum):
    """Who can decide an indicator."""

    MACHINE = "machine"
    MACHINE_REVIEW = "machine+review"
    HUMAN = "human"


class Source(StrEnum):
    """Where a number comes from; all but :attr:`FOUND` are shown to users as provisional (待核)."""

    FOUND = "found"
    DERIVED = "derived"
    RECALLED = "recalled"
    ENGINEERING = "engineering"

    @property
    def is_provisional(self) -> bool:
        """Whether users must see 待核 beside the number."""
        return self is not Source.FOUND


class ColumnClass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of columns with its update window (days) and the words that name it; first match wins."""

    id: str
    name: str
    window_days: int
    names: tuple[str, ...]
    excluded_names: tuple[str, ...] = ()
    source: Source = Source.FOUND


class Indicator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the indicator table.

    ``check`` names the check that serves it (empty: people only); ``params`` are the check's thresholds.
    ``points`` is what one finding costs, None where the check computes it or a veto needs none;
    ``cap`` bounds the sum of the indicator's deductions. ``categories`` empty = all sites.
    """

    id: str
    name: str
    clause: str
    kind: IndicatorKind
    automation: Automation
    source: Source
    check: str = ""
    params: dict[str, Any] = {}
    points: Decimal | None = None
    cap: Decimal | None = None
    categories: tuple[SiteCategory, ...] = ()

    def applies_to(self, category: SiteCategory) -> bool:
        """Whether sites of this class are judged by the indicator."""
        return not self.categories or category in self.categories


class PassRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Start score, and the deductions above which a site fails (strictly more)."""

    full_score: Decimal
    fails_above: Decimal
    source: Source


class Edition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One edition of the standard. ``valid_to`` None = still in force."""

    id: str
    name: str
    document: str
    valid_from: date
    valid_to: date | None = None
    pass_rule: PassRule
    column_classes: tuple[ColumnClass, ...]
    indicators: tuple[Indicator, ...]

    def indicators_for(self, category: SiteCategory) -> tuple[Indicator, ...]:
        """The rows by which sites of this class are judged, in table order."""
        return tuple(row for row in self.indicators if row.applies_to(category))
