"""Whom a bulletin praises and names: groups at 100 %, groups below a mark. The rules are data (``rules.toml``)."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

import msgspec

from inspection.standard.source import Source
from inspection.statistics.pass_rate import PassRate


class FullRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a group is listed at 100 %."""

    allow_small_cells: bool
    source: Source
    note: str


class BelowRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Below how many percent a group is named."""

    percent: float
    source: Source
    note: str


class ListRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules of both lists."""

    full: FullRule
    below: BelowRule


@cache
def shipped_rules() -> ListRules:
    """The rules that come with the program."""
    text = resources.files("inspection.statistics").joinpath("rules.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), ListRules)


def full_groups(rates: Iterable[PassRate], rule: FullRule) -> tuple[PassRate, ...]:
    """Groups of which every decided site passed, in the order given."""
    return tuple(
        rate for rate in rates if rate.passed and not rate.failed and (rule.allow_small_cells or not rate.small_cell)
    )


def groups_below(rates: Iterable[PassRate], percent: float) -> tuple[PassRate, ...]:
    """Groups with a rate under so many percent, in the order given; small cells are never named."""
    return tuple(rate for rate in rates if rate.rate is not None and rate.rate * 100 < percent and not rate.small_cell)
