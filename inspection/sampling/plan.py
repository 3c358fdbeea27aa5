"""A sampling plan (抽样方案): who may be drawn, in which strata, how many, and who must be."""

from decimal import Decimal
from enum import StrEnum

import msgspec

from inspection.errors import RuleBroken
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.registry.departments import department_of
from inspection.registry.site import NATION


class Stratifier(StrEnum):
    """By what the population is divided into strata: at most one region level, and the site class."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    CATEGORY = "category"


_REGION_DIGITS = {Stratifier.PROVINCE: 2, Stratifier.CITY: 4, Stratifier.COUNTY: 6}

_DEPARTMENT = "bm"
"""Scopes that begin so are those of State Council departments, as site codes do."""

WHOLE = "all"
"""Name of the only stratum of a plan without strata."""


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """Which registered sites the plan covers; an empty list of classes or regions means all.

    ``regions`` are prefixes of 2, 4 or 6 digits; ``00`` are the State Council departments. ``departments`` are the
    two-digit numbers of State Council departments: where any is given, nothing else is covered.
    """

    status: tuple[SiteStatus, ...] = (SiteStatus.NORMAL,)
    categories: tuple[SiteCategory, ...] = ()
    regions: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()

    def covers(self, site: Site) -> bool:
        """Whether a site belongs to the population."""
        return (
            site.status in self.status
            and (not self.categories or site.category in self.categories)
            and (not self.regions or site.region.startswith(self.regions))
            and (not self.departments or (site.region == NATION and department_of(site.code) in self.departments))
        )

    def within(self, scope: str) -> "Population":
        """What of it lies within a scope: a prefix of regions, ``bm`` and a department's number, or empty for all.

        RuleBroken where that is nothing.
        """
        if not scope:
            return self
        if scope.startswith(_DEPARTMENT):
            return self._of_department(scope.removeprefix(_DEPARTMENT))
        inside = tuple(dict.fromkeys(max(each, scope) for each in self.regions or (scope,) if _nested(each, scope)))
        if not inside or self.departments:
            raise RuleBroken(f"方案的总体不在单位的管辖范围（行政区划 {scope}）内，请修改 [population] 或换一个单位")
        return msgspec.structs.replace(self, regions=inside)

    def _of_department(self, number: str) -> "Population":
        others = self.departments and number not in self.departments
        if others or (self.regions and not any(NATION.startswith(region) for region in self.regions)):
            raise RuleBroken(f"方案的总体不在部门 {number} 的管辖范围内，请修改 [population] 或换一个单位")
        return msgspec.structs.replace(self, departments=(number,))


def _nested(one: str, other: str) -> bool:
    """Whether one of two prefixes lies within the other; the longer is then the greater text too."""
    return one.startswith(other) or other.startswith(one)


class Strata(msgspec.Struct, frozen=True, kw_only=True):
    """How the population is divided."""

    by: tuple[Stratifier, ...] = ()

    def key(self, site: Site) -> str:
        """Name of a site's stratum: its parts in the order of ``by``, joined by ``/``, as in ``37/city-portal``."""
        parts = (
            site.category.value if part is Stratifier.CATEGORY else site.region[: _REGION_DIGITS[part]]
            for part in self.by
        )
        return "/".join(parts) or WHOLE


class MustInclude(msgspec.Struct, frozen=True, kw_only=True):
    """Sites taken in any case (重点监测对象), by code or by class."""

    codes: tuple[str, ...] = ()
    categories: tuple[SiteCategory, ...] = ()


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """Size of the whole sample, must-include sites among it: exactly one of the two."""

    count: int | None = None
    share: Decimal | None = None


class AllocationMethod(StrEnum):
    """How the sample is spread over the strata."""

    FIXED = "fixed"
    PROPORTIONAL = "proportional"
    NEYMAN = "neyman"


class Allocation(msgspec.Struct, frozen=True, kw_only=True):
    """The spread over the strata.

    ``counts`` (fixed) and ``rates`` (neyman: expected pass rates) are looked up by the stratum's name, then
    by its class, then by its region; ``default_count`` and ``default_rate`` serve the others.
    """

    method: AllocationMethod = AllocationMethod.PROPORTIONAL
    min_per_stratum: int = 1
    counts: dict[str, int] = {}
    default_count: int | None = None
    rates: dict[str, Decimal] = {}
    default_rate: Decimal = Decimal("0.9")


class SamplingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan, as :func:`inspection.sampling.parse.parse_plan` reads and checks it."""

    name: str
    population: Population = Population()
    strata: Strata = Strata()
    size: Size = Size()
    allocation: Allocation = Allocation()
    must_include: MustInclude = MustInclude()

    def within(self, scope: str) -> "SamplingPlan":
        """The plan for what lies within a scope, as :meth:`Population.within` says."""
        return msgspec.structs.replace(self, population=self.population.within(scope))
