"""``xuncha case``: the ledger of failing sites, from the notice to the recheck."""

import csv
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.case_options import AsJson, By, CaseId, Due, Rules, rules_of
from cli.case_steps import app as steps
from cli.wiring import SystemClock, china_day, print_json, say
from inspection.errors import InputRejected, NotFound
from inspection.faults import in_chinese
from inspection.observation.site import CHINA
from inspection.records import every, get
from inspection.rectification.case import RectificationCase
from inspection.rectification.ledger import HEADINGS, ledger_row
from inspection.rectification.steps import CaseState
from inspection.standard import Edition
from inspection.workflows.import_registry import RawRow
from inspection.workflows.open_cases import CasesOpened, Occasion, ReportedFailure, open_cases, open_reported_cases
from inspection.workflows.reported_failures import COLUMNS, read_failures
from inspection.workflows.watch_repeats import watch_repeats
from store.sheet_file import write_sheet
from store.stores import open_stores

app = typer.Typer(help="整改：立案通知、报送、复查、销号或升级，台账", no_args_is_help=True, add_completion=False)
app.add_typer(steps)

Region = Annotated[str, typer.Option("--region", help="行政区划代码前缀，2、4 或 6 位")]
RoundOption = Annotated[str, typer.Option("--round", metavar="ROUND", help="轮次编号")]
Day = Annotated[str | None, typer.Option("--day", metavar="YYYY-MM-DD", help="按哪一天计算逾期，默认今天")]


@app.command("open")
def open_(
    round_id: RoundOption,
    by: By,
    rules: Rules = "national",
    due: Due = None,
    recheck_on: Annotated[
        str | None, typer.Option("--recheck-on", metavar="YYYY-MM-DD", help="复查日期，默认按规则")
    ] = None,
    reported: Annotated[
        Path | None,
        typer.Option("--reported", help=f"他处检查并上报的不合格网站（CSV，UTF-8），列：{','.join(COLUMNS)}"),
    ] = None,
    edition: Annotated[str, typer.Option("--edition", help="与 --reported 同用：按哪一版标准")] = "2019",
    title: Annotated[str, typer.Option("--title", help="与 --reported 同用：轮次名称")] = "",
) -> None:
    """为一轮的不合格网站立案并发出整改通知。可反复执行：已立案的不变。"""
    last, recheck = (None if text is None else china_day(text) for text in (due, recheck_on))
    clock = SystemClock()
    with open_stores() as stores:
        by_rules = rules_of(rules, stores.rules)
        if reported is None:
            done = open_cases(round_id, by_rules, stores, by=by, clock=clock, due=last, recheck_on=recheck)
        else:
            occasion = Occasion(
                round_id=round_id, title=title or round_id, edition=edition, by=by, due=last, recheck_on=recheck
            )
            failures = reported_failures(reported, stores.editions.get(edition))
            done = open_reported_cases(occasion, failures, by_rules, stores, clock)
    _print_opened(done, round_id)


def _print_opened(done: CasesOpened, round_id: str) -> None:
    say(f"轮次 {round_id}：新立案 {done.new} 件，共 {len(done.cases)} 件")
    if old := len(done.cases) - done.new:
        say(f"此前已立案 {old} 件，未改动；立案后的期限只随升级、重新立案而变")
    for reason in done.ignored:
        say(f"未改动：{reason}")
    if done.provisional:
        say(f"未立案 {len(done.provisional)} 件：否决项没有人工确认，结论待复核：{'、'.join(done.provisional)}")
    for reason in done.refused:
        say(f"未立案：{reason}")
    for case in done.cases:
        say(f"  {case.id}　{case.site_name}　{case.state.chinese}　期限 {case.due}　{case.notices[-1].number}")


def reported_failures(path: Path, edition: Edition) -> list[ReportedFailure]:
    """Failing sites of a file, one line for each problem."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise InputRejected(f"{path} 缺少列 {'、'.join(missing)}；应有：{','.join(COLUMNS)}")
            rows = [RawRow(line, {name: row[name] or "" for name in COLUMNS}) for line, row in enumerate(reader, 2)]
    except (OSError, UnicodeDecodeError) as error:
        raise InputRejected(f"无法读取 {path}：{in_chinese(error)}；请确认路径正确并存为 UTF-8") from error
    failures, rejected = read_failures(rows, edition)
    if rejected:
        told = "；".join(f"第 {each.line} 行 {each.problem.column}：{each.problem.reason}" for each in rejected)
        raise InputRejected(f"{path} 有误：{told}")
    return failures


@app.command("list")
def list_(
    state: Annotated[CaseState | None, typer.Option("--state", help="只列一种状态")] = None,
    region: Region = "",
    round_id: RoundOption = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期未报的")] = False,
    day: Day = None,
    as_json: AsJson = False,
) -> None:
    """列出整改案件。"""
    today = china_day(day)
    where = {"state": state.value if state is not None else "", "region": region, "round_id": round_id}
    with open_stores() as stores:
        found = [case for case in every(stores.cases, where) if not overdue or case.overdue_days(today)]
    if as_json:
        print_json(found)
        return
    table = Table(title=f"整改案件（{len(found)} 件）")
    table.add_column("编号", no_wrap=True)
    for heading in ("网站", "主办单位", "状态", "期限", "逾期", "问题", "升级"):
        table.add_column(heading)
    for case in found:
        late = case.overdue_days(today)
        table.add_row(
            *(case.id, Text(case.site_name), Text(case.unit), case.state.chinese, f"{case.due}"),
            *(f"{late} 天" if late else "", f"{len(case.problems)}", f"{case.escalations or ''}"),
        )
    Console().print(table)


@app.command()
def show(case_id: CaseId, as_json: AsJson = False) -> None:
    """查看一件案件：问题、证据和全部步骤。"""
    case = _case(case_id)
    if as_json:
        print_json(case)
        return
    say(f"{case.id}　{case.site_name}　{case.url}　{case.state.chinese}　期限 {case.due}")
    say(f"主办单位 {case.unit}　主管单位 {case.supervisor}　监管单位 {case.office_name or '（未登记）'}")
    for problem in case.problems:
        say(f"  {problem.finding}　{problem.indicator} {problem.name}：{problem.message}")
        for each in problem.evidence:
            line = f" 第 {each.line} 行" if each.line else ""
            snapshot = f"　快照 {each.snapshot}" if each.snapshot else ""
            picture = f"　截图 {each.screenshot}" if each.screenshot else ""
            say(f"    {each.url}{line}{snapshot}{picture}")
    _print_steps(case)


def _print_steps(case: RectificationCase) -> None:
    standing = {step.number for step in case.standing}
    for step in case.steps:
        at = step.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        extra = "".join(
            (
                f"　期限 {step.due}" if step.due is not None else "",
                f"　迟报 {step.late_days} 天" if step.late_days else "",
                f"　复查轮次 {step.round_id}" if step.round_id else "",
                f"　撤销第 {step.reverses} 步" if step.reverses else "",
                "".join(f"　附件 {each.name}（{each.digest}）" for each in step.attachments),
                "" if step.number in standing or step.reverses else "　〔已撤销〕",
            )
        )
        say(f"  第 {step.number} 步　{at}　{step.by}　{step.kind.chinese}　{step.note}{extra}")


@app.command()
def notice(
    case_id: CaseId,
    number: Annotated[int | None, typer.Option("--number", min=1, help="第几份通知；默认最近一份")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="写入的文本文件，默认打印")] = None,
) -> None:
    """打印或保存整改通知书。"""
    notices = _case(case_id).notices
    if number is not None and number > len(notices):
        raise NotFound(f"案件 {case_id} 只有 {len(notices)} 份通知")
    chosen = notices[-1 if number is None else number - 1]
    if out is None:
        say(chosen.text)
        return
    try:
        out.write_text(f"{chosen.text}\n", "utf-8")
    except OSError as error:
        raise InputRejected(f"无法写入 {out}：{in_chinese(error)}") from error
    say(f"已保存 {chosen.number} 到 {out}")


def _case(case_id: str) -> RectificationCase:
    with open_stores() as stores:
        return get(stores.cases, case_id, "整改案件")


@app.command()
def ledger(
    out: Annotated[Path, typer.Option("--out", help="写入的 .xlsx 或 .csv 文件")],
    round_id: RoundOption = "",
    region: Region = "",
    day: Day = None,
) -> None:
    """导出不合格网站台账。"""
    today = china_day(day)
    with open_stores() as stores:
        rows = [ledger_row(case, today) for case in every(stores.cases, {"round_id": round_id, "region": region})]
    write_sheet(out, "不合格网站台账", HEADINGS, rows)
    say(f"已导出 {len(rows)} 件到 {out}")


@app.command()
def repeat(
    by: By,
    rules: Rules = "national",
    rounds: Annotated[list[str], typer.Option("--round", help="计入的轮次，由新到旧；默认最近几轮")] = [],  # noqa: B006
    drill: Annotated[bool, typer.Option("--drill", help="按演练轮次计算")] = False,
    day: Day = None,
    look_only: Annotated[bool, typer.Option("--look-only", help="只列出，不列入重点监测对象")] = False,
    as_json: AsJson = False,
) -> None:
    """列出屡次不合格或被升级的网站，并列入重点监测对象。"""
    with open_stores() as stores:
        rule = rules_of(rules, stores.rules).repeat
        found = watch_repeats(
            rule, stores, by=by, day=china_day(day), periods=rounds, drill=drill, register=not look_only
        )
    if as_json:
        print_json(found)
        return
    say(f"计入轮次：{'、'.join(found.periods) or '无'}（依据：{rule.source}）")
    for each in found.repeats:
        say(f"  {each.code}　{each.name}　{each.reason}{'　新列入' if each.code in found.added else ''}")
    say(f"共 {len(found.repeats)} 个，新列入重点监测对象 {len(found.added)} 个")
