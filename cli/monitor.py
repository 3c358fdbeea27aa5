"""``xuncha monitor``: the register of key sites."""

from typing import Annotated

import typer

from cli.wiring import china_day, print_json, say
from inspection.records import every
from inspection.workflows.monitor_key_sites import unwatch_site, watch_site
from store.stores import open_stores

app = typer.Typer(help="重点监测：每天监测首页的网站名单", no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """重点监测：每天监测首页的网站名单"""


@app.command()
def add(
    code: Annotated[str, typer.Argument(metavar="标识码")],
    reason: Annotated[str, typer.Option("--reason", help="列为重点监测的原因")],
    by: Annotated[str, typer.Option("--by", help="经办人")],
    since: Annotated[str | None, typer.Option("--since", help="第一天（YYYY-MM-DD）；默认今天")] = None,
    until: Annotated[str | None, typer.Option("--until", help="最后一天；默认不限")] = None,
    every_min: Annotated[int | None, typer.Option("--every", help="每几分钟访问一次；默认按网站类别")] = None,
) -> None:
    """把网站列为重点监测（已在名单上的则修改）；由 xuncha scheduler 每天零点过后安排。"""
    with open_stores() as stores:
        key = watch_site(
            code,
            reason=reason,
            by=by,
            since=china_day(since),
            until=None if until is None else china_day(until),
            every_min=every_min,
            sites=stores.sites,
            key_sites=stores.key_sites,
        )
    say(f"{key.code} 自 {key.since} 起列为重点监测" + ("" if key.until is None else f"，至 {key.until}"))


@app.command()
def remove(
    code: Annotated[str, typer.Argument(metavar="标识码")],
    by: Annotated[str, typer.Option("--by", help="经办人")],
    last_day: Annotated[str | None, typer.Option("--last-day", help="监测的最后一天；默认今天")] = None,
) -> None:
    """解除重点监测；记录保留。"""
    with open_stores() as stores:
        key = unwatch_site(code, by=by, last_day=china_day(last_day), key_sites=stores.key_sites)
    say(f"{code} 的重点监测到 {key.until} 为止")


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="也列出已解除的")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """列出重点监测的网站。"""
    today = china_day(None)
    with open_stores() as stores:
        found = [key for key in every(stores.key_sites) if everything or key.until is None or key.until >= today]
        names = {code: site.name for code, site in stores.sites.many([key.code for key in found]).items()}
    if as_json:
        print_json(found)
        return
    for key in found:
        pace = "按类别" if key.every_min is None else f"每 {key.every_min} 分钟"
        span = f"{key.since} 起" + ("" if key.until is None else f"，至 {key.until}")
        say(f"{key.code} {names.get(key.code, '')}　{span}，{pace}　{key.reason}" + (f"（{key.by}）" if key.by else ""))
    if not found:
        say("没有重点监测的网站")
