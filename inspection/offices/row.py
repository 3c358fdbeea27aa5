"""One row of a file of offices: strings in, an Office or the list of what is wrong with it out."""

import re
from collections.abc import Mapping, Sequence

from inspection.offices.office import Office, OfficeLevel
from inspection.registry import regions
from inspection.registry.regions import RegionLevel
from inspection.registry.row import RowProblem
from inspection.registry.site import NATION

COLUMNS = {
    **{"id": "编号", "name": "名称", "level": "级别", "region": "行政区划", "department": "部门编号"},
    "parent": "上级单位",
}
"""Columns of a file of offices, with their Chinese headings."""
OPTIONAL = frozenset({"department", "parent"})

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_DEPARTMENT = re.compile(r"\d{2}")
_LEVELS = {
    **{level.value: level for level in OfficeLevel},
    **{level.chinese: level for level in OfficeLevel},
    "部门": OfficeLevel.DEPARTMENTAL,
}
_OF_REGION = {
    OfficeLevel.NATIONAL: RegionLevel.NATION,
    OfficeLevel.DEPARTMENTAL: RegionLevel.NATION,
    OfficeLevel.PROVINCIAL: RegionLevel.PROVINCE,
    OfficeLevel.MUNICIPAL: RegionLevel.CITY,
    OfficeLevel.COUNTY: RegionLevel.COUNTY,
}
_REGION_EXAMPLES = {
    RegionLevel.NATION: f"{NATION}（或留空）",
    RegionLevel.PROVINCE: "省级代码，例如 370000",
    RegionLevel.CITY: "市级代码，例如 370600",
    RegionLevel.COUNTY: "县级代码，例如 370602",
}
_SPACE = " \t\r\n\u3000"


def parse_office(values: Mapping[str, str]) -> tuple[Office | None, list[RowProblem]]:
    """The office of a row, or None and every problem found in it. Its parent is not looked up yet."""
    row = {column: values.get(column, "").strip(_SPACE) for column in COLUMNS}
    level = _LEVELS.get(row["level"]) or _LEVELS.get(row["level"].lower())
    if level is None:
        known = "、".join(each.chinese for each in OfficeLevel)
        return None, [*_name_problems(row), RowProblem("level", row["level"], f"级别应为：{known}")]
    if _OF_REGION[level] is RegionLevel.NATION:
        row["region"] = row["region"] or NATION
    problems = [*_name_problems(row), *_region_problems(row["region"], level), *_department_problems(row, level)]
    if problems:
        return None, problems
    office = Office(
        id=row["id"],
        name=row["name"],
        level=level,
        region=row["region"],
        department=row["department"],
        parent=row["parent"],
    )
    return office, []


def _name_problems(row: Mapping[str, str]) -> list[RowProblem]:
    problems = []
    if not _ID.fullmatch(row["id"]):
        problems.append(RowProblem("id", row["id"], "编号应为 1 到 40 个小写字母、数字、点、横线或下划线"))
    if not row["name"]:
        problems.append(RowProblem("name", "", "名称不能为空"))
    return problems


def _region_problems(region: str, level: OfficeLevel) -> list[RowProblem]:
    wanted = _OF_REGION[level]
    if not re.fullmatch(r"\d{6}", region) or not regions.exists(region):
        return [RowProblem("region", region, "不是（也不曾是）GB/T 2260 的六位行政区划代码，请核对")]
    if regions.level(region) is not wanted:
        reason = f"{level.chinese}单位的行政区划应为{_REGION_EXAMPLES[wanted]}"
        return [RowProblem("region", region, reason)]
    return []


def _department_problems(row: Mapping[str, str], level: OfficeLevel) -> list[RowProblem]:
    number = row["department"]
    if level is OfficeLevel.DEPARTMENTAL:
        if not _DEPARTMENT.fullmatch(number):
            return [RowProblem("department", number, "国务院部门须填写 2 位部门编号（标识码 bm 之后的两位）")]
    elif number:
        return [RowProblem("department", number, "只有国务院部门填写部门编号，其他单位请留空")]
    return []


def parent_problem(office: Office, parent: Office | None) -> RowProblem | None:
    """What is wrong with the office above, None where nothing is. ``parent`` is None where there is no such office."""
    if not office.parent:
        return None
    if parent is None:
        return RowProblem("parent", office.parent, "没有这个编号的单位，请核对，或先导入上级单位")
    if parent.level.rank >= office.level.rank:
        reason = f"{parent.name}是{parent.level.chinese}单位，不能作{office.level.chinese}单位的上级"
        return RowProblem("parent", office.parent, reason)
    if parent.level is OfficeLevel.DEPARTMENTAL or not office.region.startswith(parent.scope):
        return RowProblem("parent", office.parent, f"{parent.name}不管辖行政区划 {office.region}，不能作上级")
    return None


def seat_problem(office: Office, holder: Office) -> RowProblem:
    """What is wrong with an office where ``holder`` is responsible for the same department or region already."""
    column, what = ("department", f"部门 {office.department}") if office.department else ("region", office.region)
    return RowProblem(
        column,
        office.department or office.region,
        f"{what} 的{office.level.chinese}单位已有{holder.name}（编号 {holder.id}），同级只设一个，"
        f"否则网站由谁负责不明；要更改该单位请沿用编号 {holder.id}",
    )


def unknown_department(office: Office) -> RowProblem:
    """What is wrong with a department that no registered site belongs to, though there are sites of departments."""
    return RowProblem(
        "department",
        office.department,
        f"登记中没有部门 {office.department} 的网站（标识码以 bm{office.department} 开头），"
        "请核对部门编号，或先导入该部门网站的登记",
    )


_NAMED = 5


def change_problem(office: Office, before: Office | None, below: Sequence[Office]) -> RowProblem:
    """What is wrong with a row that changes an office so that offices ``below``, which stay, no longer fit under it."""
    column, value = ("region", office.region)
    if before is not None and before.level is not office.level:
        column, value = ("level", office.level.chinese)
    named = "、".join(f"{each.name}（{each.id}，{each.level.chinese}，{each.region}）" for each in below[:_NAMED])
    more = f"等 {len(below)} 个单位" if len(below) > _NAMED else ""
    return RowProblem(
        column,
        value,
        f"改后{office.name}不能再作其下级单位的上级：{named}{more}的级别须更低，行政区划须在其管辖范围内；"
        "请在同一文件中一并改正这些下级单位（或先改由其他单位作上级）",
    )
