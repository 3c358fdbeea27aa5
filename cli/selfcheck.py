"""``xuncha selfcheck``: signed forms of deep self-checks, and which sites they still leave out."""

from pathlib import Path
from typing import Annotated

import typer

from cli.rejected import stop_at
from cli.report import RESULTS, AsJson, OfficeId, Period
from cli.reporting_rules import RulesFile, rules_of
from cli.wiring import SystemClock, china_day, print_json, say
from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.workflows.file_self_check import file_self_check, self_check_status
from store.registry_file import read_rows
from store.stores import open_stores

app = typer.Typer(help="自查：导入深度自查结果，列出缺报的网站", no_args_is_help=True, add_completion=False)

_SHOWN = 50


@app.callback()
def _group() -> None:
    """自查：导入深度自查结果，列出缺报的网站"""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV 或 XLSX，列：code,verdict,problems,inspected_on（后两列可省）")],
    office: OfficeId,
    period: Period,
    signatory: Annotated[str, typer.Option("--signatory", help="签字的单位负责人")],
    scan: Annotated[Path, typer.Option("--scan", help="签字盖章的扫描件：PDF、JPEG 或 PNG")],
    by: Annotated[str, typer.Option("--by", help="填报人")],
    signed_on: Annotated[str | None, typer.Option("--signed-on", help="签字日期 YYYY-MM-DD，默认今天")] = None,
    rules_file: RulesFile = None,
) -> None:
    """导入一份签字盖章的自查表及其扫描件。有错误行时整份不入库，退出码为 3。"""
    rows = read_rows(file, columns=RESULTS)
    with open_stores() as stores:
        rules = rules_of(rules_file, stores.rules)
        body = _read(scan, rules.scan.max_bytes)
        done = file_self_check(
            rows,
            body,
            office_id=office,
            period=period,
            signatory=signatory,
            signed_on=china_day(signed_on),
            by=by,
            rules=rules,
            stores=stores,
            clock=SystemClock(),
        )
    if done.check is not None:
        check = done.check
        say(f"已收 {len(check.results):,} 个网站的自查结果，{check.signatory}于 {check.signed_on} 签字")
        say(f"扫描件 {check.scan.kind.upper()}，{check.scan.size:,} 字节，SHA-256 {check.scan.digest}")
    stop_at(done.problems)


def _read(path: Path, limit: int) -> bytes:
    """No more than one byte past the limit: that is enough to refuse it."""
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise InputRejected(f"无法读取扫描件 {path}：{in_chinese(error)}") from error


@app.command()
def status(office: OfficeId, period: Period, as_json: AsJson = False) -> None:
    """列出还没有自查结果的网站；下级单位报送的计算在内。"""
    with open_stores() as stores:
        found = self_check_status(office, period, stores=stores)
    if as_json:
        missing = [{"code": site.code, "name": site.name, "organizer": site.organizer} for site in found.missing]
        print_json({"sites": found.sites, "verdicts": found.verdicts, "missing": missing})
        return
    counts = "，".join(f"{verdict.chinese} {number:,}" for verdict, number in found.verdicts.items() if number)
    say(f"应自查 {found.sites:,} 个，已报 {found.sites - len(found.missing):,} 个{f'（{counts}）' if counts else ''}")
    for site in found.missing[:_SHOWN]:
        say(f"缺：{site.code}　{site.name}　{site.organizer}")
    if len(found.missing) > _SHOWN:
        say(f"另缺 {len(found.missing) - _SHOWN:,} 个，用 --json 列出全部")
