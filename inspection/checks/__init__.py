"""Observations and an edition give findings: one file per family, one line per check in :data:`CHECKS`."""

from inspection.checks.availability import home_availability, site_unreachable
from inspection.checks.case import Case
from inspection.checks.check import Check
from inspection.checks.columns import columns_not_updated, other_columns, required_column, stale_columns
from inspection.checks.elements import home_elements
from inspection.checks.home import home_not_updated, home_update_count
from inspection.checks.links import link_availability
from inspection.checks.rulebook import Rulebook
from inspection.checks.serious import serious_errors

__all__ = ["CHECKS", "CHECK_PARAMS", "Case", "Check", "Rulebook"]

CHECKS: tuple[Check, ...] = (
    site_unreachable,
    home_availability,
    home_not_updated,
    home_update_count,
    columns_not_updated,
    stale_columns,
    required_column,
    other_columns,
    home_elements,
    link_availability,
    serious_errors,
)
"""All checks. An edition's indicator names the one that serves it by its name."""

CHECK_PARAMS = {check.name: check.params for check in CHECKS}
"""Names that an edition may use, with the types of their parameters."""
