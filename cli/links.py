"""``xuncha links URL``: check the links of one page, or of a whole site, without stores."""

from collections import Counter
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from cli.wiring import china_day, home_address, print_json
from crawler.config import WorkerConfig
from crawler.oneshot import observe_links
from inspection.errors import InputRejected
from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, PageSeen

_OUTCOMES = {
    LinkOutcome.OK: "正常",
    LinkOutcome.BROKEN: "失效",
    LinkOutcome.UNDETERMINED: "未判定",
    LinkOutcome.EXCLUDED: "未检查",
    LinkOutcome.UNSUPPORTED: "不支持",
}


_SOME_BROKEN = 3


def links(
    url: Annotated[str, typer.Argument(help="网页地址")],
    recursive: Annotated[bool, typer.Option("--recursive", help="检查全站页面上的链接，而不只这一页")] = False,
    max_pages: Annotated[int, typer.Option("--max-pages", min=1, help="全站检查时最多读取的页面数")] = 200,
    concurrency: Annotated[int | None, typer.Option("--concurrency", min=1, help="同时检查的链接数")] = None,
    external: Annotated[bool, typer.Option("--external/--no-external", help="是否检查站外链接")] = True,
    fail: Annotated[bool, typer.Option("--fail", help="有失效链接时以退出码 3 结束")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """检查一个网页（或全站）的链接，只读，不写任何库。"""
    address = home_address(url)
    config = WorkerConfig()
    if concurrency is not None:
        config = config.model_copy(update={"link_concurrency": concurrency})
    pages, seen = observe_links(
        address,
        as_of=china_day(None),
        page_budget=max_pages if recursive else None,
        external=external,
        config=config,
    )
    if pages[0].facts is None:
        raise InputRejected(f"网页 {address} 无法读取：{_why(pages[0].outcome)}")
    if as_json:
        print_json([_line(link) for link in seen])
    else:
        _print(Console(), pages, seen)
    if fail and any(link.outcome is LinkOutcome.BROKEN for link in seen):
        raise typer.Exit(_SOME_BROKEN)


def _why(outcome: FetchOutcome) -> str:
    hint = "内网和本机地址须先由 XUNCHA_ALLOW_NETWORKS 放行"
    return f"{outcome.policy.chinese}，{hint if outcome is FetchOutcome.NOT_ALLOWED else '请确认地址可以访问'}"


def _line(link: LinkSeen) -> dict[str, Any]:
    return {
        "url": link.url,
        "source": link.source.page,
        "status": link.status,
        "outcome": link.outcome,
        "reason": _reason(link),
    }


def _reason(link: LinkSeen) -> str:
    """One word or sentence: the defect of a broken link, else how the fetch ended, with its detail."""
    if link.outcome is LinkOutcome.UNSUPPORTED:
        return link.detail
    word = str(link.defect.value if link.defect is not None else link.reason.value)
    return f"{word}: {link.detail}" if link.detail else word


def _print(console: Console, pages: list[PageSeen], seen: list[LinkSeen]) -> None:
    doubtful = [link for link in seen if link.outcome in (LinkOutcome.BROKEN, LinkOutcome.UNDETERMINED)]
    if doubtful:
        table = Table("结果", "状态码", "链接", "所在页面", "原因", title="失效与未判定的链接")
        for link in sorted(doubtful, key=lambda link: (link.outcome, link.url)):
            table.add_row(_OUTCOMES[link.outcome], str(link.status or "—"), link.url, link.source.page, _reason(link))
        console.print(table)
    console.print(f"页面 {len(pages)} 个，链接 {len(seen)} 条：{_totals(seen)}")
    for kind, internal in (("站内", True), ("外部", False)):
        of_kind = [link for link in seen if link.internal is internal]
        console.print(f"  {kind} {len(of_kind)} 条：{_totals(of_kind)}")
    left = sum(page.links_left for page in pages)
    if left:
        console.print(f"  链接数超出单站检查上限，各页合计另有 {left} 处链接没有检查")


def _totals(seen: list[LinkSeen]) -> str:
    counted = Counter(link.outcome for link in seen)
    return "，".join(f"{word} {counted[outcome]}" for outcome, word in _OUTCOMES.items())
