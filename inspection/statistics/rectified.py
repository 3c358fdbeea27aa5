"""What became of the sites that failed in the last period."""

from collections import Counter
from collections.abc import Collection, Mapping
from enum import StrEnum

from inspection.bulletin.figures import RectificationFigures


class Outcome(StrEnum):
    """How a failing site's case stands: put right, still open, escalated, or the site closed or merged."""

    RECTIFIED = "rectified"
    OPEN = "open"
    ESCALATED = "escalated"
    CLOSED = "closed"


def rectification_of(failing: Collection[str], outcomes: Mapping[str, Outcome]) -> RectificationFigures:
    """Counts over the codes that failed last period; one without a case is open. Other codes do not count."""
    counted = Counter(outcomes.get(code, Outcome.OPEN) for code in set(failing))
    return RectificationFigures(
        failing=counted.total(),
        rectified=counted[Outcome.RECTIFIED],
        open=counted[Outcome.OPEN],
        escalated=counted[Outcome.ESCALATED],
        closed=counted[Outcome.CLOSED],
    )


def rectified_share(figures: RectificationFigures) -> float | None:
    """Share (0..1) put right, among failing sites that were not closed; None where there is none."""
    left = figures.failing - figures.closed
    return figures.rectified / left if left else None
