"""``xuncha case receive|submit|recheck|settle|…``: the steps of a case."""

from datetime import timedelta
from typing import Annotated

import typer

from cli.case_options import By, CaseId, Due, Files, Rules, documents_of, rules_of
from cli.wiring import SystemClock, china_day, say
from inspection.errors import InputRejected
from inspection.ports import SiteRepository
from inspection.rectification.case import RectificationCase
from inspection.rectification.steps import Fate, StepKind
from inspection.registry import SiteStatus
from inspection.workflows.follow_case import source_of
from inspection.workflows.recheck_cases import recheck_cases
from inspection.workflows.settle_cases import Settled, settle_cases
from inspection.workflows.step_case import escalate_case, step_case
from store.stores import open_stores

app = typer.Typer()

Note = Annotated[str, typer.Option("--note", help="说明")]


@app.command()
def receive(case_id: CaseId, by: By, note: Note = "") -> None:
    """签收整改通知。"""
    _step(case_id, StepKind.RECEIVE, by=by, note=note)


@app.command()
def submit(case_id: CaseId, by: By, file: Files, note: Note = "", rules: Rules = "national") -> None:
    """报送整改报告（须附 PDF 或图片）。逾期的照收并注明迟报天数。"""
    case = _step(case_id, StepKind.SUBMIT, by=by, note=note, rules=rules, documents=documents_of(file))
    if case.steps[-1].late_days:
        say(f"迟报 {case.steps[-1].late_days} 天")


@app.command()
def recheck(
    round_id: Annotated[str, typer.Option("--round", metavar="ROUND", help="案件所属的轮次")],
    by: Annotated[str, typer.Option("--by", help="复查的第三方")],
    codes: Annotated[list[str], typer.Option("--site", help="只复查这些网站（标识码），可多次给出")] = [],  # noqa: B006
    early: Annotated[bool, typer.Option("--early", help="复查日期未到也复查")] = False,
) -> None:
    """安排复查：另开一轮，只看案件中列出的问题所在的网页、链接和栏目，优先抓取。"""
    with open_stores() as stores:
        done = recheck_cases(round_id, stores, by=by, clock=SystemClock(), codes=codes, early=early)
    say(
        f"复查轮次 {done.round.id}：{len(done.cases)} 件案件，{done.problems} 项问题，需要可用性探测的 {done.probed} 件"
    )
    for each in done.refused:
        say(f"未安排复查：{each}")
    if done.waiting:
        say(f"该轮此前中断，现已续办；另有 {len(done.waiting)} 件到期，请再运行一次：{'、'.join(done.waiting)}")
    say(f"抓取完成后：xuncha round judge {done.round.id}，再 xuncha case settle {done.round.id}")


@app.command()
def settle(
    recheck_id: Annotated[str, typer.Argument(metavar="RECHECK", help="复查轮次编号")],
    by: Annotated[str, typer.Option("--by", help="复查的第三方")],
    gone: Annotated[
        list[str], typer.Option("--gone", metavar="CODE:FINDING", help="机器未能判断、人工核实已整改的问题")
    ] = [],  # noqa: B006
    remains: Annotated[
        list[str], typer.Option("--remains", metavar="CODE:FINDING", help="机器未能判断、人工核实仍存在的问题")
    ] = [],  # noqa: B006
    due: Due = None,
    rules: Rules = "national",
) -> None:
    """按复查结果处理案件：问题都已整改的销号，仍有问题的升级，未能判断的待定。只计案件中列出的问题。"""
    seen: dict[str, dict[str, Fate]] = {}
    for fate, given in ((Fate.GONE, gone), (Fate.REMAINS, remains)):
        for text in given:
            code, _, finding = text.partition(":")
            if not finding:
                raise InputRejected(f"{text!r} 无效，请写成 网站标识码:问题编号")
            seen.setdefault(code, {})[finding] = fate
    with open_stores() as stores:
        done = settle_cases(
            recheck_id,
            rules_of(rules, stores.rules),
            stores,
            by=by,
            clock=SystemClock(),
            due=None if due is None else china_day(due),
            seen=seen,
        )
    for each in done:
        _print_settled(each)
    if any(each.result is None and not each.refused for each in done):
        say(f"尚未判定的请先运行 xuncha round judge {recheck_id}")


def _print_settled(settled: Settled) -> None:
    case, result = settled.case, settled.result
    if settled.refused:
        say(f"{case.id}　{case.site_name}　未处理：{settled.refused}")
        return
    if result is None:
        say(f"{case.id}　{case.site_name}　尚未判定")
        return
    say(f"{case.id}　{case.site_name}　{case.state.chinese}　{result.summary}")
    for each in result.fates:
        why = f"（{each.why}）" if each.why else ""
        say(f"  {each.fate.chinese}　{each.problem.finding}　{each.problem.indicator}：{each.problem.message}{why}")
    for finding in result.new:
        say(f"  新发现　{finding.id}　{finding.indicator}：{finding.message}")


@app.command()
def escalate(
    case_id: CaseId,
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="升级的理由")],
    due: Due = None,
    interview: Annotated[str, typer.Option("--interview", help="同时登记约谈：对象和内容")] = "",
    rules: Rules = "national",
) -> None:
    """升级：加重一档扣分，发出督办通知，再次限期。逾期未报的才能以此升级。"""
    with open_stores() as stores:
        case = escalate_case(
            case_id,
            rules_of(rules, stores.rules),
            stores,
            by=by,
            reason=reason,
            clock=SystemClock(),
            due=None if due is None else china_day(due),
        )
    say(f"{case.id}：{case.state.chinese}，第 {case.escalations} 次，新的期限 {case.due}")
    if interview:
        _step(case_id, StepKind.INTERVIEW, by=by, note=interview)


@app.command("interview")
def interview_(case_id: CaseId, by: By, note: Note) -> None:
    """登记约谈（升级之后）。"""
    _step(case_id, StepKind.INTERVIEW, by=by, note=note)


@app.command("close-site")
def close_site(case_id: CaseId, by: By, note: Note, file: Files, rules: Rules = "national") -> None:
    """登记关停并转（须附批复或说明）。登记中的网站同时改为关停，撤销或重新立案后恢复。"""
    _step(case_id, StepKind.CLOSE_SITE, by=by, note=note, rules=rules, documents=documents_of(file))


@app.command()
def reopen(case_id: CaseId, by: By, note: Note, due: Due = None, rules: Rules = "national") -> None:
    """重新立案：销号或关停并转之后。"""
    _step(case_id, StepKind.REOPEN, by=by, note=note, due=None if due is None else china_day(due), rules=rules)


@app.command()
def reverse(
    case_id: CaseId,
    by: By,
    note: Note,
    number: Annotated[int, typer.Option("--step", min=1, help="被撤销的步骤的序号")],
) -> None:
    """撤销最后一个有效步骤；撤销本身也是一步。"""
    _step(case_id, StepKind.REVERSE, by=by, note=note, reverses=number)


def _step(case_id: str, kind: StepKind, *, rules: str = "national", **of: object) -> RectificationCase:
    with open_stores() as stores:
        case = step_case(case_id, kind, rules_of(rules, stores.rules), stores, clock=SystemClock(), **of)  # type: ignore[arg-type]
        told = _registry_line(case, stores.sites)
    say(f"{case.id}：{kind.chinese}，现在{case.state.chinese}，期限 {case.due}")
    if told:
        say(told)
    return case


def _registry_line(case: RectificationCase, sites: SiteRepository) -> str:
    """What the last step has meant to the registry; empty where nothing."""
    history = sites.history(case.code)
    last = history[-1] if history else None
    if last is None:
        return ""
    is_new = abs(case.steps[-1].at - last.at) < timedelta(milliseconds=1)  # as closely as stores keep times
    if last.before is not None and last.source == source_of(case) and is_new:
        return f"登记状态：{last.before.status.chinese} → {last.after.status.chinese}"
    step = case.steps[-1].kind
    is_closed = last.after.status is SiteStatus.CLOSED
    if step is StepKind.CLOSE_SITE:
        return "登记中原已关停，未改动"
    if step is StepKind.REOPEN and is_closed:
        return "登记中仍为关停（不是由该案件改的）；如网站已恢复运行，请更正登记并用 xuncha registry import 导入"
    return ""
