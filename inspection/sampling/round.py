"""A round of inspections and the members of its sample."""

from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec


class RoundState(StrEnum):
    """drawn -> open -> closed."""

    DRAWN = "drawn"
    OPEN = "open"
    CLOSED = "closed"


class ProbePlan(msgspec.Struct, frozen=True, kw_only=True):
    """The availability series of each sampled site: ``count`` visits spread over ``span``."""

    count: int = 147
    span: timedelta = timedelta(days=7)

    @property
    def is_compressed(self) -> bool:
        """Whether the series is shorter than the week the standard asks for; only drills may do so."""
        return self.span < timedelta(days=7)


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One round (一轮抽查).

    ``seed`` is published before the draw; ``registry_digest`` is the SHA-256 of the registry it was
    drawn from, ``sample_digest`` that of the drawn sample; ``plan`` is the TOML text of the sampling plan.
    A ``drill`` may compress the probe series and can never be published.
    """

    id: str
    title: str
    as_of: date
    edition: str
    plan: str
    seed: str
    registry_digest: str
    sample_digest: str
    state: RoundState
    drawn_at: datetime
    probes: ProbePlan = ProbePlan()
    page_budget: int = 60
    drill: bool = False
    opened_at: datetime | None = None
    closed_at: datetime | None = None


class SampleMember(msgspec.Struct, frozen=True, kw_only=True):
    """One sampled site, with what the estimates need.

    ``inclusion_probability`` is 1.0 for must-include members (``certainty`` True).
    """

    code: str
    stratum: str
    inclusion_probability: float
    certainty: bool = False
