"""Sampling plans from TOML text; every mistake is named with its place and the way to mend it."""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.sampling.plan import Allocation, AllocationMethod, SamplingPlan, Size, Stratifier

_REGION = re.compile(r"\d{2}|\d{4}|\d{6}")
_DEPARTMENT = re.compile(r"\d{2}")
_REGION_LEVELS = {Stratifier.PROVINCE, Stratifier.CITY, Stratifier.COUNTY}


def parse_plan(text: str, *, origin: str = "抽样方案") -> SamplingPlan:
    """Read one plan; ``origin`` is named in errors.

    Raises :class:`InputRejected` for bad TOML, unknown or missing keys, wrong types and rules that
    contradict each other.
    """
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise InputRejected(f"{origin} 不是有效的 TOML：{in_chinese(error)}") from error
    _refuse_unknown_keys(raw, SamplingPlan, origin, ())
    try:
        plan = msgspec.convert(raw, SamplingPlan)
    except msgspec.ValidationError as error:
        raise InputRejected(f"{origin} 有误：{in_chinese(error)}。可用的值见 docs/sampling.md") from error
    for complaint in _complaints(plan):
        raise InputRejected(f"{origin} 有误：{complaint}")
    return plan


def _refuse_unknown_keys(
    raw: Mapping[str, Any], type_: type[msgspec.Struct], origin: str, path: tuple[str, ...]
) -> None:
    fields = {field.name: field.type for field in msgspec.structs.fields(type_)}
    for key, value in raw.items():
        if key not in fields:
            raise InputRejected(_unknown(key, list(fields), origin, path))
        inner = fields[key]
        if isinstance(value, dict) and isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            _refuse_unknown_keys(value, inner, origin, (*path, key))


def _unknown(key: str, known: list[str], origin: str, path: tuple[str, ...]) -> str:
    place = f"表 [{'.'.join(path)}] 中" if path else "顶层"
    close = difflib.get_close_matches(key, known, n=1)
    hint = f"，是否应为 {close[0]}？" if close else "；"
    return f"{origin} 的{place}有未知的键 {key!r}{hint}可用的键：{'、'.join(known)}"


def _complaints(plan: SamplingPlan) -> Iterator[str]:
    if not plan.name.strip():
        yield "name 不能为空"
    if not plan.population.status:
        yield 'population.status 不能为空，例如 ["normal"]'
    for region in plan.population.regions:
        if not _REGION.fullmatch(region):
            yield f"population.regions 中的 {region!r} 应为 2、4 或 6 位数字的行政区划代码前缀"
    for number in plan.population.departments:
        if not _DEPARTMENT.fullmatch(number):
            yield f"population.departments 中的 {number!r} 应为 2 位数字的部门编号"
    yield from _strata_complaints(plan.strata.by)
    yield from _size_complaints(plan.size, plan.allocation)
    yield from _allocation_complaints(plan.allocation)


def _strata_complaints(by: tuple[Stratifier, ...]) -> Iterator[str]:
    if len(set(by)) < len(by):
        yield "strata.by 中有重复的项"
    if len(_REGION_LEVELS.intersection(by)) > 1:
        yield "strata.by 中 province、city、county 只能取一个"


def _size_complaints(size: Size, allocation: Allocation) -> Iterator[str]:
    given = [value for value in (size.count, size.share) if value is not None]
    if allocation.method is AllocationMethod.FIXED:
        if given:
            yield 'allocation.method = "fixed" 时样本量由各层数量相加得出，请删去 [size]'
    elif len(given) != 1:
        yield "[size] 中须且只须给出 count（个数）或 share（占总体的比例）之一"
    if size.count is not None and size.count < 1:
        yield f"size.count 应为正整数，得到 {size.count}"
    if size.share is not None and not 0 < size.share <= 1:
        yield f"size.share 应大于 0 且不超过 1，得到 {size.share}"


def _allocation_complaints(allocation: Allocation) -> Iterator[str]:
    if allocation.min_per_stratum < 1:
        yield "allocation.min_per_stratum 至少为 1：没有样本的层无法推断"
    for name, count in {**allocation.counts, "default_count": allocation.default_count or 0}.items():
        if count < 0:
            yield f"allocation 中 {name} 的数量不能为负，得到 {count}"
    for name, rate in {**allocation.rates, "default_rate": allocation.default_rate}.items():
        if not 0 < rate < 1:
            yield f"allocation 中 {name} 的预期合格率应大于 0 且小于 1，得到 {rate}"
    yield from _idle_settings(allocation)


def _idle_settings(allocation: Allocation) -> Iterator[str]:
    """Settings that the method would ignore: a plan must not say what is not done."""
    is_fixed = allocation.method is AllocationMethod.FIXED
    if not is_fixed and (allocation.counts or allocation.default_count is not None):
        yield 'allocation.counts 与 default_count 只用于 method = "fixed"'
    if allocation.rates and allocation.method is not AllocationMethod.NEYMAN:
        yield 'allocation.rates 只用于 method = "neyman"'
    if is_fixed and allocation.min_per_stratum != 1:
        yield 'allocation.min_per_stratum 不用于 method = "fixed"'
