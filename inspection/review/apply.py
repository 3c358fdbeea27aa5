"""Findings as they stand after review."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from inspection.findings import Finding, FindingState, ReviewStatus
from inspection.review.record import recorded_finding
from inspection.review.review import Decision, Review
from inspection.standard import Automation, Indicator, IndicatorKind, Ruling

_STATUS = {
    Decision.CONFIRM: ReviewStatus.CONFIRMED,
    Decision.DISMISS: ReviewStatus.DISMISSED,
    Decision.CORRECT: ReviewStatus.CORRECTED,
    Decision.RECORD: ReviewStatus.CONFIRMED,
}


def needs_review(finding: Finding, row: Indicator) -> bool:
    """Every veto and every finding that a machine may not decide alone, unless it is an open question."""
    judged_by_people = row.kind is IndicatorKind.VETO or row.automation is not Automation.MACHINE
    return judged_by_people and finding.state is not FindingState.NOT_DETERMINED


def apply_reviews(findings: Iterable[Finding], reviews: Sequence[Review], ruling: Ruling) -> list[Finding]:
    """Findings with their review status and with the effect of the decisions taken, people's own among them.

    A confirmed finding is established, a dismissed one costs nothing and vetoes nothing, a corrected one costs and
    says what the reviewer wrote. On a veto, ``ruling.veto_reviewers`` persons must decide alike before it counts.
    """
    rows = {row.id: row for row in ruling.rows}
    by_finding: dict[str, list[Review]] = {}
    for review in sorted(reviews, key=lambda each: each.at):
        by_finding.setdefault(review.finding, []).append(review)
    order = {row.id: number for number, row in enumerate(ruling.rows)}
    found = sorted([*findings, *_recorded(reviews, rows)], key=lambda each: order[each.indicator])
    return [_applied(each, by_finding.get(each.id, []), rows[each.indicator], ruling) for each in found]


def _recorded(reviews: Iterable[Review], rows: Mapping[str, Indicator]) -> list[Finding]:
    """Findings of people's own under the rows that bind the site, each once, at what its latest record says."""
    records = (each for each in sorted(reviews, key=lambda each: each.at) if each.decision is Decision.RECORD)
    return list({each.finding: recorded_finding(each) for each in records if each.indicator in rows}.values())


def _applied(finding: Finding, reviews: Sequence[Review], row: Indicator, ruling: Ruling) -> Finding:
    needed = ruling.veto_reviewers if row.kind is IndicatorKind.VETO else 1
    decided = _decided(reviews, needed)
    if decided is None:
        status = ReviewStatus.PENDING if needs_review(finding, row) else ReviewStatus.NOT_NEEDED
        return msgspec.structs.replace(finding, review=status)
    status = _STATUS[decided.decision]
    if decided.decision is Decision.DISMISS:
        return msgspec.structs.replace(finding, review=status, state=FindingState.DISMISSED, points=Decimal(0))
    price = finding.price if decided.points is None else decided.points
    return msgspec.structs.replace(
        finding,
        review=status,
        state=FindingState.ESTABLISHED,
        price=price,
        points=Decimal(0) if row.kind is IndicatorKind.VETO else price,
        message=finding.message if decided.message is None else decided.message,
    )


def _decided(reviews: Sequence[Review], needed: int) -> Review | None:
    """The latest review, if enough persons' latest decisions agree with it."""
    if not reviews:
        return None
    latest = {review.by.strip(): review for review in reviews}
    last = reviews[-1]
    agreeing = sum(_outcome(review) == _outcome(last) for review in latest.values())
    return last if agreeing >= needed else None


def _outcome(review: Review) -> tuple[ReviewStatus, Decimal | None]:
    """What two decisions must have in common to agree; a record agrees with who confirms it."""
    return _STATUS[review.decision], None if review.decision is Decision.RECORD else review.points
