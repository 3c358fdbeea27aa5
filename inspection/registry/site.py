"""Site, its ten-character code, its class and its status."""

import re
from enum import StrEnum

import msgspec

from inspection.errors import InputRejected

NATION = "000000"
"""Region code of bodies that belong to no region: the State Council's departments."""


class SiteCategory(StrEnum):
    """The seven official classes of the national bulletins (通报中的七类网站), in their published order."""

    STATE_COUNCIL = "state-council"
    PROVINCE_PORTAL = "province-portal"
    PROVINCE_DEPARTMENT = "province-department"
    CITY_PORTAL = "city-portal"
    CITY_DEPARTMENT = "city-department"
    COUNTY_PORTAL = "county-portal"
    COUNTY_BELOW = "county-below"

    @property
    def chinese(self) -> str:
        """The class name as bulletins print it."""
        return _CATEGORY_CHINESE[self]

    @property
    def is_portal(self) -> bool:
        """Whether sites of this class are portals (门户网站), the scope of the 2019 deduction indicators."""
        return self in _PORTALS


_CATEGORY_CHINESE = {
    SiteCategory.STATE_COUNCIL: "国务院部门及其内设、垂直管理机构",
    SiteCategory.PROVINCE_PORTAL: "省级政府门户",
    SiteCategory.PROVINCE_DEPARTMENT: "省级政府部门",
    SiteCategory.CITY_PORTAL: "市级政府门户",
    SiteCategory.CITY_DEPARTMENT: "市级政府部门",
    SiteCategory.COUNTY_PORTAL: "县级政府门户",
    SiteCategory.COUNTY_BELOW: "县级以下",
}
_PORTALS = frozenset({SiteCategory.PROVINCE_PORTAL, SiteCategory.CITY_PORTAL, SiteCategory.COUNTY_PORTAL})


class SiteStatus(StrEnum):
    """Registry status (报送状态)."""

    NORMAL = "normal"
    EXEMPT = "exempt"
    SUSPENDED = "suspended"
    CLOSED = "closed"

    @property
    def chinese(self) -> str:
        """The status as the registry's forms print it."""
        return {"normal": "正常", "exempt": "例外", "suspended": "暂停", "closed": "关停"}[self.value]


class SiteCode(str):
    """Ten-character site code (网站标识码): six digits of GB/T 2260 and a serial, or ``bm`` and eight digits.

    Raises :class:`InputRejected` for anything else.
    """

    __slots__ = ()
    _PATTERN = re.compile(r"[1-6]\d{9}|bm\d{8}")

    def __new__(cls, text: str) -> "SiteCode":
        """Check the form only; whether the prefix is a region of GB/T 2260 is the importer's question."""
        if not cls._PATTERN.fullmatch(text):
            raise InputRejected(f"网站标识码应为10位数字或 bm 加8位数字，得到 {text!r}")
        return super().__new__(cls, text)

    @property
    def is_state_council(self) -> bool:
        """Whether the code belongs to the tree of State Council departments."""
        return self.startswith("bm")

    @property
    def region(self) -> str:
        """Six-digit region of the code's prefix, or :data:`NATION`."""
        return NATION if self.is_state_council else str(self[:6])


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Person in charge of a site; personal data, kept out of digests and publications."""

    name: str = ""
    title: str = ""
    phone: str = ""
    email: str = ""


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """One registered website. ``code`` is a valid :class:`SiteCode`, ``region`` six digits or :data:`NATION`."""

    code: str
    name: str
    url: str
    category: SiteCategory
    region: str
    organizer: str = ""
    supervisor: str = ""
    status: SiteStatus = SiteStatus.NORMAL
    contact: Contact = Contact()

    @property
    def province(self) -> str:
        """Two-digit province prefix; ``00`` for State Council departments."""
        return self.region[:2]
