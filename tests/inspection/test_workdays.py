"""Working days in China, against the notices of the State Council's office."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspection.workdays import (
    LAST_YEAR,
    after_working_days,
    end_of_day,
    is_known,
    is_overdue,
    is_working_day,
    working_day_from,
    working_days_between,
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2017, 4, 4), False),  # 清明节, a Tuesday
        (date(2017, 4, 1), True),  # a Saturday that makes up for it
        (date(2017, 4, 5), True),
        (date(2017, 10, 4), False),  # 国庆节和中秋节
        (date(2017, 9, 30), True),  # a Saturday
        (date(2024, 2, 9), True),  # 除夕 was no holiday in 2024
        (date(2025, 1, 28), False),  # but is since 2025
        (date(2026, 10, 10), True),  # a Saturday
        (date(2026, 11, 22), False),  # a plain Sunday
    ],
)
def test_holidays_and_make_up_days(day, works):
    assert is_working_day(day) is works


def test_a_year_without_a_notice_falls_back_to_weekdays_and_says_so():
    national_day = date(LAST_YEAR + 1, 10, 1)
    assert is_working_day(national_day) is (national_day.weekday() < 5)
    assert not is_known(national_day)
    assert is_known(date(LAST_YEAR, 12, 31))
    assert not is_known(date(2003, 12, 31))


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2017, 3, 31), 0, date(2017, 3, 31)),
        (date(2017, 3, 31), 1, date(2017, 4, 1)),  # over the make-up Saturday
        (date(2017, 3, 31), 2, date(2017, 4, 5)),  # over the holiday
        (date(2017, 9, 29), 3, date(2017, 10, 10)),
        (date(2017, 10, 3), 1, date(2017, 10, 9)),  # from a day off
        (date(2017, 4, 5), -1, date(2017, 4, 1)),
    ],
)
def test_the_nth_working_day_after(day, count, expected):
    assert after_working_days(day, count) == expected


@given(st.dates(date(2003, 1, 1), date(LAST_YEAR + 2, 1, 1)), st.integers(-30, 30))
def test_counting_is_the_inverse_of_adding(day, count):
    target = after_working_days(day, count)
    assert count == 0 or is_working_day(target)
    if count >= 0:
        assert working_days_between(day, target) == count
    elif is_working_day(day):
        assert after_working_days(target, -count) == day


def test_what_is_due_on_a_day_is_late_when_the_day_is_over_in_china():
    due = date(2017, 4, 5)
    assert end_of_day(due) == datetime(2017, 4, 5, 16, tzinfo=UTC)
    assert not is_overdue(due, datetime(2017, 4, 5, 15, 59, tzinfo=UTC))
    assert is_overdue(due, datetime(2017, 4, 5, 16, tzinfo=UTC))
    assert working_day_from(date(2017, 4, 2)) == date(2017, 4, 5)
    assert working_day_from(due) == due
