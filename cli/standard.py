"""``xuncha standard``: list, show, compare and validate the editions of the inspection standard."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from cli.standard_page import standard_page
from cli.wiring import print_json, read_text
from inspection.checks import CHECK_PARAMS
from inspection.checks.describe import threshold_text
from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.standard import Edition, EditionLibrary, Indicator
from inspection.standard.difference import RowDifference, differences
from store.config import StoreConfig
from store.editions import load_editions, own_files

app = typer.Typer(help="检查标准：列出、查看、比较、校验各版本", no_args_is_help=True, add_completion=False)

EditionId = Annotated[str, typer.Argument(metavar="EDITION", help="版本编号，例如 2019")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]

_FIELDS = {
    "name": "名称",
    "clause": "条文",
    "kind": "类型",
    "target": "对象",
    "automation": "检查方式",
    "points": "扣分",
    "cap": "扣分上限",
    "source": "出处",
    "check": "检查程序",
    "since": "起始日期",
    "scope": "适用网站",
}


def _editions() -> EditionLibrary:
    return load_editions(StoreConfig())


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """列出可用的检查标准版本。"""
    library = _editions()
    if as_json:
        print_json([_summary(edition, library) for edition in library.all()])
        return
    table = Table(title="检查标准")
    for heading in ("编号", "名称", "文号", "有效期", "指标", "待核", "文件"):
        table.add_column(heading, overflow="fold")
    for edition in library.all():
        provisional = sum(row.source.is_provisional for row in edition.indicators)
        until = edition.valid_to or "今"
        table.add_row(
            edition.id,
            edition.name,
            edition.document,
            f"{edition.valid_from} 至 {until}",
            str(len(edition.indicators)),
            str(provisional),
            library.origins[edition.id],
        )
    Console().print(table)


def _summary(edition: Edition, library: EditionLibrary) -> dict[str, Any]:
    return {
        "id": edition.id,
        "name": edition.name,
        "document": edition.document,
        "valid_from": edition.valid_from,
        "valid_to": edition.valid_to,
        "extends": edition.extends or None,
        "indicators": len(edition.indicators),
        "provisional": sum(row.source.is_provisional for row in edition.indicators),
        "digest": edition.digest,
        "file": library.origins[edition.id],
    }


@app.command()
def show(
    edition_id: EditionId,
    clauses: Annotated[bool, typer.Option("--clauses", help="同时列出条文和说明")] = False,
    as_json: AsJson = False,
) -> None:
    """列出一个版本的全部指标；未经原文核实的数字标“待核”。"""
    edition = _editions().get(edition_id)
    if as_json:
        print_json(edition)
        return
    console = Console()
    console.print(
        f"[bold]{edition.name}[/bold]（{edition.document}）　有效期 {edition.valid_from} 至 {edition.valid_to or '今'}"
    )
    console.print(_table(edition, clauses=clauses))
    rule = edition.pass_rule
    console.print(f"{rule.id} {rule.name}（{rule.source.chinese}）：{rule.clause}", highlight=False)
    for profile in edition.profiles:
        console.print(
            f"特例 {profile.id} {profile.name}（{profile.source.chinese}）：{profile.clause}", highlight=False
        )


def _table(edition: Edition, *, clauses: bool) -> Table:
    table = Table(title=f"指标（{len(edition.indicators)} 项）")
    for heading in ("编号", "名称", "类型", "门槛与分值", "适用", "检查方式", "出处"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("编号", "类型"))
    group = ""
    for row in edition.indicators:
        if row.group != group:
            group = row.group
            name = next(each.name for each in edition.groups if each.id == group)
            table.add_section()
            table.add_row("", f"[bold]{name}[/bold]")
        name = f"{row.name}\n[dim]{row.clause}{f'（{row.note}）' if row.note else ''}[/dim]" if clauses else row.name
        table.add_row(
            row.id,
            name,
            row.kind.chinese,
            threshold_and_points(row, edition),
            scope_of(row, edition),
            row.automation.chinese,
            row.source.chinese,
        )
    return table


def threshold_and_points(row: Indicator, edition: Edition) -> str:
    """Thresholds and prices of a row in one line, provisional ones marked."""
    parts = [threshold_text(row, edition, CHECK_PARAMS[row.check])] if row.check else []
    parts += [f"每项 {row.points:f} 分"] if row.points is not None else []
    parts += [f"最多 {row.cap:f} 分"] if row.cap is not None else []
    text = "；".join(part for part in parts if part)
    return f"{text}（待核）" if text and row.source.is_provisional else text


def scope_of(row: Indicator, edition: Edition) -> str:
    """Which sites (or what else) a row judges."""
    if row.scope:
        return edition.scope_named(row.scope).name
    return "全部网站" if row.target.value == "site" else row.target.chinese


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="版本编号")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="与之比较的版本编号")],
    as_json: AsJson = False,
) -> None:
    """比较两个版本：哪些指标新增、取消、改变。"""
    library = _editions()
    found = differences(library.get(before), library.get(after))
    if as_json:
        print_json(found)
        return
    console = Console(soft_wrap=True)
    for difference in found:
        console.print(_described(difference, before, after), highlight=False, markup=False)
    if not found:
        console.print(f"{before} 版与 {after} 版没有差异")


def _described(difference: RowDifference, before: str, after: str) -> str:
    old = "、".join(f"{row.id} {row.name}" for row in difference.before)
    new = "、".join(f"{row.id} {row.name}" for row in difference.after)
    if not old:
        return f"＋ {new}（仅 {after} 版有）"
    if not new:
        return f"－ {old}（仅 {before} 版有）"
    changes = "".join(f"\n    {_label(name)}：{_value(was)} → {_value(is_)}" for name, was, is_ in difference.changes)
    return f"～ {old} → {new}{changes}"


def _label(field: str) -> str:
    return _FIELDS.get(field) or f"参数 {field.removeprefix('params.')}"


def _value(value: Any) -> str:
    if value in (None, ""):
        return "（无）"
    if isinstance(value, list):
        return "、".join(str(each) for each in value)
    return getattr(value, "chinese", None) or str(value)


@app.command()
def validate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="标准文件；默认校验 XUNCHA_STANDARD_DIR 中的全部文件"),
    ] = None,
) -> None:
    """校验标准文件；有错时逐条指出，退出码为 1。"""
    texts = {path.name: read_text(path) for path in files} if files else own_files(StoreConfig())
    library = EditionLibrary(CHECK_PARAMS, texts)
    own = {origin: id_ for id_, origin in library.origins.items() if origin in texts}
    for origin, id_ in own.items():
        typer.echo(f"{origin}：无误，版本 {id_}，{len(library.get(id_).indicators)} 项指标")
    if not own:
        typer.echo("没有自定的标准文件；随程序提供的版本无误")


@app.command()
def page(out: Annotated[Path, typer.Option("--out", help="写入的 Markdown 文件")]) -> None:
    """把随程序提供的各版本写成说明页（docs/standard.md）。"""
    try:
        out.write_text(standard_page(EditionLibrary(CHECK_PARAMS)), "utf-8")
    except OSError as error:
        raise InputRejected(f"无法写入 {out}：{in_chinese(error)}") from error
