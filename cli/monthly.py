"""``xuncha monthly``: monthly reports of cities with the annexes of their counties."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.wiring import SystemClock, china_day, print_json, say
from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.monthly import LateList
from inspection.monthly.report import ReportState, month_of
from inspection.records import every
from inspection.registry import regions
from inspection.workflows.file_monthly_report import Attachment, file_monthly_report, monthly_status
from inspection.workflows.fix_late_lists import fix_late_list_of
from store.stores import open_stores

app = typer.Typer(help="月报：报送、查看迟报与缺件", no_args_is_help=True, add_completion=False)


@app.command()
def file(
    city: Annotated[str, typer.Argument(metavar="CITY", help="市（州）的 6 位行政区划代码")],
    month: Annotated[str, typer.Argument(metavar="MONTH", help="月份，YYYY-MM")],
    by: Annotated[str, typer.Option("--by", help="由谁报送")],
    report: Annotated[Path | None, typer.Option("--report", help="月报文件")] = None,
    annex: Annotated[
        list[str] | None, typer.Option("--annex", metavar="REGION=FILE", help="县（市、区）附件，可多次")
    ] = None,
) -> None:
    """报送一个市一个月的月报和附件；可分次报送，先前的文件保留。"""
    attachments = [] if report is None else [_attachment(city, report)]
    for pair in annex or []:
        region, equals, path = pair.partition("=")
        if not equals:
            raise InputRejected(f"--annex {pair!r} 应写成 行政区划代码=文件，例如 370602=附件.docx")
        attachments.append(_attachment(region, Path(path)))
    with open_stores() as stores:
        filed = file_monthly_report(month, city, attachments, by=by, stores=stores, clock=SystemClock())
        due = stores.rules.monthly.due_on(month, city)
    say(f"{regions.full_name(city)} {month}：现有文件 {len(filed.current)} 个，报送期限 {due}")


def _attachment(region: str, path: Path) -> Attachment:
    try:
        return Attachment(region=region, name=path.name, body=path.read_bytes())
    except OSError as error:
        raise InputRejected(f"无法读取 {path}：{in_chinese(error)}") from error


@app.command()
def late(
    month: Annotated[str, typer.Argument(metavar="MONTH", help="月份，YYYY-MM")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """查看期限次日确定的迟报名单；此后补报的不改变名单，现状见 status。"""
    with open_stores() as stores:
        found = list(every(stores.late_lists, {"month": month_of(month)}))
    if as_json:
        print_json(found)
        return
    _say_lists(found)
    if not found:
        say(f"{month} 的迟报名单尚未确定；期限已过而定时任务当时未运行的，请用 xuncha monthly fix {month} 确定")


@app.command()
def fix(
    month: Annotated[str, typer.Argument(metavar="MONTH", help="月份，YYYY-MM")],
) -> None:
    """确定期限已过月份的迟报名单（按期限当日终了时的情况）；已确定的不变。定时任务在期限次日自动确定。"""
    with open_stores() as stores:
        found = fix_late_list_of(month, china_day(None), stores, stores.rules.monthly)
    _say_lists(found)


def _say_lists(found: Sequence[LateList]) -> None:
    for each in found:
        say(
            f"{each.month} 月报，期限 {each.due}，{each.fixed_on} 确定："
            f"应报 {each.cities} 个市，迟报 {len(each.late)} 个"
        )
        for city in each.late:
            annexes = f"　缺附件：{'、'.join(map(regions.name, city.missing_annexes))}" if city.missing_annexes else ""
            say(f"  {regions.full_name(city.city)}　{'未报' if city.report_missing else '已报'}{annexes}")


@app.command()
def status(
    month: Annotated[str, typer.Argument(metavar="MONTH", help="月份，YYYY-MM")],
    day: Annotated[str | None, typer.Option("--day", help="截至该日（YYYY-MM-DD），默认今天")] = None,
    region: Annotated[str, typer.Option("--region", help="行政区划代码前缀：2 或 4 位")] = "",
    late: Annotated[bool, typer.Option("--late", help="只列迟报、未报和缺附件的")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """查看各市月报是否按时、附件是否齐全。"""
    with open_stores() as stores:
        found = monthly_status(month, china_day(day), stores, stores.rules.monthly, region=region)
    if late:
        faulty = (ReportState.LATE, ReportState.MISSING)
        found = [each for each in found if each.state in faulty or each.missing_annexes or each.late_annexes]
    if as_json:
        print_json(found)
        return
    table = Table("市（州）", "期限", "报送", "状态", "缺附件", "迟报附件", title=f"{month} 月报")
    for each in found:
        names = ("、".join(map(regions.name, each.missing_annexes)), "、".join(map(regions.name, each.late_annexes)))
        filed = str(each.filed_on or "—")
        table.add_row(*map(Text, (regions.full_name(each.city), f"{each.due}", filed, each.state.chinese, *names)))
    Console().print(table)
