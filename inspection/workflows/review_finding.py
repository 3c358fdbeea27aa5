"""Decide on one finding: the decision is kept for good, and the site is judged again with it."""

import msgspec

from inspection.checks import Rulebook
from inspection.errors import Conflict, NotFound
from inspection.findings import Finding
from inspection.ports import (
    Clock,
    InspectionRepository,
    ItemHistoryRepository,
    ObservationRepository,
    ReferenceRepository,
    ReviewRepository,
    RoundRepository,
)
from inspection.review import Review
from inspection.sampling import RoundState
from inspection.scoring import Scorecard
from inspection.standard import EditionLibrary
from inspection.workflows.judge_site import judge, observations_of, references_of


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision led to: the finding as it stands now, and the scorecards before and after."""

    finding: Finding
    before: Scorecard
    after: Scorecard


def review_finding(
    review: Review,
    *,
    editions: EditionLibrary,
    rounds: RoundRepository,
    inspections: InspectionRepository,
    observations: ObservationRepository,
    reviews: ReviewRepository,
    references: ReferenceRepository,
    history: ItemHistoryRepository,
    clock: Clock,
) -> Reviewed:
    """Take a decision. Safe to repeat.

    RuleBroken without a name or a needed reason; Conflict unless the round is open and the site judged; NotFound for
    an unknown finding.
    """
    review.check()
    round_ = rounds.get(review.round_id)
    if round_.state is not RoundState.OPEN:
        raise Conflict(f"轮次 {round_.id} {round_.state.chinese}，只有进行中的轮次可以复核")
    inspection = inspections.get(review.round_id, review.code)
    before = inspection.scorecard
    if before is None:
        raise Conflict(f"网站 {review.code} 尚未判定，请先运行 xuncha round judge {round_.id}")
    rules = Rulebook(editions.get(before.edition))
    seen = observations_of(round_, inspection, observations, references_of(round_, references), history)
    known = reviews.of_inspection(review.round_id, review.code)
    scorecard, findings = judge(seen, rules, [*known, review])
    found = next((each for each in findings if each.id == review.finding), None)
    if found is None:
        raise NotFound(f"网站 {review.code} 在轮次 {round_.id} 中没有编号为 {review.finding} 的问题")
    reviews.add(review)
    inspections.save_judgement(review.round_id, review.code, scorecard, findings, at=clock.now())
    return Reviewed(finding=found, before=before, after=scorecard)
