"""The groups a site belongs to, their keys and Chinese names."""

from inspection.registry import regions
from inspection.registry.departments import department_name, department_of
from inspection.registry.site import NATION, SiteCategory, SiteCode
from inspection.statistics.pass_rate import Dimension

Group = tuple[Dimension, str]
"""A dimension and the key of one group in it."""


def groups_of(code: str, region: str, category: SiteCategory) -> tuple[Group, ...]:
    """Nation, class, province and province by class; city, county and department too where there is one.

    A site of the province itself (``370000``) is in no city, one of a city itself (``370600``) in no county.
    State Council departments make up a "province" of their own, ``00``; each of them is a group by its number.
    """
    province = region[:2]
    groups = [
        (Dimension.NATION, NATION),
        (Dimension.CATEGORY, category.value),
        (Dimension.PROVINCE, province),
        (Dimension.PROVINCE_CATEGORY, f"{province}/{category.value}"),
    ]
    if SiteCode(code).is_state_council:
        groups.append((Dimension.DEPARTMENT, department_of(code)))
    if region[2:4] != "00":
        groups.append((Dimension.CITY, region[:4]))
        if region[4:] != "00":
            groups.append((Dimension.COUNTY, region))
    return tuple(groups)


def label_of(group: Group) -> str:
    """Chinese name of a group; counties, whose names recur, with their province and city."""
    dimension, key = group
    if dimension is Dimension.NATION:
        return "全国"
    if dimension is Dimension.CATEGORY:
        return SiteCategory(key).chinese
    if dimension is Dimension.DEPARTMENT:
        return department_name(key)
    if dimension is Dimension.COUNTY:
        return regions.full_name(key)
    region, _, category = key.partition("/")
    name = regions.prefix_name(region)
    return f"{name} {SiteCategory(category).chinese}" if category else name
