"""Decide on one finding, or record one: the decision is kept for good, and the site is judged again with it."""

from decimal import Decimal

import msgspec

from inspection.checks import Rulebook
from inspection.errors import Conflict, NotFound
from inspection.findings import Finding
from inspection.ports import Clock, Inspection, JudgingStores
from inspection.review import Review, record
from inspection.sampling import Round, RoundState
from inspection.scoring import Scorecard, Verdict
from inspection.workflows.judge_site import judge, observations_of, references_of


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision led to: the finding as it stands now, and the scorecards before and after."""

    finding: Finding
    before: Scorecard
    after: Scorecard


def review_finding(review: Review, stores: JudgingStores, *, clock: Clock) -> Reviewed:
    """Take a decision. Safe to repeat.

    RuleBroken without a name or a needed reason; Conflict unless the round is open and the site judged; NotFound for
    an unknown finding.
    """
    review.check()
    round_, inspection, before = _judged(review.round_id, review.code, stores)
    seen = observations_of(round_, inspection, stores, references_of(round_, stores.references))
    rules = Rulebook(stores.editions.get(before.edition))
    known = stores.reviews.of_inspection(review.round_id, review.code)
    if not any(each.id == review.finding for each in judge(seen, rules, [*known, review])[1]):
        raise NotFound(f"网站 {review.code} 在轮次 {round_.id} 中没有编号为 {review.finding} 的问题")
    stores.reviews.add(review)
    # Read again: what others have decided meanwhile counts as well.
    scorecard, findings = judge(seen, rules, stores.reviews.of_inspection(review.round_id, review.code))
    found = next(each for each in findings if each.id == review.finding)
    stores.inspections.save_judgement(review.round_id, review.code, scorecard, findings, at=clock.now())
    return Reviewed(finding=found, before=before, after=scorecard)


def record_finding(
    round_id: str,
    code: str,
    indicator: str,
    stores: JudgingStores,
    *,
    by: str,
    reason: str,
    points: Decimal | None = None,
    evidence_url: str | None = None,
    clock: Clock,
) -> Reviewed:
    """Record a person's own finding. Safe to repeat: the same text at the same place is the same finding.

    RuleBroken for an indicator that a machine decides alone, without a name or text, or where the cost is not said;
    Conflict as in :func:`review_finding`; NotFound for an indicator that does not bind the site.
    """
    round_, inspection, before = _judged(round_id, code, stores)
    if before.verdict is Verdict.CLOSED:
        raise Conflict(f"网站 {code} 已关停，不参与评分")
    ruling = stores.editions.get(before.edition).ruling(inspection.site, round_.as_of)
    row = next((row for row in ruling.rows if row.id == indicator), None)
    if row is None:
        raise NotFound(f"{before.edition} 版标准没有适用于网站 {code} 的指标 {indicator}")
    review = record(
        row,
        round_id=round_id,
        code=code,
        by=by,
        at=clock.now(),
        reason=reason,
        points=points,
        evidence_url=evidence_url,
    )
    return review_finding(review, stores, clock=clock)


def _judged(round_id: str, code: str, stores: JudgingStores) -> tuple[Round, Inspection, Scorecard]:
    """An inspection that may be reviewed, with its round and its verdict."""
    round_ = stores.rounds.get(round_id)
    if round_.state is not RoundState.OPEN:
        raise Conflict(f"轮次 {round_.id} {round_.state.chinese}，只有进行中的轮次可以复核")
    inspection = stores.inspections.get(round_id, code)
    if inspection.scorecard is None:
        raise Conflict(f"网站 {code} 尚未判定，请先运行 xuncha round judge {round_.id}")
    return round_, inspection, inspection.scorecard
