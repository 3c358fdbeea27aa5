"""By when a message is to be answered, and whether the superior reviews the reply."""

from typing import Annotated

import msgspec

from inspection.errors import InputRejected
from inspection.rules import Rule
from inspection.standard.source import Source


class DueRule(Rule, frozen=True, kw_only=True):
    """``region`` is a prefix of 0, 2, 4 or 6 digits; ``working_days`` count from the day after the message came.

    ``superior_review``: a reply closes the message only once the superior site administration has approved it.
    """

    id: str
    name: str
    region: str
    working_days: Annotated[int, msgspec.Meta(ge=1)]
    superior_review: bool
    source: Source
    clause: str


class MessageRules(Rule, frozen=True, kw_only=True):
    """All of them; one is the nation's (empty region)."""

    due: tuple[DueRule, ...]

    def __post_init__(self) -> None:
        if not any(rule.region == "" for rule in self.due):
            raise InputRejected('留言规则缺少全国的一条（region = ""），请补上')

    def for_region(self, region: str) -> DueRule:
        """The rule of the smallest place around a six-digit region."""
        return max((rule for rule in self.due if region.startswith(rule.region)), key=lambda rule: len(rule.region))
