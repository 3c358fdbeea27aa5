"""``xuncha page FILE --url URL``: what can be read off one stored page."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from cli.wiring import china_day, print_json
from crawler.extract import extract
from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.observation import PageFacts
from inspection.registry.address import canonical


def page(
    file: Annotated[Path, typer.Argument(help="保存的网页文件")],
    url: Annotated[str, typer.Option("--url", help="网页的地址，相对链接由此补全")],
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="抓取日期 YYYY-MM-DD，用于补全没有年份的日期；默认按页面自身的日期推断"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """读取一个已保存的网页，列出其中的事实。只读。"""
    address = canonical(url)
    if address is None:
        raise InputRejected(f"网址 {url!r} 无效，请给出 http 或 https 地址")
    try:
        body = file.read_bytes()
    except OSError as error:
        raise InputRejected(f"无法读取文件 {file}：{in_chinese(error)}") from error
    facts = extract(body, address, as_of=None if as_of is None else china_day(as_of))
    if as_json:
        print_json(report(facts))
    else:
        _print(Console(), facts)


def report(facts: PageFacts) -> dict[str, Any]:
    """The facts as JSON shows them; None = not found."""
    return {
        "charset": facts.charset,
        "title": facts.title,
        "site_name": facts.site_name,
        "site_code": facts.site_code,
        "icp": facts.icp,
        "police_record": facts.police_record,
        "organizer": facts.organizer,
        "contact": facts.contact,
        "jiucuo_entry": facts.jiucuo_entry,
        "conac_mark": facts.conac_mark,
        "state_council_column": facts.state_council_column,
        "site_map": facts.site_map,
        "newest_item_date": facts.newest_item_date,
        "list_items": facts.list_items,
        "list_state": facts.list_state,
        "empty_column": facts.empty_column,
        "soft_404": facts.soft_404,
        "redirect_url": facts.redirect_url,
        "columns": [{"name": column.name, "url": column.url, "items": len(column.items)} for column in facts.columns],
        "frames": facts.frames,
        "links": facts.links,
        "meta": facts.meta,
    }


def _print(console: Console, facts: PageFacts) -> None:
    table = Table("项目", "内容", title=facts.title or "（无标题）")
    for label, value in _rows(facts):
        table.add_row(label, _shown(value))
    console.print(table)
    if facts.list_items:
        items = Table("日期", "标题", "地址", title=f"列表（{len(facts.list_items)} 条）")
        for item in facts.list_items:
            items.add_row(str(item.date or "—"), item.title, item.url or "—")
        console.print(items)


def _rows(facts: PageFacts) -> list[tuple[str, Any]]:
    return [
        ("编码", facts.charset),
        ("网站标识码", facts.site_code),
        ("ICP备案", facts.icp),
        ("公安备案", facts.police_record),
        ("主办单位", facts.organizer),
        ("联系方式", facts.contact),
        ("找错入口", facts.jiucuo_entry),
        ("党政机关标识", facts.conac_mark),
        ("国务院信息专栏", facts.state_council_column),
        ("最新日期", facts.newest_item_date),
        ("空白栏目", facts.empty_column),
        ("“页面不存在”", facts.soft_404),
        ("跳转到", facts.redirect_url),
        ("栏目", "、".join(column.name for column in facts.columns)),
        ("链接", len(facts.links)),
    ]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "—" if value in (None, "") else str(value)
