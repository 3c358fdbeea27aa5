"""``xuncha demo``: one whole round on a simulated national web, by the commands a person would type."""

import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from cli.agreement import Agreement, compare
from cli.drill import (
    await_ready,
    background,
    confirm_vetoes,
    crawl,
    drill_environment,
    end_in_good_order,
    has_browser,
    practice_web,
    run,
    start_afresh,
)
from cli.tables import print_matrix
from cli.wiring import china_day
from inspection.errors import Conflict
from store.config import StoreConfig
from store.stores import open_stores

_ROUND = "demo"
_SEED = "20261120-演练种子"
_REVIEWER = "复核员甲"


def demo(
    sites: Annotated[int, typer.Option("--sites", min=1, help="模拟网站数量")] = 220,
    workers: Annotated[int, typer.Option("--workers", min=1, help="抓取进程数")] = 2,
    seed: Annotated[int, typer.Option("--seed", help="模拟网络的种子：同一种子生成同样的网站和问题")] = 20261120,
    port: Annotated[int, typer.Option("--port", help="模拟网络的端口")] = 18800,
    api_port: Annotated[int, typer.Option("--api-port", help="接口服务的端口")] = 8000,
    leave: Annotated[bool, typer.Option("--exit", help="完成后自行退出，不保留接口服务")] = False,
) -> None:
    """演练：在模拟的政府网站群上跑完一轮抽查，并与预设问题核对。"""
    console = Console()
    end_in_good_order()
    folder = StoreConfig().var_dir / "demo"
    start_afresh(folder)
    os.environ.update(drill_environment(folder))
    with ExitStack() as running:
        running.callback(run, console, "stores", "down")
        run(console, "stores", "up")
        running.enter_context(practice_web(console, folder, sites=sites, seed=seed, port=port, as_of=china_day(None)))
        run(console, "registry", "import", str(folder / "web" / "registry.csv"))
        _draw_and_open(console, folder)
        crawl(console, folder, _ROUND, workers)
        run(console, "round", "judge", _ROUND)
        if has_browser():
            run(console, "evidence", "take", _ROUND, "--per-finding", "1")
        agreement = _agreement(folder)
        with open_stores() as stores:
            confirm_vetoes(console, _ROUND, stores, by=_REVIEWER)
        run(console, "round", "close", _ROUND)
        run(console, "round", "rates", _ROUND)
        run(console, "round", "verify", _ROUND)
        _print_agreement(console, agreement)
        running.enter_context(_api(console, folder, api_port))
        _show_api(console, api_port)
        if not leave:
            _wait(console, api_port)
    if agreement.disagreements:
        raise Conflict(f"有 {len(agreement.disagreements)} 个网站的结论与预设不一致，见上表")


def _draw_and_open(console: Console, folder: Path) -> None:
    plan = folder / "plan.toml"
    plan.write_text(
        'name = "演练：全部网站"\n\n[population]\nstatus = ["normal", "closed"]\n\n'
        '[strata]\nby = ["province", "category"]\n\n[size]\nshare = 0.95\n\n[allocation]\nmethod = "proportional"\n'
        "min_per_stratum = 1\n",
        "utf-8",
    )
    options = ["--id", _ROUND, "--title", "演练轮次", "--as-of", str(china_day(None)), "--seed", _SEED]
    drill = ["--drill", "--probes", "147", "--probe-span", "60", "--page-budget", "48"]
    run(console, "round", "draw", str(plan), *options, *drill)
    run(console, "round", "open", _ROUND)


def _agreement(folder: Path) -> Agreement:
    truth = json.loads((folder / "web" / "truth.json").read_text("utf-8"))
    with open_stores() as stores:
        edition = stores.editions.in_force(china_day(None))
        verdicts = {row.code: row.verdict for row in stores.inspections.verdicts(_ROUND) if row.verdict is not None}
    return compare(truth["sites"], verdicts, edition, browser=has_browser())


def _print_agreement(console: Console, agreement: Agreement) -> None:
    print_matrix(console, agreement.matrix, title="结论与预设核对（行：预设，列：判定）", corner="预设＼判定")
    if agreement.outside:
        console.print(f"另有 {len(agreement.outside)} 个网站的预设问题属于尚未自动检查的否决指标，不计入上表。")
    for line in agreement.disagreements:
        console.print(f"[red]不一致[/red] {line}")
    if not agreement.disagreements:
        console.print(f"[bold green]{agreement.total} 个网站的结论全部与预设一致。[/bold green]")


@contextmanager
def _api(console: Console, folder: Path, port: int) -> Iterator[None]:
    log = folder / "api.log"
    with background(console, log, "api", "--port", str(port)) as process:
        await_ready(lambda: _answers(port), process, log)
        yield


def _answers(port: int) -> bool:
    try:
        return bool(_get(port, "/ready"))
    except OSError:
        return False


def _get(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return json.load(answer)


def _show_api(console: Console, port: int) -> None:
    path = f"/v1/rounds/{_ROUND}/pass-rates?dimension=nation"
    console.print(f"\n[bold cyan]$ curl 'http://127.0.0.1:{port}{path}'[/bold cyan]", highlight=False)
    console.print_json(data=_get(port, path))


def _wait(console: Console, port: int) -> None:
    console.print(f"\n接口服务：http://127.0.0.1:{port}/docs  按 Ctrl-C 结束演练。")
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("演练结束。")
