"""``xuncha practice``: the simulated national web, and a registry of the nation's size."""

import asyncio
import json
import signal
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.wiring import china_day, read_text
from inspection.errors import InputRejected
from inspection.faults import in_chinese
from practice.later import later_web
from practice.mended import mended_web
from practice.model import PracticeSite
from practice.plan import plan_web
from practice.registry import write_national, write_registry
from practice.server import PracticeServer
from practice.truth import truth_of

app = typer.Typer(help="演练网络：模拟的政府网站群", no_args_is_help=True, add_completion=False)


@app.command()
def serve(
    sites: Annotated[int, typer.Option("--sites", min=1, max=20000, help="网站数量")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="随机种子；相同种子得到相同网络")] = 1,
    as_of: Annotated[str | None, typer.Option("--as-of", help="模拟的当天 YYYY-MM-DD，默认今天")] = None,
    days_later: Annotated[
        int, typer.Option("--days-later", min=0, help="同一网络在该日之后若干天的样子：有新稿，也有旧稿重发")
    ] = 0,
    mended: Annotated[Path | None, typer.Option("--mended", help="文件，每行一个标识码：这些网站已改正其问题")] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="端口，0 为任意空闲端口")] = 18800,
    out: Annotated[Path, typer.Option("--out", help="写入 registry.csv 与 truth.json 的文件夹")] = Path("practice-web"),
    ready_file: Annotated[Path | None, typer.Option("--ready-file", help="开始服务后写入该文件")] = None,
) -> None:
    """在本机回环地址上提供一个模拟的政府网站群，每个网站一个主机名，按 Ctrl-C 结束。"""
    try:
        codes = read_text(mended).split() if mended is not None else []
        asyncio.run(_serve(sites, seed, china_day(as_of), days_later, codes, port, out, ready_file))
    except OSError as error:
        raise InputRejected(f"无法在端口 {port} 上提供服务：{in_chinese(error)}；请用 --port 换一个端口") from error


@app.command()
def registry(
    out: Annotated[Path, typer.Option("--out", help="写入的 CSV 文件")],
    national: Annotated[bool, typer.Option("--national", help="全国规模：43,143 个网站")] = False,
    seed: Annotated[int, typer.Option("--seed", help="随机种子")] = 1,
) -> None:
    """写出一份全国规模的登记文件。"""
    if not national:
        raise InputRejected("请加上 --national；演练网络自己的登记由 xuncha practice serve 写出")
    typer.echo(f"已写入 {write_national(out, seed=seed):,} 个网站：{out}")


async def _serve(
    sites: int,
    seed: int,
    as_of: date,
    days_later: int,
    mended: list[str],
    port: int,
    out: Path,
    ready_file: Path | None,
) -> None:
    port, server, web = await _start(sites, seed, as_of, days_later, mended, port)
    out.mkdir(parents=True, exist_ok=True)
    write_registry(out / "registry.csv", web)
    day = as_of + timedelta(days=days_later)
    truth = {"seed": seed, "as_of": day.isoformat(), "port": port, "sites": [truth_of(site) for site in web]}
    (out / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1), "utf-8")
    kinds = Counter(fault.kind for site in web for fault in site.faults)
    listed = "、".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
    typer.echo(f"演练网络就绪：{len(web)} 个网站，端口 {port}，登记与预设在 {out}\n预设问题：{listed}")
    if ready_file is not None:
        ready_file.write_text(str(port), "ascii")
    loop = asyncio.get_running_loop()
    running = loop.create_task(server.serve_forever())
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        server.close()


async def _start(
    sites: int, seed: int, as_of: date, days_later: int, mended: list[str], port: int
) -> tuple[int, PracticeServer, list[PracticeSite]]:
    """A port that was left to chance must be known before the pages that name it can be planned."""
    if port == 0:
        probe = PracticeServer([])
        port = await probe.start(0)
        probe.close()
    web = plan_web(sites=sites, seed=seed, as_of=as_of, port=port)
    try:
        web = mended_web(web, codes=mended, seed=seed)
    except ValueError as error:
        raise InputRejected(f"演练网络中没有 --mended 文件里的网站（{error}）") from error
    if days_later:
        web = later_web(web, days=days_later, seed=seed)
    server = PracticeServer(web)
    return await server.start(port), server, web
