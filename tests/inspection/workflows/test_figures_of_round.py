"""The days of a bulletin's period."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from inspection.accountability import Accountability
from inspection.errors import InputRejected
from inspection.offices import Office, OfficeLevel
from inspection.reporting import ReportedRound
from inspection.reporting.report import Filing, Totals
from inspection.workflows.figures_of_round import FiguresOrder, figures_of_round, last_day
from inspection.workflows.gather_figures import BulletinScope
from store.memory import MemoryStores

OFFICE = Office(id="gb", name="某办公厅", level=OfficeLevel.NATIONAL)
SCOPE = BulletinScope(office=OFFICE, period="2017年第一季度", area="全国", until=date(2017, 3, 31), report="2017Q1")


@pytest.fixture
def stores() -> MemoryStores:
    """A report of the office's own, and one person held to account in each month from 2016-12 to 2017-04."""
    stores = MemoryStores()
    filing = Filing(
        totals=Totals(running=10, sampled=5, passed=5, failed=0),
        as_of=date(2017, 3, 31),
        filed_at=datetime(2017, 4, 5, tzinfo=UTC),
        by="甲",
    )
    stores.reports.add(
        [
            ReportedRound(
                id="2017Q1:gb",
                office="gb",
                office_name=OFFICE.name,
                level=OFFICE.level,
                period="2017Q1",
                filings=(filing,),
            )
        ]
    )
    kind = stores.rules.accountability.kinds[0].id
    days = (date(2016, 12, 15), date(2017, 1, 15), date(2017, 2, 15), date(2017, 3, 15), date(2017, 4, 15))
    stores.accountability.add([Accountability(id=f"a{day}", kind=kind, persons=1, unit="某局", on=day) for day in days])
    return stores


@pytest.mark.parametrize(
    ("period", "asked", "today", "last"),
    [
        ("2017年第一季度", None, date(2017, 5, 11), date(2017, 3, 31)),
        ("2017年第一季度", None, date(2017, 3, 20), date(2017, 3, 20)),
        ("2017年第一季度", date(2017, 3, 15), date(2017, 5, 11), date(2017, 3, 15)),
        ("近期", None, date(2017, 5, 11), date(2017, 5, 11)),
    ],
)
def test_a_period_ends_with_its_last_day_once_it_is_over(
    period: str, asked: date | None, today: date, last: date
) -> None:
    assert last_day(period, asked, today) == last


def test_a_period_cannot_end_after_today() -> None:
    with pytest.raises(InputRejected, match="2017-03-31 还没有到（今天是 2017-03-30）"):
        last_day("2017年第一季度", date(2017, 3, 31), date(2017, 3, 30))


@pytest.mark.parametrize(
    ("period", "until", "since", "persons"),
    [
        ("2017年第一季度", date(2017, 3, 31), None, 3),
        ("2017年第一季度", date(2017, 2, 28), None, 2),
        ("2017年2月", date(2017, 2, 28), None, 1),
        ("近期", date(2017, 3, 31), None, 3),
        ("2018年第一季度", date(2017, 3, 31), None, 3),
        ("2017年第一季度", date(2017, 3, 31), date(2016, 12, 1), 4),
    ],
)
def test_records_of_the_period_count_and_no_others(
    stores: MemoryStores, period: str, until: date, since: date | None, persons: int
) -> None:
    scope = msgspec.structs.replace(SCOPE, period=period, until=until)
    found = figures_of_round(scope, FiguresOrder(since=since), stores).accountability
    assert found is not None
    assert found.total == persons


def test_a_period_that_ends_before_it_begins_is_refused(stores: MemoryStores) -> None:
    with pytest.raises(InputRejected, match="早于第一天 2017-04-01"):
        figures_of_round(SCOPE, FiguresOrder(since=date(2017, 4, 1)), stores)
