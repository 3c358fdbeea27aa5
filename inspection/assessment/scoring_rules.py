"""Scoring rules of a city or province, as data."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources

import msgspec

from inspection.errors import InputRejected, NotFound
from inspection.faults import in_chinese
from inspection.standard.source import Source

SHIPPED = ("city-example", "annual")
"""Ids of the rules that come with the program."""


class Trigger(StrEnum):
    """What of a case makes an event; rules without one are for events that are handed in."""

    FAILED = "failed"
    ESCALATED = "escalated"
    LATE_REPORT = "late-report"


class Severity(StrEnum):
    """How a site failed, the gravest first."""

    SERIOUS = "serious"
    VETO = "veto"
    SCORE = "score"


class UnitOf(StrEnum):
    """Which of a case's bodies answers for it."""

    SUPERVISOR = "supervisor"
    UNIT = "unit"
    OFFICE = "office"


class ScoringRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``points`` are taken for each event, given where they are negative. ``name`` is Chinese.

    ``clause`` says where the rule stands. ``on`` and, for failing sites, ``severity``: which events cases make of
    themselves.
    """

    id: str
    name: str
    points: Decimal
    source: Source
    clause: str
    on: Trigger | None = None
    severity: Severity | None = None


class AssessmentRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules of one body.

    ``serious_indicators`` are vetoes that count as serious; ``full`` is what each unit starts with, None where only
    deductions are told.
    """

    id: str
    name: str
    rules: tuple[ScoringRule, ...]
    unit_of: UnitOf = UnitOf.SUPERVISOR
    serious_indicators: tuple[str, ...] = ()
    full: Decimal | None = None

    def of(self, id_: str) -> ScoringRule | None:
        """One rule or None."""
        return next((rule for rule in self.rules if rule.id == id_), None)

    def on(self, trigger: Trigger, severity: Severity | None = None) -> ScoringRule | None:
        """The rule for what happened to a case; None where these rules do not count it."""
        return next((rule for rule in self.rules if rule.on is trigger and rule.severity in (None, severity)), None)


def parse_rules(text: str, *, origin: str) -> AssessmentRules:
    """Rules from TOML; :class:`InputRejected` names ``origin`` and all that is wrong."""
    try:
        rules = msgspec.convert(tomllib.loads(text, parse_float=Decimal), AssessmentRules)
    except tomllib.TOMLDecodeError as error:
        raise InputRejected(f"考核规则 {origin} 不是有效的 TOML：{in_chinese(error)}") from error
    except msgspec.ValidationError as error:
        raise InputRejected(f"考核规则 {origin} 有误：{in_chinese(error)}。写法见 docs/assessment.md") from error
    problems = "；".join(_complaints(rules))
    if problems:
        raise InputRejected(f"考核规则 {origin} 有误：{problems}")
    return rules


def _complaints(rules: AssessmentRules) -> Iterator[str]:
    if not rules.rules:
        yield "没有一条 [[rules]]"
    for id_, times in Counter(rule.id for rule in rules.rules).items():
        if times > 1:
            yield f"规则 {id_} 出现 {times} 次"
    triggers = Counter((rule.on, rule.severity) for rule in rules.rules if rule.on is not None)
    for (on, severity), times in triggers.items():
        if times > 1:
            yield f"有 {times} 条规则的 on = {on!r}、severity = {str(severity)!r} 相同，同一件事会扣分不明"
    for rule in rules.rules:
        if rule.severity is not None and rule.on is not Trigger.FAILED:
            yield f'规则 {rule.id} 的 severity 只用于 on = "failed"'
        if not rule.name.strip() or not rule.clause.strip():
            yield f"规则 {rule.id} 须有 name 和 clause（依据）"


@cache
def shipped_rules(id_: str) -> AssessmentRules:
    """Rules that come with the program; NotFound names those there are."""
    if id_ not in SHIPPED:
        raise NotFound(f"没有名为 {id_} 的考核规则；可用：{'、'.join(SHIPPED)}，或给出 TOML 文件")
    file = resources.files("inspection.assessment") / "rules" / f"{id_}.toml"
    return parse_rules(file.read_text("utf-8"), origin=f"{id_}.toml")
