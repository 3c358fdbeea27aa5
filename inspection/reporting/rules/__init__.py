"""Bounds of reporting, as data: each with where it comes from."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal

import msgspec

from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.reporting.period import days_of
from inspection.standard.source import Source


class DrawRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many reported results are drawn for verification: ``share`` of all, ``min_per_office`` of each office."""

    share: Decimal
    min_per_office: int
    source: Source


class InspectedRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many days before the first and after the last day of a period a result of it may be inspected."""

    days_before: Annotated[int, msgspec.Meta(ge=0)]
    days_after: Annotated[int, msgspec.Meta(ge=0)]
    source: Source

    def days(self, period: str) -> tuple[date, date]:
        """The first and the last day on which a result reported for a period may be inspected."""
        first, last = days_of(period)
        return first - timedelta(days=self.days_before), last + timedelta(days=self.days_after)


class VerificationRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When reported results may be called true. Shares in 0..1; ``statement`` is the Chinese phrase."""

    agreement_low: float
    confidence: float
    statement: str
    source: Source


class ScanRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which files are taken as the scan of a signed form."""

    max_bytes: int
    kinds: tuple[Literal["pdf", "jpeg", "png"], ...]
    source: Source


class NamedBelow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Under which pass rate (0..1) a reporting office is named."""

    rate: float
    source: Source


class ReportingRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of them."""

    inspected: InspectedRule
    draw: DrawRule
    verification: VerificationRule
    scan: ScanRule
    named_below: NamedBelow


def parse_rules(text: str, *, origin: str) -> ReportingRules:
    """Rules from TOML text; :class:`InputRejected` says what is wrong in ``origin``.

    A table that the text leaves out is the shipped one.
    """
    try:
        rules = msgspec.convert({**_shipped_tables(), **tomllib.loads(text)}, ReportingRules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputRejected(f"{origin} 有误：{in_chinese(error)}。格式见 docs/reporting.md") from error
    shares = {
        "verification.agreement_low": rules.verification.agreement_low,
        "verification.confidence": rules.verification.confidence,
        "named_below.rate": rules.named_below.rate,
    }
    for name, share in shares.items():
        if not 0 < share < 1:
            raise InputRejected(f"{origin} 有误：{name} 应大于 0 且小于 1，得到 {share}")
    if not 0 < rules.draw.share <= 1:
        raise InputRejected(f"{origin} 有误：draw.share 应大于 0 且不超过 1，得到 {rules.draw.share}")
    if rules.draw.min_per_office < 1:
        raise InputRejected(f"{origin} 有误：draw.min_per_office 至少为 1，得到 {rules.draw.min_per_office}")
    return rules


def _shipped_tables() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("reporting.toml").read_text("utf-8"))


@cache
def shipped_rules() -> ReportingRules:
    """Those that come with the program."""
    return parse_rules("", origin="reporting.toml")
