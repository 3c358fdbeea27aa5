"""``xuncha review``: what waits for a person, and the decisions taken."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.wiring import CHINA, SystemClock, print_json, say
from inspection.errors import InputRejected, NotFound
from inspection.findings import Finding
from inspection.review import Decision, Review
from inspection.workflows.review_finding import review_finding
from store.stores import open_stores

app = typer.Typer(help="复核：列出待复核的问题，确认、排除或更正", no_args_is_help=True, add_completion=False)

_PAGE = 1000

RoundId = Annotated[str, typer.Argument(metavar="ROUND", help="轮次编号")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="网站标识码")]
FindingId = Annotated[str, typer.Argument(metavar="FINDING", help="问题编号")]
By = Annotated[str, typer.Option("--by", help="复核人")]
Reason = Annotated[str, typer.Option("--reason", help="理由")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command("list")
def list_(
    round_id: RoundId,
    limit: Annotated[int, typer.Option("--limit", min=1, max=_PAGE, help="最多列出的条数")] = 50,
    after: Annotated[str, typer.Option("--after", help="从这一条之后列起：标识码:问题编号")] = "",
    as_json: AsJson = False,
) -> None:
    """列出一轮中等待人工复核的问题：全部否决项，以及机器不能单独认定的问题。"""
    with open_stores() as stores:
        stores.rounds.get(round_id)
        waiting = stores.inspections.findings_to_review(round_id, after=after, limit=limit)
    if as_json:
        print_json([{"code": code, "finding": finding} for code, finding in waiting])
        return
    table = Table("标识码", "编号", "指标", "状态", "问题", title=f"待复核（{len(waiting)} 条）")
    for code, finding in waiting:
        table.add_row(code, finding.id, finding.indicator, finding.state.chinese, finding.message)
    Console().print(table)
    if len(waiting) == limit:
        code, finding = waiting[-1]
        say(f"更多：xuncha review list {round_id} --after {code}:{finding.id}")


@app.command()
def show(round_id: RoundId, code: Code, finding_id: FindingId) -> None:
    """查看一个问题的证据和复核记录。"""
    with open_stores() as stores:
        found = _finding(stores.inspections.findings(round_id, code, limit=100_000), finding_id, code)
        decided = [each for each in stores.reviews.of_inspection(round_id, code) if each.finding == finding_id]
    say(f"{found.indicator}　{found.state.chinese}　{found.review.chinese}　{found.message}")
    for evidence in found.evidence:
        line = f" 第 {evidence.line} 行" if evidence.line else ""
        snapshot = f"　快照 {evidence.snapshot}" if evidence.snapshot else ""
        say(f"  证据：{evidence.excerpt}\n    {evidence.url}{line}{snapshot}")
    for review in decided:
        say(_described(review))


def _finding(findings: list[Finding], finding_id: str, code: str) -> Finding:
    found = next((each for each in findings if each.id == finding_id), None)
    if found is None:
        raise NotFound(f"网站 {code} 没有编号为 {finding_id} 的问题")
    return found


@app.command()
def confirm(round_id: RoundId, code: Code, finding_id: FindingId, by: By, reason: Reason = "") -> None:
    """确认一个问题属实。"""
    _decide(round_id, code, finding_id, decision=Decision.CONFIRM, by=by, reason=reason)


@app.command()
def dismiss(round_id: RoundId, code: Code, finding_id: FindingId, by: By, reason: Reason) -> None:
    """排除一个问题（须说明理由）。"""
    _decide(round_id, code, finding_id, decision=Decision.DISMISS, by=by, reason=reason)


@app.command()
def correct(
    round_id: RoundId,
    code: Code,
    finding_id: FindingId,
    by: By,
    reason: Reason,
    points: Annotated[str | None, typer.Option("--points", help="更正后的扣分")] = None,
    message: Annotated[str | None, typer.Option("--message", help="更正后的说明")] = None,
) -> None:
    """更正一个问题的扣分或说明（须说明理由）。"""
    price = None if points is None else _decimal(points)
    _decide(round_id, code, finding_id, decision=Decision.CORRECT, by=by, reason=reason, points=price, message=message)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise InputRejected(f"扣分 {text!r} 不是数字，请写成例如 2 或 0.5") from error


def _decide(round_id: str, code: str, finding_id: str, **of: object) -> None:
    clock = SystemClock()
    review = Review(round_id=round_id, code=code, finding=finding_id, at=clock.now(), **of)  # type: ignore[arg-type]
    with open_stores() as stores:
        done = review_finding(
            review,
            editions=stores.editions,
            rounds=stores.rounds,
            inspections=stores.inspections,
            observations=stores.observations,
            reviews=stores.reviews,
            references=stores.references,
            history=stores.history,
            clock=clock,
        )
    before, after = done.before.shown_verdict, done.after.shown_verdict
    say(f"{done.finding.review.chinese}：{done.finding.message}")
    say(f"网站 {code}：{before} → {after}" if before != after else f"网站 {code}：{after}（不变）")
    say(f"合格率在下次 xuncha round judge {round_id} 时更新")


@app.command()
def log(
    round_id: RoundId,
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="网站标识码，默认全部")] = None,
    as_json: AsJson = False,
) -> None:
    """列出全部复核记录，包括被后来的决定取代的。"""
    found: list[Review] = []
    with open_stores() as stores:
        if code is not None:
            found = stores.reviews.of_inspection(round_id, code)
        else:
            after = ""
            while page := stores.reviews.page(round_id, after=after, limit=_PAGE):
                found += page
                after = page[-1].key
    if as_json:
        print_json(found)
        return
    for review in found:
        say(_described(review))
    if not found:
        say(f"轮次 {round_id} 还没有复核记录")


def _described(review: Review) -> str:
    at = review.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    changed = "".join(
        (
            "" if review.points is None else f"，扣分改为 {review.points:f}",
            "" if review.message is None else f"，说明改为“{review.message}”",
        )
    )
    reason = f"　理由：{review.reason}" if review.reason else ""
    return f"{at}　{review.by}　{review.decision.chinese} {review.code} {review.finding}{changed}{reason}"
