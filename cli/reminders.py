"""``xuncha reminders``: what is due, and who is to be told."""

from typing import Annotated

import typer

from cli.wiring import SystemClock, print_json, say
from inspection.observation.site import CHINA
from inspection.records import every
from inspection.workflows.remind import mark_told
from store.stores import open_stores

app = typer.Typer(help="到期提醒：谁的哪件事将到期、今日到期或已逾期", no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """到期提醒：谁的哪件事将到期、今日到期或已逾期"""


@app.command("list")
def list_(
    region: Annotated[str, typer.Option("--region", help="行政区划代码的前 2、4 或 6 位")] = "",
    kind: Annotated[str, typer.Option("--kind", help="只列一类，例如 opt-out")] = "",
    everything: Annotated[bool, typer.Option("--all", help="也列出已提醒的")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """列出尚未提醒的事项。"""
    where = {"region": region, "kind": kind, "state": "" if everything else "open"}
    with open_stores() as stores:
        found = list(every(stores.reminders, where))
    if as_json:
        print_json(found)
        return
    for each in found:
        told = "" if each.told is None else f"　{each.told.astimezone(CHINA):%Y-%m-%d %H:%M} 已提醒（{each.told_by}）"
        say(f"{each.id}　{each.text}{told}")
    say(f"共 {len(found)} 条")


@app.command()
def told(
    id_: Annotated[str, typer.Argument(metavar="编号")],
    by: Annotated[str, typer.Option("--by", help="由谁提醒")],
) -> None:
    """登记已提醒。"""
    with open_stores() as stores:
        reminder = mark_told(id_, by=by, reminders=stores.reminders, at=SystemClock().now())
    say(f"已登记：{reminder.text}")
