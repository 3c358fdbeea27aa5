"""``xuncha round judge|compare|scorecards``: verdicts from stored observations, under any edition."""

from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.tables import print_comparison, title_of
from cli.wiring import SystemClock, print_json, print_json_line, say
from inspection.errors import Conflict, NotFound
from inspection.ports import Inspection
from inspection.sampling import Round, RoundState
from inspection.scoring.comparison import compare_scorecards
from inspection.workflows.judge_site import judge_round
from inspection.workflows.roll_up import roll_up
from store.stores import Stores, open_stores

app = typer.Typer()

RoundId = Annotated[str, typer.Argument(metavar="ROUND", help="轮次编号")]


@app.command()
def judge(
    round_id: RoundId,
    edition: Annotated[
        str | None, typer.Option("--edition", help="按另一版标准重新判定，结果另存，不改变本轮结论")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="已判定的网站也重新判定")] = False,
) -> None:
    """由已保存的观测判定网站，不发出任何请求，可反复执行。"""
    with open_stores() as stores:
        round_ = stores.rounds.get(round_id)
        if edition is None or edition == round_.edition:
            _judge(stores, round_, again=again)
        else:
            judged = _judging(stores, round_, edition, again=again)
            say(f"{title_of(round_)}：按 {edition} 版标准重新判定 {judged:,} 个网站，本轮结论不变")
            say(f"下一步：xuncha round compare {round_id} {round_.edition} {edition}")


def _judge(stores: Stores, round_: Round, *, again: bool) -> None:
    if round_.state is not RoundState.OPEN:
        raise Conflict(f"轮次 {round_.id} {round_.state.chinese}，只有进行中的轮次可以判定")
    judged = _judging(stores, round_, round_.edition, again=again)
    waiting = sum(row.verdict is None for row in stores.inspections.verdicts(round_.id))
    roll_up(
        round_.id,
        rounds=stores.rounds,
        inspections=stores.inspections,
        sites=stores.sites,
        pass_rates=stores.pass_rates,
    )
    say(f"{title_of(round_)}：本次判定 {judged:,} 个网站，尚未判定 {waiting:,} 个；合格率已汇总")


def _judging(stores: Stores, round_: Round, edition: str, *, again: bool) -> int:
    """Judge with a progress bar."""
    with _bar() as bar:
        task = bar.add_task("判定", total=len(stores.rounds.members(round_.id)))

        def advance(_: Inspection) -> None:
            bar.advance(task)

        return judge_round(
            round_.id,
            stores.editions.get(edition),
            rounds=stores.rounds,
            inspections=stores.inspections,
            observations=stores.observations,
            reviews=stores.reviews,
            references=stores.references,
            history=stores.history,
            clock=SystemClock(),
            again=again,
            progress=advance,
        )


def _bar() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


@app.command()
def compare(
    round_id: RoundId,
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="标准版本")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="与之比较的标准版本")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """比较一轮按两版标准的结论：哪些网站结论改变，为什么。"""
    with open_stores() as stores:
        stores.rounds.get(round_id)
        cards = [stores.inspections.scorecards(round_id, stores.editions.get(id_).id) for id_ in (before, after)]
    for edition, judged in zip((before, after), cards, strict=True):
        if not judged:
            raise NotFound(
                f"轮次 {round_id} 还没有按 {edition} 版判定；请先运行 xuncha round judge {round_id} --edition {edition}"
            )
    found = compare_scorecards(*cards)
    if as_json:
        matrix = [{"before": was, "after": is_, "sites": n} for (was, is_), n in sorted(found.matrix.items())]
        print_json(
            {
                "matrix": matrix,
                "changes": found.changes,
                "only_before": found.only_before,
                "only_after": found.only_after,
            }
        )
    else:
        print_comparison(Console(), found, before, after)


@app.command()
def scorecards(
    round_id: RoundId,
    edition: Annotated[str | None, typer.Option("--edition", help="标准版本，默认为本轮的版本")] = None,
) -> None:
    """输出一轮的评分表，每行一个网站（JSON Lines，按标识码排列）。"""
    with open_stores() as stores:
        round_ = stores.rounds.get(round_id)
        cards = stores.inspections.scorecards(round_id, edition or round_.edition)
    for code in sorted(cards):
        print_json_line({"code": code, **msgspec.structs.asdict(cards[code])})
