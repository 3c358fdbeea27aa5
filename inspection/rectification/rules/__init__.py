"""Rules of rectification as data: deadlines, numbers of notices, what makes a repeat offender."""

from inspection.rectification.rules.parse import SHIPPED, RectificationRules, own_rules, parse_rules, shipped_rules

__all__ = ["SHIPPED", "RectificationRules", "own_rules", "parse_rules", "shipped_rules"]
