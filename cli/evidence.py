"""``xuncha evidence``: pictures of the pages that veto findings rest on."""

from pathlib import Path
from typing import Annotated

import typer

from cli.wiring import progress_bar, say
from crawler.config import WorkerConfig
from crawler.fetching import photographer_of
from inspection.errors import InputRejected, NotFound
from inspection.faults import in_chinese
from inspection.observation import ScreenshotSeen
from inspection.observation.site import CHINA
from inspection.ports import Inspection
from inspection.workflows.photograph_vetoes import photograph_vetoes
from store.stores import open_stores

app = typer.Typer(help="证据：为否决项问题截取整页图片", no_args_is_help=True, add_completion=False)

RoundId = Annotated[str, typer.Argument(metavar="ROUND", help="轮次编号")]


@app.callback()
def _group() -> None:
    """证据：为否决项问题截取整页图片"""


@app.command()
def take(
    round_id: RoundId,
    per_finding: Annotated[int, typer.Option("--per-finding", min=1, help="每个问题最多截取的页面数")] = 10,
) -> None:
    """为一轮中所有否决项问题截图：显示判定时保存的页面。已有的不再截取，可中断后重新执行。"""
    photographer = photographer_of(WorkerConfig())
    with open_stores() as stores, progress_bar() as bar:
        task = bar.add_task("截图", total=len(stores.rounds.members(round_id)))

        def advance(_: Inspection) -> None:
            bar.advance(task)

        counts = photograph_vetoes(
            round_id,
            editions=stores.editions,
            rounds=stores.rounds,
            inspections=stores.inspections,
            observations=stores.observations,
            snapshots=stores.snapshots,
            photographer=photographer,
            per_finding=per_finding,
            progress=advance,
        )
    say(f"截图 {counts.taken:,} 张，无法截取 {counts.failed:,} 页")


@app.command()
def save(
    round_id: RoundId,
    code: Annotated[str, typer.Argument(metavar="CODE", help="网站标识码")],
    out: Annotated[Path, typer.Option("--out", help="保存到的目录")],
) -> None:
    """把一个网站的截图保存为文件，并列出各图所示的地址。"""
    with open_stores() as stores:
        stores.inspections.get(round_id, code)
        taken = [shot for shot in stores.observations.screenshots(round_id, code) if shot.image is not None]
        if not taken:
            raise NotFound(f"网站 {code} 在轮次 {round_id} 中没有截图；先运行 xuncha evidence take {round_id}")
        try:
            out.mkdir(parents=True, exist_ok=True)
            for number, shot in enumerate(taken, 1):
                assert shot.image is not None  # filtered above
                file = out / f"{code}-{number:02d}.jpg"
                file.write_bytes(stores.snapshots.get(shot.image))
                say(f"{file}　{_described(shot)}")
        except OSError as error:
            raise InputRejected(f"无法写入 {error.filename or out}：{in_chinese(error)}") from error


def _described(shot: ScreenshotSeen) -> str:
    at = f"{shot.taken_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    shown = f"判定时保存的页面 {shot.snapshot[:12]}…" if shot.snapshot is not None else "截图时重新访问"
    return f"{shot.url}（{at}，{shown}）"
