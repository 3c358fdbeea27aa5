"""Roll the verdicts of a round up to pass rates of nation, provinces, cities, counties, departments and classes."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from inspection.errors import Conflict, RuleBroken
from inspection.ports import InspectionRepository, PassRateRepository, RoundRepository, SiteRepository
from inspection.registry import Site
from inspection.sampling import Round, RoundState, SampleMember, StratumSize
from inspection.sampling.parse import parse_plan
from inspection.sampling.verification import restored
from inspection.scoring import Verdict
from inspection.statistics import PassRate
from inspection.statistics.estimate import GroupSize, estimate
from inspection.statistics.groups import Group, groups_of, label_of
from inspection.statistics.tally import Tally
from inspection.workflows.verify_round import versions_in

Grouping = Callable[[Site], Iterable[Group]]
"""Gives the groups that a site belongs to."""


def _groups(site: Site) -> Iterable[Group]:
    return groups_of(site.code, site.region, site.category)


def roll_up(
    round_id: str,
    *,
    rounds: RoundRepository,
    inspections: InspectionRepository,
    sites: SiteRepository,
    pass_rates: PassRateRepository,
) -> list[PassRate]:
    """Compute and store the pass rates of a round, in place of earlier ones; safe to repeat at any time.

    Sites without a verdict count as not determined. Region and class are those at the draw, so that sample
    and population agree. Raises Conflict before the round is open, or if the registry of the draw or an
    inspection is lost; RuleBroken for a round of the daily monitoring.
    """
    round_ = rounds.get(round_id)
    if round_.state is RoundState.DRAWN:
        raise Conflict(f"轮次 {round_id} 尚未开始，没有可汇总的结果；请先运行 xuncha round open {round_id}")
    if round_.monitoring:
        raise RuleBroken(f"轮次 {round_id} 是日常监测，不是抽样，不推算合格率")
    registry = registry_at_draw(round_id, rounds, sites)
    members = rounds.members(round_id)
    verdicts = {row.code: row.verdict for row in inspections.verdicts(round_id)}
    _refuse_gaps(round_id, members, verdicts)
    rates = pass_rates_of(round_, registry, members, verdicts)
    pass_rates.replace(round_id, rates)
    return rates


def pass_rates_of(
    round_: Round,
    registry: Iterable[Site],
    members: Iterable[SampleMember],
    verdicts: Mapping[str, Verdict | None],
    *,
    groups: Grouping = _groups,
    label: Callable[[Group], str] = label_of,
) -> list[PassRate]:
    """Pass rates of every group with a covered site, by dimension and key. Pure; the definition of the numbers.

    ``groups`` gives the groups of a site, ``label`` their Chinese names: those that are stored unless given.
    """
    by_code = {site.code: site for site in registry}
    sampled = {member.code: member for member in members}
    strata = {row.stratum: row for row in round_.strata}
    sizes = _group_sizes(round_, by_code.values(), sampled, strata, groups)
    tallies = _tallies(sampled.values(), by_code, verdicts, groups)
    return [
        _pass_rate(round_.id, group, tallies.get(group, Tally()), sizes[group], strata, label=label(group))
        for group in sorted(sizes)
    ]


def registry_at_draw(round_id: str, rounds: RoundRepository, sites: SiteRepository) -> list[Site]:
    """The sites as they were registered when the round was drawn; Conflict where that is lost."""
    today = {site.code: site for site in sites.all()}
    registry, lost = restored(rounds.frame(round_id), today, versions_in(sites))
    if lost is not None:
        raise Conflict(f"网站 {lost} 抽样时的登记内容已无从查考，不能推算总体；请运行 xuncha round verify {round_id}")
    return registry


def _refuse_gaps(round_id: str, members: Iterable[SampleMember], verdicts: Mapping[str, object]) -> None:
    missing = [member.code for member in members if member.code not in verdicts]
    if missing:
        raise Conflict(
            f"样本中有 {len(missing)} 个网站没有检查记录（例如 {missing[0]}），请再次运行 xuncha round open {round_id}"
        )


def _group_sizes(
    round_: Round,
    registry: Iterable[Site],
    sampled: Mapping[str, SampleMember],
    strata: Mapping[str, StratumSize],
    groups: Grouping,
) -> dict[Group, GroupSize]:
    """Sites that had a chance to be sampled, by group; of these, those left to chance."""
    plan = parse_plan(round_.plan).within(round_.scope)
    population: Counter[Group] = Counter()
    drawable: Counter[Group] = Counter()
    for site in registry:
        if not plan.population.covers(site):
            continue
        row, member = strata[plan.strata.key(site)], sampled.get(site.code)
        is_certain = member is not None and member.certainty
        if not is_certain and not row.sampled:
            continue
        for group in groups(site):
            population[group] += 1
            drawable[group] += not is_certain and not row.is_census
    return {group: GroupSize(population=population[group], drawable=drawable[group]) for group in population}


def _tallies(
    members: Iterable[SampleMember],
    registry: Mapping[str, Site],
    verdicts: Mapping[str, Verdict | None],
    groups: Grouping,
) -> dict[Group, Tally]:
    parts: defaultdict[Group, list[Tally]] = defaultdict(list)
    for member in members:
        site = registry[member.code]
        is_sure = member.inclusion_probability == 1.0
        tally = Tally.of(verdicts[member.code], member.stratum, certain=is_sure)
        for group in groups(site):
            parts[group].append(tally)
    return {group: Tally.sum(tallies) for group, tallies in parts.items()}


def _pass_rate(
    round_id: str,
    group: Group,
    tally: Tally,
    size: GroupSize,
    strata: Mapping[str, StratumSize],
    *,
    label: str,
) -> PassRate:
    counts, found = tally.counts, estimate(tally, size, strata)
    return PassRate(
        round_id=round_id,
        dimension=group[0],
        key=group[1],
        label=label,
        population=size.population,
        sampled=counts.sampled,
        passed=counts.passed,
        failed=counts.failed,
        not_determined=counts.not_determined,
        closed=counts.closed,
        rate=found.rate,
        low=found.low,
        high=found.high,
        method=found.method,
        small_cell=found.small_cell,
        worst=found.worst,
        best=found.best,
        standard_error=found.standard_error,
        weights=found.weights,
    )
