"""Editions from TOML text; every mistake in a file is named with its place and the way to mend it."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import msgspec

from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.standard.edition import Automation, Edition, Indicator, IndicatorKind, Profile
from inspection.standard.lexicon import Lexicon

Checks: TypeAlias = Mapping[str, type[msgspec.Struct]]
"""The checks that exist, by name, with the type of their parameters."""

_MERGED_BY_ID = ("column_classes", "indicators", "scopes", "groups", "profiles", "lexicons")


def read_toml(text: str, origin: str) -> dict[str, Any]:
    """The tables of a file as they stand; ``origin`` is named in errors."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise InputRejected(f"标准文件 {origin} 不是有效的 TOML：{in_chinese(error)}") from error


def parse_edition(raw: Mapping[str, Any], *, origin: str, checks: Checks) -> Edition:
    """One complete edition. :class:`InputRejected` lists all that is wrong with it."""
    try:
        edition = msgspec.convert(raw, Edition)
    except msgspec.ValidationError as error:
        raise InputRejected(f"标准文件 {origin} 有误：{in_chinese(error)}。请对照 docs/standard.md 修改该键") from error
    problems = list(_problems(edition, checks))
    if problems:
        listed = "".join(f"\n  {number}. {problem}" for number, problem in enumerate(problems, 1))
        raise InputRejected(f"标准文件 {origin} 有 {len(problems)} 处错误：{listed}")
    return edition


def extended(base: Mapping[str, Any], own: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """An own edition laid over the one it extends.

    Keys replace keys; tables with an ``id`` replace those of the same id or are added; ``[changes."ID"]`` changes
    single fields of an indicator, its ``params`` one by one; ``without`` names indicators that are dropped.
    """
    own = dict(own)
    changes, dropped = own.pop("changes", {}), own.pop("without", [])
    merged = {**base, **own, "pass_rule": {**base["pass_rule"], **own.get("pass_rule", {})}}
    for name in _MERGED_BY_ID:
        merged[name] = _merged(base.get(name, []), own.get(name, []))
    known = [row.get("id") for row in merged["indicators"]]
    unknown = [id_ for id_ in (*changes, *dropped) if id_ not in known]
    if unknown:
        raise InputRejected(
            f"标准文件 {origin} 要修改或去掉的指标 {'、'.join(unknown)} 不存在于 {base['id']} 版，请核对编号"
        )
    rows = [row for row in merged["indicators"] if row["id"] not in dropped]
    merged["counted_once"] = [[id_ for id_ in ids if id_ not in dropped] for ids in merged.get("counted_once", [])]
    merged["indicators"] = [_changed(row, changes[row["id"]]) if row["id"] in changes else row for row in rows]
    return merged


def _merged(base: list[dict[str, Any]], own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    replaced = {table.get("id"): table for table in own}
    kept = [replaced.pop(table["id"], table) for table in base]
    return [*kept, *replaced.values()]


def _changed(row: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, **change, "params": {**row.get("params", {}), **change.get("params", {})}}


def _problems(edition: Edition, checks: Checks) -> Iterator[str]:
    yield from _doubles(edition)
    if edition.valid_to is not None and edition.valid_to < edition.valid_from:
        yield f"valid_to {edition.valid_to} 早于 valid_from {edition.valid_from}"
    if edition.veto_reviewers < 1:
        yield "veto_reviewers 至少为 1"
    if not 0 <= edition.pass_rule.pass_score <= edition.pass_rule.full_score:
        yield "pass_rule 的 pass_score 应在 0 与 full_score 之间"
    for row in edition.indicators:
        yield from (f"指标 {row.id} {problem}" for problem in _row_problems(row, edition, checks))
    for lexicon in edition.lexicons:
        yield from (f"词库 {lexicon.id} {problem}" for problem in _lexicon_problems(lexicon))
    known = {row.id for row in edition.indicators}
    for ids in edition.counted_once:
        yield from (f"counted_once 中的指标 {id_} 不存在" for id_ in ids if id_ not in known)
    for profile in edition.profiles:
        yield from (f"特例 {profile.id} {problem}" for problem in _profile_problems(profile, edition, checks))


def _doubles(edition: Edition) -> Iterator[str]:
    for what, tables in (
        ("指标", edition.indicators),
        ("栏目类别", edition.column_classes),
        ("适用范围", edition.scopes),
        ("分组", edition.groups),
        ("特例", edition.profiles),
        ("词库", edition.lexicons),
    ):
        doubled = [id_ for id_, times in Counter(table.id for table in tables).items() if times > 1]
        if doubled:
            yield f"{what} {'、'.join(doubled)} 重复，请只保留一行"


def _row_problems(row: Indicator, edition: Edition, checks: Checks) -> Iterator[str]:
    yield from _reference_problems(row.scope, [scope.id for scope in edition.scopes], "scope")
    yield from _reference_problems(row.group, [group.id for group in edition.groups], "group")
    if row.kind in (IndicatorKind.VETO, IndicatorKind.KPI) and (row.points is not None or row.cap is not None):
        yield "是否决或考核项，不扣分，请去掉 points 和 cap"
    if any(number is not None and number < 0 for number in (row.points, row.cap)):
        yield "的 points 和 cap 不能为负"
    if bool(row.check) is (row.automation is Automation.HUMAN):
        yield "的 automation 与 check 不一致：human 没有 check，其他须有"
    if not row.check:
        yield from ["没有 check，不能有 params"] if row.params else []
    elif row.check not in checks:
        yield f"引用了不存在的检查 {row.check!r}；可用：{'、'.join(sorted(checks))}"
    else:
        yield from _params_problems(row, checks[row.check])


def _reference_problems(name: str, known: list[str], key: str) -> Iterator[str]:
    if name and name not in known:
        yield f"的 {key} {name!r} 没有定义；可用：{'、'.join(known) or '（无）'}"


def _params_problems(row: Indicator, type_: type[msgspec.Struct]) -> Iterator[str]:
    try:
        msgspec.convert(row.params, type_)
    except msgspec.ValidationError as error:
        keys = "、".join(type_.__struct_fields__) or "（无）"
        yield f"的 params 有误：{in_chinese(error)}；检查 {row.check} 的参数：{keys}"


def _lexicon_problems(lexicon: Lexicon) -> Iterator[str]:
    if lexicon.terms_file:
        yield f"的 terms_file {lexicon.terms_file!r} 没有读到；它应与标准文件放在同一目录"
    if any(not term.strip() for term in lexicon.terms):
        yield "含有空的词条"
    if lexicon.excuse_distance < 0:
        yield "的 excuse_distance 不能为负"


def _profile_problems(profile: Profile, edition: Edition, checks: Checks) -> Iterator[str]:
    rows = {row.id: row for row in edition.indicators}
    yield from _reference_problems(profile.scope, [scope.id for scope in edition.scopes], "scope")
    for id_ in (*profile.without, *profile.changes):
        if id_ not in rows:
            yield f"所指的指标 {id_} 不存在"
    for group in profile.group_points:
        yield from _reference_problems(group, [each.id for each in edition.groups], "group_points")
    if profile.scale_numerator < 1 or profile.scale_denominator < 1:
        yield "的 scale_numerator 和 scale_denominator 须为正整数"
    for id_, change in profile.changes.items():
        if id_ in rows:
            yield from (f"改后 {id_} {each}" for each in _row_problems(change.applied_to(rows[id_]), edition, checks))
