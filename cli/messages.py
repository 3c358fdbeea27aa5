"""``xuncha messages``: messages of 我为政府网站找错 from import to reviewed reply."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.importing import import_file
from cli.wiring import SystemClock, china_day, print_json, say
from inspection.messages.figures import MessageTally, tally_by_area
from inspection.messages.message import Course, Message, MessageState
from inspection.messages.privacy import without_numbers
from inspection.messages.row import MOMENTS, OPTIONAL, REQUIRED
from inspection.observation.site import CHINA
from inspection.records import get
from inspection.registry import regions
from inspection.workdays import UNKNOWN_YEAR, is_known
from inspection.workflows.handle_message import (
    import_messages,
    overdue_messages,
    reply_to_message,
    request_recheck,
    review_reply,
    route_message,
    set_message_aside,
)
from store.registry_file import Columns
from store.stores import open_stores

app = typer.Typer(help="找错留言：导入、分派、答复、审核、统计", no_args_is_help=True, add_completion=False)

_DIGITS = {"nation": 0, "province": 2, "city": 4, "county": 6}
_SHOWN_TEXT = 40

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="留言编号")]
By = Annotated[str, typer.Option("--by", help="由谁办理")]
Region = Annotated[str, typer.Option("--region", help="行政区划代码前缀：2、4 或 6 位")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=f"CSV 或 XLSX；列：{','.join(REQUIRED)}，可有：{','.join(OPTIONAL)}")],
    errors: Annotated[Path | None, typer.Option("--errors", help="错误行文件，默认为 <文件>.errors.csv")] = None,
) -> None:
    """导入留言：按标识码或网址分派；已有的编号不变。有错误行时退出码为 3。"""
    with open_stores() as stores:
        import_file(
            file,
            Columns(REQUIRED, OPTIONAL, MOMENTS),
            lambda rows, progress: import_messages(
                rows, stores, stores.rules.messages, source=file.name, clock=SystemClock(), progress=progress
            ),
            errors=errors,
        )


@app.command("list")
def list_(
    state: Annotated[MessageState | None, typer.Option("--state", help="只列该状态的留言")] = None,
    region: Region = "",
    site: Annotated[str, typer.Option("--site", help="网站标识码")] = "",
    office: Annotated[str, typer.Option("--office", help="责任单位编号")] = "",
    after: Annotated[str, typer.Option("--after", help="从该编号之后列起")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多列多少条")] = 50,
    as_json: AsJson = False,
) -> None:
    """列出留言（不含留言人信息）；待人工分派的用 --state unclear。"""
    where = {"state": state or "", "region": region, "site": site, "office": office}
    with open_stores() as stores:
        found = stores.messages.page(where, after=after, limit=limit)
    _print_list(found, as_json=as_json)
    if len(found) == limit and not as_json:
        say(f"下一页：--after {found[-1].id}")


@app.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """查看一条留言的全部内容、留言人和办理过程。"""
    with open_stores() as stores:
        message = get(stores.messages, number, "留言")
        sender = stores.message_senders.find(number)
        recheck = stores.recheck_requests.find(f"message:{number}")
    if as_json:
        print_json({"message": message, "sender": sender, "recheck": recheck})
        return
    say(f"{message.id}　{message.state.chinese}　应于 {message.due} 前答复（{message.rule}）")
    _say_provisional(message)
    for label, value in (
        ("渠道", message.channel),
        ("类别", message.category),
        ("网址", message.address),
        ("网站", message.site or message.given_code),
        ("责任单位", message.office),
        ("说明", message.reason),
        ("重复于", message.duplicate_of),
        ("内容", message.text),
        ("答复", message.reply),
    ):
        if value:
            say(f"{label}：{value}")
    if sender is not None:
        say(f"留言人：{'　'.join(filter(None, (sender.name, sender.phone, sender.email)))}")
    if recheck is not None:
        say(f"复查：{'　'.join(filter(None, (recheck.state.chinese, recheck.order, recheck.result)))}")
    for step in message.steps:
        said = f"　{step.note}" if step.note else ""
        say(f"  {step.at.astimezone(CHINA):%Y-%m-%d %H:%M}　{step.state.chinese}　{step.by}{said}")


@app.command()
def route(
    number: Number,
    site: Annotated[str, typer.Argument(metavar="SITE", help="网站标识码")],
    by: By,
    office: Annotated[str, typer.Option("--office", help="责任单位编号，默认按网站确定")] = "",
) -> None:
    """分派到网站和责任单位；也用于恢复误判为无效或重复的留言。"""
    with open_stores() as stores:
        changed = route_message(
            number, site, office, by=by, stores=stores, rules=stores.rules.messages, clock=SystemClock()
        )
    say(f"{number} 已分派到 {changed.site}，责任单位 {changed.office}，应于 {changed.due} 前答复")
    _say_provisional(changed)


@app.command()
def reply(number: Number, text: Annotated[str, typer.Argument(help="答复内容")], by: By) -> None:
    """答复；须经上级审核的地区，审核通过后才算办结。"""
    with open_stores() as stores:
        changed = reply_to_message(number, text, by=by, stores=stores, clock=SystemClock())
    say(f"{number} {changed.state.chinese}")


@app.command()
def review(
    number: Number,
    by: By,
    approve: Annotated[bool, typer.Option("--approve/--return", help="通过，或退回重办")],
    note: Annotated[str, typer.Option("--note", help="意见；退回时必填")] = "",
) -> None:
    """上级审核答复。"""
    with open_stores() as stores:
        changed = review_reply(number, approved=approve, note=note, by=by, stores=stores, clock=SystemClock())
    say(f"{number} {changed.state.chinese}")


@app.command("set-aside")
def set_aside(
    number: Number,
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="无效的原因")] = "",
    duplicate_of: Annotated[str, typer.Option("--duplicate-of", help="所重复的留言编号")] = "",
) -> None:
    """判为无效或重复；用 route 恢复。"""
    with open_stores() as stores:
        changed = set_message_aside(
            number, reason=reason, duplicate_of=duplicate_of, by=by, stores=stores, clock=SystemClock()
        )
    say(f"{number} {changed.state.chinese}")


@app.command()
def recheck(number: Number, by: By) -> None:
    """请求复查留言所说的网站。"""
    with open_stores() as stores:
        request = request_recheck(number, by=by, stores=stores, clock=SystemClock())
    say(f"复查请求 {request.id}：{request.code} {request.url}（{request.state.chinese}）")


@app.command()
def overdue(
    day: Annotated[str | None, typer.Option("--day", help="截至该日（YYYY-MM-DD），默认今天")] = None,
    region: Region = "",
    as_json: AsJson = False,
) -> None:
    """列出截至某日逾期未答复的留言，逾期最久的在前。"""
    with open_stores() as stores:
        found = overdue_messages(stores, china_day(day), region=region)
    _print_list(found, as_json=as_json)


@app.command()
def stats(
    until: Annotated[str | None, typer.Option("--until", help="截至该日（YYYY-MM-DD），默认今天")] = None,
    region: Region = "",
    by: Annotated[str, typer.Option("--by", help="分组：nation、province、city、county")] = "province",
    as_json: AsJson = False,
) -> None:
    """统计截至某日的有效留言数、办结率和逾期数。"""
    if by not in _DIGITS:
        raise typer.BadParameter(f"分组应为 {'、'.join(_DIGITS)} 之一", param_hint="--by")
    day = china_day(until)
    with open_stores() as stores:
        tallies = tally_by_area(stores.messages.parts(Course, {"region": region}), day, digits=_DIGITS[by])
    total = sum(tallies.values(), MessageTally())
    if as_json:
        print_json({"until": day, "total": _tally(total), "areas": {key: _tally(t) for key, t in tallies.items()}})
        return
    table = Table("地区", title=f"找错留言办理情况（截至 {day}）")
    for heading in ("有效", "办结", "办结率", "逾期未复", "迟复", "无效", "重复"):
        table.add_column(heading, justify="right", no_wrap=True)
    for key, tally in tallies.items():
        if key:
            table.add_row(Text(_area(key)), *_cells(tally))
    table.add_section()
    table.add_row("合计", *_cells(total), style="bold")
    Console().print(table)


def _say_provisional(message: Message) -> None:
    if not is_known(message.due):
        say(f"注意：期限 {message.due} 为暂定：{UNKNOWN_YEAR}")


def _area(key: str) -> str:
    return "国务院部门及未分派" if key.ljust(6, "0") == "000000" else regions.full_name(key.ljust(6, "0"))


def _cells(tally: MessageTally) -> tuple[str, ...]:
    share = "—" if tally.handled_share is None else f"{tally.handled_share:.1%}"
    numbers = (tally.overdue, tally.late, tally.invalid, tally.duplicate)
    return f"{tally.valid:,}", f"{tally.handled:,}", share, *(f"{number:,}" for number in numbers)


def _tally(tally: MessageTally) -> dict[str, Any]:
    return {**{name: getattr(tally, name) for name in tally.__struct_fields__}, "handled_share": tally.handled_share}


def _print_list(messages: Iterable[Message], *, as_json: bool) -> None:
    found = list(messages)
    if as_json:
        print_json([_line(message) for message in found])
        return
    table = Table("编号", "收到", "应复", "状态", "网站", "责任单位", "内容")
    for message in found:
        text = "".join(islice(without_numbers(message.text), _SHOWN_TEXT))
        received = f"{message.received_on}"
        row = (message.id, received, f"{message.due}", message.state.chinese, message.site, message.office, text)
        table.add_row(*map(Text, row))
    Console().print(table)


def _line(message: Message) -> dict[str, Any]:
    fields = ("id", "region", "received_at", "due", "state", "channel", "category", "address", "site", "office")
    shown = {name: getattr(message, name) for name in (*fields, "reason", "duplicate_of")}
    return {**shown, "text": without_numbers(message.text)}
