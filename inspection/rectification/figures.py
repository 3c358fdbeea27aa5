"""What became of the failing sites of a round, in numbers."""

from collections import Counter
from collections.abc import Iterable

from inspection.bulletin.figures import RectificationFigures
from inspection.rectification.case import RectificationCase
from inspection.rectification.steps import CaseState


def rectification_figures(cases: Iterable[RectificationCase]) -> RectificationFigures:
    """Figures of cases, each counted once: an open one that was escalated counts as escalated until it is closed."""
    counts = Counter(_counted_as(case) for case in cases)
    return RectificationFigures(
        failing=counts.total(),
        rectified=counts["rectified"],
        open=counts["open"],
        escalated=counts["escalated"],
        closed=counts["closed"],
    )


def _counted_as(case: RectificationCase) -> str:
    if case.state is CaseState.CLOSED:
        return "rectified"
    if case.state is CaseState.SITE_CLOSED:
        return "closed"
    return "escalated" if case.escalations else "open"
