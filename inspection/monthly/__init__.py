"""Monthly reports of cities on their daily supervision, with the annexes of their counties (月报)."""

from inspection.monthly.late_list import LateCity, LateList, late_list
from inspection.monthly.report import CityStatus, Filing, MonthlyReport, MonthlyRules, ReportState, city_status

__all__ = [
    "CityStatus",
    "Filing",
    "LateCity",
    "LateList",
    "MonthlyReport",
    "MonthlyRules",
    "ReportState",
    "city_status",
    "late_list",
]
