"""``xuncha report verify``: draw reported results to be inspected again, and compare the verdicts."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.probes import WEEK_S, PageBudget, Probes, ProbeSpan, Vantages, probe_plan
from cli.reporting_rules import RulesFile, rules_of
from cli.tables import print_matrix
from cli.wiring import SystemClock, china_day, edition_for, print_json, say
from inspection.errors import InputRejected, RuleBroken
from inspection.reporting.verification import Agreement, Compared
from inspection.sampling import ProbePlan
from inspection.sampling.plan import Size
from inspection.statistics.estimate import SMALL_CELL
from inspection.workflows.verify_reports import VerificationResult, draw_verification, verification_result
from store.stores import open_stores

app = typer.Typer(help="抽样复核上报结果", no_args_is_help=True, add_completion=False)

_NO_SEED = "缺少 --seed：请先公布种子、再抽取，任何人才能凭上报结果和种子重新推导抽中的网站"


@app.callback()
def _group() -> None:
    """抽样复核上报结果"""


@app.command()
def draw(
    round_id: Annotated[str, typer.Option("--id", help="复核轮次的编号，例如 2017Q1-fuhe")],
    title: Annotated[str, typer.Option("--title", help="复核轮次的名称")],
    office: Annotated[str, typer.Option("--office", metavar="ID", help="复核的上级单位")],
    period: Annotated[str, typer.Option("--period", help="复核哪一时期的上报结果，例如 2017Q1")],
    seed: Annotated[str | None, typer.Option("--seed", help="事先公布的种子")] = None,
    count: Annotated[int | None, typer.Option("--count", min=1, help="复核的结果个数")] = None,
    share: Annotated[
        str | None, typer.Option("--share", help="复核的比例，例如 0.05（向上取整），默认见界限文件")
    ] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="监测时间点 YYYY-MM-DD，默认今天")] = None,
    edition: Annotated[str | None, typer.Option("--edition", help="检查标准版本，默认取监测日生效的版本")] = None,
    drill: Annotated[bool, typer.Option("--drill", help="演练：允许压缩可用性探测，结果永远不能发布")] = False,
    probes: Probes = ProbePlan().count,
    probe_span: ProbeSpan = WEEK_S,
    vantages: Vantages = None,
    page_budget: PageBudget = 60,
    rules_file: RulesFile = None,
) -> None:
    """按报送单位分层随机抽取一部分上报结果，作为复核单位的一轮抽查重新检查。"""
    if seed is None:
        raise RuleBroken(_NO_SEED)
    day = china_day(as_of)
    given = _share(share)
    with open_stores() as stores:
        rule = rules_of(rules_file, stores.rules).draw
        drawn = draw_verification(
            round_id=round_id,
            title=title,
            office_id=office,
            period=period,
            seed=seed,
            size=Size(count=count, share=rule.share if count is None and given is None else given),
            min_per_office=rule.min_per_office,
            as_of=day,
            edition=edition_for(stores.editions, edition, day).id,
            stores=stores,
            clock=SystemClock(),
            probes=probe_plan(probes, probe_span, vantages),
            page_budget=page_budget,
            drill=drill,
        )
    say(
        f"{len(drawn.batches)} 份上报明细中有 {drawn.population:,} 个已有结论的结果（另有未判定 {drawn.apart:,} 个），"
        f"抽取 {len(drawn.drawn):,} 个"
    )
    for stratum in drawn.strata:
        say(f"  {stratum.name}：{stratum.population:,} 个中抽取 {stratum.drawn:,} 个，未判定 {stratum.apart:,} 个")
    say(f"种子：{seed}")
    say(f"上报结果摘要：{drawn.results_digest}")
    say(f"下一步：xuncha round open {round_id}；判定后运行 xuncha report verify result {round_id}")


def _share(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation as error:
        raise InputRejected(f"比例 {text!r} 无效，请写成小数，例如 0.05") from error


@app.command()
def result(
    round_id: Annotated[str, typer.Argument(metavar="ROUND", help="复核轮次的编号")],
    rules_file: RulesFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """比较上报结论与复核结论：各单位和总的一致率、Kappa 系数、不一致的网站，以及能否认定整体真实准确。"""
    with open_stores() as stores:
        rule = rules_of(rules_file, stores.rules).verification
        found = verification_result(round_id, stores=stores, rule=rule)
    if as_json:
        print_json(_json(found))
        return
    agreement = found.agreement
    print_matrix(Console(), agreement.matrix, title="上报结论与复核结论（行：上报，列：复核）", corner="上报＼复核")
    if agreement.offices:
        _print_offices(agreement)
    for each in agreement.disagreements:
        problems = f"　上报的问题：{'；'.join(each.problems)}" if each.problems else ""
        say(f"不一致：{each.code}　上报{each.reported.chinese}，复核{each.found.chinese}{problems}")
    say(f"Kappa 系数：{_kappa(agreement)}")
    say(
        f"不计入一致率的：复核未判定 {agreement.not_determined}，尚无复核结论 {agreement.pending}，"
        f"上报时未判定（不参加抽取）{agreement.apart}"
    )
    mark = "（界限待核）" if rule.source.is_provisional else ""
    say(f"{found.statement.text}{mark}")


def _print_offices(agreement: Agreement) -> None:
    table = Table("报送单位", title="各单位的上报结果")
    for heading in ("已有结论", "复核", "可比", "一致", "一致率", "区间", "Kappa"):
        table.add_column(heading, justify="right", no_wrap=True)
    for line in agreement.offices:
        numbers = (line.population, line.drawn, line.compared, line.agreed)
        mark = "*" if line.is_small else ""
        table.add_row(Text(f"{line.name}{mark}"), *map("{:,}".format, numbers), *_measures(line))
    Console().print(table)
    if any(line.is_small for line in agreement.offices):
        say(f"* 可比结果不足 {SMALL_CELL} 个，不宜单独引用。")


def _measures(line: Compared) -> tuple[str, str, str]:
    if line.rate is None or line.low is None or line.high is None:
        return "—", "—", "—"
    kappa = "—" if line.kappa is None else f"{line.kappa.value:.3f}"
    return f"{line.rate:.1%}", f"{line.low:.1%}~{line.high:.1%}", kappa


def _kappa(agreement: Agreement) -> str:
    kappa = agreement.kappa
    if kappa is None:
        return "无法计算：所有结论同属一类"
    width = "；没有不一致的结论，区间没有意义" if kappa.low == kappa.high else ""
    return f"{kappa.value:.3f}（区间 {kappa.low:.3f}~{kappa.high:.3f}{width}）"


def _json(found: VerificationResult) -> dict[str, object]:
    agreement = found.agreement
    numbers = {name: getattr(agreement, name) for name in agreement.__struct_fields__ if name != "matrix"}
    matrix = [
        {"reported": reported, "found": verdict, "results": number}
        for (reported, verdict), number in sorted(agreement.matrix.items())
    ]
    return {"draw": found.draw, **numbers, "matrix": matrix, "statement": found.statement}
