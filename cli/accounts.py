"""``xuncha accounts``: accounts of governments in the new media, and what was seen of them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.importing import import_file
from cli.wiring import china_day, print_json, say
from inspection.linkage.accounts import (
    ACCOUNT_OPTIONAL,
    ACCOUNT_REQUIRED,
    SEEN_OPTIONAL,
    SEEN_REQUIRED,
    AccountStatus,
    Freshness,
    Platform,
)
from inspection.registry import regions
from inspection.workflows.note_accounts import import_accounts, import_sightings, stale_accounts
from store.registry_file import Columns
from store.stores import open_stores

app = typer.Typer(help="政务新媒体账号：登记、观察、更新情况", no_args_is_help=True, add_completion=False)

Region = Annotated[str, typer.Option("--region", help="行政区划代码前缀：2、4 或 6 位")]
Errors = Annotated[Path | None, typer.Option("--errors", help="错误行文件，默认为 <文件>.errors.csv")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(help=f"CSV 或 XLSX；列：{','.join(ACCOUNT_REQUIRED)}，可有：{','.join(ACCOUNT_OPTIONAL)}"),
    ],
    errors: Errors = None,
) -> None:
    """导入账号登记；已有的账号按平台和名称更新。有错误行时退出码为 3。"""
    with open_stores() as stores:
        import_file(
            file,
            Columns(ACCOUNT_REQUIRED, ACCOUNT_OPTIONAL, ("last_update", "seen_on")),
            lambda rows, progress: import_accounts(rows, stores, progress=progress),
            errors=errors,
        )


@app.command("import-seen")
def import_seen(
    file: Annotated[
        Path, typer.Argument(help=f"CSV 或 XLSX；列：{','.join(SEEN_REQUIRED)}，可有：{','.join(SEEN_OPTIONAL)}")
    ],
    errors: Errors = None,
) -> None:
    """导入对账号的观察：何时看过、最后更新日期、直播或转载的事件。有错误行时退出码为 3。"""
    with open_stores() as stores:
        import_file(
            file,
            Columns(SEEN_REQUIRED, SEEN_OPTIONAL, ("seen_at", "last_update")),
            lambda rows, progress: import_sightings(rows, stores, progress=progress),
            errors=errors,
        )


@app.command("list")
def list_(
    region: Region = "",
    platform: Annotated[Platform | None, typer.Option("--platform", help="只列该平台的账号")] = None,
    status: Annotated[AccountStatus | None, typer.Option("--status", help="只列该状态的账号")] = None,
    after: Annotated[str, typer.Option("--after", help="从该账号之后列起")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多列多少个")] = 50,
    as_json: AsJson = False,
) -> None:
    """列出登记的账号。"""
    where = {"region": region, "platform": platform or "", "status": status or ""}
    with open_stores() as stores:
        found = stores.accounts.page(where, after=after, limit=limit)
    if as_json:
        print_json(found)
        return
    table = Table("平台", "账号", "主办", "地区", "层级", "状态", "最后更新", "最后观察")
    for each in found:
        days = (str(each.last_update or "—"), str(each.seen_on or "—"))
        place = regions.full_name(each.region) if each.region != "000000" else "国务院部门"
        row = (each.platform.chinese, each.name, each.owner, place, each.level.chinese, each.status.chinese, *days)
        table.add_row(*map(Text, row))
    Console().print(table)
    if len(found) == limit:
        say(f"下一页：--after {found[-1].id}")


@app.command()
def stale(
    day: Annotated[str | None, typer.Option("--day", help="截至该日（YYYY-MM-DD），默认今天")] = None,
    region: Region = "",
    as_json: AsJson = False,
) -> None:
    """列出更新不及时的账号；期限内没有观察过的列为未判定。"""
    with open_stores() as stores:
        rules = stores.rules.linkage
        found = stale_accounts(stores, rules, china_day(day), region=region)
    if as_json:
        print_json([{"account": account, "freshness": state} for account, state in found])
        return
    table = Table("平台", "账号", "主办", "最后更新", "最后观察", "期限（天）", "结论")
    for account, state in found:
        rule = rules.for_region(account.region)
        days = (str(account.last_update or "—"), str(account.seen_on or "—"), str(rule.days))
        table.add_row(*map(Text, (account.platform.chinese, account.name, account.owner, *days, state.chinese)))
    Console().print(table)
    bad = sum(state is Freshness.STALE for _, state in found)
    say(f"更新不及时 {bad:,} 个，未判定 {len(found) - bad:,} 个")
    for rule in rules.stale:
        if rule.source.is_provisional:
            say(f"{rule.name}的期限 {rule.days} 天：{rule.source.chinese}")
