"""Scorecard and verdict."""

from decimal import Decimal
from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """Outcome of judging one sampled site; the four add up to the sample."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_DETERMINED = "not_determined"
    CLOSED = "closed"

    @property
    def chinese(self) -> str:
        """The verdict as reports print it."""
        return {"passed": "合格", "failed": "不合格", "not_determined": "未判定", "closed": "已关停"}[self.value]


class ScoreLine(msgspec.Struct, frozen=True, kw_only=True):
    """Points lost (or, under a bonus indicator, earned). ``deducted`` is after the cap, ``raw`` before it."""

    indicator: str
    deducted: Decimal
    raw: Decimal
    findings: tuple[str, ...]


class Scorecard(msgspec.Struct, frozen=True, kw_only=True):
    """Verdict of one site under one edition.

    ``vetoes`` are ids of veto indicators with an established finding; ``undetermined`` are ids of veto
    indicators that could not be decided. ``score`` is None where a veto stopped the scoring; it contains the
    ``bonus``. ``edition_digest`` is the SHA-256 of the edition as it was, ``profiles`` those that applied.
    ``provisional`` = it fails by vetoes that no person has confirmed yet.
    ``given_up``: why it was recorded as not determined when the round was closed (Chinese); empty otherwise.
    ``reasons`` are Chinese sentences that explain the verdict.
    """

    edition: str
    edition_digest: str = ""
    profiles: tuple[str, ...] = ()
    verdict: Verdict
    score: Decimal | None
    deducted: Decimal
    provisional: bool = False
    given_up: str = ""
    bonus: Decimal = Decimal(0)
    vetoes: tuple[str, ...] = ()
    undetermined: tuple[str, ...] = ()
    lines: tuple[ScoreLine, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def shown_verdict(self) -> str:
        """The verdict in Chinese; marked while no person has confirmed what it rests on."""
        return f"{self.verdict.chinese}（待复核）" if self.provisional else self.verdict.chinese
