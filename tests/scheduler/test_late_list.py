"""The late list: fixed once for a due day, as things stood at its end, whatever is filed later."""

from datetime import UTC, date, datetime

import pytest

from inspection.monthly import LateCity
from inspection.offices import Office, OfficeLevel
from inspection.workflows.file_monthly_report import Attachment, file_monthly_report
from inspection.workflows.fix_late_lists import fix_late_lists
from scheduler.config import SchedulerConfig
from scheduler.entries import timetable
from scheduler.jobs import jobs_of
from scheduler.loop import Scheduler
from scheduler.rules import rules_of
from store.memory import MemoryStores

SILENT, FILED, INCOMPLETE, COUNTY = "370100", "370600", "370200", "370202"


@pytest.fixture
def stores():
    stores = MemoryStores()
    cities = [
        Office(id=city, name=city, level=OfficeLevel.MUNICIPAL, region=city) for city in (SILENT, FILED, INCOMPLETE)
    ]
    stores.offices.add([*cities, Office(id=COUNTY, name="区", level=OfficeLevel.COUNTY, region=COUNTY)])
    return stores


def file(stores, clock, city: str) -> None:
    attachment = Attachment(region=city, name="月报.docx", body=b"report")
    file_monthly_report("2026-10", city, [attachment], by="甲", stores=stores, clock=clock)


@pytest.mark.parametrize("down", [False, True])
def test_it_tells_who_had_not_filed_by_the_end_of_the_fifth(stores, clock, down):
    config = SchedulerConfig()
    entries = [entry for entry in timetable(config) if entry.job == "late-list"]

    def run() -> None:
        Scheduler(stores, entries, clock, jobs_of(rules_of(config)), by="one").run_due()

    clock.present = datetime(2026, 11, 2, 0, tzinfo=UTC)
    run()
    file(stores, clock, FILED)
    file(stores, clock, INCOMPLETE)
    for _ in range(8):
        clock.advance(days=1)
        if clock.present.day == 7:
            file(stores, clock, SILENT)  # too late
        if not down:
            run()
    run()
    [fixed] = stores.late_lists.page()
    assert (fixed.id, fixed.fixed_on, fixed.cities) == ("2026-10:2026-11-05", date(2026, 11, 6), 3)
    assert fixed.late == (
        LateCity(city=SILENT, report_missing=True),
        LateCity(city=INCOMPLETE, report_missing=False, missing_annexes=(COUNTY,)),
    )
    clock.advance(days=31)
    run()
    assert [each.id for each in stores.late_lists.page()] == ["2026-10:2026-11-05", "2026-11:2026-12-05"]
    assert stores.late_lists.find(fixed.id) == fixed


def test_months_missed_since_the_latest_list_are_made_up_for(stores):
    rules = stores.rules.monthly
    assert [each.month for each in fix_late_lists(date(2026, 8, 6), stores, rules)] == ["2026-07"]
    assert fix_late_lists(date(2026, 11, 5), stores, rules)[-1].month == "2026-09", "October is due on that very day"
    fixed = stores.late_lists.page()
    assert [each.id for each in fixed] == ["2026-07:2026-08-05", "2026-08:2026-09-05", "2026-09:2026-10-05"]
    assert fixed[1].fixed_on == date(2026, 11, 5)
    assert fix_late_lists(date(2026, 11, 5), stores, rules) == []
