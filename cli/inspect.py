"""``xuncha inspect URL``: try one site from the shell, without stores."""

from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from cli.wiring import china_day, edition_for, home_address, print_json
from crawler.config import WorkerConfig
from crawler.oneshot import observe_site
from inspection.checks import Case, Rulebook
from inspection.checks.elements import Element
from inspection.findings import Finding
from inspection.observation import PageSeen, SiteObservations
from inspection.observation.columns import ColumnSeen, home_pages
from inspection.observation.link_tally import tally_links
from inspection.registry import Site, SiteCategory
from inspection.scoring import Scorecard
from inspection.workflows.judge_site import judge
from store.editions import load_editions

_UNREGISTERED = "0000000000"


def inspect(
    url: Annotated[str, typer.Argument(help="网站首页地址")],
    edition: Annotated[
        str | None, typer.Option("--edition", help="检查标准版本（见 xuncha standard list）；默认取监测日生效的版本")
    ] = None,
    max_pages: Annotated[int, typer.Option("--max-pages", min=1, help="最多抓取的页面数")] = 60,
    probes: Annotated[int, typer.Option("--probes", min=1, help="可用性探测次数（不足 140 次不作可用性判定）")] = 3,
    category: Annotated[SiteCategory, typer.Option("--category", help="按哪一类网站判定")] = SiteCategory.CITY_PORTAL,
    as_of: Annotated[str | None, typer.Option("--as-of", help="监测时间点 YYYY-MM-DD，默认今天")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """巡查一个网站：抓取、检查链接、按标准判定，只读，不写任何库。"""
    home = home_address(url)
    day = china_day(as_of)
    config = WorkerConfig()
    rules = Rulebook(edition_for(load_editions(config), edition, day))
    site = Site(code=_UNREGISTERED, name="", url=home, category=category, region="000000")
    seen = observe_site(site, as_of=day, page_budget=max_pages, probes=probes, config=config)
    scorecard, findings = judge(seen, rules)
    if as_json:
        print_json(_report(seen, rules, scorecard, findings))
    else:
        _print(Console(), seen, rules, scorecard, findings)


def _report(seen: SiteObservations, rules: Rulebook, scorecard: Scorecard, findings: list[Finding]) -> dict[str, Any]:
    return {
        "site": {"url": seen.site.url, "category": seen.site.category, "as_of": seen.as_of, **_identity(seen)},
        "outcome": _outcome(seen),
        "pages": [_page(page) for page in seen.pages],
        "columns": [_column(column) for column in Case(seen, rules).columns],
        "elements": _elements(seen),
        "links": seen.links,
        "findings": findings,
        "scorecard": scorecard,
    }


def _identity(seen: SiteObservations) -> dict[str, Any]:
    home = seen.home
    facts = home.facts if home is not None else None
    if facts is None:
        return {"name": None, "title": None, "code": None}
    return {"name": facts.site_name, "title": facts.title, "code": facts.site_code or facts.site_code_meta}


def _outcome(seen: SiteObservations) -> dict[str, Any]:
    home = seen.home
    probes = [{"at": probe.at, "outcome": probe.outcome, "elapsed_s": probe.elapsed_s} for probe in seen.probes]
    if home is None:
        return {"home": None, "status": None, "final_url": None, "elapsed_s": None, "probes": probes}
    return {
        "home": home.outcome,
        "status": home.status,
        "final_url": home.final_url,
        "elapsed_s": home.elapsed_s,
        "probes": probes,
    }


def _page(page: PageSeen) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.structs.asdict(page)
    facts = fields.pop("facts")
    if facts is None:
        return {**fields, "title": None, "charset": None, "items": None, "newest_item_date": None, "links": None}
    return {
        **fields,
        "title": facts.title,
        "charset": facts.charset,
        "items": len(facts.list_items),
        "newest_item_date": facts.newest_item_date,
        "links": len(facts.links),
    }


def _column(column: ColumnSeen) -> dict[str, Any]:
    return {
        "name": column.name,
        "url": column.url,
        "state": column.state,
        "items": column.items,
        "newest": column.newest,
    }


def _elements(seen: SiteObservations) -> dict[str, Any]:
    facts = [page.facts for page in home_pages(seen) if page.facts is not None]
    return {
        element.value: next((value for page in facts if (value := getattr(page, element.value))), None)
        for element in Element
    }


def _print(
    console: Console, seen: SiteObservations, rules: Rulebook, scorecard: Scorecard, findings: list[Finding]
) -> None:
    identity, outcome = _identity(seen), _outcome(seen)
    console.print(f"[bold]{identity['title'] or seen.site.url}[/bold]  {seen.site.url}")
    console.print(f"标准 {rules.edition.document}，监测时间点 {seen.as_of}，首页：{_home_line(outcome)}")
    columns = len(Case(seen, rules).columns)
    console.print(f"页面 {len(seen.pages)} 个，栏目 {columns} 个，链接 {len(seen.links)} 条：{_links_line(seen)}")
    left = sum(page.links_left for page in seen.pages)
    if left:
        console.print(f"链接数超出单站检查上限，各页合计另有 {left} 处链接没有检查")
    table = Table("指标", "状态", "扣分", "问题", title="检查发现")
    for finding in findings:
        table.add_row(finding.indicator, finding.state.chinese, f"{finding.points:f}", finding.message)
    console.print(table)
    score = "—" if scorecard.score is None else f"{scorecard.score:f}"
    console.print(f"[bold]结论：{scorecard.shown_verdict}[/bold]，得分 {score}，扣分 {scorecard.deducted:f}")
    for reason in scorecard.reasons:
        console.print(f"  · {reason}")


def _links_line(seen: SiteObservations) -> str:
    return "；".join(
        f"{'首页' if each.on_home else '其他页面'}{'站内' if each.internal else '外部'} {each.targets} 条，"
        f"失效 {each.broken}，疑似 {each.suspected}"
        for each in tally_links(seen.links, {page.url for page in home_pages(seen)})
    )


def _home_line(outcome: dict[str, Any]) -> str:
    if outcome["home"] is None:
        return "未能抓取"
    status = f"HTTP {outcome['status']}，" if outcome["status"] is not None else ""
    return f"{outcome['home'].policy.chinese}（{status}{outcome['elapsed_s']:.2f} 秒）"
