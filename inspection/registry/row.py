"""One row of a registry file: strings in, a Site or the list of what is wrong with it out."""

import re
import unicodedata
from collections.abc import Mapping

import msgspec

from inspection.errors import InputRejected
from inspection.registry import regions
from inspection.registry.address import MAX_LENGTH, canonical, host_of, is_internal, scheme_of
from inspection.registry.regions import RegionLevel
from inspection.registry.site import NATION, Contact, Site, SiteCategory, SiteCode, SiteStatus

COLUMNS = (
    *("code", "name", "url", "category", "region", "organizer", "supervisor", "status"),
    *("contact_name", "contact_title", "contact_phone", "contact_email"),
)
"""Columns of a registry file, in the order of export."""

_CATEGORIES = {
    **{category.value: category for category in SiteCategory},
    **{category.chinese: category for category in SiteCategory},
    "县级以下政府网站": SiteCategory.COUNTY_BELOW,
}
_LEVELS = {
    SiteCategory.PROVINCE_PORTAL: (RegionLevel.PROVINCE,),
    SiteCategory.PROVINCE_DEPARTMENT: (RegionLevel.PROVINCE, RegionLevel.CITY),
    SiteCategory.CITY_PORTAL: (RegionLevel.CITY,),
    SiteCategory.CITY_DEPARTMENT: (RegionLevel.CITY, RegionLevel.COUNTY),
    SiteCategory.COUNTY_PORTAL: (RegionLevel.COUNTY, RegionLevel.CITY),
    SiteCategory.COUNTY_BELOW: (RegionLevel.COUNTY, RegionLevel.CITY),
}
"""Levels of the region that a site of a class may be registered with."""
_LEVEL_NAMES = {
    RegionLevel.NATION: "全国",
    RegionLevel.PROVINCE: "省级",
    RegionLevel.CITY: "市级",
    RegionLevel.COUNTY: "县级",
}
_STATUSES = {**{status.value: status for status in SiteStatus}, **{status.chinese: status for status in SiteStatus}}
_LIMITS = {"name": 100, "organizer": 100, "supervisor": 100, "contact_name": 40, "contact_title": 40}
_PHONE = re.compile(r"\+?[\d()（） /、,;；-]{5,60}(?:转?\d{1,6})?")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffd]")
_WIDE = frozenset({"code", "region", "contact_phone", "url", "contact_email", "category", "status"})


class RowProblem(msgspec.Struct, frozen=True):
    """What is wrong with one value; ``reason`` is Chinese and says how to mend it."""

    column: str
    value: str
    reason: str


def parse_row(values: Mapping[str, str]) -> tuple[Site | None, list[RowProblem]]:
    """The site of a row, or None and every problem found in it. Missing keys count as empty."""
    row = {column: _clean(column, values.get(column, "")) for column in COLUMNS}
    problems = [problem for column, value in row.items() for problem in _text_problems(column, value)]
    problems += [problem for check in _CHECKS for problem in check(row)]
    if problems:
        return None, _first_per_column(problems)
    return _site(row), []


def _clean(column: str, value: str) -> str:
    """White space at the ends dropped (full-width too); codes and addresses typed in full-width letters narrowed."""
    if column in _WIDE and column not in ("category", "status"):
        value = unicodedata.normalize("NFKC", value)
    return value.strip(" \t\r\n\u3000\xa0\ufeff")


def _first_per_column(problems: list[RowProblem]) -> list[RowProblem]:
    return list({problem.column: problem for problem in reversed(problems)}.values())[::-1]


def _text_problems(column: str, value: str) -> list[RowProblem]:
    if _CONTROL.search(value):
        return [RowProblem(column, value, "含有控制字符或乱码，请在原文件中清除后重新导入")]
    limit = _LIMITS.get(column)
    if limit is not None and len(value) > limit:
        return [RowProblem(column, value, f"长度 {len(value)} 超过上限 {limit} 个字，请缩短")]
    return []


def _check_code(row: Mapping[str, str]) -> list[RowProblem]:
    code = row["code"]
    if not code:
        return [RowProblem("code", code, "网站标识码不能为空")]
    try:
        parsed = SiteCode(code.lower())
    except InputRejected:
        return [RowProblem("code", code, "网站标识码应为 10 位：6 位行政区划代码加 4 位序号，或 bm 加 8 位数字")]
    if not parsed.is_state_council and not regions.exists(parsed.region):
        return [RowProblem("code", code, f"前六位 {parsed.region} 不是（也不曾是）GB/T 2260 的行政区划代码，请核对")]
    return []


def _check_name(row: Mapping[str, str]) -> list[RowProblem]:
    return [] if row["name"] else [RowProblem("name", "", "网站名称不能为空")]


def _check_url(row: Mapping[str, str]) -> list[RowProblem]:
    url = row["url"]
    if not url:
        return [RowProblem("url", url, "网址不能为空")]
    if len(url) > MAX_LENGTH:
        return [RowProblem("url", url, f"网址长度超过 {MAX_LENGTH} 个字符")]
    scheme = scheme_of(url)
    if "://" in url and scheme not in ("http", "https"):
        return [RowProblem("url", url, "网址必须以 http:// 或 https:// 开头")]
    address = canonical(_with_scheme(url))
    if address is None or ("." not in host_of(address) and "]" not in address):
        return [RowProblem("url", url, "不是有效的网址，请填写完整首页地址，例如 http://www.example.gov.cn/")]
    if is_internal(address):
        return [RowProblem("url", url, "是本机或内网地址，公众无法访问，请填写互联网上的首页地址")]
    return []


def _check_category(row: Mapping[str, str]) -> list[RowProblem]:
    text = row["category"]
    category = _CATEGORIES.get(text) or _CATEGORIES.get(text.lower())
    if category is None:
        known = "、".join(SiteCategory)
        return [RowProblem("category", text, f"不是七类网站之一；可填：{known}，或对应的中文名称")]
    if row["code"].lower().startswith("bm") is not (category is SiteCategory.STATE_COUNCIL):
        return [RowProblem("category", text, "类别与标识码矛盾：bm 开头的标识码只用于国务院部门类，其他类别不用 bm")]
    return []


def _check_region(row: Mapping[str, str]) -> list[RowProblem]:
    region, code = row["region"], row["code"].lower()
    if code.startswith("bm") and not region:
        return []
    if not re.fullmatch(r"\d{6}", region):
        return [RowProblem("region", region, "行政区划代码应为 6 位数字")]
    if not regions.exists(region):
        return [RowProblem("region", region, "不是（也不曾是）GB/T 2260 的行政区划代码，请核对")]
    # Boundaries and codes of cities and counties change while a site keeps its code; the province does not.
    # The corps' sites stand in Xinjiang.
    if re.fullmatch(r"[1-6]\d{9}", code) and code[:2] != region[:2] and {code[:2], region[:2]} != {"65", "66"}:
        return [RowProblem("region", region, f"与标识码所属省份（{code[:2]}）不一致，请核对两者")]
    return []


def _check_class_of_region(row: Mapping[str, str]) -> list[RowProblem]:
    """The class says whose site it is: that of a province is none of a county. Only what cannot be is refused.

    Municipalities have no cities, so that their province stands for them; counties that a province administers itself
    rank as cities do; cities without counties have their towns, and development zones the code of their city.
    """
    category = _CATEGORIES.get(row["category"]) or _CATEGORIES.get(row["category"].lower())
    levels = None if category is None else _LEVELS.get(category)
    region = row["region"]
    if category is None or levels is None or not re.fullmatch(r"\d{6}", region) or not regions.exists(region):
        return []
    level = regions.level(region)
    fits = level in levels or (
        (category is SiteCategory.CITY_PORTAL and regions.is_directly_below_province(region))
        or (level is RegionLevel.PROVINCE and not regions.has_cities(region))
    )
    if fits:
        return []
    wanted = "或".join(_LEVEL_NAMES[each] for each in levels)
    reason = f"与类别矛盾：“{category.chinese}”的行政区划应为{wanted}代码，而 {region} 是{_LEVEL_NAMES[level]}的"
    return [RowProblem("region", region, f"{reason}（{regions.full_name(region)}），请核对两者")]


def _check_status(row: Mapping[str, str]) -> list[RowProblem]:
    text = row["status"]
    if text in _STATUSES or text.lower() in _STATUSES:
        return []
    return [RowProblem("status", text, f"状态应为：{'、'.join(SiteStatus)}，或 正常、例外、暂停、关停")]


def _check_contact(row: Mapping[str, str]) -> list[RowProblem]:
    problems = []
    if row["contact_phone"] and not _PHONE.fullmatch(row["contact_phone"]):
        problems.append(RowProblem("contact_phone", row["contact_phone"], "电话格式不正确，例如 010-12345678"))
    if row["contact_email"] and not _EMAIL.fullmatch(row["contact_email"]):
        problems.append(
            RowProblem("contact_email", row["contact_email"], "电子邮箱格式不正确，例如 name@example.gov.cn")
        )
    return problems


_CHECKS = (
    *(_check_code, _check_name, _check_url, _check_category, _check_region, _check_class_of_region),
    *(_check_status, _check_contact),
)


def _with_scheme(url: str) -> str:
    return url if "://" in url else f"http://{url}"


def _site(row: Mapping[str, str]) -> Site:
    address = canonical(_with_scheme(row["url"]))
    assert address is not None  # _check_url accepted it
    return Site(
        code=row["code"].lower(),
        name=row["name"],
        url=address,
        category=_CATEGORIES.get(row["category"]) or _CATEGORIES[row["category"].lower()],
        region=row["region"] or NATION,
        organizer=row["organizer"],
        supervisor=row["supervisor"],
        status=_STATUSES.get(row["status"]) or _STATUSES[row["status"].lower()],
        contact=Contact(
            name=row["contact_name"],
            title=row["contact_title"],
            phone=row["contact_phone"],
            email=row["contact_email"],
        ),
    )


def row_of(site: Site) -> dict[str, str]:
    """The row that :func:`parse_row` reads back to the same site."""
    return {
        "code": site.code,
        "name": site.name,
        "url": site.url,
        "category": site.category.value,
        "region": site.region,
        "organizer": site.organizer,
        "supervisor": site.supervisor,
        "status": site.status.value,
        "contact_name": site.contact.name,
        "contact_title": site.contact.title,
        "contact_phone": site.contact.phone,
        "contact_email": site.contact.email,
    }
