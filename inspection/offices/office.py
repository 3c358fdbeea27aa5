"""An office that orders rounds, receives notices and reports, or both."""

from enum import StrEnum

from inspection.records import Record
from inspection.registry import Site
from inspection.registry.departments import department_of
from inspection.registry.site import NATION


class OfficeLevel(StrEnum):
    """Levels of supervision (监管层级)."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    DEPARTMENTAL = "departmental"
    MUNICIPAL = "municipal"
    COUNTY = "county"

    @property
    def rank(self) -> int:
        """Place from the top: a lower number is above."""
        return _RANK[self]

    @property
    def chinese(self) -> str:
        """As bulletins print it."""
        return _CHINESE[self]


_CHINESE = {
    OfficeLevel.NATIONAL: "国家级",
    OfficeLevel.PROVINCIAL: "省级",
    OfficeLevel.DEPARTMENTAL: "国务院部门",
    OfficeLevel.MUNICIPAL: "市级",
    OfficeLevel.COUNTY: "县级",
}
_RANK = {
    OfficeLevel.NATIONAL: 0,
    OfficeLevel.PROVINCIAL: 1,
    OfficeLevel.DEPARTMENTAL: 1,
    OfficeLevel.MUNICIPAL: 2,
    OfficeLevel.COUNTY: 3,
}
_PREFIX = {OfficeLevel.PROVINCIAL: 2, OfficeLevel.MUNICIPAL: 4, OfficeLevel.COUNTY: 6}


class Office(Record, frozen=True, kw_only=True):
    """``region`` is its place; ``department`` the two-digit number of a State Council department (level departmental).

    ``parent`` is the id of the office that supervises it, empty for the State Council's.
    """

    name: str
    level: OfficeLevel
    department: str = ""
    parent: str = ""

    @property
    def scope(self) -> str:
        """Prefix of the regions that it is responsible for; empty for the nation, ``00`` for departments."""
        if self.level is OfficeLevel.NATIONAL:
            return ""
        return self.region[: _PREFIX.get(self.level, 2)]

    @property
    def sampling_scope(self) -> str:
        """As sampling plans are narrowed by it: :attr:`scope`, or ``bm`` and the number of a department."""
        return f"bm{self.department}" if self.level is OfficeLevel.DEPARTMENTAL else self.scope

    @property
    def seat(self) -> tuple[OfficeLevel, str]:
        """What one office alone is responsible for at its level: a region, or a State Council department."""
        return self.level, self.department or self.region

    def covers(self, site: Site) -> bool:
        """Whether the office is responsible for a site."""
        if self.level is OfficeLevel.DEPARTMENTAL:
            return site.region == NATION and department_of(site.code) == self.department
        return site.region.startswith(self.scope)
