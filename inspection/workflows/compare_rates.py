"""Put the pass rates of a round beside those of an earlier one."""

from collections import Counter
from collections.abc import Iterator, Sequence

from inspection.bulletin.figures import Change
from inspection.ports import InspectionRepository, PassRateRepository, RoundRepository
from inspection.statistics import Dimension, PassRate
from inspection.statistics.change import change_since
from inspection.statistics.groups import Group, groups_of

_PAGE = 1000


def stored_rates(pass_rates: PassRateRepository, round_id: str, dimension: Dimension | None = None) -> list[PassRate]:
    """All rates of a round as last rolled up, or those of one dimension, by key."""
    return list(_rates(pass_rates, round_id, dimension))


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

    The earlier rates are read by the same index, as far as ``rates`` reach. Without ``shared``, sites in both samples
    are not told in the statement; the interval does not depend on them.
    """
    before = {rate.sort_key: rate for rate in _reaching(against, rates, pass_rates)}
    counts = shared or Counter()
    return [
        None if (old := before.get(rate.sort_key)) is None else change_since(old, rate, shared=counts[_group(rate)])
        for rate in rates
    ]


def _group(rate: PassRate) -> Group:
    return rate.dimension, rate.key


def _reaching(against: str, rates: Sequence[PassRate], pass_rates: PassRateRepository) -> Iterator[PassRate]:
    """Rates of the earlier round in the same dimensions, from about the first to the last key asked for."""
    for dimension in dict.fromkeys(rate.dimension for rate in rates):
        keys = [rate.sort_key for rate in rates if rate.dimension is dimension]
        just_before, last = min(keys)[:-1], max(keys)
        for rate in _rates(pass_rates, against, dimension, after=just_before, limit=len(keys) + 1):
            if rate.sort_key > last:
                break
            yield rate


def _rates(
    pass_rates: PassRateRepository, round_id: str, dimension: Dimension | None, *, after: str = "", limit: int = _PAGE
) -> Iterator[PassRate]:
    while page := pass_rates.page(round_id, dimension=dimension, after=after, limit=limit):
        yield from page
        after = page[-1].sort_key
