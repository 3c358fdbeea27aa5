"""What offices report of their own work: results of their rounds, verification of these, deep self-checks.

The package root holds the kinds of records that stores keep; rules and calculations are imported from their modules.
"""

from inspection.reporting.report import Filing, ReportedResult, ReportedRound, Totals
from inspection.reporting.self_check import SelfCheck
from inspection.reporting.verification import VerificationDraw

__all__ = ["Filing", "ReportedResult", "ReportedRound", "SelfCheck", "Totals", "VerificationDraw"]
