"""``xuncha linkage``: the reference list of articles that others are to repost, and how many have."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.importing import import_file
from cli.wiring import SystemClock, china_day, home_address, print_json, progress_bar, say
from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.linkage.carried import CARRIED_OPTIONAL, CARRIED_REQUIRED
from inspection.observation.reference import ReferenceArticle
from inspection.observation.site import CHINA
from inspection.statistics import Dimension
from inspection.statistics.coverage import ArticleCoverage
from inspection.workflows.count_reposts import count_reposts
from inspection.workflows.linkage_figures import COLUMN, figures_of_messages, linkage_figures
from inspection.workflows.linkage_shares import GroupShare, linkage_shares
from inspection.workflows.note_accounts import import_carried, note_reposts
from store.registry_file import Columns
from store.stores import open_stores

app = typer.Typer(help="联动：登记应转载的参照文章，统计转载情况", no_args_is_help=True, add_completion=False)

_COLUMNS = ("title", "url", "published_at")
_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


@app.callback()
def _group() -> None:
    """联动：登记应转载的参照文章，统计转载情况"""


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV 文件（UTF-8），列：title,url,published_at（北京时间，YYYY-MM-DD HH:MM）；"
            "地方政府发布的另加一列 region（行政区划代码）"
        ),
    ],
) -> None:
    """导入参照文章；已有的（按网址）不变。有错的行逐条列出，其余照常导入，退出码为 1。"""
    articles, problems = _read(file)
    with open_stores() as stores:
        added = stores.references.add(articles)
    say(f"导入 {added} 篇，已有 {len(articles) - added} 篇，有错 {len(problems)} 行")
    for problem in problems:
        say(f"  {problem}")
    if problems:
        raise typer.Exit(1)


@app.command()
def coverage(
    round_id: Annotated[str, typer.Argument(metavar="ROUND", help="轮次编号")],
    indicator: Annotated[str, typer.Option("--indicator", metavar="ID", help="按哪一项指标：L-2 或 L-3")] = "L-2",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """统计一轮中每篇参照文章的转载情况：由已保存的网页当场统计，计入复核的决定。"""
    with open_stores() as stores:
        total = len(stores.rounds.members(round_id))
        with progress_bar() as bar:
            task = bar.add_task("统计", total=total)
            found = count_reposts(round_id, indicator, stores, progress=lambda _: bar.advance(task))
    if as_json:
        print_json([_line(each) for each in found])
        return
    table = Table("发布时间", "文章", title=f"转载情况（{round_id}，{indicator}）")
    for heading in ("网站", "按时", "迟发", "未见", "未判定", "按时比例"):
        table.add_column(heading, justify="right", no_wrap=True)
    for each in found:
        published = each.article.published_at.astimezone(CHINA)
        share = "—" if each.share is None else f"{each.share:.1%}"
        counts = (each.sites, each.in_time, each.late, each.not_seen, each.unclear)
        table.add_row(f"{published:%Y-%m-%d %H:%M}", Text(each.article.title), *map("{:,}".format, counts), share)
    Console().print(table)
    say("“未判定”：只注明日期、无法判断是否按时，或网站未能读取；不计入按时比例。“未见”含尚待人工确认的。")


@app.command("import-carried")
def import_carried_(
    file: Annotated[
        Path,
        typer.Argument(help=f"CSV 或 XLSX；列：{','.join(CARRIED_REQUIRED)}，可有：{','.join(CARRIED_OPTIONAL)}"),
    ],
    errors: Annotated[Path | None, typer.Option("--errors", help="错误行文件，默认为 <文件>.errors.csv")] = None,
) -> None:
    """导入直播或转载某一事件的网站和新媒体账号；同一事件每个只计一次。有错误行时退出码为 3。"""
    with open_stores() as stores:
        import_file(
            file,
            Columns(CARRIED_REQUIRED, CARRIED_OPTIONAL, ("seen_at",)),
            lambda rows, progress: import_carried(rows, stores, progress=progress),
            errors=errors,
        )


@app.command("note-reposts")
def note_reposts_(
    round_id: Annotated[str, typer.Argument(metavar="ROUND", help="轮次编号")],
    indicator: Annotated[str, typer.Option("--indicator", metavar="ID", help="按哪一项指标：L-2 或 L-3")] = "L-2",
) -> None:
    """把一轮中转载了参照文章的网站计入转载该文章的网站数（以文章标题为事件）；可重复执行。"""
    with open_stores() as stores:
        added = note_reposts(round_id, indicator, stores, clock=SystemClock())
    say(f"新计入 {added:,} 个")


@app.command()
def figures(
    round_id: Annotated[str, typer.Option("--round", metavar="ROUND", help="轮次编号")],
    until: Annotated[str | None, typer.Option("--until", help="留言统计截至该日（YYYY-MM-DD），默认今天")] = None,
    before: Annotated[str, typer.Option("--before", help="上期轮次编号，或上期公布的找错入口比例，如 93%")] = "",
    event: Annotated[str, typer.Option("--event", help="直播或转载的事件标题")] = "",
    region: Annotated[str, typer.Option("--region", help="行政区划代码前缀：2、4 或 6 位")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """通报所用的联动数字：专栏比例、24 小时转载比例、找错入口比例及变化、转载的网站和账号数、留言办结率。"""
    with open_stores() as stores:
        linked = linkage_figures(round_id, stores, event=event, region=region)
        told = figures_of_messages(china_day(until), stores, region=region, round_id=round_id, before=_earlier(before))
    if as_json:
        print_json({"linkage": linked, "messages": told, "handled_share": told.handled_share})
        return
    say(f"开设国务院重要政策信息专栏 {_share(linked.column_share)}")
    say(f"24 小时内转载 {_share(linked.in_time_share)}")
    if event:
        say(f"“{event}”：{linked.sites_reposting:,} 个网站、{linked.accounts_reposting:,} 个新媒体账号直播或转载")
    change = told.entry_change
    moved = "" if change is None else f"，{change.statement or f'比上期 {change.points:+.1f} 个百分点'}"
    say(f"首页有找错入口 {_share(told.entry_share)}{moved}")
    say(f"截至 {told.until}：有效留言 {told.valid:,} 条，办结率 {_share(told.handled_share)}，逾期 {told.overdue:,} 条")


@app.command()
def shares(
    round_id: Annotated[str, typer.Argument(metavar="ROUND", help="轮次编号")],
    indicator: Annotated[
        str, typer.Option("--indicator", metavar="ID", help="按哪一项指标：L-1 专栏，E-1 找错入口")
    ] = COLUMN,
    by: Annotated[Dimension, typer.Option("--by", help="分组")] = Dimension.PROVINCE,
    region: Annotated[str, typer.Option("--region", help="行政区划代码前缀：2、4 或 6 位")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """按抽样设计加权推算比例，带 95% 置信区间：全国（--by nation）或各地区。"""
    with open_stores() as stores:
        found = linkage_shares(round_id, indicator, stores, by=by, region=region)
    if as_json:
        print_json(found)
        return
    table = Table("地区", title=f"按设计加权的比例（{round_id}，{indicator}）")
    for heading in ("有", "无", "未判定", "比例", "95%置信区间"):
        table.add_column(heading, justify="right", no_wrap=True)
    for each in found:
        counts = map("{:,}".format, (each.have, each.lack, each.unknown))
        table.add_row(Text(each.label), *counts, *_estimated(each))
    Console().print(table)
    if any(each.small_cell for each in found):
        say("“*”：作出判定的网站过少，不作结论。")


def _estimated(each: GroupShare) -> tuple[str, str]:
    if each.small_cell:
        return "*", "*"
    if each.low is None or each.high is None:
        return "—", "—"
    return _share(each.rate), f"{each.low:.1%}–{each.high:.1%}"


def _earlier(text: str) -> str | float:
    """A round's id as it is, a percentage as a share."""
    if not text.endswith("%"):
        return text
    try:
        share = float(text[:-1]) / 100
    except ValueError as error:
        raise InputRejected(f"比例 {text!r} 无效，请写成 93%") from error
    if not 0 <= share <= 1:
        raise InputRejected(f"比例 {text!r} 应在 0% 到 100% 之间")
    return share


def _share(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"


def _line(each: ArticleCoverage) -> dict[str, Any]:
    return {
        "title": each.article.title,
        "url": each.article.url,
        "published_at": each.article.published_at,
        "sites": each.sites,
        "in_time": each.in_time,
        "late": each.late,
        "not_seen": each.not_seen,
        "not_determined": each.unclear,
        "share": each.share,
    }


def _read(file: Path) -> tuple[list[ReferenceArticle], list[str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise InputRejected(f"{file} 缺少列 {'、'.join(missing)}；应有：{','.join(_COLUMNS)}")
            rows = list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise InputRejected(f"无法读取 {file}：{in_chinese(error)}；请确认路径正确并存为 UTF-8") from error
    articles, problems = [], []
    for line, row in enumerate(rows, 2):
        try:
            articles.append(_article(row))
        except InputRejected as error:
            problems.append(f"第 {line} 行：{error}")
    return articles, problems


def _article(row: dict[str, str]) -> ReferenceArticle:
    article = ReferenceArticle(
        title=(row["title"] or "").strip(),
        url=home_address((row["url"] or "").strip()),
        published_at=_time((row["published_at"] or "").strip()),
        region=_digits_that_say_something((row.get("region") or "").strip()),
    )
    article.check()
    return article


def _digits_that_say_something(region: str) -> str:
    """A code of six digits without the zeros behind it: ``370000`` is the whole province ``37``."""
    while region.endswith("00"):
        region = region[:-2]
    return region


def _time(text: str) -> datetime:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=CHINA)
        except ValueError:
            continue
    raise InputRejected(f"发布时间 {text!r} 无效，请写成 2026-11-20 09:30（北京时间）")
