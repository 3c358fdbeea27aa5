"""``xuncha frontier``: the books of the crawl, the global brake, sites to be left alone, hours of crawling."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Annotated, Any

import msgspec
import typer
from redis import Redis
from rich.console import Console
from rich.table import Table

from cli.wiring import SystemClock, china_day, print_json, say
from inspection.errors import InputRejected, NotFound
from inspection.observation.site import CHINA
from inspection.registry import regions
from inspection.registry.opt_out import OptOut
from inspection.workflows.opt_out_site import opt_in_site, opt_out_site
from inspection.workflows.set_crawl_window import remove_crawl_window, set_crawl_window
from store.config import StoreConfig
from store.redis.brake import Brake, RedisBrake
from store.redis.connection import connect, ping
from store.redis.frontier_status import FrontierStatus, RedisFrontierStatus
from store.stores import open_stores

app = typer.Typer(
    help="抓取队列：查看收支、全局暂停与恢复、网站退出检查、抓取时段", no_args_is_help=True, add_completion=False
)

_REASONS = {"internal_error": "程序出错", "no_browser": "没有可用的浏览器", "opted_out": "网站退出检查"}


@app.command()
def status(
    round_id: Annotated[str | None, typer.Argument(metavar="[轮次]", help="只看这一轮次；默认所有有任务的轮次")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """查看队列收支：每个请求要么已保存，要么已放弃（有原因），要么仍在队列中；差额必须为零，否则退出码为 1。"""
    with open_stores() as stores:
        if round_id is not None:
            stores.rounds.get(round_id)
        names = stores.queue.rounds() if round_id is None else [round_id]
        books = [RedisFrontierStatus(stores.redis).read(name) for name in names]
        brake = RedisBrake(stores.redis).find()
    if as_json:
        print_json({"brake": brake, "rounds": [_row(book) for book in books]})
    else:
        if brake is not None:
            say(f"全局暂停中{_since(brake)}")
        for book in books:
            _show(book)
        if not books:
            say("没有轮次有任务")
    if any(book.site_balance or book.request_balance for book in books):
        raise typer.Exit(1)


@app.command()
def pause(reason: Annotated[str, typer.Option("--reason", help="暂停的原因，显示给其他操作员")]) -> None:
    """全局暂停：一秒左右之后，所有抓取进程不再发出任何请求（包括探测）；队列保留，进行中的请求正常结束。"""
    with _redis() as client:
        brake = RedisBrake(client).pull(reason=reason, at=SystemClock().now())
    say(f"全局暂停已生效{_since(brake)}")


@app.command()
def resume() -> None:
    """解除全局暂停。"""
    with _redis() as client:
        if not RedisBrake(client).release():
            raise NotFound("没有全局暂停，无需恢复")
    say("全局暂停已解除")


@app.command("opt-out")
def opt_out(
    code: Annotated[str, typer.Argument(metavar="标识码")],
    reason: Annotated[str, typer.Option("--reason", help="退出检查的原因，写入检查结论")],
    until: Annotated[str | None, typer.Option("--until", help="最后一天（YYYY-MM-DD，北京时间）；默认不限")] = None,
) -> None:
    """网站退出检查：几秒之后不再访问（页面、链接、探测），其他网站指向它的链接也不检查；期间的轮次对它不作判定。"""
    end = None if until is None else datetime.combine(china_day(until), time(), CHINA) + timedelta(days=1)
    with open_stores() as stores:
        found = opt_out_site(
            code, reason=reason, until=end, sites=stores.sites, opt_outs=stores.opt_outs, clock=SystemClock()
        )
    say(f"网站 {code} 已退出检查{_until(found)}：{found.url}；用 xuncha frontier opt-in {code} 恢复")


@app.command("opt-in")
def opt_in(code: Annotated[str, typer.Argument(metavar="标识码")]) -> None:
    """恢复检查一个已退出的网站。"""
    with open_stores() as stores:
        opt_in_site(code, opt_outs=stores.opt_outs, clock=SystemClock())
    say(f"网站 {code} 恢复检查；本轮次中已放弃的请求不再补做")


@app.command("opt-outs")
def opt_outs(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False) -> None:
    """列出目前退出检查的网站。"""
    with open_stores() as stores:
        found = list(stores.opt_outs.in_force(SystemClock().now()))
    if as_json:
        print_json(found)
        return
    for each in found:
        since = each.since.astimezone(CHINA)
        say(f"{each.code}　{each.url}　{each.reason}　自 {since:%Y-%m-%d %H:%M}{_until(each)}")
    if not found:
        say("没有网站退出检查")


@app.command()
def windows(
    place: Annotated[
        str | None, typer.Argument(metavar="[标识码或地区]", help="10位网站标识码或6位行政区划代码；不给则列出全部")
    ] = None,
    hours: Annotated[str | None, typer.Option("--set", help="只在这一时段抓取，如 20:00-06:30（北京时间）")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="取消单独设置的时段")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """网站或地区自己的抓取时段：列出、设置（--set）、取消（--remove）；探测和紧急任务不受限制。"""
    if (place is None) is not (hours is None and not remove) or (hours is not None and remove):
        raise InputRejected("请给出标识码或地区代码，并用 --set 设置或用 --remove 取消其抓取时段")
    with open_stores() as stores:
        if place is not None and hours is not None:
            set_crawl_window(place, hours, sites=stores.sites, windows=stores.crawl_windows, clock=SystemClock())
        elif place is not None:
            remove_crawl_window(place, windows=stores.crawl_windows)
        found = stores.crawl_windows.all()
    if as_json:
        print_json([{"place": each.place, "window": str(each.window), "set_at": each.set_at} for each in found])
        return
    for each in found:
        name = f"　{regions.full_name(each.place)}" if regions.exists(each.place) else ""
        say(f"{each.place}{name}　{each.window}　{each.set_at.astimezone(CHINA):%Y-%m-%d %H:%M} 设置")
    if not found:
        say("没有网站或地区单独设置抓取时段")


def _until(opt_out: OptOut) -> str:
    if opt_out.until is None:
        return ""
    return f"，至 {opt_out.until.astimezone(CHINA) - timedelta(days=1):%Y-%m-%d}"


@contextmanager
def _redis() -> Iterator[Redis]:
    """Redis alone: the brake must work while MongoDB is away."""
    config = StoreConfig()
    client = connect(config)
    try:
        ping(client, config)
        yield client
    finally:
        client.close()


def _since(brake: Brake) -> str:
    return f"（{brake.reason}），自 {brake.since:%Y-%m-%d %H:%M:%S} UTC；用 xuncha frontier resume 恢复"


def _row(book: FrontierStatus) -> dict[str, Any]:
    return {
        **msgspec.to_builtins(book),
        "site_balance": book.site_balance,
        "request_balance": book.request_balance,
    }


def _show(book: FrontierStatus) -> None:
    table = Table("项目", "数量", title=f"轮次 {book.round_id}", title_justify="left")
    rows = [
        ("网站：排队", book.sites_queued),
        ("网站：等待其抓取时段", book.sites_resting),
        ("网站：抓取中", book.sites_leased),
        ("网站：抓完，待探测", book.sites_crawled),
        ("网站：待收尾", book.sites_ending),
        ("网站：完成", book.sites_done),
        ("网站差额（应为 0）", book.site_balance),
        ("请求：累计加入", book.requests_added),
        ("请求：已保存", book.requests_stored),
        *((f"请求：已放弃（{_REASONS.get(name, name)}）", number) for name, number in book.requests_given_up.items()),
        ("请求：进行中", book.requests_in_flight),
        ("请求：排队", book.requests_left - book.requests_in_flight),
        ("请求差额（应为 0）", book.request_balance),
    ]
    for label, number in rows:
        table.add_row(label, f"{number:,}")
    Console().print(table)
