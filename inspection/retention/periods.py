"""Periods of retention, as data."""

import tomllib
from importlib import resources
from typing import Annotated

import msgspec

from inspection.errors import InputRejected
from inspection.faults import in_chinese

Days = Annotated[int, msgspec.Meta(ge=1)]


class Periods(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days after a round was closed.

    ``snapshots_days``: page bodies that no finding and no younger round refers to. ``monitoring_probes_days``: the
    probes of the daily monitoring. The probes of rounds stay, since a verdict can be given anew from them.
    """

    snapshots_days: Days
    monitoring_probes_days: Days
    source: str = ""


def parse_periods(text: str, origin: str) -> Periods:
    """Periods from TOML; :class:`InputRejected` names what is wrong."""
    try:
        return msgspec.convert(tomllib.loads(text), Periods)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputRejected(f"保存期限 {origin} 有误：{in_chinese(error)}。写法见 docs/timetable.md") from error


def shipped_periods() -> Periods:
    """Those that come with the program."""
    text = resources.files("inspection.retention").joinpath("periods.toml").read_text("utf-8")
    return parse_periods(text, "periods.toml")
