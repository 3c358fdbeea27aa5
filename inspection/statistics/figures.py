"""From rolled-up pass rates to the figures that a bulletin prints."""

from collections.abc import Iterable, Mapping, Sequence

from inspection.bulletin.figures import GroupRow, SampleFigures
from inspection.statistics.change import Measured, change_since
from inspection.statistics.estimate import CENSUS
from inspection.statistics.lists import ListRules, full_groups, groups_below, shipped_rules
from inspection.statistics.pass_rate import PassRate
from inspection.statistics.ranking import standings


def sample_figures(
    whole: PassRate,
    groups: Sequence[PassRate] = (),
    *,
    running: int | None = None,
    before: Measured | None = None,
    shared: int = 0,
    below: float | None = None,
    rules: ListRules | None = None,
) -> SampleFigures:
    """Figures of a round from the rate of the whole and those of its groups (regions, departments).

    ``running`` counts the running sites that the sample stands for; ``before`` is last period's rate and ``shared`` the
    number of sites in both samples; ``below`` (percent) replaces the mark of the rules.
    """
    rules = rules or shipped_rules()
    mark = rules.below.percent if below is None else below
    return SampleFigures(
        round_id=whole.round_id,
        sampled=whole.sampled,
        passed=whole.passed,
        failed=whole.failed,
        not_determined=whole.not_determined,
        closed=whole.closed,
        rate=whole.rate,
        low=whole.low,
        high=whole.high,
        weights=_weights(whole),
        share_of_running=whole.sampled / running if running else None,
        full=tuple(rate.label for rate in full_groups(groups, rules.full)),
        below=tuple(rate.label for rate in groups_below(groups, mark)),
        change=None if before is None else change_since(before, whole, shared=shared),
    )


def group_rows(rates: Iterable[PassRate], running: Mapping[str, int] | None = None) -> tuple[GroupRow, ...]:
    """Rows of an annex in the order given, ranked among themselves as far as the intervals allow.

    Groups of which no site was sampled are left out. ``running`` counts running sites by key; else it is the number of
    sites that the plan covers.
    """
    listed = [rate for rate in rates if rate.sampled]
    found = standings({rate.sort_key: rate for rate in listed})
    return tuple(
        GroupRow(
            name=rate.label,
            running=rate.population if running is None else running.get(rate.key),
            sampled=rate.sampled,
            passed=rate.passed,
            failed=rate.failed,
            not_determined=rate.not_determined,
            closed=rate.closed,
            rate=rate.rate,
            low=rate.low,
            high=rate.high,
            weights=_weights(rate),
            small_cell=rate.small_cell,
            rank=found[rate.sort_key].rank if rate.sort_key in found else None,
        )
        for rate in listed
    )


def _weights(rate: PassRate) -> tuple[float, float] | None:
    """Those of the rate; of one that was stored without them, the widest that its population allows."""
    if rate.weights is not None or rate.method == CENSUS or rate.rate is None:
        return rate.weights
    return 1.0, float(max(rate.population, 1))
