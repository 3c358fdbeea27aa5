"""``xuncha office``: the offices that order rounds and report theirs."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.rejected import stop_at
from cli.wiring import print_json, say
from inspection.offices import OfficeLevel
from inspection.offices.row import COLUMNS, OPTIONAL
from inspection.records import every
from inspection.registry import regions
from inspection.registry.site import NATION
from inspection.workflows.import_offices import import_offices
from store.registry_file import Columns, read_rows
from store.stores import open_stores

app = typer.Typer(help="单位：导入、列出各级监管单位", no_args_is_help=True, add_completion=False)

_COLUMNS = Columns.named(COLUMNS, OPTIONAL)


@app.callback()
def _group() -> None:
    """单位：导入、列出各级监管单位"""


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV 或 XLSX 文件，列：id,name,level,region,department,parent（后两列可省）")
    ],
) -> None:
    """导入单位：正确行入库（已有的按编号更新），错误行逐条列出。有错误行时退出码为 3。"""
    rows = read_rows(file, columns=_COLUMNS)
    with open_stores() as stores:
        report = import_offices(rows, stores.offices, stores.sites)
    counts = report.counts
    say(f"新增 {counts.added}，变更 {counts.changed}，无变化 {counts.unchanged}，错误行 {report.rejected_rows}")
    stop_at(report.problems)


@app.command("list")
def list_(
    region: Annotated[str, typer.Option("--region", help="行政区划代码前缀，2、4 或 6 位")] = "",
    level: Annotated[OfficeLevel | None, typer.Option("--level", help="只列一级")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """列出单位。"""
    where = {"region": region, "level": "" if level is None else level.value}
    with open_stores() as stores:
        offices = list(every(stores.offices, where))
    if as_json:
        print_json(offices)
        return
    table = Table("编号", "名称", "级别", "范围", "上级单位")
    for office in offices:
        place = f"bm{office.department}" if office.department else ""
        if not place:
            place = "全国" if office.region == NATION else regions.full_name(office.region)
        table.add_row(*map(Text, (office.id, office.name, office.level.chinese, place, office.parent)))
    Console().print(table)
