"""From when an account of the new media counts as not updated."""

from typing import Annotated

import msgspec

from inspection.errors import InputRejected
from inspection.rules import Rule
from inspection.standard.source import Source


class StaleRule(Rule, frozen=True, kw_only=True):
    """``region`` is a prefix of 0, 2, 4 or 6 digits; more than ``days`` without an update are too many."""

    id: str
    name: str
    region: str
    days: Annotated[int, msgspec.Meta(ge=1)]
    source: Source
    clause: str


class LinkageRules(Rule, frozen=True, kw_only=True):
    """All of them; one is the nation's (empty region)."""

    stale: tuple[StaleRule, ...]

    def __post_init__(self) -> None:
        if not any(rule.region == "" for rule in self.stale):
            raise InputRejected('政务新媒体更新规则缺少全国的一条（region = ""），请补上')

    def for_region(self, region: str) -> StaleRule:
        """The rule of the smallest place around a six-digit region."""
        return max((rule for rule in self.stale if region.startswith(rule.region)), key=lambda rule: len(rule.region))
