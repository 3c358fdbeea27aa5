"""``xuncha special``: checks of one topic beside the rounds."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.importing import import_file
from cli.wiring import print_json
from inspection.records import every
from inspection.special.check import DAYS, OPTIONAL, REQUIRED, row_reader
from inspection.workflows.import_records import adding, import_records
from store.registry_file import Columns
from store.stores import open_stores

app = typer.Typer(help="专项检查：导入、列出", no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """专项检查：导入、列出"""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=f"CSV 或 XLSX；列：{','.join(REQUIRED)}，可有：{','.join(OPTIONAL)}")],
    errors: Annotated[Path | None, typer.Option("--errors", help="错误行文件，默认为 <文件>.errors.csv")] = None,
) -> None:
    """导入专项检查的结果；已有的编号不变。问题以分号分开，照印。有错误行时退出码为 3。"""
    with open_stores() as stores:
        read = row_reader(stores.offices.find)
        import_file(
            file,
            Columns(REQUIRED, OPTIONAL, DAYS),
            lambda rows, progress: import_records(
                rows, read, adding(stores.special_checks), key=("number", lambda each: each.id), progress=progress
            ),
            errors=errors,
        )


@app.command("list")
def list_(
    office: Annotated[str, typer.Option("--office", metavar="ID", help="只列一个单位")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """列出专项检查。"""
    with open_stores() as stores:
        found = list(every(stores.special_checks, {"office": office}))
    if as_json:
        print_json(found)
        return
    table = Table("编号", "单位", "专项", "起止", "检查", "有问题", "主要问题")
    for each in found:
        days, counts = f"{each.first} 至 {each.last}", (f"{each.checked:,}", f"{each.faulty:,}")
        table.add_row(*map(Text, (each.id, each.office, each.topic, days, *counts, "、".join(each.problems))))
    Console().print(table)
