"""What bulletins of a level say in fixed words: data, which an operator may lay their own over."""

import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any

import msgspec

from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.offices import OfficeLevel
from inspection.registry import SiteCategory
from inspection.standard import Source

_FILE = "wording.toml"
_DEADLINES = ("report_by", "recheck_on")
_NAMES = (*_DEADLINES, "office", "area")


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; a key that it does not know is refused."""


class NextStep(_Row, frozen=True, kw_only=True):
    """What is asked of others. ``unless`` names a deadline: it is left out where the bulletin has that one."""

    title: str
    text: str
    source: Source
    unless: str = ""


class LevelWording(_Row, frozen=True, kw_only=True):
    """Words of one level. ``decimals`` of percentages; the others stand for who is meant in a sentence."""

    decimals: int
    drawn: str
    sampled: str
    reporting: str
    reporting_departments: str
    reported: str
    reported_verified: str
    portals: str
    departments_annex: str
    regions_annex: str
    addressees: str = ""
    next: tuple[NextStep, ...] = ()


class Rectified(_Row, frozen=True, kw_only=True):
    """From which share (0..1) on sites are said to be basically rectified."""

    basically: float


class Wording(_Row, frozen=True, kw_only=True):
    """The whole file."""

    small_sample: str
    classes: dict[SiteCategory, str]
    rectified: Rectified
    national: LevelWording
    provincial: LevelWording
    departmental: LevelWording
    municipal: LevelWording
    county: LevelWording

    def at(self, level: OfficeLevel) -> LevelWording:
        """The words of a level."""
        found: LevelWording = getattr(self, level.value)
        return found


@lru_cache(maxsize=1)
def shipped_wording() -> Wording:
    """The wording that comes with the program."""
    return msgspec.convert(_shipped(), Wording)


def own_wording(text: str, origin: str) -> Wording:
    """An operator's file laid over the shipped one; :class:`InputRejected` says what is wrong in ``origin``."""
    try:
        own = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputRejected(f"措辞文件 {origin} 不是有效的 TOML：{in_chinese(error)}") from error
    try:
        wording = msgspec.convert(_laid_over(_shipped(), own), Wording)
    except msgspec.ValidationError as error:
        raise InputRejected(f"措辞文件 {origin} 有误：{in_chinese(error)}；写法见随程序提供的 wording.toml") from error
    for level in OfficeLevel:
        for step in wording.at(level).next:
            _require_known_names(step, origin)
    return wording


def _shipped() -> dict[str, Any]:
    return tomllib.loads((resources.files("inspection.bulletin") / _FILE).read_text("utf-8"))


def _laid_over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        known = merged.get(key)
        merged[key] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def _require_known_names(step: NextStep, origin: str) -> None:
    try:
        step.text.format(**dict.fromkeys(_NAMES, ""))
    except (KeyError, IndexError, ValueError) as error:
        raise InputRejected(
            f"措辞文件 {origin} 的“{step.title}”中有无法识别的占位 {error}；可用：{'、'.join(_NAMES)}"
        ) from error
    if step.unless not in ("", *_DEADLINES):
        raise InputRejected(f"措辞文件 {origin} 的“{step.title}”：unless 只能是 {' 或 '.join(_DEADLINES)}")
