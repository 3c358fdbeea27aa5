"""``xuncha round``: draw, open, watch, judge, close and verify rounds; print their pass rates."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from cli.probes import WEEK_S, PageBudget, Probes, ProbeSpan, Vantages, probe_plan
from cli.round_judging import app as judging
from cli.round_rates import app as statistics
from cli.round_status import overview, print_status, watch
from cli.tables import print_strata, title_of
from cli.wiring import SystemClock, china_day, edition_for, print_json, read_text, say
from inspection.errors import InputRejected, RuleBroken
from inspection.faults import in_chinese
from inspection.ports import LISTED_KINDS
from inspection.records import get
from inspection.registry import Site
from inspection.sampling import ProbePlan, RoundKind
from inspection.sampling.manifest import read_manifest, write_manifest
from inspection.sampling.verification import Verification, verify
from inspection.workflows.close_round import close_round
from inspection.workflows.draw_sample import draw_sample
from inspection.workflows.import_registry import import_registry
from inspection.workflows.open_round import open_round
from inspection.workflows.verify_round import manifest_of_round, verify_round
from store.memory import MemorySites
from store.registry_file import read_rows
from store.stores import open_stores

app = typer.Typer(help="轮次：抽样、开始、查看、判定、结束、复核", no_args_is_help=True, add_completion=False)
app.add_typer(judging)
app.add_typer(statistics)

_PAGE = 1000
_NO_SEED = (
    "缺少 --seed：请先公布种子、再抽样，例如事先公告“以某日某公开数字为种子”。"
    "样本由登记摘要和种子唯一确定，种子先公布，任何人才能用 xuncha round verify 复核抽样没有被操纵"
)

RoundId = Annotated[str, typer.Argument(metavar="ROUND", help="轮次编号")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command()
def draw(
    plan: Annotated[Path, typer.Argument(help="抽样方案（TOML 文件）")],
    round_id: Annotated[str, typer.Option("--id", help="轮次编号，例如 2026Q4")],
    title: Annotated[str, typer.Option("--title", help="轮次名称")],
    seed: Annotated[str | None, typer.Option("--seed", help="事先公布的种子")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="监测时间点 YYYY-MM-DD，默认今天")] = None,
    edition: Annotated[str | None, typer.Option("--edition", help="检查标准版本，默认取监测日生效的版本")] = None,
    drill: Annotated[bool, typer.Option("--drill", help="演练：允许压缩可用性探测，结果永远不能发布")] = False,
    probes: Probes = ProbePlan().count,
    probe_span: ProbeSpan = WEEK_S,
    vantages: Vantages = None,
    page_budget: PageBudget = 60,
    office: Annotated[str, typer.Option("--office", metavar="ID", help="组织抽查的单位：只从它负责的网站中抽取")] = "",
) -> None:
    """按方案和种子抽样，保存样本与抽样时的登记底册。"""
    if seed is None:
        raise RuleBroken(_NO_SEED)
    day = china_day(as_of)
    text = read_text(plan)
    with open_stores() as stores:
        round_ = draw_sample(
            text,
            round_id=round_id,
            title=title,
            as_of=day,
            edition=edition_for(stores.editions, edition, day).id,
            seed=seed,
            sites=stores.sites,
            rounds=stores.rounds,
            clock=SystemClock(),
            probes=probe_plan(probes, probe_span, vantages),
            page_budget=page_budget,
            drill=drill,
            origin=plan.name,
            office=get(stores.offices, office, "单位") if office else None,
        )
    console = Console()
    console.print(title_of(round_), style="bold", markup=False)
    print_strata(console, round_.strata)
    for label, value in (("种子", seed), ("登记摘要", round_.registry_digest), ("样本摘要", round_.sample_digest)):
        console.print(f"{label}：{value}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"请公布以上三项；下一步：xuncha round open {round_id}", highlight=False, markup=False)


@app.command("open")
def open_(round_id: RoundId) -> None:
    """开始一轮（或接续中断的一轮）：建立检查记录，把任务交给抓取进程。"""
    with open_stores() as stores:
        round_ = stores.rounds.get(round_id)
        done = open_round(
            round_id,
            stores.editions.get(round_.edition),
            rounds=stores.rounds,
            sites=stores.sites,
            inspections=stores.inspections,
            queue=stores.queue,
            clock=SystemClock(),
        )
    say(
        f"{title_of(done.round)}：样本 {done.members:,} 个网站，新交任务 {done.submitted:,} 个，"
        f"已抓取完成 {done.finished:,} 个；登记为已关停、只访问首页的 {done.closed:,} 个"
    )
    say("下一步：在任意多台机器上运行 xuncha worker")


@app.command("list")
def list_(
    as_json: AsJson = False,
    office: Annotated[str, typer.Option("--office", metavar="ID", help="只列一个单位的轮次")] = "",
    kinds: Annotated[list[RoundKind] | None, typer.Option("--kind", help="只列哪几类轮次，可多次给出")] = None,
) -> None:
    """列出抽查和复查轮次；每日的监测轮次用 --kind monitoring 查看。"""
    with open_stores() as stores:
        rounds = stores.rounds.page(office=office, kinds=kinds or LISTED_KINDS, limit=_PAGE)
    if as_json:
        print_json([{name: getattr(r, name) for name in r.__struct_fields__ if name != "strata"} for r in rounds])
        return
    for round_ in rounds:
        say(f"{title_of(round_)}　监测时间点 {round_.as_of}　标准 {round_.edition}")


@app.command()
def status(
    round_id: RoundId,
    watching: Annotated[bool, typer.Option("--watch", help="实时显示，直到全部抓取完成；Ctrl-C 退出")] = False,
    as_json: AsJson = False,
) -> None:
    """查看一轮的进度：总体、各类别、各地区和任务队列。"""
    if watching:
        watch(Console(), open_stores, round_id)
        return
    with open_stores() as stores:
        view = overview(stores, round_id)
    if as_json:
        print_json(
            {
                "round": view.round.id,
                "title": view.round.title,
                "state": view.round.state,
                "drill": view.round.drill,
                "all": view.all,
                "provinces": view.provinces,
                "categories": view.categories,
                "verdicts": view.verdicts,
                "progress": view.progress,
            }
        )
    else:
        print_status(Console(), view)


@app.command()
def close(
    round_id: RoundId,
    force: Annotated[
        str,
        typer.Option(
            "--force",
            metavar="REASON",
            help="提前结束的理由：尚未判定的、仅因未经确认的否决项不合格的网站，都记为“未判定”，理由随轮次公开",
        ),
    ] = "",
) -> None:
    """结束一轮：汇总最终合格率，释放任务队列。还有网站未判定，或否决项无人复核时，拒绝结束。"""
    with open_stores() as stores:
        round_ = close_round(
            round_id,
            rounds=stores.rounds,
            inspections=stores.inspections,
            sites=stores.sites,
            pass_rates=stores.pass_rates,
            queue=stores.queue,
            clock=SystemClock(),
            reason=force,
        )
    say(title_of(round_))
    if round_.forced is not None:
        say(round_.forced.statement)


@app.command()
def export(
    round_id: RoundId,
    out: Annotated[Path, typer.Option("--out", help="写入的 JSON 文件")],
) -> None:
    """导出抽样记录（方案、种子、摘要、底册、样本），任何人可凭它和登记文件复核抽样。"""
    with open_stores() as stores:
        manifest = manifest_of_round(round_id, rounds=stores.rounds)
    try:
        out.write_bytes(write_manifest(manifest))
    except OSError as error:
        raise InputRejected(f"无法写入 {out}：{in_chinese(error)}") from error
    say(f"已导出轮次 {round_id} 的抽样记录（{len(manifest.members):,} 个网站）到 {out}")


@app.command("verify")
def verify_(
    round_id: Annotated[str | None, typer.Argument(metavar="[ROUND]", help="轮次编号")] = None,
    manifest: Annotated[Path | None, typer.Option("--manifest", help="导出的抽样记录，代替轮次编号")] = None,
    registry: Annotated[
        Path | None, typer.Option("--registry", help="登记文件（CSV 或 XLSX），与 --manifest 同用")
    ] = None,
    as_drawn: Annotated[bool, typer.Option("--as-drawn", help="登记在抽样之后的变更不算差异，只复核样本本身")] = False,
    as_json: AsJson = False,
) -> None:
    """复核抽样：由登记、方案和种子重新推导样本，指出第一处差异。一致时退出码为 0，有差异时为 1。"""
    found = _verification(round_id, manifest, registry)
    is_true = found.sample is None and (as_drawn or found.registry is None)
    if as_json:
        print_json({"verified": is_true, "result": found})
    else:
        _print_verification(found, is_true=is_true)
    if not is_true:
        raise typer.Exit(1)


def _verification(round_id: str | None, manifest: Path | None, registry: Path | None) -> Verification:
    if round_id is not None and manifest is None and registry is None:
        with open_stores() as stores:
            return verify_round(round_id, rounds=stores.rounds, sites=stores.sites)
    if round_id is None and manifest is not None and registry is not None:
        return verify(read_manifest(read_text(manifest).encode()), _registry_of(registry))
    raise InputRejected("请给出轮次编号，或同时给出 --manifest 与 --registry 两个文件")


def _registry_of(path: Path) -> list[Site]:
    """Sites of a registry file; each row must be good, since the digest covers all of them."""
    sites = MemorySites()
    report = import_registry(read_rows(path), sites, source=path.name, clock=SystemClock())
    if report.problems:
        first = report.problems[0]
        raise InputRejected(
            f"登记文件 {path.name} 有 {report.rejected_rows} 行错误，无法复核；"
            f"第一处在第 {first.line} 行 {first.problem.column}：{first.problem.reason}"
        )
    return list(sites.all())


def _print_verification(found: Verification, *, is_true: bool) -> None:
    rows: tuple[tuple[str, str, Any], ...] = (
        ("登记", f"{found.sites:,} 个网站，摘要 {found.registry_digest}", found.registry),
        ("样本", f"{found.members:,} 个网站，摘要 {found.sample_digest}", found.sample),
    )
    console = Console(soft_wrap=True)
    for label, what, difference in rows:
        mark = "一致" if difference is None else "不一致"
        console.print(f"{label}{mark}：{what}", style="green" if difference is None else "red", highlight=False)
        if difference is not None:
            console.print(f"  第一处差异：{difference.message}", highlight=False, markup=False)
    verdict = "复核通过" if is_true else "复核不通过"
    console.print(f"轮次 {found.round_id}：{verdict}", style="bold", highlight=False, markup=False)
