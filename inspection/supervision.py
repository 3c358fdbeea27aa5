"""All rules of supervision beside the editions of the standard, as one value for those who pass them on."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TypeVar

import msgspec

from inspection.accountability.record import AccountabilityRules
from inspection.assessment import scoring_rules
from inspection.assessment.scoring_rules import AssessmentRules
from inspection.bulletin.rules import BulletinRules
from inspection.bulletin.wording import Wording, own_wording, shipped_wording
from inspection.errors import InputRejected, NotFound
from inspection.linkage.rules import LinkageRules
from inspection.messages.rules import MessageRules
from inspection.monthly.report import MonthlyRules
from inspection.rectification import rules as rectification_rules
from inspection.rectification.rules import RectificationRules
from inspection.reporting import rules as reporting_rules
from inspection.reporting.rules import ReportingRules
from inspection.rules import parse_rules, shipped_rules

T = TypeVar("T", bound=msgspec.Struct)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


class SupervisionRules(msgspec.Struct, frozen=True, kw_only=True):
    """Each from a file of its name; of rectification and assessment there are several, known by their ids."""

    messages: MessageRules
    linkage: LinkageRules
    accountability: AccountabilityRules
    monthly: MonthlyRules
    bulletin: BulletinRules
    reporting: ReportingRules
    wording: Wording
    rectification: Mapping[str, RectificationRules]
    assessment: Mapping[str, AssessmentRules]

    def rectification_of(self, id_: str) -> RectificationRules:
        """Rules of rectification by id; NotFound names those there are."""
        return _of(self.rectification, id_, "整改规则")

    def assessment_of(self, id_: str) -> AssessmentRules:
        """Rules of assessment by id; NotFound names those there are."""
        return _of(self.assessment, id_, "考核规则")


def load_rules(own: Mapping[str, str] | None = None) -> SupervisionRules:
    """The shipped rules with the operator's own files, text by name, in their place.

    ``messages.toml`` and its like replace a whole file; ``reporting.toml`` and ``wording.toml`` are laid over the
    shipped ones, table by table. Each ``rectification-*.toml`` and ``assessment-*.toml`` adds rules under the id that
    stands in it, or replaces those of that id. :class:`InputRejected` names the file and what is wrong with it.
    """
    files = own or {}

    def rules(name: str, type_: type[T]) -> T:
        origin = f"{name}.toml"
        return parse_rules(files[origin], type_, origin) if origin in files else shipped_rules(name, type_)

    return SupervisionRules(
        messages=rules("messages", MessageRules),
        linkage=rules("linkage", LinkageRules),
        accountability=rules("accountability", AccountabilityRules),
        monthly=rules("monthly", MonthlyRules),
        bulletin=rules("bulletin", BulletinRules),
        reporting=_laid_over(files, "reporting.toml", _reporting, reporting_rules.shipped_rules),
        wording=_laid_over(files, "wording.toml", own_wording, shipped_wording),
        rectification=_by_id(
            map(rectification_rules.shipped_rules, rectification_rules.SHIPPED),
            _parsed(files, "rectification-", lambda text, name: rectification_rules.parse_rules(text, origin=name)),
        ),
        assessment=_by_id(
            map(scoring_rules.shipped_rules, scoring_rules.SHIPPED),
            _parsed(files, "assessment-", lambda text, name: scoring_rules.parse_rules(text, origin=name)),
        ),
    )


def _reporting(text: str, origin: str) -> ReportingRules:
    return reporting_rules.parse_rules(text, origin=origin)


def _laid_over(files: Mapping[str, str], name: str, parse: Callable[[str, str], T], shipped: Callable[[], T]) -> T:
    return parse(files[name], name) if name in files else shipped()


def _parsed(files: Mapping[str, str], prefix: str, parse: Callable[[str, str], N]) -> dict[str, N]:
    """Rules by the name of their file."""
    return {name: parse(text, name) for name, text in sorted(files.items()) if name.startswith(prefix)}


def _by_id(shipped: Iterable[N], own: Mapping[str, N]) -> dict[str, N]:
    origins: dict[str, str] = {}
    for name, each in own.items():
        if origins.setdefault(each.id, name) != name:
            raise InputRejected(f"{name} 与 {origins[each.id]} 的 id 都是 {each.id}，请改用不同的 id")
    return {each.id: each for each in (*shipped, *own.values())}


def _of(rules: Mapping[str, N], id_: str, what: str) -> N:
    if id_ not in rules:
        raise NotFound(f"没有名为 {id_} 的{what}；可用：{'、'.join(rules)}")
    return rules[id_]
