"""Events under rules: what each unit has lost in a period, and by what."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec

from inspection.assessment.event import AssessmentEvent
from inspection.assessment.scoring_rules import AssessmentRules, ScoringRule
from inspection.bulletin.figures import UnitDeduction
from inspection.bulletin.words import day
from inspection.errors import InputRejected


class AssessmentLine(msgspec.Struct, frozen=True, kw_only=True):
    """One event with the rule that it falls under."""

    event: AssessmentEvent
    rule: ScoringRule

    @property
    def reason(self) -> str:
        """In Chinese, for tables: with the id of what it rests on."""
        return f"{self._what}，{self.event.day}，{self.event.reference}"

    @property
    def printed(self) -> str:
        """In Chinese, as a bulletin prints it."""
        return f"{self._what}，{day(self.event.day)}"

    @property
    def _what(self) -> str:
        return f"{self.rule.name}（{self.event.note}）" if self.event.note else self.rule.name


class UnitAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's lines by day, and the points that they take. ``score`` is None where the rules set no full mark."""

    unit: str
    points: Decimal
    score: Decimal | None
    lines: tuple[AssessmentLine, ...]


def evaluate(
    rules: AssessmentRules, events: Iterable[AssessmentEvent], first: date, last: date
) -> tuple[UnitAssessment, ...]:
    """Each unit with an event from ``first`` to ``last`` (both included), those that lost most first, then by name.

    An event handed in twice counts once. :class:`InputRejected` for one under a rule that there is not, without a unit
    or without what it rests on.
    """
    if last < first:
        raise InputRejected(f"考核期限有误：{first} 晚于 {last}")
    by_unit: dict[str, dict[tuple[date, str, str], AssessmentLine]] = defaultdict(dict)
    for event in events:
        rule = _rule_of(event, rules)
        if first <= event.day <= last:
            line = AssessmentLine(event=event, rule=rule)
            by_unit[event.unit.strip()].setdefault((event.day, event.rule, event.reference), line)
    table = [_unit(unit, [lines[key] for key in sorted(lines)], rules) for unit, lines in by_unit.items()]
    return tuple(sorted(table, key=lambda row: (-row.points, row.unit)))


def _rule_of(event: AssessmentEvent, rules: AssessmentRules) -> ScoringRule:
    rule = rules.of(event.rule)
    if rule is None:
        known = "、".join(each.id for each in rules.rules)
        raise InputRejected(f"事件 {event.reference} 所用的规则 {event.rule!r} 不在“{rules.name}”中；可用：{known}")
    if not event.unit.strip() or not event.reference.strip():
        raise InputRejected(f"{event.day} 的事件（{event.rule}）须写明责任单位和所依据的编号，否则扣分无从追溯")
    return rule


def _unit(unit: str, lines: list[AssessmentLine], rules: AssessmentRules) -> UnitAssessment:
    points = sum((line.rule.points for line in lines), Decimal(0))
    score = None if rules.full is None else max(Decimal(0), rules.full - points)
    return UnitAssessment(unit=unit, points=points, score=score, lines=tuple(lines))


def deductions(table: Iterable[UnitAssessment]) -> tuple[UnitDeduction, ...]:
    """The table as bulletins print it: units that lost points."""
    return tuple(
        UnitDeduction(unit=row.unit, points=float(row.points), reasons=tuple(line.printed for line in row.lines))
        for row in table
        if row.points > 0
    )
