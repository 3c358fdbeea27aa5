"""xuncha timetable, monitor, warnings, reminders; and the scheduler over real stores, in a process of its own."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from typer.testing import CliRunner

from cli import monitor, reminders, timetable, warnings
from inspection.errors import Conflict, InputRejected, NotFound
from inspection.monitoring import EarlyWarning, WarningState
from inspection.registry import Site, SiteCategory
from inspection.reminders import Reminder, Stage
from inspection.sampling import Round, RoundState
from inspection.timetable import JobOutcome, JobRun, JobState
from store.memory import MemoryStores

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
CODE = "3706000001"
SITE = Site(code=CODE, name="青山市政府", url="http://a.gov.cn/", category=SiteCategory.CITY_PORTAL, region="370600")


class Clock:
    def now(self):
        return NOW


def drawn() -> Round:
    digests = {"registry_digest": "", "sample_digest": "", "plan": "", "seed": ""}
    state, day = RoundState.DRAWN, date(2026, 12, 1)
    return Round(id="q4", title="四季度", as_of=day, edition="2019", state=state, drawn_at=NOW, **digests)


@pytest.fixture
def stores(monkeypatch):
    stores = MemoryStores()
    stores.sites.upsert([SITE], at=NOW, source="test")
    stores.rounds.add(drawn(), (), ())
    for module in (monitor, reminders, timetable, warnings):
        monkeypatch.setattr(module, "open_stores", lambda: stores)
    monkeypatch.setattr(timetable, "SystemClock", Clock)
    monkeypatch.setattr(reminders, "SystemClock", Clock)
    monkeypatch.setenv("COLUMNS", "200")
    return stores


@pytest.fixture
def run(stores):
    def run_it(module, *words: str) -> str:
        return CliRunner().invoke(module.app, list(words), catch_exceptions=False).output

    return run_it


def test_the_timetable_says_what_is_due_when_and_how_it_went(stores, run):
    state = JobState(
        id="monitor",
        settled=NOW,
        last_at=NOW - timedelta(hours=1),
        last_outcome=JobOutcome.FAILED,
        last_detail="数据库不可用",
    )
    stores.job_states.add([state])
    shown = run(timetable)
    assert "每天 00:05" in shown
    assert "2026-11-21 00:05:00" in shown
    assert "2026-11-20 11:00:00" in shown
    assert "失败：数据库不可用" in shown
    rows = {row["job"]: row for row in json.loads(run(timetable, "--json"))["jobs"]}
    assert rows["judge"]["next"] == "已到期"
    assert rows["remind"]["when"] == "每天 08:30，限工作日"
    assert rows["retention"]["next"] == "2026-11-21 03:00:00"


@pytest.mark.parametrize(("year", "noted"), [(2026, False), (2099, True)])
def test_a_year_whose_holidays_are_not_known_is_noted(stores, run, monkeypatch, year, noted):
    monkeypatch.setattr(Clock, "now", lambda self: NOW.replace(year=year))
    assert ("节假日安排未收录" in run(timetable)) is noted


def test_runs_of_a_job(stores, run):
    late = {"finished": NOW, "outcome": JobOutcome.DONE, "by": "x", "started": NOW, "first": NOW, "count": 3}
    stores.job_runs.add([JobRun(id="monitor@1", job="monitor", at=NOW, **late)])
    assert "2026-11-20 12:00:00 完成（2026-11-20 12:00:00 起，x，合并 3 次）" in run(timetable, "runs", "monitor")
    with pytest.raises(NotFound, match="没有任务 nix"):
        run(timetable, "runs", "nix")


def test_a_round_is_planned_for_a_day_and_again_for_another(stores, run):
    assert "将于 2026-12-01 开始" in run(timetable, "open-round", "q4", "--on", "2026-12-01", "--by", "张三")
    run(timetable, "open-round", "q4", "--on", "2026-12-02", "--by", "张三")
    assert "计划于 2026-12-02 开始轮次 q4（张三）" in run(timetable)
    with pytest.raises(InputRejected, match="已过"):
        run(timetable, "open-round", "q4", "--on", "2026-11-19", "--by", "张三")
    stores.rounds.move("q4", to=RoundState.OPEN, at=NOW)
    with pytest.raises(Conflict, match="进行中"):
        run(timetable, "open-round", "q4", "--on", "2026-12-01", "--by", "张三")


def test_retention_says_what_it_would_remove(run):
    assert "可删除：快照 0 个" in run(timetable, "retention", "--dry-run")


def test_the_register_of_key_sites(run):
    words = ["--reason", "两季度不合格", "--by", "张三", "--since", "2026-11-01"]
    assert "列为重点监测" in run(monitor, "add", CODE, *words, "--every", "10")
    assert f"{CODE} 青山市政府　2026-11-01 起，每 10 分钟　两季度不合格（张三）" in run(monitor, "list")
    run(monitor, "remove", CODE, "--by", "李四", "--last-day", "2026-11-02")
    assert "没有重点监测的网站" in run(monitor, "list")
    assert "2026-11-02" in run(monitor, "list", "--all")


def warning(**changes) -> EarlyWarning:
    values = {
        "id": "w1",
        "region": "370600",
        "code": CODE,
        "site_name": "青山市政府",
        "rule": "home-failures",
        "title": "首页打不开的比例偏高",
        "state": WarningState.OPEN,
        "value": 0.04,
        "worst": 0.05,
        "threshold": 0.03,
        "since": NOW,
        "basis": "50 次有效探测",
        "is_share": True,
        **changes,
    }
    return EarlyWarning(**values)


def test_warnings_are_listed_while_they_stand(stores, run):
    stores.early_warnings.add([warning(), warning(id="w2", state=WarningState.ENDED, ended=NOW)])
    line = "首页打不开的比例偏高：4.0%（预警线 3.0%，依据 50 次有效探测）　2026-11-20 12:00 起"
    assert line in run(warnings, "list", "--region", "37")
    assert "共 1 条" in run(warnings, "list")
    assert "共 2 条" in run(warnings, "list", "--all")
    assert "共 0 条" in run(warnings, "list", "--region", "11")


def test_a_reminder_is_told_once(stores, run):
    day = date(2026, 11, 20)
    reminder = Reminder(
        id="r1", kind="opt-out", subject=CODE, who="某办", what="某事", due=day, stage=Stage.ON_THE_DAY, made=day
    )
    stores.reminders.add([reminder])
    assert "r1　今日到期：某办　某事（应于 2026-11-20 前完成）" in run(reminders, "list")
    run(reminders, "told", "r1", "--by", "张三")
    assert "共 0 条" in run(reminders, "list")
    assert "2026-11-20 12:00 已提醒（张三）" in run(reminders, "list", "--all")
    with pytest.raises(Conflict, match="张三 提醒过"):
        run(reminders, "told", "r1", "--by", "李四")


def test_the_scheduler_runs_what_is_due_over_real_stores_and_says_so(mongo_stores, store_config, mongo_uri, redis_url):
    settings = {
        "XUNCHA_MONGO_URI": mongo_uri,
        "XUNCHA_REDIS_URL": redis_url,
        "XUNCHA_MONGO_DATABASE": store_config.mongo_database,
        "COLUMNS": "200",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XUNCHA_")} | settings

    def xuncha(*words: str) -> str:
        command = [sys.executable, "-m", "cli.main", *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    xuncha("scheduler", "--once")
    state = mongo_stores.job_states.find("judge")
    assert (state.last_outcome, state.claim) == (JobOutcome.DONE, None)
    assert mongo_stores.job_states.find("monitor").last_outcome is None  # due from the next midnight on
    assert "尚未执行" in xuncha("timetable")
