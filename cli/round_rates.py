"""``xuncha round rates|ranking|problems``: the numbers of a round."""

from typing import Annotated, Any

import msgspec
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.tables import print_ranking, print_rates
from cli.wiring import print_json, say
from inspection.bulletin.figures import Change
from inspection.errors import InputRejected, NotFound
from inspection.registry import SiteCategory
from inspection.statistics import Dimension, PassRate
from inspection.statistics.lists import full_groups, groups_below, shipped_rules
from inspection.statistics.ranking import standings
from inspection.workflows.compare_rates import changes_since, shared_sites, stored_rates
from inspection.workflows.count_problems import count_problems
from store.stores import Stores, open_stores

app = typer.Typer()

_NATIONAL_TABLE = (Dimension.NATION, Dimension.CATEGORY, Dimension.PROVINCE)

RoundId = Annotated[str, typer.Argument(metavar="ROUND", help="轮次编号")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command()
def rates(
    round_id: RoundId,
    dimension: Annotated[
        Dimension | None, typer.Option("--dimension", help="只列一种分组；默认列全国、各类别、各地区")
    ] = None,
    against: Annotated[
        str | None, typer.Option("--against", metavar="ROUND", help="与上一轮比较：变化的百分点及其是否有统计学意义")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """列出一轮的合格率及其 95% 置信区间。"""
    with open_stores() as stores:
        round_ = stores.rounds.get(round_id)
        wanted = _NATIONAL_TABLE if dimension is None else (dimension,)
        found = [rate for each in wanted for rate in _ordered(stores, round_id, each)]
        changes = None if against is None else _changes(stores, against, found, round_id)
    if as_json:
        print_json(found if changes is None else [_with_change(rate, changes[rate.sort_key]) for rate in found])
        return
    if not found:
        raise _no_rates(round_id)
    title = f"合格率：{round_.title}（{round_id}）" + (f"，与 {against} 比较" if against else "")
    print_rates(Console(), found, title=title, drill=round_.drill, changes=changes)


def _no_rates(round_id: str) -> NotFound:
    return NotFound(f"轮次 {round_id} 还没有这样的合格率；请先运行 xuncha round judge {round_id}")


def _ordered(stores: Stores, round_id: str, dimension: Dimension) -> list[PassRate]:
    """Classes in their published order, all else by key."""
    found = stored_rates(stores.pass_rates, round_id, dimension)
    if dimension is Dimension.CATEGORY:
        published = list(SiteCategory)
        found.sort(key=lambda rate: published.index(SiteCategory(rate.key)))
    return found


def _changes(stores: Stores, against: str, found: list[PassRate], round_id: str) -> dict[str, Change | None]:
    if against == round_id:
        raise InputRejected("--against 须是另一轮次，通常是上一期的")
    if not stored_rates(stores.pass_rates, stores.rounds.get(against).id, Dimension.NATION):
        raise _no_rates(against)
    shared = shared_sites(round_id, against, rounds=stores.rounds, inspections=stores.inspections)
    changes = changes_since(against, found, stores.pass_rates, shared=shared)
    return {rate.sort_key: change for rate, change in zip(found, changes, strict=True)}


def _with_change(rate: PassRate, change: Change | None) -> dict[str, Any]:
    return {**msgspec.structs.asdict(rate), "change": change}


@app.command()
def ranking(
    round_id: RoundId,
    dimension: Annotated[Dimension, typer.Option("--dimension", help="排哪一种分组")] = Dimension.PROVINCE,
    below: Annotated[
        float | None, typer.Option("--below", min=0, max=100, help="点名合格率低于百分之几的分组；默认见规则文件")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """按合格率排位次（只在置信区间允许时分先后），并列出 100% 合格和低于标准的分组。"""
    rules = shipped_rules()
    mark = rules.below.percent if below is None else below
    with open_stores() as stores:
        round_ = stores.rounds.get(round_id)
        found = stored_rates(stores.pass_rates, round_id, dimension)
    full, low = full_groups(found, rules.full), groups_below(found, mark)
    if as_json:
        print_json(
            {
                "standings": {
                    key: {"rank": each.rank, "best": each.best, "worst": each.worst}
                    for key, each in standings({rate.key: rate for rate in found}).items()
                },
                "full": [rate.key for rate in full],
                "below": [rate.key for rate in low],
                "below_percent": mark,
            }
        )
        return
    if not found:
        raise _no_rates(round_id)
    drill = "【演练】" if round_.drill else ""
    print_ranking(Console(), found, title=f"{drill}位次：{round_.title}（{round_id}）")
    say(f"合格率 100%（{len(full)} 个）：{'、'.join(rate.label for rate in full) or '无'}")
    say(f"合格率低于 {mark:g}%（{len(low)} 个）：{'、'.join(rate.label for rate in low) or '无'}")


@app.command()
def problems(round_id: RoundId, as_json: AsJson = False) -> None:
    """统计不合格网站的主要问题：每类问题见于多少个不合格网站。只计已认定的问题。"""
    with open_stores() as stores:
        round_ = stores.rounds.get(round_id)
        found = count_problems(round_id, rounds=stores.rounds, inspections=stores.inspections)
    if as_json:
        print_json(found)
        return
    drill = "【演练】" if round_.drill else ""
    table = Table("问题", title=Text(f"{drill}主要问题：{round_.title}（{round_id}）"), box=SIMPLE_HEAD)
    for heading in ("不合格网站", "占比"):
        table.add_column(heading, justify="right")
    for each in found:
        table.add_row(Text(each.name), f"{each.sites:,}", f"{each.share:.1%}")
    Console().print(table)
    say("占比：占不合格网站的比例；一个网站可有多类问题，各项之和可超过 100%。")
