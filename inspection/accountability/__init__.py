"""Accountability of persons (问责): records by kind, counted per period and region."""

from inspection.accountability.record import (
    Accountability,
    AccountabilityKind,
    AccountabilityRules,
    accountability_figures,
)

__all__ = ["Accountability", "AccountabilityKind", "AccountabilityRules", "accountability_figures"]
