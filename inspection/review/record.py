"""A person's own finding, under an indicator that no machine decides alone (人工登记)."""

from datetime import datetime
from decimal import Decimal

from inspection.errors import RuleBroken
from inspection.findings import Evidence, Finding, FindingState, finding_id
from inspection.review.review import Decision, Review
from inspection.standard import Automation, Indicator, IndicatorKind

_COUNTED = (IndicatorKind.DEDUCTION, IndicatorKind.BONUS)


def record(
    row: Indicator,
    *,
    round_id: str,
    code: str,
    by: str,
    at: datetime,
    reason: str,
    points: Decimal | None = None,
    evidence_url: str | None = None,
) -> Review:
    """A finding under ``row``; what it costs (or earns) is ``points``, else what the row says.

    The same text at the same place is the same finding. RuleBroken where a machine decides the row alone, or where
    nobody says what the finding costs, or somebody says so of one that costs nothing.
    """
    if row.automation is Automation.MACHINE:
        raise RuleBroken(f"指标 {row.id} {row.name}由机器检查，不能人工登记")
    if points is not None and row.kind not in _COUNTED:
        raise RuleBroken(f"指标 {row.id} {row.name}不计分，不能用 --points")
    price = row.points if points is None else points
    if price is None and row.kind in _COUNTED:
        raise RuleBroken(f"指标 {row.id} {row.name}没有统一的分值，请用 --points 给出")
    return Review(
        round_id=round_id,
        code=code,
        finding=finding_id(code, row.id, _subject(reason, evidence_url)),
        decision=Decision.RECORD,
        by=by,
        at=at,
        reason=reason,
        points=price,
        indicator=row.id,
        evidence=() if evidence_url is None else (Evidence(url=evidence_url, excerpt=reason, observed_at=at),),
    )


def recorded_finding(review: Review) -> Finding:
    """The finding that a record makes, as it stands before anybody's decision counts."""
    assert review.indicator is not None  # a record names its indicator
    evidence_url = review.evidence[0].url if review.evidence else None
    return Finding(
        id=review.finding,
        indicator=review.indicator,
        state=FindingState.SUSPECTED,
        subject=_subject(review.reason, evidence_url),
        message=review.reason,
        price=review.points or Decimal(0),
        evidence=review.evidence,
    )


def _subject(reason: str, evidence_url: str | None) -> str:
    return f"recorded:{evidence_url or 'site'}:{reason}"
