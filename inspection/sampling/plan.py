"""A sampling plan (抽样方案): who may be drawn, in which strata, how many, and who must be."""

from decimal import Decimal
from enum import StrEnum

import msgspec

from inspection.registry import Site, SiteCategory, SiteStatus


class Stratifier(StrEnum):
    """By what the population is divided into strata: at most one region level, and the site class."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    CATEGORY = "category"


_REGION_DIGITS = {Stratifier.PROVINCE: 2, Stratifier.CITY: 4, Stratifier.COUNTY: 6}

WHOLE = "all"
"""Name of the only stratum of a plan without strata."""


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """Which registered sites the plan covers; an empty list of classes or regions means all.

    ``regions`` are prefixes of 2, 4 or 6 digits; ``00`` are the State Council departments.
    """

    status: tuple[SiteStatus, ...] = (SiteStatus.NORMAL,)
    categories: tuple[SiteCategory, ...] = ()
    regions: tuple[str, ...] = ()

    def covers(self, site: Site) -> bool:
        """Whether a site belongs to the population."""
        return (
            site.status in self.status
            and (not self.categories or site.category in self.categories)
            and (not self.regions or site.region.startswith(self.regions))
        )


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
