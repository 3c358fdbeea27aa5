"""``xuncha demo``: one whole round on a simulated national web, by the commands a person would type."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from cli.agreement import Agreement, compare
from cli.tables import print_matrix
from cli.wiring import china_day
from crawler.browser.find import find_chromium
from crawler.config import WorkerConfig
from inspection.errors import Conflict, XunchaError
from store.config import StoreConfig
from store.stores import open_stores

_ROUND = "demo"
_SEED = "20261120-演练种子"
_READY_WITHIN = timedelta(seconds=60)


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
    _end_in_good_order()
    folder = StoreConfig().var_dir / "demo"
    _start_afresh(folder)
    os.environ.update(_environment(folder))
    with ExitStack() as running:
        running.callback(_run, console, "stores", "down")
        _run(console, "stores", "up")
        running.enter_context(_practice_web(console, folder, sites=sites, seed=seed, port=port))
        _run(console, "registry", "import", str(folder / "web" / "registry.csv"))
        _draw_and_open(console, folder)
        _crawl(console, folder, workers)
        _run(console, "round", "judge", _ROUND)
        if _has_browser():
            _run(console, "evidence", "take", _ROUND, "--per-finding", "1")
        _run(console, "round", "rates", _ROUND)
        _run(console, "round", "verify", _ROUND)
        agreement = _agreement(folder)
        _print_agreement(console, agreement)
        running.enter_context(_api(console, folder, api_port))
        _show_api(console, api_port)
        if not leave:
            _wait(console, api_port)
    if agreement.disagreements:
        raise Conflict(f"有 {len(agreement.disagreements)} 个网站的结论与预设不一致，见上表")


def _end_in_good_order() -> None:
    """Let the servers down whoever ends the demo: Ctrl-C, which shells hide from background jobs, or a SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)


def _start_afresh(folder: Path) -> None:
    """Leftovers of an earlier demo go; its stores are let down first, in case it was killed."""
    if (folder / "stores").exists():
        environment = {**os.environ, **_environment(folder)}
        subprocess.run([_xuncha(), "stores", "down"], env=environment, check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _environment(folder: Path) -> dict[str, str]:
    """Settings of the demo's processes: own stores, loopback allowed, no politeness towards ourselves."""
    return {
        "XUNCHA_VAR_DIR": str(folder / "stores"),
        "XUNCHA_ALLOW_NETWORKS": "127.0.0.0/8,::1/128",
        "XUNCHA_DOWNLOAD_DELAY_S": "0",
        "XUNCHA_DELAY_FACTOR": "0",
        "XUNCHA_PLATFORM_DELAY_S": "0",
        "XUNCHA_LONGEST_BACKOFF_S": "2",
        "XUNCHA_CONCURRENT_PER_HOST": "8",
        "XUNCHA_LINK_RETRY_PAUSE_S": "1",
        "XUNCHA_RETRY_PAUSE_S": "2",
    }


def _xuncha() -> str:
    return str(Path(sys.executable).with_name("xuncha"))


def _run(console: Console, *words: str) -> None:
    """Run one command as a person would, showing it first."""
    console.print(f"\n[bold cyan]$ xuncha {' '.join(words)}[/bold cyan]", highlight=False)
    done = subprocess.run([_xuncha(), *words], check=False)
    if done.returncode != 0:
        raise XunchaError(f"命令 xuncha {' '.join(words)} 失败（退出码 {done.returncode}）")


@contextmanager
def _background(console: Console, log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command beside the demo, its output in a log file; stopped in an orderly way at the end."""
    console.print(f"\n[bold cyan]$ xuncha {' '.join(words)} &[/bold cyan]", highlight=False)
    with log.open("wb") as output:
        process = subprocess.Popen([_xuncha(), *words], stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            yield process
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _practice_web(console: Console, folder: Path, *, sites: int, seed: int, port: int) -> Iterator[None]:
    ready, log = folder / "web.ready", folder / "web.log"
    as_of = str(china_day(None))
    words = ["practice", "serve", "--sites", str(sites), "--seed", str(seed), "--as-of", as_of, "--port", str(port)]
    with _background(console, log, *words, "--out", str(folder / "web"), "--ready-file", str(ready)) as process:
        _await(ready.exists, process, log)
        console.print(log.read_text("utf-8").strip(), highlight=False)
        yield


def _await(is_ready: Any, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN.total_seconds()
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise XunchaError(f"后台进程没有就绪，日志见 {log}：\n{log.read_text('utf-8', errors='replace')[-2000:]}")
        time.sleep(0.2)


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
    _run(console, "round", "draw", str(plan), *options, *drill)
    _run(console, "round", "open", _ROUND)


def _crawl(console: Console, folder: Path, workers: int) -> None:
    with ExitStack() as running:
        for number in range(1, workers + 1):
            words = ["worker", "--round", _ROUND, "--until-idle"]
            running.enter_context(_background(console, folder / f"worker-{number}.log", *words))
        _run(console, "round", "status", _ROUND, "--watch")


def _agreement(folder: Path) -> Agreement:
    truth = json.loads((folder / "web" / "truth.json").read_text("utf-8"))
    with open_stores() as stores:
        edition = stores.editions.in_force(china_day(None))
        verdicts = {row.code: row.verdict for row in stores.inspections.verdicts(_ROUND) if row.verdict is not None}
    return compare(truth["sites"], verdicts, edition, browser=_has_browser())


def _has_browser() -> bool:
    return find_chromium(WorkerConfig().browser_path) is not None


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
    with _background(console, log, "api", "--port", str(port)) as process:
        _await(lambda: _answers(port), process, log)
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
