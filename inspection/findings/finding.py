"""Finding and Evidence. Evidence is complete when made: API and console never parse pages."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec


class FindingState(StrEnum):
    """How sure a finding is. Only established findings cost points or veto; a person has dismissed the last kind."""

    ESTABLISHED = "established"
    SUSPECTED = "suspected"
    NOT_DETERMINED = "not_determined"
    DISMISSED = "dismissed"

    @property
    def chinese(self) -> str:
        """As tables print it."""
        return {
            "established": "认定",
            "suspected": "疑似",
            "not_determined": "未判定",
            "dismissed": "已排除",
        }[self.value]


class ReviewStatus(StrEnum):
    """Whether a person has looked at a finding, and with what result."""

    NOT_NEEDED = "not_needed"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    CORRECTED = "corrected"

    @property
    def chinese(self) -> str:
        """As tables print it."""
        return {
            "not_needed": "无需复核",
            "pending": "待复核",
            "confirmed": "已确认",
            "dismissed": "已排除",
            "corrected": "已更正",
        }[self.value]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when a fact was seen, with its excerpt.

    ``snapshot`` is the SHA-256 (hex) of the stored page body; ``line`` counts from 1, 0 = whole page.
    """

    url: str
    excerpt: str
    observed_at: datetime | None = None
    snapshot: str | None = None
    line: int = 0


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One fault (or one open question) under one indicator.

    ``subject`` is what the finding is about (an address, a column's address, an element's name): with
    site and indicator it makes ``id`` stable over rounds, so that a recheck finds the same finding.
    ``points`` is what it costs, 0 for vetoes and for anything not established; ``price`` is what it costs once a
    person confirms it. ``message`` is Chinese.
    """

    id: str
    indicator: str
    state: FindingState
    subject: str
    message: str
    points: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    review: ReviewStatus = ReviewStatus.NOT_NEEDED
    evidence: tuple[Evidence, ...] = ()


def finding_id(site_code: str, indicator: str, subject: str) -> str:
    """Stable identity of a finding: 16 hex digits of SHA-256 over site, indicator and subject."""
    return hashlib.sha256(f"{site_code}\n{indicator}\n{subject}".encode()).hexdigest()[:16]


def established_indicators(findings: Iterable[Finding]) -> frozenset[str]:
    """Indicators with an established finding."""
    return frozenset(each.indicator for each in findings if each.state is FindingState.ESTABLISHED)
