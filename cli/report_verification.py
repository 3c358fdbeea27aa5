"""``xuncha report verify``: draw reported results to be inspected again, and compare the verdicts."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from rich.console import Console

from cli.reporting_rules import RulesFile, rules_of
from cli.tables import print_matrix
from cli.wiring import SystemClock, china_day, edition_for, print_json, say
from inspection.errors import InputRejected, RuleBroken
from inspection.reporting.verification import Agreement
from inspection.sampling import ProbePlan
from inspection.sampling.plan import Size
from inspection.workflows.verify_reports import VerificationResult, draw_verification, verification_result
from store.stores import open_stores

app = typer.Typer(help="抽样复核上报结果", no_args_is_help=True, add_completion=False)

_WEEK_S = ProbePlan().span.total_seconds()
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
    share: Annotated[str | None, typer.Option("--share", help="复核的比例，例如 0.05（向上取整）")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="监测时间点 YYYY-MM-DD，默认今天")] = None,
    edition: Annotated[str | None, typer.Option("--edition", help="检查标准版本，默认取监测日生效的版本")] = None,
    drill: Annotated[bool, typer.Option("--drill", help="演练：允许压缩可用性探测，结果永远不能发布")] = False,
    probe_span: Annotated[float, typer.Option("--probe-span", min=1, help="探测持续的秒数，正式轮次为 7 天")] = _WEEK_S,
) -> None:
    """随机抽取一部分上报结果，作为复核单位的一轮抽查重新检查。"""
    if seed is None:
        raise RuleBroken(_NO_SEED)
    day = china_day(as_of)
    with open_stores() as stores:
        drawn = draw_verification(
            round_id=round_id,
            title=title,
            office_id=office,
            period=period,
            seed=seed,
            size=Size(count=count, share=_share(share)),
            as_of=day,
            edition=edition_for(stores.editions, edition, day).id,
            stores=stores,
            clock=SystemClock(),
            probes=ProbePlan(span=timedelta(seconds=probe_span)),
            drill=drill,
        )
    say(
        f"{len(drawn.batches)} 份上报明细中有 {drawn.population:,} 个已得出结论的结果"
        f"（另有未判定 {drawn.apart:,} 个），"
        f"抽取 {len(drawn.drawn):,} 个"
    )
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
    """比较上报结论与复核结论：一致率、Kappa 系数、不一致的网站，以及能否认定整体真实准确。"""
    rule = rules_of(rules_file).verification
    with open_stores() as stores:
        found = verification_result(round_id, stores=stores, rule=rule)
    if as_json:
        print_json(_json(found))
        return
    agreement = found.agreement
    print_matrix(Console(), agreement.matrix, title="上报结论与复核结论（行：上报，列：复核）", corner="上报＼复核")
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
