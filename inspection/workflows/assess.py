"""Assess responsible units over a period: events of the cases, and of whoever else provides some, under rules."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import chain

from inspection.assessment.evaluation import UnitAssessment, evaluate
from inspection.assessment.event import AssessmentEvent
from inspection.assessment.from_cases import events_of_cases
from inspection.assessment.scoring_rules import AssessmentRules
from inspection.records import RecordRepository, every
from inspection.rectification.case import RectificationCase

EventProvider = Callable[[AssessmentRules, date, date], Iterable[AssessmentEvent]]
"""Events of another source under some rules, from a day to a day; those of other days do no harm."""


def assess(
    rules: AssessmentRules,
    cases: RecordRepository[RectificationCase],
    *,
    first: date,
    last: date,
    region: str = "",
    providers: Sequence[EventProvider] = (),
) -> tuple[UnitAssessment, ...]:
    """Units with what they lost, by :func:`inspection.assessment.evaluation.evaluate`; ``region`` narrows the cases."""
    given = (provider(rules, first, last) for provider in providers)
    own = events_of_cases(every(cases, {"region": region}), rules, last)
    return evaluate(rules, chain(own, *given), first, last)
