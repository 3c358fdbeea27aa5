"""``xuncha registry``: import, export, show and count registered sites."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.wiring import SystemClock, print_json
from inspection.ports import SiteFilter
from inspection.registry import Site, SiteCategory, SiteStatus, regions
from inspection.workflows.import_registry import ImportReport, import_registry
from store.registry_file import count_lines, read_rows, write_problems, write_sites
from store.stores import open_stores

app = typer.Typer(help="登记：导入、导出、统计、查看", no_args_is_help=True, add_completion=False)

_SOME_REJECTED = 3
_SHOWN_PROBLEMS = 20


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV（UTF-8 或 GB18030）或 XLSX 文件")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览，不写入")] = False,
    errors: Annotated[Path | None, typer.Option("--errors", help="错误行文件，默认为 <文件>.errors.csv")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="CSV 编码，默认自动识别")] = None,
) -> None:
    """导入网站登记：正确行入库，错误行逐条写入错误文件。有错误行时退出码为 3。"""
    console = Console()
    rows = read_rows(file, encoding=encoding)
    with open_stores() as stores, _progress(console) as bar:
        task = bar.add_task("导入登记" if not dry_run else "预览登记", total=count_lines(file))
        report = import_registry(
            rows,
            stores.sites,
            source=file.name,
            clock=SystemClock(),
            dry_run=dry_run,
            progress=lambda done: bar.advance(task, done),
        )
    problem_file = errors or file.with_name(f"{file.name}.errors.csv")
    _finish(console, report, problem_file, dry_run=dry_run)


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def _finish(console: Console, report: ImportReport, problem_file: Path, *, dry_run: bool) -> None:
    table = Table("读取", "新增", "变更", "无变化", "错误行", title="预览（未写入）" if dry_run else "导入结果")
    counts = report.counts
    numbers = (report.rows, counts.added, counts.changed, counts.unchanged, report.rejected_rows)
    table.add_row(*(f"{number:,}" for number in numbers))
    console.print(table)
    if not report.problems:
        return
    write_problems(problem_file, report.problems)
    for each in report.problems[:_SHOWN_PROBLEMS]:
        problem = each.problem
        console.print(
            f"第 {each.line} 行 {problem.column} {problem.value!r}：{problem.reason}", highlight=False, markup=False
        )
    console.print(f"共 {len(report.problems)} 处错误，已写入 {problem_file}", highlight=False, markup=False)
    raise typer.Exit(_SOME_REJECTED)


@app.command()
def stats(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False) -> None:
    """按通报的七类统计在运行网站，并按状态、地区统计。"""
    with open_stores() as stores:
        counted = Counter((site.category, site.status, site.province) for site in stores.sites.all())
    running = {category: _sum(counted, category=category, running=True) for category in SiteCategory}
    statuses = {status: sum(n for (_, s, _), n in counted.items() if s is status) for status in SiteStatus}
    provinces: Counter[str] = Counter()
    for (_, status, province), number in counted.items():
        if status is not SiteStatus.CLOSED:
            provinces[province] += number
    if as_json:
        print_json(
            {
                "running": sum(running.values()),
                "by_category": running,
                "by_status": statuses,
                "by_province": dict(sorted(provinces.items())),
            }
        )
        return
    _print_stats(Console(), running, statuses, provinces)


def _sum(counted: Counter[tuple[SiteCategory, SiteStatus, str]], *, category: SiteCategory, running: bool) -> int:
    return sum(
        n for (c, status, _), n in counted.items() if c is category and running is (status is not SiteStatus.CLOSED)
    )


def _print_stats(
    console: Console, running: dict[SiteCategory, int], statuses: dict[SiteStatus, int], provinces: Counter[str]
) -> None:
    table = Table(title="在运行政府网站（不含已关停）")
    table.add_column("类别")
    table.add_column("数量", justify="right")
    for category, number in running.items():
        table.add_row(category.chinese, f"{number:,}")
    table.add_section()
    table.add_row("合计", f"{sum(running.values()):,}", style="bold")
    console.print(table)
    console.print("　".join(f"{status.chinese} {number:,}" for status, number in statuses.items()))
    listed = "　".join(f"{regions.prefix_name(key)} {number:,}" for key, number in sorted(provinces.items()))
    console.print(listed)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="写入的文件，.csv 或 .xlsx")],
    status: Annotated[SiteStatus | None, typer.Option("--status", help="只导出该状态的网站")] = None,
) -> None:
    """导出登记；导出的文件可原样导入。"""
    with open_stores() as stores:
        chosen = (site for site in stores.sites.all() if status in (None, site.status))
        number = write_sites(file, chosen)
    typer.echo(f"已导出 {number:,} 个网站到 {file}")


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="网站标识码")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """查看一个网站的登记及其变更历史。"""
    with open_stores() as stores:
        site, history = stores.sites.get(code), stores.sites.history(code)
    if as_json:
        print_json({"site": site, "history": history})
        return
    console = Console()
    console.print(f"[bold]{site.name}[/bold]  {site.code}  {site.url}")
    console.print(f"{site.category.chinese}　{regions.full_name(site.region)}　{site.status.chinese}")
    console.print(f"主办 {site.organizer or '—'}　主管 {site.supervisor or '—'}")
    for change in history:
        changed = "新增" if change.before is None else "变更 " + "；".join(_changed(change.before, change.after))
        console.print(f"{change.at:%Y-%m-%d %H:%M} {changed}（{change.source}）", markup=False)


def _changed(before: Site, after: Site) -> list[str]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in Site.__struct_fields__)
    return [f"{name}：{old or '—'} → {new or '—'}" for name, old, new in pairs if old != new]


@app.command("list")
def list_(
    region: Annotated[str, typer.Option("--region", help="行政区划代码前缀：2、4 或 6 位")] = "",
    category: Annotated[SiteCategory | None, typer.Option("--category", help="类别")] = None,
    text: Annotated[str, typer.Option("--text", help="名称、网址或标识码中的文字")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="最多列出多少个")] = 50,
) -> None:
    """列出符合条件的网站。"""
    with open_stores() as stores:
        found = stores.sites.page(SiteFilter(region=region, category=category, text=text), limit=limit)
    table = Table("标识码", "名称", "类别", "状态", "网址")
    for site in found:
        table.add_row(site.code, site.name, site.category.chinese, site.status.chinese, site.url)
    Console().print(table)
