"""``xuncha accountability``: who met with what, by kind, period and region."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.importing import import_file
from cli.wiring import china_day, print_json, say
from inspection.accountability.record import OPTIONAL, REQUIRED, accountability_figures, row_reader
from inspection.records import every
from inspection.workflows.import_records import adding, import_records
from store.registry_file import Columns
from store.stores import open_stores

app = typer.Typer(help="问责：导入、列出、按类别统计", no_args_is_help=True, add_completion=False)

Region = Annotated[str, typer.Option("--region", help="行政区划代码前缀：2、4 或 6 位")]
Department = Annotated[str, typer.Option("--department", help="国务院部门编号，2 位，例如 07")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=f"CSV 或 XLSX；列：{','.join(REQUIRED)}，可有：{','.join(OPTIONAL)}")],
    errors: Annotated[Path | None, typer.Option("--errors", help="错误行文件，默认为 <文件>.errors.csv")] = None,
) -> None:
    """导入问责记录；已有的编号不变。有错误行时退出码为 3。"""
    with open_stores() as stores:
        read = row_reader(stores.rules.accountability, stores.cases.find, china_day(None))
        import_file(
            file,
            Columns(REQUIRED, OPTIONAL, ("date",)),
            lambda rows, progress: import_records(
                rows, read, adding(stores.accountability), key=("number", lambda each: each.id), progress=progress
            ),
            errors=errors,
        )


@app.command("list")
def list_(
    region: Region = "",
    department: Department = "",
    after: Annotated[str, typer.Option("--after", help="从该编号之后列起")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多列多少条")] = 50,
    as_json: AsJson = False,
) -> None:
    """列出问责记录。"""
    with open_stores() as stores:
        found = stores.accountability.page({"region": region, "department": department}, after=after, limit=limit)
        names = {kind.id: kind.name for kind in stores.rules.accountability.kinds}
    if as_json:
        print_json(found)
        return
    table = Table("编号", "日期", "单位", "类别", "人数", "案件")
    for each in found:
        kind = names.get(each.kind, each.kind)
        table.add_row(*map(Text, (each.id, f"{each.on}", each.unit, kind, str(each.persons), each.case)))
    Console().print(table)
    if len(found) == limit:
        say(f"下一页：--after {found[-1].id}")


@app.command()
def stats(
    since: Annotated[str, typer.Option("--since", help="从该日起（YYYY-MM-DD）")],
    until: Annotated[str, typer.Option("--until", help="至该日止（YYYY-MM-DD）")],
    region: Region = "",
    department: Department = "",
    as_json: AsJson = False,
) -> None:
    """按类别统计一段时间内的问责人数。"""
    with open_stores() as stores:
        figures = accountability_figures(
            every(stores.accountability, {"region": region, "department": department}),
            china_day(since),
            china_day(until),
            stores.rules.accountability,
        )
    if as_json:
        print_json({"persons": dict(figures.persons), "total": figures.total})
        return
    for name, number in figures.persons:
        say(f"{name} {number:,} 人")
    say(f"合计 {figures.total:,} 人")
