"""Cadence of the daily monitoring and rules of the early warnings, as data."""

import tomllib
from datetime import timedelta
from importlib import resources
from typing import Annotated

import msgspec

from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.monitoring.early_warning import WarningRule
from inspection.registry import SiteCategory
from inspection.standard.source import Source

_DAY_MIN = 24 * 60


class Cadence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Minutes between two visits of key sites of these classes; of all that no other row names where none is given."""

    every_min: Annotated[int, msgspec.Meta(ge=1, le=_DAY_MIN)]
    source: Source
    categories: tuple[SiteCategory, ...] = ()
    note: str = ""


class MonitoringRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it. A visit fails that takes ``limit_s`` seconds; failures count over ``window_days``.

    A day's round is closed ``close_after_days`` after it, finished or not. What is older than ``end_unobserved_days``
    warns of nothing, and a warning that nothing younger bears on ends.
    """

    limit_s: Annotated[float, msgspec.Meta(gt=0)]
    window_days: Annotated[int, msgspec.Meta(ge=1)]
    close_after_days: Annotated[int, msgspec.Meta(ge=1)]
    end_unobserved_days: Annotated[int, msgspec.Meta(ge=1)]
    cadences: tuple[Cadence, ...]
    warnings: tuple[WarningRule, ...]

    def every_min(self, category: SiteCategory) -> int:
        """Minutes between two visits of a key site of a class."""
        named = [row for row in self.cadences if category in row.categories]
        return (named or [row for row in self.cadences if not row.categories])[0].every_min

    @property
    def window(self) -> timedelta:
        """Over which failures are counted."""
        return timedelta(days=self.window_days)

    @property
    def unobserved(self) -> timedelta:
        """How long a warning stands without an observation."""
        return timedelta(days=self.end_unobserved_days)


def parse_rules(text: str, origin: str) -> MonitoringRules:
    """Rules from TOML; :class:`InputRejected` names what is wrong."""
    try:
        rules = msgspec.convert(tomllib.loads(text), MonitoringRules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputRejected(f"监测规则 {origin} 有误：{in_chinese(error)}。写法见 docs/timetable.md") from error
    if not any(not row.categories for row in rules.cadences):
        raise InputRejected(f"监测规则 {origin} 有误：[[cadences]] 须有一项不写 categories，用于其余各类网站")
    if len({row.id for row in rules.warnings}) < len(rules.warnings):
        raise InputRejected(f"监测规则 {origin} 有误：[[warnings]] 的 id 重复")
    return rules


def shipped_rules() -> MonitoringRules:
    """Those that come with the program."""
    return parse_rules(resources.files("inspection.monitoring").joinpath("rules.toml").read_text("utf-8"), "rules.toml")
