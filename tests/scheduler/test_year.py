"""A year of the timetable in hourly steps, with schedulers killed at every kind of moment.

Killed means: between any two writes, of the ledger or of the job, a write being either lost or done. What is done over
the year must be what is done where nothing is killed: nothing left out, nothing done twice.
"""

import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import pytest

from inspection.monthly import Filing, MonthlyReport
from inspection.offices import Office, OfficeLevel
from inspection.registry import Site, SiteCategory
from inspection.registry.opt_out import OptOut
from inspection.reminders import Stage
from inspection.workflows.monitor_key_sites import watch_site
from scheduler.config import SchedulerConfig
from scheduler.entries import timetable
from scheduler.jobs import jobs_of
from scheduler.loop import Scheduler
from scheduler.rules import rules_of
from scheduler.timetable import DayOff, Due, Entry, Missed
from store.memory import MemoryStores

START = datetime(2025, 12, 31, 16, tzinfo=UTC)
HOURS = 365 * 24
EACH = Missed.EACH
TABLE = (
    Entry(job="hourly", title="", every_s=3600),
    Entry(job="every-seven", title="", every_s=7 * 3600, missed=EACH, lease_s=3 * 3600),
    Entry(job="daily", title="", at=time(6, 30)),
    Entry(job="daily-each", title="", at=time(2), missed=EACH, lease_s=9 * 3600),
    Entry(job="working", title="", at=time(9), on_day_off=DayOff.SKIP, missed=EACH),
    Entry(job="weekly", title="", at=time(23, 59), weekdays=(5,), missed=EACH),
    Entry(job="monthly", title="", at=time(9), days_of_month=(5,), on_day_off=DayOff.NEXT, missed=EACH),
    Entry(job="month-end", title="", at=time(18), days_of_month=(31,), missed=EACH, lease_s=30 * 3600),
)


WRITES = ("add", "replace", "move", "open", "submit", "resubmit", "drop_round")


class Killed(BaseException):
    """The process is gone."""


class Perils:
    """Kills at one in ``one_in`` of the moments before and after writes; counts them."""

    def __init__(self, seed: int, one_in: float) -> None:
        self._random = random.Random(seed)
        self._chance = 1 / one_in
        self.kills = 0

    def moment(self) -> None:
        if self._random.random() < self._chance:
            self.kills += 1
            raise Killed


class Perilous:
    """A repository whose writes may be the last thing that a process does, or never be done."""

    def __init__(self, records, perils: Perils) -> None:
        self._records = records
        self._perils = perils

    def __getattr__(self, name):
        found = getattr(self._records, name)
        if name not in WRITES:
            return found

        def write(*arguments, **named):
            self._perils.moment()
            result = found(*arguments, **named)
            self._perils.moment()
            return result

        return write


class Clock:
    def __init__(self) -> None:
        self.present = START

    def now(self) -> datetime:
        return self.present


class Year:
    """Two schedulers that take turns, a new process after each kill; and what their jobs did."""

    def __init__(self, perils: Perils, *, down: range = range(0)) -> None:
        self._perils, self._down = perils, down
        self._clock = Clock()
        self._stores = MemoryStores()
        self._stores.job_states = Perilous(self._stores.job_states, perils)
        self._stores.job_runs = Perilous(self._stores.job_runs, perils)
        self.effects: dict[str, Due] = {}
        self.calls: Counter[str] = Counter()

    def run(self) -> "Year":
        jobs = {entry.job: self._work for entry in TABLE}
        for hour in range(HOURS + 48):
            self._clock.present = START + timedelta(hours=hour)
            quiet = hour >= HOURS  # so that what was claimed last is taken over
            for process in range(2):
                if hour in self._down or (quiet and process):
                    continue
                try:
                    Scheduler(self._stores, TABLE, self._clock, jobs, by=f"{process}-{hour}").run_due()
                except Killed:
                    continue
        return self

    def _work(self, stores, clock, run: Due) -> None:
        """Its effect is one write, named by the key of the run."""
        self.calls[run.key] += 1
        self._perils.moment()
        before = self.effects.setdefault(run.key, run)
        assert before == run, "the same key stood for other occurrences"
        self._perils.moment()

    def covered(self, job: str) -> list[tuple[datetime, datetime, int]]:
        return sorted((run.first, run.at, run.count) for run in self.effects.values() if run.job == job)


@pytest.fixture(scope="module")
def undisturbed() -> Year:
    return Year(Perils(0, one_in=float("inf"))).run()


def test_undisturbed_each_occurrence_is_run_once(undisturbed):
    assert set(undisturbed.calls.values()) == {1}
    counts = Counter(run.job for run in undisturbed.effects.values())  # with two days behind the year, for all of it
    assert counts["monthly"] == counts["month-end"] == 12
    assert counts["weekly"] == 53
    assert counts["daily"] == counts["daily-each"] == 367
    assert 245 <= counts["working"] <= 252


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_any_moment_nothing_is_left_out_and_nothing_done_twice(undisturbed, seed):
    perils = Perils(seed, one_in=40)
    year = Year(perils).run()
    assert perils.kills > 500
    for entry in TABLE:
        wanted = undisturbed.covered(entry.job)
        if entry.missed is EACH:
            assert year.covered(entry.job) == wanted
        else:
            assert_parts(year.covered(entry.job), wanted)
    again = sum(year.calls.values()) - len(year.calls)
    assert again <= perils.kills, "runs were repeated that nobody had killed"


def test_after_three_weeks_without_a_scheduler_all_is_caught_up(undisturbed):
    year = Year(Perils(0, one_in=float("inf")), down=range(60 * 24, 81 * 24)).run()
    assert set(year.calls.values()) == {1}
    for entry in TABLE:
        if entry.missed is EACH:
            assert year.covered(entry.job) == undisturbed.covered(entry.job)
        else:
            assert_parts(year.covered(entry.job), undisturbed.covered(entry.job))
    assert max(count for *_, count in year.covered("daily")) in (21, 22)


def assert_parts(runs, occurrences) -> None:
    """Each occurrence is in exactly one of the runs."""
    left = list(occurrences)
    for first, at, count in runs:
        taken, left = left[:count], left[count:]
        assert (taken[0][0], taken[-1][1]) == (first, at)
    assert left == []


def opt_outs_of(stores: MemoryStores) -> None:
    for number in range(1, 9):
        until = START + timedelta(days=5 * number)
        code = f"370600{number:04d}"
        stores.opt_outs.add(OptOut(code=code, url=f"http://s{number}.cn/", reason="搬迁", since=START, until=until))


def two_months(perils: Perils) -> dict[str, list]:
    """What the shipped jobs of the calendar have written after two months: all records, by kind."""
    stores, clock = MemoryStores(), Clock()
    site = Site(code="3706000001", name="甲", url="http://a.cn/", category=SiteCategory.CITY_PORTAL, region="370600")
    stores.sites.upsert([site], at=START, source="test")
    opt_outs_of(stores)
    watch = {"reason": "重点", "by": "张三", "since": date(2026, 1, 1)}
    watch_site(site.code, sites=stores.sites, key_sites=stores.key_sites, **watch)
    for kind in ("job_states", "job_runs", "rounds", "inspections", "queue", "reminders"):
        setattr(stores, kind, Perilous(getattr(stores, kind), perils))
    config = SchedulerConfig()
    table = [entry for entry in timetable(config) if entry.job in ("monitor", "remind")]
    jobs = jobs_of(rules_of(config))
    for hour in range(60 * 24):
        clock.present = START + timedelta(hours=hour)
        for process in range(2):
            with suppress(Killed):
                Scheduler(stores, table, clock, jobs, by=f"{process}-{hour}").run_due()
    return {
        "rounds": [(each.id, each.state) for each in stores.rounds.page(limit=999)],
        "runs": [each.id for each in stores.job_runs.page(limit=999)],
        "reminders": [(each.id, each.stage) for each in stores.reminders.page(limit=999)],
        "queued": sorted(stores.queue.queued),
    }


def late_lists_of_a_year(perils: Perils) -> list:
    """What is fixed of the monthly reports over a year, with nobody at work for the first nine days of June."""
    stores, clock = MemoryStores(), Clock()
    stores.offices.add([Office(id="yt", name="烟台", level=OfficeLevel.MUNICIPAL, region="370600")])
    for kind in ("job_states", "job_runs", "late_lists"):
        setattr(stores, kind, Perilous(getattr(stores, kind), perils))
    config = SchedulerConfig()
    table = [entry for entry in timetable(config) if entry.job == "late-list"]
    jobs = jobs_of(rules_of(config))
    for hour in range(0, HOURS, 3):
        clock.present = START + timedelta(hours=hour)
        month = f"{(clock.present.replace(day=1) - timedelta(days=1)):%Y-%m}"
        if clock.present.day == 2 + clock.present.month % 2 * 5:  # every other month in time
            stores.monthly_reports.add([filed(month, clock.present)])
        if clock.present.month == 6 and clock.present.day < 10:
            continue
        for process in range(2):
            with suppress(Killed):
                Scheduler(stores, table, clock, jobs, by=f"{process}-{hour}").run_due()
    return stores.late_lists.page(limit=99)


def filed(month: str, at: datetime) -> MonthlyReport:
    filing = Filing(region="370600", name="月报.docx", digest="d" * 64, size=9, at=at, by="甲")
    return MonthlyReport(id=f"{month}:370600", region="370600", month=month, filings=(filing,))


def test_the_late_lists_are_fixed_once_each_whether_or_not_anybody_is_killed():
    calm, perils = late_lists_of_a_year(Perils(0, one_in=float("inf"))), Perils(5, one_in=6)
    assert late_lists_of_a_year(perils) == calm
    assert perils.kills > 100
    assert len(calm) == 12
    assert [each.due.month for each in calm if each.late] == [1, 3, 5, 7, 9, 11]


def test_the_shipped_jobs_write_the_same_whether_or_not_they_are_killed():
    calm, perils = two_months(Perils(0, one_in=float("inf"))), Perils(3, one_in=12)
    assert two_months(perils) == calm
    assert perils.kills > 50
    assert len(calm["rounds"]) == 60
    assert {stage for _, stage in calm["reminders"]} == {Stage.BEFORE, Stage.ON_THE_DAY}
