"""Editions from TOML text; every mistake in a file is named with its place and the way to mend it."""

import tomllib
from collections import Counter
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from importlib import resources

import msgspec

from inspection.errors import InputRejected, NotFound
from inspection.standard.edition import Edition, Indicator

SHIPPED = ("2015", "2019")
"""Ids of the editions that come with the program."""


def parse_edition(text: str, *, origin: str, known_checks: Collection[str]) -> Edition:
    """Read one edition.

    ``origin`` is named in errors; ``known_checks`` are the names of the checks that exist.
    Raises :class:`InputRejected` for bad TOML, unknown or missing keys, wrong types, ids used twice and
    checks that do not exist.
    """
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
        edition = msgspec.convert(raw, Edition, strict=False)
    except tomllib.TOMLDecodeError as error:
        raise InputRejected(f"标准文件 {origin} 不是有效的 TOML：{error}") from error
    except msgspec.ValidationError as error:
        raise InputRejected(f"标准文件 {origin} 有误：{error}。请对照 docs/standard.md 修改该键") from error
    _refuse_doubles(edition, origin)
    for row in edition.indicators:
        _refuse_unknown_check(row, origin, known_checks)
    return edition


def _refuse_doubles(edition: Edition, origin: str) -> None:
    for what, ids in (
        ("指标", [row.id for row in edition.indicators]),
        ("栏目类别", [row.id for row in edition.column_classes]),
    ):
        doubled = [id_ for id_, times in Counter(ids).items() if times > 1]
        if doubled:
            raise InputRejected(f"标准文件 {origin} 中{what} {'、'.join(doubled)} 重复，请只保留一行")


def _refuse_unknown_check(row: Indicator, origin: str, known_checks: Collection[str]) -> None:
    if row.check and row.check not in known_checks:
        known = "、".join(sorted(known_checks))
        raise InputRejected(f"标准文件 {origin} 的指标 {row.id} 引用了不存在的检查 {row.check!r}；可用：{known}")


def shipped_edition(edition_id: str, *, known_checks: Collection[str]) -> Edition:
    """One of the :data:`SHIPPED` editions; NotFound for any other id."""
    if edition_id not in SHIPPED:
        raise NotFound(f"没有版本为 {edition_id!r} 的检查标准；可用：{'、'.join(SHIPPED)}")
    folder = resources.files("inspection.standard") / "editions"
    # Both files end in arrays of tables, so that the shared classes can simply follow the indicators.
    text = "\n".join((folder / name).read_text("utf-8") for name in (f"{edition_id}.toml", "column-classes.toml"))
    return parse_edition(text, origin=f"{edition_id}.toml", known_checks=known_checks)


def edition_in_force(day: date, *, known_checks: Collection[str]) -> Edition:
    """The shipped edition that binds on ``day``; NotFound before the first one."""
    for edition_id in reversed(SHIPPED):
        edition = shipped_edition(edition_id, known_checks=known_checks)
        if edition.valid_from <= day and (edition.valid_to is None or day <= edition.valid_to):
            return edition
    raise NotFound(f"{day} 没有生效的检查标准；请用 --edition 指定：{'、'.join(SHIPPED)}")
