"""What is watched beside the rounds: key sites day by day (重点监测), and warnings before a veto is reached (预警)."""

from inspection.monitoring.early_warning import EarlyWarning, Measure, WarningRule, WarningState
from inspection.monitoring.key_site import KeySite
from inspection.monitoring.rules import MonitoringRules, parse_rules, shipped_rules

__all__ = [
    "EarlyWarning",
    "KeySite",
    "Measure",
    "MonitoringRules",
    "WarningRule",
    "WarningState",
    "parse_rules",
    "shipped_rules",
]
