"""``xuncha review``: what waits for a person, and the decisions taken."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.wiring import SystemClock, home_address, print_json, say
from inspection.errors import InputRejected, NotFound
from inspection.findings import Finding
from inspection.observation.site import CHINA
from inspection.review import Decision, Review
from inspection.standard import IndicatorKind
from inspection.workflows.review_finding import Reviewed, record_finding, review_finding
from inspection.workflows.review_queue import review_queue
from store.stores import open_stores

app = typer.Typer(help="复核：列出待复核的问题，确认、排除、更正或登记", no_args_is_help=True, add_completion=False)

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
    indicator: Annotated[str, typer.Option("--indicator", metavar="ID", help="只列一项指标，例如 N19-V1")] = "",
    vetoes: Annotated[bool, typer.Option("--vetoes", help="只列单项否决")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=_PAGE, help="最多列出的条数")] = 50,
    after: Annotated[str, typer.Option("--after", help="从这一条之后列起，取上一次末尾给出的值")] = "",
    as_json: AsJson = False,
) -> None:
    """列出一轮中等待人工复核的问题：先是全部否决项，再是扣分、加分和考核项中机器不能单独认定的问题。"""
    with open_stores() as stores:
        edition = stores.editions.get(stores.rounds.get(round_id).edition)
        kind = IndicatorKind.VETO if vetoes else None
        waiting = review_queue(
            round_id, edition, stores.inspections, indicator=indicator, kind=kind, after=after, limit=limit
        )
    if as_json:
        print_json(waiting)
        return
    table = Table("标识码", "编号", "类型", "指标", "状态", "问题", title=f"待复核（{len(waiting)} 条）")
    for each in waiting:
        found = each.finding
        table.add_row(each.code, found.id, each.kind.chinese, found.indicator, found.state.chinese, found.message)
    Console().print(table)
    if len(waiting) == limit:
        chosen = (f" --indicator {indicator}" if indicator else "") + (" --vetoes" if vetoes else "")
        say(f"更多：xuncha review list {round_id}{chosen} --after {waiting[-1].key}")


@app.command()
def show(round_id: RoundId, code: Code, finding_id: FindingId) -> None:
    """查看一个问题的证据和复核记录。"""
    with open_stores() as stores:
        found = _finding(stores.inspections.findings(round_id, code, limit=100_000), finding_id, code)
        decided = [each for each in stores.reviews.of_inspection(round_id, code) if each.finding == finding_id]
        pictures = {shot.url: shot.image for shot in stores.observations.screenshots(round_id, code)}
    say(f"{found.indicator}　{found.state.chinese}　{found.review.chinese}　{found.message}")
    for evidence in found.evidence:
        line = f" 第 {evidence.line} 行" if evidence.line else ""
        snapshot = f"　快照 {evidence.snapshot}" if evidence.snapshot else ""
        image = pictures.get(evidence.url.partition("#")[0])
        picture = f"　截图 {image}" if image is not None else ""
        say(f"  证据：{evidence.excerpt}\n    {evidence.url}{line}{snapshot}{picture}")
    if any(pictures.values()):
        say(f"  查看截图：xuncha evidence save {round_id} {code} --out DIR")
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


@app.command("record")
def record_(
    round_id: RoundId,
    code: Code,
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR", help="指标编号，例如 N19-D03")],
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="问题的说明，登记为问题的内容")],
    points: Annotated[str | None, typer.Option("--points", help="扣分（加分指标为加分），默认取指标的分值")] = None,
    evidence_url: Annotated[str | None, typer.Option("--evidence-url", help="问题所在的网页")] = None,
) -> None:
    """登记人工发现的问题：由人工检查（或机器检查、人工复核）的指标。撤销用 dismiss。"""
    with open_stores() as stores:
        done = record_finding(
            round_id,
            code,
            indicator,
            stores,
            by=by,
            reason=reason,
            points=None if points is None else _decimal(points),
            evidence_url=None if evidence_url is None else home_address(evidence_url),
            clock=SystemClock(),
        )
    say(f"已登记问题 {done.finding.id}（{indicator}）")
    _print_outcome(done, round_id, code)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise InputRejected(f"扣分 {text!r} 不是数字，请写成例如 2 或 0.5") from error


def _decide(round_id: str, code: str, finding_id: str, **of: object) -> None:
    clock = SystemClock()
    review = Review(round_id=round_id, code=code, finding=finding_id, at=clock.now(), **of)  # type: ignore[arg-type]
    with open_stores() as stores:
        done = review_finding(review, stores, clock=clock)
    _print_outcome(done, round_id, code)


def _print_outcome(done: Reviewed, round_id: str, code: str) -> None:
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
    cost = "分值" if review.decision is Decision.RECORD else "分值改为"
    changed = "".join(
        (
            "" if review.indicator is None else f"（{review.indicator}）",
            "" if review.points is None else f"，{cost} {review.points:f}",
            "" if review.message is None else f"，说明改为“{review.message}”",
        )
    )
    reason = f"　理由：{review.reason}" if review.reason else ""
    return f"{at}　{review.by}　{review.decision.chinese} {review.code} {review.finding}{changed}{reason}"
