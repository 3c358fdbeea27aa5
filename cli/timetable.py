"""``xuncha timetable``: what is due when, what ran, what is planned, what is past its period."""

from collections import deque
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.wiring import SystemClock, china_day, print_json, say
from inspection.errors import NotFound
from inspection.observation.site import CHINA
from inspection.records import every
from inspection.timetable import JobOutcome, JobState
from inspection.workdays import UNKNOWN_YEAR, is_known
from inspection.workflows.plan_opening import plan_opening
from inspection.workflows.retain import retain
from scheduler.config import SchedulerConfig
from scheduler.entries import timetable as entries_of
from scheduler.rules import rules_of
from scheduler.timetable import DayOff, Entry, Missed, next_due, start_of
from store.stores import open_stores

app = typer.Typer(
    help="时刻表：查看定时任务何时到期、上次何时执行，安排轮次开始日期",
    invoke_without_command=True,
    add_completion=False,
)

_WEEKDAYS = "一二三四五六日"
_SHOWN_RUNS = 20


@app.callback()
def _show(context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False) -> None:
    """时刻表：查看定时任务何时到期、上次何时执行，安排轮次开始日期"""
    if context.invoked_subcommand is not None:
        return
    entries, now = entries_of(SchedulerConfig()), SystemClock().now()
    with open_stores() as stores:
        rows = [_row(entry, stores.job_states.find(entry.job), now) for entry in entries]
        planned = [plan for plan in stores.planned_openings.page(limit=500) if plan.opened is None]
    if as_json:
        print_json({"jobs": rows, "planned_openings": planned})
        return
    table = Table("任务", "名称", "何时", "下次（北京时间）", "上次", "结果", title="时刻表")
    for row in rows:
        table.add_row(*(Text(row[name]) for name in ("job", "title", "when", "next", "last", "outcome")))
    Console().print(table)
    for plan in planned:
        say(f"计划于 {plan.day} 开始轮次 {plan.id}（{plan.by}）")
    if not is_known(now.astimezone(CHINA).date()):
        say(f"注意：{UNKNOWN_YEAR}")


@app.command()
def runs(
    job: Annotated[str, typer.Argument(metavar="任务")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """列出一项任务最近的执行记录；按间隔执行的任务只保留最近一次，见 xuncha timetable。"""
    if job not in {entry.job for entry in entries_of(SchedulerConfig())}:
        raise NotFound(f"时刻表中没有任务 {job}；任务名见 xuncha timetable")
    with open_stores() as stores:
        last = deque(every(stores.job_runs, {"job": job}), maxlen=_SHOWN_RUNS)
    if as_json:
        print_json(list(last))
        return
    for run in last:
        joined = f"，合并 {run.count} 次" if run.count > 1 else ""
        say(f"{_time(run.at)} {run.outcome.chinese}（{_time(run.started)} 起，{run.by}{joined}）{run.detail}")
    if not last:
        say("没有执行记录")


@app.command("open-round")
def open_round(
    round_id: Annotated[str, typer.Argument(metavar="轮次")],
    on: Annotated[str, typer.Option("--on", help="开始日期（YYYY-MM-DD，北京时间）")],
    by: Annotated[str, typer.Option("--by", help="经办人")],
) -> None:
    """安排已抽样的轮次在某日由 xuncha scheduler 自动开始；再次安排则改期。"""
    with open_stores() as stores:
        plan = plan_opening(
            round_id, china_day(on), by=by, rounds=stores.rounds, planned=stores.planned_openings, clock=SystemClock()
        )
    say(f"轮次 {plan.id} 将于 {plan.day} 开始")


@app.command()
def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只统计，不删除")] = False,
) -> None:
    """清理超过保存期限的快照和重点监测探测记录；问题、结论、通报及其依据永不删除。快照两次清理之间至少隔一天才真正删除。"""
    periods = rules_of(SchedulerConfig()).periods
    with open_stores() as stores:
        found = retain(
            periods,
            now=SystemClock().now(),
            rounds=stores.rounds,
            details=stores.details,
            cases=stores.cases,
            dry_run=dry_run,
        )
    say(f"{'可删除' if dry_run else '已删除'}：快照 {found.snapshots} 个，重点监测探测记录 {found.probes} 条")


def _row(entry: Entry, state: JobState | None, now: datetime) -> dict[str, Any]:
    known = state or JobState(id=entry.job, settled=start_of(entry, now))
    return {
        "job": entry.job,
        "title": entry.title,
        "when": _when(entry),
        "next": _status(entry, known, now),
        "last": "" if known.last_at is None else _time(known.last_at),
        "outcome": _outcome(known),
    }


def _status(entry: Entry, state: JobState, now: datetime) -> str:
    if state.claim is not None and state.claim.until > now:
        held = "待重试" if state.claim.failures else f"正在执行（{state.claim.by}）"
        return f"{held}，至 {_time(state.claim.until)}"
    at = next_due(entry, state, now)
    return "已到期" if at <= now else _time(at)


def _outcome(state: JobState) -> str:
    if state.last_outcome is None:
        return state.last_detail or "尚未执行"
    return state.last_outcome.chinese + (f"：{state.last_detail}" if state.last_outcome is JobOutcome.FAILED else "")


def _when(entry: Entry) -> str:
    if entry.every_s is not None:
        words = f"每 {entry.every_s:g} 秒"
    else:
        days = "每天"
        if entry.weekdays:
            days = "每周" + "、".join(_WEEKDAYS[day - 1] for day in entry.weekdays)
        if entry.days_of_month:
            days = "每月" + "、".join(map(str, entry.days_of_month)) + "日"
        off = {DayOff.RUN: "", DayOff.SKIP: "，限工作日", DayOff.NEXT: "，遇休息日顺延"}[entry.on_day_off]
        words = f"{days} {entry.at:%H:%M}{off}"
    return words + ("，错过的逐次补做" if entry.missed is Missed.EACH else "")


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
