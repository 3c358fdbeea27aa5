"""Monthly reports: due days, late ones, annexes missing."""

from datetime import date, datetime

import msgspec
import pytest

from inspection.errors import InputRejected
from inspection.monthly.report import Filing, MonthlyReport, ReportState, city_status, next_month, with_filings
from inspection.observation.site import CHINA
from inspection.supervision import load_rules

RULES = load_rules().monthly
CITY, FIRST, SECOND = "370600", "370602", "370611"


def filing(region: str, day: int, hour: int = 9) -> Filing:
    at = datetime(2017, 3, day, hour, 59, tzinfo=CHINA)
    return Filing(region=region, name="月报.docx", digest="d" * 64, size=9, at=at, by="甲")


def report(*filings: Filing) -> MonthlyReport:
    return with_filings(MonthlyReport(id=f"2017-02:{CITY}", region=CITY, month="2017-02"), filings)


def status(day: int, *filings: Filing):
    [found] = city_status("2017-02", {CITY: [SECOND, FIRST]}, [report(*filings)], date(2017, 3, day), RULES)
    return found


def test_the_fifth_is_in_time_until_midnight_and_the_sixth_is_late():
    assert status(31, filing(CITY, 5, hour=23)).state is ReportState.IN_TIME
    assert status(31, filing(CITY, 6, hour=0)).state is ReportState.LATE
    assert status(5).state is ReportState.NOT_YET_DUE
    assert status(6).state is ReportState.MISSING
    assert status(6, filing(CITY, 7)).state is ReportState.MISSING, "what was filed later was not there that day"


def test_annexes_alone_are_no_report_and_missing_ones_are_named():
    found = status(31, filing(FIRST, 4))
    assert (found.state, found.filed_on, found.missing_annexes) == (ReportState.MISSING, None, (SECOND,))
    found = status(31, filing(CITY, 4), filing(FIRST, 4), filing(FIRST, 9), filing(SECOND, 6))
    assert (found.missing_annexes, found.late_annexes) == ((), (SECOND,)), "a better version later makes none late"


def test_whether_the_due_day_moves_is_a_rule():
    """5 March 2017 was a Sunday."""
    assert RULES.due_on("2017-02", CITY) == date(2017, 3, 5)
    moving = msgspec.structs.replace(RULES.due[0], id="sd", region="37", moves_to_working_day=True)
    rules = msgspec.structs.replace(RULES, due=(*RULES.due, moving))
    assert rules.due_on("2017-02", CITY) == date(2017, 3, 6)
    assert rules.due_on("2017-02", "440100") == date(2017, 3, 5)
    assert rules.due_on("2017-03", CITY) == date(2017, 4, 5), "a Wednesday after the Qingming holidays"


def test_months():
    assert next_month("2016-12") == date(2017, 1, 1)
    assert next_month("2017-01") == date(2017, 2, 1)
    for wrong in ("2017-13", "2017-2", "x"):
        with pytest.raises(InputRejected, match="YYYY-MM"):
            next_month(wrong)


def test_an_annex_of_another_city_is_refused():
    with pytest.raises(InputRejected, match="440103"):
        report(filing("440103", 4))
