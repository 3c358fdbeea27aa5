"""Close a round: every sampled site has a verdict, the pass rates are final, the queue is freed."""

from decimal import Decimal

from inspection.errors import Conflict
from inspection.ports import (
    Clock,
    InspectionRepository,
    PassRateRepository,
    RoundRepository,
    SiteRepository,
    VerdictRow,
    WorkQueue,
)
from inspection.sampling import Round, RoundState
from inspection.scoring import Scorecard, Verdict
from inspection.workflows.roll_up import roll_up


def close_round(
    round_id: str,
    *,
    rounds: RoundRepository,
    inspections: InspectionRepository,
    sites: SiteRepository,
    pass_rates: PassRateRepository,
    queue: WorkQueue,
    clock: Clock,
    reason: str = "",
) -> Round:
    """Close an open round. Safe to repeat.

    While sites have no verdict the round is refused with Conflict, unless a ``reason`` is given: these sites
    are then recorded as not determined, with the reason on their scorecard, so that the round adds up.
    """
    round_ = rounds.get(round_id)
    if round_.state is RoundState.DRAWN:
        raise Conflict(f"轮次 {round_id} 尚未开始，不能结束")
    if round_.state is RoundState.OPEN:
        unjudged = [row for row in inspections.verdicts(round_id) if row.verdict is None]
        if unjudged and not reason.strip():
            raise Conflict(_refusal(round_id, unjudged))
        for row in unjudged:
            inspections.save_judgement(round_id, row.code, _given_up(round_.edition, reason), [], at=clock.now())
        roll_up(round_id, rounds=rounds, inspections=inspections, sites=sites, pass_rates=pass_rates)
    closed = rounds.move(round_id, to=RoundState.CLOSED, at=clock.now())
    queue.drop_round(round_id)
    return closed


def _refusal(round_id: str, unjudged: list[VerdictRow]) -> str:
    crawling = sum(not row.crawl_finished for row in unjudged)
    return (
        f"轮次 {round_id} 还有 {len(unjudged)} 个网站未判定（其中 {crawling} 个尚未抓取完成，"
        f"例如 {unjudged[0].code}），不能结束。"
        f"请先完成抓取并运行 xuncha round judge {round_id}，或用 --force 说明提前结束的理由"
    )


def _given_up(edition: str, reason: str) -> Scorecard:
    return Scorecard(
        edition=edition,
        verdict=Verdict.NOT_DETERMINED,
        score=None,
        deducted=Decimal(0),
        reasons=(f"轮次提前结束时尚未判定：{reason.strip()}",),
    )
