"""A pass rate as it is stored and served."""

from enum import StrEnum

import msgspec


class Dimension(StrEnum):
    """By what a round is broken down."""

    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    DEPARTMENT = "department"
    CATEGORY = "category"
    PROVINCE_CATEGORY = "province-category"


class PassRate(msgspec.Struct, frozen=True, kw_only=True):
    """Counts and estimated pass rate of one group of sites in one round.

    ``key`` is ``000000``, a 2-, 4- or 6-digit region prefix, the two-digit number of a State Council department, a
    category slug, or ``<province>/<slug>``;
    ``label`` its Chinese name. ``sampled = passed + failed + not_determined + closed``; ``population`` is
    the number of registered sites in the group that the plan covers. ``rate``, ``low`` and ``high`` are
    shares in 0..1, None where nothing was decided; ``method`` names the interval. ``small_cell`` marks
    groups too small for a statement. ``worst`` and ``best`` are the rates if all sites that are not
    determined had failed or passed; ``standard_error`` is the linearised one of ``rate``. ``weights`` are the least and
    the greatest weight of a decided site, None where nothing was decided or the rate was stored without them.
    """

    round_id: str
    dimension: Dimension
    key: str
    label: str
    population: int
    sampled: int
    passed: int
    failed: int
    not_determined: int
    closed: int
    rate: float | None
    low: float | None
    high: float | None
    method: str
    small_cell: bool
    worst: float | None = None
    best: float | None = None
    standard_error: float | None = None
    weights: tuple[float, float] | None = None

    @property
    def share_sampled(self) -> float:
        """Sampled sites over those that the plan covers, 0..1."""
        return self.sampled / self.population

    @property
    def sort_key(self) -> str:
        """Place in lists: unique within a round."""
        return f"{self.dimension}:{self.key}"
