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
from inspection.registry.regions import Parts, parts_of
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
    """Words of one level. ``decimals`` of percentages; most others stand for who is meant in a sentence.

    ``head`` is what stands above the red line, ``copies_to`` whom copies go to (抄送) and ``printed_by`` who prints the
    bulletin; empty, nobody gets copies, and the issuing office prints it.
    """

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
    head: str = "{office}文件"
    copies_to: str = ""
    printed_by: str = ""
    next: tuple[NextStep, ...] = ()


class PlaceWords(_Row, frozen=True, kw_only=True):
    """What the parts of a province are called, and their governments."""

    places: str
    governments: str


def _mixed() -> dict[Parts, PlaceWords]:
    """Words that fit every province, for a wording on file that has none of its own."""
    return {parts: PlaceWords(places="市（州）", governments="各市、州、县（市、区）人民政府") for parts in Parts}


class Rectified(_Row, frozen=True, kw_only=True):
    """From which share (0..1) on sites are said to be basically rectified."""

    basically: float


class Wording(_Row, frozen=True, kw_only=True):
    """The whole file."""

    small_sample: str
    classes: dict[SiteCategory, str]
    rectified: Rectified
    places: dict[Parts, PlaceWords] = msgspec.field(default_factory=_mixed)
    national: LevelWording
    provincial: LevelWording
    departmental: LevelWording
    municipal: LevelWording
    county: LevelWording

    def at(self, level: OfficeLevel, area: str = "") -> LevelWording:
        """The words of a level, those of a province about ``area`` with what its parts are called."""
        found: LevelWording = getattr(self, level.value)
        if level is not OfficeLevel.PROVINCIAL:
            return found
        said = self.places[parts_of(area)]

        def named(text: str) -> str:
            return text.replace("{places}", said.places).replace("{governments}", said.governments)

        words = {name: named(value) for name, value in msgspec.structs.asdict(found).items() if isinstance(value, str)}
        steps = tuple(msgspec.structs.replace(step, text=named(step.text)) for step in found.next)
        return msgspec.structs.replace(found, next=steps, **words)


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
        words = wording.at(level)
        _require_known(words.head, ("office",), f"{level.value}.head", origin)
        for step in words.next:
            _require_known(step.text, _NAMES, step.title, origin)
            _require_deadline(step, origin)
    return wording


def _shipped() -> dict[str, Any]:
    return tomllib.loads((resources.files("inspection.bulletin") / _FILE).read_text("utf-8"))


def _laid_over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        known = merged.get(key)
        merged[key] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def _require_known(text: str, names: tuple[str, ...], where: str, origin: str) -> None:
    try:
        text.format(**dict.fromkeys(names, ""))
    except (KeyError, IndexError, ValueError) as error:
        raise InputRejected(
            f"措辞文件 {origin} 的“{where}”中有无法识别的占位 {error}；可用：{'、'.join(names)}"
        ) from error


def _require_deadline(step: NextStep, origin: str) -> None:
    if step.unless not in ("", *_DEADLINES):
        raise InputRejected(f"措辞文件 {origin} 的“{step.title}”：unless 只能是 {' 或 '.join(_DEADLINES)}")
