"""Events that the cases of failing sites make."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from inspection.assessment.event import AssessmentEvent
from inspection.assessment.scoring_rules import AssessmentRules, ScoringRule, Severity, Trigger, UnitOf
from inspection.observation.site import china_day
from inspection.rectification.case import RectificationCase
from inspection.rectification.steps import Step, StepKind


def events_of_cases(
    cases: Iterable[RectificationCase], rules: AssessmentRules, until: date
) -> Iterator[AssessmentEvent]:
    """Failures, escalations and late reports up to and including a day, as far as the rules count them."""
    for case in cases:
        unit = _unit_of(case, rules.unit_of)
        yield from (
            AssessmentEvent(unit=unit, rule=rule.id, day=day, reference=case.id, note=f"{case.site_name}{note}")
            for rule, day, note in _happened(case, rules, until)
            if day <= until
        )


def _unit_of(case: RectificationCase, whose: UnitOf) -> str:
    named = {UnitOf.SUPERVISOR: case.supervisor, UnitOf.UNIT: case.unit, UnitOf.OFFICE: case.office_name}[whose]
    return named.strip() or case.unit


def severity_of(case: RectificationCase, rules: AssessmentRules) -> Severity:
    """How the site failed."""
    if any(id_ in rules.serious_indicators for id_ in case.vetoes):
        return Severity.SERIOUS
    return Severity.VETO if case.vetoes else Severity.SCORE


def _happened(case: RectificationCase, rules: AssessmentRules, until: date) -> Iterator[tuple[ScoringRule, date, str]]:
    failed = rules.on(Trigger.FAILED, severity_of(case, rules))
    if failed is not None:
        yield failed, case.notices[0].day, ""
    escalated = rules.on(Trigger.ESCALATED)
    if escalated is not None:
        yield from ((escalated, china_day(step.at), f"，{step.note}") for step in case.of_kind(StepKind.ESCALATE))
    late = rules.on(Trigger.LATE_REPORT)
    if late is not None:
        yield from ((late, day, f"，期限 {day - timedelta(days=1)}") for day in _late(case, until))


def _late(case: RectificationCase, until: date) -> Iterator[date]:
    """The day after each deadline by which no report had come."""
    due: date | None = None
    for step in case.standing:
        if due is not None and _has_missed(step, due):
            yield due + timedelta(days=1)
            due = None
        if step.kind in (StepKind.SUBMIT, StepKind.CLOSE_SITE):
            due = None
        due = step.due or due
    if due is not None and until > due:
        yield due + timedelta(days=1)


def _has_missed(step: Step, due: date) -> bool:
    """Whether a step that ends the waiting came after the deadline."""
    ends = step.kind in (StepKind.SUBMIT, StepKind.ESCALATE, StepKind.CLOSE_SITE)
    return ends and china_day(step.at) > due
