"""The rules that jobs follow: the shipped ones, or the operator's in their place."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.monitoring import MonitoringRules, parse_rules, shipped_rules
from inspection.rectification.rules import RectificationRules
from inspection.rectification.rules import parse_rules as parse_rectification
from inspection.rectification.rules import shipped_rules as shipped_rectification
from inspection.reminders import StageRule, parse_stages, shipped_stages
from inspection.retention import Periods, parse_periods, shipped_periods
from scheduler.config import SchedulerConfig

T = TypeVar("T")


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """All of them; ``recheck_by`` is the third party in whose name rechecks are ordered and settled, or empty."""

    monitoring: MonitoringRules
    stages: tuple[StageRule, ...]
    periods: Periods
    rectification: RectificationRules
    recheck_by: str = ""


def rules_of(config: SchedulerConfig) -> Rules:
    """Those that the settings name; :class:`InputRejected` says which file is wrong, and where."""
    return Rules(
        monitoring=own_or(config.monitoring_file, parse_rules, shipped_rules),
        stages=own_or(config.reminders_file, parse_stages, shipped_stages),
        periods=own_or(config.retention_file, parse_periods, shipped_periods),
        rectification=own_or(
            config.rectification_file,
            lambda text, origin: parse_rectification(text, origin=origin),
            lambda: shipped_rectification("national"),
        ),
        recheck_by=config.recheck_by.strip(),
    )


def own_or(path: Path | None, parse: Callable[[str, str], T], shipped: Callable[[], T]) -> T:
    """What a file of the operator's says, or the shipped rules where there is none."""
    if path is None:
        return shipped()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputRejected(f"无法读取设置中指定的 {path}：{in_chinese(error)}；请确认可读并存为 UTF-8") from error
    return parse(text, str(path))
