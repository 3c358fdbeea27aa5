"""How long bulky details are kept (保存期限). Findings, verdicts and whatever they rest on are kept for good."""

from inspection.retention.periods import Periods, parse_periods, shipped_periods

__all__ = ["Periods", "parse_periods", "shipped_periods"]
