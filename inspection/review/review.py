"""One decision of one person on one finding."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from inspection.errors import RuleBroken
from inspection.findings import Evidence


class Decision(StrEnum):
    """What a reviewer decides."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    CORRECT = "correct"
    RECORD = "record"

    @property
    def chinese(self) -> str:
        """As the audit trail prints it."""
        return {"confirm": "确认", "dismiss": "排除", "correct": "更正", "record": "登记"}[self.value]


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """One decision. Reviews are only ever added; a later one of the same person replaces that person's earlier one.

    ``points`` and ``message`` are what a correction puts in the place of the machine's; None = as they were.
    A record is a finding of the person's own: under ``indicator``, at ``points``, ``reason`` says what is wrong and
    ``evidence`` where; ``finding`` is the id that it gets.
    """

    round_id: str
    code: str
    finding: str
    decision: Decision
    by: str
    at: datetime
    reason: str = ""
    points: Decimal | None = None
    message: str | None = None
    indicator: str | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def key(self) -> str:
        """``<code>:<finding>:<time>:<person>``, by which reviews of a round are ordered."""
        return f"{self.code}:{self.finding}:{self.at.isoformat()}:{self.by}"

    def check(self) -> None:
        """:class:`RuleBroken` unless somebody answers for it, with a reason where it departs from the machine."""
        if not self.by.strip():
            raise RuleBroken("复核须署名，请用 --by 给出复核人")
        if self.decision is not Decision.CONFIRM and not self.reason.strip():
            raise RuleBroken(f"{self.decision.chinese}须说明理由，请用 --reason 给出")
        if self.decision is Decision.CORRECT and self.points is None and self.message is None:
            raise RuleBroken("更正须给出新的扣分（--points）或新的说明（--message）")
        if self.points is not None and not (self.points.is_finite() and self.points >= 0):
            raise RuleBroken("扣分须是一个数，不能为负")
