"""What became of the failing sites of a round, in numbers."""

from collections import Counter
from collections.abc import Iterable
from itertools import dropwhile

from inspection.bulletin.figures import RectificationFigures
from inspection.errors import Conflict
from inspection.rectification.case import Problem, RectificationCase
from inspection.rectification.steps import CaseState, Fate, StepKind


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


def rechecked_in(cases: Iterable[RectificationCase], recheck: str) -> list[RectificationCase]:
    """Cases that a recheck round looked at, by site code."""
    found = (case for case in cases if any(step.round_id == recheck for step in case.of_kind(StepKind.RECHECK)))
    return sorted(found, key=lambda case: case.code)


def remaining(case: RectificationCase, recheck: str) -> tuple[Problem, ...]:
    """Problems of a case that a recheck round found again; :class:`Conflict` where nobody has settled it yet."""
    after = list(dropwhile(lambda step: step.kind is not StepKind.RECHECK or step.round_id != recheck, case.standing))
    outcomes = [step for step in after if step.kind in _OUTCOMES]
    if not outcomes:
        raise Conflict(f"案件 {case.id} 的复查结果尚未处理；请先运行 xuncha case settle {recheck}")
    decided = next((step for step in outcomes if step.kind is not StepKind.NOTE), outcomes[-1])
    return tuple(problem for problem in case.problems if decided.fates.get(problem.finding) is Fate.REMAINS)


_OUTCOMES = (StepKind.CLOSE, StepKind.ESCALATE, StepKind.CLOSE_SITE, StepKind.NOTE)
"""Steps that a recheck leads to; notes say that something cannot be told yet."""
