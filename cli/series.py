"""``xuncha series``: the published series of pass rates, period by period."""

from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from cli.wiring import print_json, read_text, say
from inspection.bulletin.figures import SeriesPoint
from inspection.errors import InputRejected
from inspection.registry import regions
from inspection.registry.site import NATION
from inspection.workflows.keep_series import import_series, series_of
from store.stores import open_stores

app = typer.Typer(help="序列：历期公布的数字与本系统各轮的合格率", no_args_is_help=True, add_completion=False)

Region = Annotated[str, typer.Option("--region", help="六位行政区划代码，默认全国")]


@app.callback()
def _group() -> None:
    """序列：历期公布的数字与本系统各轮的合格率"""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV 文件（UTF-8），列名见 docs/statistics.md，未知的留空")],
    region: Region = NATION,
) -> None:
    """导入历期公布的数字；同一期已有的被新值代替，有错时一行也不导入。"""
    text = read_text(file)
    with open_stores() as stores:
        done = import_series(text, region=_region(region), origin=file.name, series=stores.series_points)
    say(f"新增 {done.added} 期，更正 {done.changed} 期，未变 {done.unchanged} 期")


@app.command("list")
def list_(
    region: Region = NATION,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """列出序列：公布的数字优先，没有公布的期次用本系统已结束的正式轮次。"""
    with open_stores() as stores:
        points = series_of(
            _region(region), series=stores.series_points, rounds=stores.rounds, pass_rates=stores.pass_rates
        )
    if as_json:
        print_json(points)
        return
    table = Table("期次", box=SIMPLE_HEAD)
    for heading in ("运行网站", "抽查", "合格率", "自行抽查合格率"):
        table.add_column(heading, justify="right", no_wrap=True)
    for point in points:
        table.add_row(point.period, *_cells(point))
    Console().print(table)


def _cells(point: SeriesPoint) -> tuple[str, ...]:
    counts = ("—" if number is None else f"{number:,}" for number in (point.running, point.sampled))
    percents = ("—" if share is None else f"{share:.1%}" for share in (point.rate, point.reported_rate))
    return (*counts, *percents)


def _region(text: str) -> str:
    if text != NATION and not regions.exists(text):
        raise InputRejected(f"行政区划代码 {text!r} 不存在，请给出六位代码，例如 370000")
    return text
