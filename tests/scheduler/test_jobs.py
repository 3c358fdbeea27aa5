"""Jobs over the stores: each does the same the second time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from inspection.monitoring import shipped_rules
from inspection.observation import FetchOutcome, ProbeSeen
from inspection.ports import StaleWork
from inspection.registry import Site, SiteCategory
from inspection.registry.opt_out import OptOut
from inspection.reminders import Stage, shipped_stages
from inspection.sampling import ProbePlan, RoundState
from inspection.timetable import JobOutcome
from inspection.workflows.draw_sample import draw_sample
from inspection.workflows.monitor_key_sites import watch_site
from inspection.workflows.plan_opening import plan_opening
from scheduler.jobs.deadlines import reminders
from scheduler.jobs.monitoring import monitoring, warnings
from scheduler.jobs.rounds import judge, refill, roll_up_rates
from scheduler.jobs.upkeep import open_rounds_due, report_stale_leases
from scheduler.loop import Scheduler
from scheduler.timetable import Due, Entry
from store.memory import MemoryStores

CODE = "3706000001"


@pytest.fixture
def stores(clock):
    stores = MemoryStores()
    site = Site(
        code=CODE,
        name="青山市局",
        url="http://a.cn/",
        category=SiteCategory.CITY_DEPARTMENT,
        region="370600",
        supervisor="青山市政府办",
    )
    stores.sites.upsert([site], at=clock.now(), source="test")
    return stores


def run_of(clock) -> Due:
    return Due(job="x", at=clock.now(), first=clock.now())


def watch(stores):
    arguments = {"reason": "重点", "by": "张三", "since": date(2026, 11, 1)}
    watch_site(CODE, sites=stores.sites, key_sites=stores.key_sites, **arguments)


def test_a_week_of_daily_monitoring(stores, clock):
    watch(stores)
    entry = Entry(job="monitor", title="", at=time(0, 5))
    for _ in range(8):
        Scheduler(stores, [entry], clock, {"monitor": monitoring(shipped_rules())}, by="one").run_due()
        clock.advance(days=1)
    states = {round_.id: round_.state for round_ in stores.rounds.page()}
    assert list(states) == [f"monitor-202611{day}-15min" for day in range(21, 28)]
    assert [state is RoundState.OPEN for state in states.values()] == [False] * 5 + [True] * 2
    assert {run.outcome for run in stores.job_runs.page()} == {JobOutcome.DONE}


def test_monitoring_rounds_are_refilled_but_neither_judged_nor_rolled_up(stores, clock):
    watch(stores)
    monitoring(shipped_rules())(stores, clock, run_of(clock))
    stores.queue.queued.clear()
    refill(stores, clock, run_of(clock))
    assert len(stores.queue.queued) == 1
    stores.inspections.crawl_finished("monitor-20261120-15min", CODE, at=clock.now())
    judge(stores, clock, run_of(clock))
    roll_up_rates(stores, clock, run_of(clock))
    assert stores.inspections.get("monitor-20261120-15min", CODE).scorecard is None


def test_warnings_are_told_in_the_log_once(stores, clock, caplog):
    watch(stores)
    monitoring(shipped_rules())(stores, clock, run_of(clock))

    failed = [ProbeSeen(sequence=n, at=clock.now(), outcome=FetchOutcome.SERVER_ERROR) for n in range(30)]
    stores.observations.add_probes("monitor-20261120-15min", CODE, failed)
    for _ in range(2):
        warnings(shipped_rules())(stores, clock, run_of(clock))
    assert caplog.text.count("首页打不开的比例偏高") == 1
    assert all(each.told == clock.now() for each in stores.early_warnings.page())


def test_a_planned_round_is_opened_on_its_day_and_not_before(stores, clock):
    draw_sample(
        'name = "全部"\n[strata]\nby = ["province"]\n[size]\ncount = 1\n',
        round_id="q4",
        title="四季度",
        as_of=date(2026, 11, 22),
        edition="2019",
        seed="种子",
        sites=stores.sites,
        rounds=stores.rounds,
        clock=clock,
    )
    plan_opening(
        "q4", date(2026, 11, 22), by="张三", rounds=stores.rounds, planned=stores.planned_openings, clock=clock
    )
    for state in (RoundState.DRAWN, RoundState.DRAWN, RoundState.OPEN, RoundState.OPEN):
        open_rounds_due(stores, clock, run_of(clock))
        assert stores.rounds.get("q4").state is state
        clock.advance(days=1)
    assert stores.planned_openings.find("q4").opened == datetime(2026, 11, 22, 4, tzinfo=UTC)
    assert len(stores.queue.queued) == 1


def test_an_opt_out_that_ends_is_announced_to_whoever_answers_for_the_site(stores, clock):
    since, until = clock.now() - timedelta(days=9), datetime(2026, 11, 23, 16, tzinfo=UTC)
    stores.opt_outs.add(OptOut(code=CODE, url="http://a.cn/", reason="搬迁机房", since=since, until=until))
    job = reminders(shipped_stages())
    for _ in range(2):
        job(stores, clock, run_of(clock))
    [reminder] = stores.reminders.page()
    assert (reminder.due, reminder.stage, reminder.who) == (date(2026, 11, 23), Stage.BEFORE, "青山市政府办")
    assert "搬迁机房" in reminder.text


def test_work_that_nobody_takes_over_is_reported(stores, clock, caplog):
    stores.queue.stale = lambda *, over_s: [StaleWork(round_id="r1", sites=3, probes=7)]
    report_stale_leases(stores, clock, run_of(clock))
    assert "轮次 r1：3 个网站、7 次探测" in caplog.text


def test_a_week_of_probes_is_the_default():
    assert ProbePlan().count >= 7 * 21
