"""``xuncha warnings``: sites on the way to a veto."""

from typing import Annotated

import typer

from cli.wiring import print_json, say
from inspection.monitoring import WarningState
from inspection.observation.site import CHINA
from inspection.records import every
from store.stores import open_stores

app = typer.Typer(help="预警：接近单项否决的网站", no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """预警：接近单项否决的网站"""


@app.command("list")
def list_(
    region: Annotated[str, typer.Option("--region", help="行政区划代码的前 2、4 或 6 位")] = "",
    code: Annotated[str, typer.Option("--site", help="网站标识码")] = "",
    everything: Annotated[bool, typer.Option("--all", help="也列出已解除的")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """列出预警中的网站：哪一项、现值与预警线、自何时起。"""
    where = {"region": region, "code": code, "state": "" if everything else WarningState.OPEN.value}
    with open_stores() as stores:
        found = list(every(stores.early_warnings, where))
    if as_json:
        print_json(found)
        return
    for each in found:
        since = f"{each.since.astimezone(CHINA):%Y-%m-%d %H:%M} 起"
        ended = (
            "" if each.ended is None else f"，{each.ended.astimezone(CHINA):%Y-%m-%d %H:%M} 解除（{each.end_reason}）"
        )
        say(f"{each.state.chinese}　{each.code} {each.site_name}　{each.title}：{each.shown}　{since}{ended}")
    say(f"共 {len(found)} 条")
