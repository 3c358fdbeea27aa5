"""Put the pass rates of a round beside those of an earlier one."""

from collections import Counter
from collections.abc import Sequence

from inspection.bulletin.figures import Change
from inspection.ports import InspectionRepository, PassRateRepository, RoundRepository
from inspection.statistics import Dimension, PassRate
from inspection.statistics.change import change_since
from inspection.statistics.groups import Group, groups_of

_PAGE = 1000


def stored_rates(pass_rates: PassRateRepository, round_id: str, dimension: Dimension | None = None) -> list[PassRate]:
    """All rates of a round as last rolled up, or those of one dimension, by key."""
    found: list[PassRate] = []
    after = ""
    while page := pass_rates.page(round_id, dimension=dimension, after=after, limit=_PAGE):
        found += page
        after = page[-1].sort_key
    return found


def shared_sites(
    round_id: str, against: str, *, rounds: RoundRepository, inspections: InspectionRepository
) -> Counter[Group]:
    """How many sites of each group are in the samples of both rounds, by their region and class in ``round_id``."""
    earlier = {member.code for member in rounds.members(against)}
    both = (row for row in inspections.verdicts(round_id) if row.code in earlier)
    return Counter(group for row in both for group in groups_of(row.code, row.region, row.category))


def changes_since(
    against: str,
    rates: Sequence[PassRate],
    pass_rates: PassRateRepository,
    *,
    shared: Counter[Group] | None = None,
) -> list[Change | None]:
    """Change of each rate on the same group of an earlier round; None where that has none.

    Without ``shared``, sites in both samples are not told in the statement; the interval does not depend on them.
    """
    before = pass_rates.many(against, [rate.sort_key for rate in rates])
    counts = shared or Counter()
    return [
        None if (old := before.get(rate.sort_key)) is None else change_since(old, rate, shared=counts[_group(rate)])
        for rate in rates
    ]


def _group(rate: PassRate) -> Group:
    return rate.dimension, rate.key
