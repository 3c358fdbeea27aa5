"""Reviews and comparisons of verdicts as the API shows them."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, Field

from api.schemas.inspections import FindingOut, ScorecardOut
from inspection.review import Decision, Review
from inspection.scoring import Verdict
from inspection.scoring.comparison import Comparison, VerdictChange
from inspection.standard import IndicatorKind
from inspection.workflows.review_queue import Waiting


class ReviewOut(BaseModel):
    """One decision of one person on one finding."""

    code: str
    finding: str
    decision: Decision
    by: str
    at: datetime
    reason: str
    indicator: str | None = Field(description="Under which indicator a person recorded a finding of their own")
    points: float | None = Field(
        description="What a correction put in the place of the machine's points, or a recorded finding costs"
    )
    message: str | None = Field(description="What a correction put in the place of the machine's message")

    @classmethod
    def of(cls, review: Review) -> "ReviewOut":
        """From the domain's value."""
        return cls(
            code=review.code,
            finding=review.finding,
            decision=review.decision,
            by=review.by,
            at=review.at,
            reason=review.reason,
            indicator=review.indicator,
            points=None if review.points is None else float(review.points),
            message=review.message,
        )


class WaitingOut(BaseModel):
    """A finding that waits for a person, and its site."""

    code: str
    kind: IndicatorKind
    finding: FindingOut

    @classmethod
    def of(cls, waiting: Waiting, screenshots: Mapping[str, str]) -> "WaitingOut":
        """From the domain's value and the pictures of the site by address."""
        return cls(code=waiting.code, kind=waiting.kind, finding=FindingOut.of(waiting.finding, screenshots))


class VerdictCountOut(BaseModel):
    """How many sites go from one verdict to another."""

    before: Verdict
    after: Verdict
    sites: int


class VerdictChangeOut(BaseModel):
    """One site whose verdict differs."""

    code: str
    before: ScorecardOut
    after: ScorecardOut
    why: list[str] = Field(description="What decides under each edition, in Chinese")

    @classmethod
    def of(cls, change: VerdictChange) -> "VerdictChangeOut":
        """From the domain's value."""
        return cls(
            code=change.code,
            before=ScorecardOut.of(change.before),
            after=ScorecardOut.of(change.after),
            why=list(change.why),
        )


class ComparisonOut(BaseModel):
    """Verdicts of a round under two editions; the changed sites are a list of their own."""

    matrix: list[VerdictCountOut]
    changed: int
    only_before: int = Field(description="Sites judged under the first edition alone")
    only_after: int = Field(description="Sites judged under the second edition alone")

    @classmethod
    def of(cls, found: Comparison) -> "ComparisonOut":
        """From the domain's value."""
        matrix = [VerdictCountOut(before=was, after=is_, sites=n) for (was, is_), n in sorted(found.matrix.items())]
        return cls(
            matrix=matrix,
            changed=len(found.changes),
            only_before=len(found.only_before),
            only_after=len(found.only_after),
        )
