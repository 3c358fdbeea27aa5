"""A year of the timetable in hourly steps, with schedulers killed at every kind of moment.

Killed means: between any two writes, of the ledger or of the job, a write being either lost or done. What is done over
the year must be what is done where nothing is killed: nothing left out, nothing done twice.
"""

import copy
import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from inspection.findings import Evidence, Finding, FindingState, ReviewStatus, finding_id
from inspection.messages import Message, MessageState
from inspection.messages import Step as MessageStep
from inspection.monthly import Filing, MonthlyReport
from inspection.observation import FetchOutcome, PageFacts, PageSeen
from inspection.observation.site import china_day
from inspection.offices import Office, OfficeLevel
from inspection.ports import Inspection
from inspection.records import every
from inspection.rectification import CaseState, RectificationCase, StepKind
from inspection.rectification.rules import shipped_rules
from inspection.registry import Site, SiteCategory
from inspection.registry.opt_out import OptOut
from inspection.reminders import Stage
from inspection.sampling import ProbePlan, Round, RoundState, SampleMember
from inspection.scoring import Scorecard, Verdict
from inspection.workflows.handle_message import request_recheck
from inspection.workflows.monitor_key_sites import watch_site
from inspection.workflows.open_cases import open_cases
from inspection.workflows.rounds import every_round
from inspection.workflows.step_case import Document, escalate_case, step_case
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


RULES = shipped_rules("national")
COLUMN = "http://s.gov.cn/tzgg/"
QUARTERS = {(month, 5): f"q{month}" for month in (1, 3, 6, 9)}
FAILED = Scorecard(
    edition="2019", verdict=Verdict.FAILED, score=None, deducted=Decimal(0), vetoes=("N19-V4",), reasons=("空白栏目",)
)
PASSED = Scorecard(edition="2019", verdict=Verdict.PASSED, score=Decimal(100), deducted=Decimal(0))


def code_of(n: int) -> str:
    return f"370600{n:04d}"


class People:
    """What people and sites do each noon over a year, whatever becomes of schedulers.

    Four rounds find the sites 1 to 6 failing. All report in time but site 6, which is escalated for it; those of an
    even number have put nothing right at their first recheck. One message asks for a recheck in each round.
    """

    def __init__(self, stores: MemoryStores, clock: Clock) -> None:
        self._stores, self._clock = stores, clock
        self._sites = [
            Site(
                code=code_of(n),
                name=f"第{n}站",
                url="http://s.gov.cn/",
                category=SiteCategory.CITY_DEPARTMENT,
                region="370600",
                organizer=f"第{n}局",
                supervisor="市政府办",
            )
            for n in range(1, 7)
        ]
        stores.sites.upsert(self._sites, at=START, source="test")
        step = MessageStep(at=START, by="甲", state=MessageState.HANDLED)
        message = {"received_at": START, "channel": "网", "text": "空白", "state": step.state, "due": date(2026, 1, 5)}
        stores.messages.add([Message(id="m", rule="national", site=code_of(1), steps=(step,), **message)])

    def noon(self) -> None:
        day = china_day(self._clock.now())
        round_id = QUARTERS.get((day.month, day.day))
        if round_id is not None:
            self._fail(round_id)
            request_recheck("m", by="甲", stores=self._stores, clock=self._clock)
        for case in list(every(self._stores.cases)):
            self._act(case, day)
        for round_ in list(every_round(self._stores.rounds)):
            if round_.recheck and round_.state is RoundState.OPEN:
                self._crawl(round_)

    def _fail(self, round_id: str) -> None:
        now, stores = self._clock.now(), self._stores
        round_ = Round(
            id=round_id,
            title="抽查",
            as_of=china_day(now),
            edition="2019",
            plan="",
            seed="s",
            registry_digest="",
            sample_digest="",
            state=RoundState.CLOSED,
            drawn_at=now,
            probes=ProbePlan(),
        )
        members = [SampleMember(code=site.code, stratum="all", inclusion_probability=1.0) for site in self._sites]
        stores.rounds.add(round_, members, ())
        stores.inspections.open([Inspection(round_id=round_id, site=site, stratum="all") for site in self._sites])
        for site in self._sites:
            stores.inspections.save_judgement(round_id, site.code, FAILED, [self._blank(site.code)], at=now)
        open_cases(round_id, RULES, stores, by="市政府办", clock=self._clock)

    def _blank(self, code: str) -> Finding:
        return Finding(
            id=finding_id(code, "N19-V4", "blank"),
            indicator="N19-V4",
            subject="blank",
            state=FindingState.ESTABLISHED,
            message="栏目空白",
            points=Decimal(0),
            review=ReviewStatus.CONFIRMED,
            evidence=(Evidence(url=COLUMN, excerpt="摘录"),),
        )

    def _act(self, case: RectificationCase, day: date) -> None:
        step = {"by": case.unit, "clock": self._clock}
        if case.code == code_of(6) and not case.escalations:
            if case.overdue_days(day):
                escalate_case(case.id, RULES, self._stores, by="市政府办", reason="逾期未报", clock=self._clock)
        elif case.state is CaseState.NOTICED:
            step_case(case.id, StepKind.RECEIVE, RULES, self._stores, **step)
        elif case.state.awaits_report and (case.due - day).days <= 2:
            report = [Document("报告.pdf", b"%PDF-1.4")]
            step_case(case.id, StepKind.SUBMIT, RULES, self._stores, documents=report, **step)

    def _crawl(self, round_: Round) -> None:
        for row in list(self._stores.inspections.verdicts(round_.id)):
            if row.verdict is not None:
                continue
            now, facts = self._clock.now(), PageFacts(charset="utf-8")
            page = {"url": COLUMN, "final_url": COLUMN, "depth": 1, "fetched_at": now, "outcome": FetchOutcome.OK}
            self._stores.observations.add_pages(round_.id, row.code, [PageSeen(facts=facts, **page)])
            found = [self._blank(row.code)] if self._pretends(row.code, round_.id) else []
            self._stores.inspections.save_judgement(round_.id, row.code, FAILED if found else PASSED, found, at=now)

    def _pretends(self, code: str, round_id: str) -> bool:
        return int(code[-1]) % 2 == 0 and any(
            len(case.of_kind(StepKind.RECHECK)) == 1
            for case in every(self._stores.cases, {"code": code})
            if case.recheck_round == round_id
        )


def cases_of_a_year(perils: Perils) -> MemoryStores:
    """The ledger after a year of the shipped jobs of rectification, schedulers killed at ``perils``."""
    kept, clock = MemoryStores(), Clock()
    people = People(kept, clock)
    stores = copy.copy(kept)
    for kind in (
        *("job_states", "job_runs", "rounds", "inspections", "queue", "pass_rates"),
        *("cases", "reminders", "messages", "recheck_requests"),
    ):
        setattr(stores, kind, Perilous(getattr(kept, kind), perils))
    config = SchedulerConfig(recheck_by="第三方检测")
    table = [entry for entry in timetable(config) if entry.job in ("recheck", "settle", "recheck-requests", "remind")]
    jobs = jobs_of(rules_of(config))
    for hour in range(0, HOURS, 2):  # often enough that what is killed at noon is done that day
        clock.present = START + timedelta(hours=hour)
        for process in range(2):
            with suppress(Killed):
                Scheduler(stores, table, clock, jobs, by=f"{process}-{hour}").run_due()
        if hour % 24 == 12:
            people.noon()
    return kept


def ledger_of(stores: MemoryStores) -> dict[str, list]:
    """What was done on which day: steps of cases and of the message, reminders, rounds of rechecks with their sites."""
    rechecks = [each for each in every_round(stores.rounds) if each.recheck]
    sizes = [(china_day(each.drawn_at), each.state, len(stores.rounds.members(each.id))) for each in rechecks]
    return {
        "cases": [
            (case.id, case.due, [(step.kind, china_day(step.at), step.round_id) for step in case.steps])
            for case in every(stores.cases)
        ],
        "message": [(china_day(step.at), step.note) for step in stores.messages.find("m").steps],
        "request": [(china_day(step.at), step.state) for step in stores.recheck_requests.find("message:m").steps],
        "reminders": [(each.id, each.stage) for each in every(stores.reminders)],
        "rounds": sorted(sizes),
    }


@pytest.fixture(scope="module")
def undisturbed_cases() -> MemoryStores:
    return cases_of_a_year(Perils(0, one_in=float("inf")))


def test_undisturbed_each_report_is_rechecked_once_and_each_recheck_settled_once(undisturbed_cases):
    cases = list(every(undisturbed_cases.cases))
    assert len(cases) == 6 * len(QUARTERS)
    assert {case.state for case in cases} == {CaseState.CLOSED}
    for case in cases:
        kinds = [step.kind for step in case.steps]
        n = int(case.code[-1])
        assert kinds.count(StepKind.RECHECK) == kinds.count(StepKind.SUBMIT) == 2 - n % 2
        assert kinds.count(StepKind.ESCALATE) == {6: 2}.get(n, 1 - n % 2)
        assert kinds.count(StepKind.CLOSE) == 1
    ordered = sum(len(case.of_kind(StepKind.RECHECK)) for case in cases)
    ledger = ledger_of(undisturbed_cases)
    asked = len(QUARTERS)
    assert sum(size for *_, size in ledger["rounds"]) == ordered + asked
    assert {state for _, state, _ in ledger["rounds"]} == {RoundState.CLOSED}
    assert len(ledger["message"]) == 1 + asked
    assert len(ledger["request"]) == 3 * asked
    assert {Stage.BEFORE, Stage.ON_THE_DAY} <= {stage for _, stage in ledger["reminders"]}


def test_killed_at_any_moment_each_case_has_the_same_steps(undisturbed_cases):
    perils = Perils(1, one_in=25)
    assert ledger_of(cases_of_a_year(perils)) == ledger_of(undisturbed_cases)
    assert perils.kills > 500
