"""Early warnings: what open rounds and the daily monitoring show, held against the warning rules."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

import msgspec

from inspection.checks import Case, Rulebook
from inspection.monitoring import EarlyWarning, KeySite, Measure, MonitoringRules, WarningState
from inspection.monitoring.early_warning import Value, compared, unobserved, values_of
from inspection.observation import PageSeen, ProbeSeen, SiteObservations
from inspection.observation.render import with_renders
from inspection.observation.site import china_day
from inspection.ports import Inspection, InspectionRepository, ObservationRepository, RoundRepository
from inspection.records import RecordRepository, every, revised
from inspection.registry import Site
from inspection.sampling import Round, RoundKind, RoundState
from inspection.standard import EditionLibrary
from inspection.workflows.monitor_key_sites import monitoring_rounds
from inspection.workflows.rounds import every_round

_SERIES = 1_000_000
"""More probes than a series has: keeps those of several rounds apart."""
_OF_THE_HOME_PAGE = (Measure.HOME_FAILURE_SHARE, Measure.HOME_STALE_DAYS)


class WarningStores(Protocol):
    """What warnings rest on, and where they are kept."""

    @property
    def editions(self) -> EditionLibrary: ...

    @property
    def rounds(self) -> RoundRepository: ...

    @property
    def inspections(self) -> InspectionRepository: ...

    @property
    def observations(self) -> ObservationRepository: ...

    @property
    def key_sites(self) -> RecordRepository[KeySite]: ...

    @property
    def early_warnings(self) -> RecordRepository[EarlyWarning]: ...


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at all sites gave: sites looked at, new warnings, warnings that ended."""

    sites: int
    new: tuple[EarlyWarning, ...]
    ended: tuple[EarlyWarning, ...]


def warn_early(stores: WarningStores, rules: MonitoringRules, *, at: datetime) -> Warned:
    """Bring the warnings of all sites of open rounds and of the daily monitoring up to date, as of ``at``.

    Safe to repeat with the same ``at``. Columns are known of whole crawls alone; of the home page the daily
    monitoring, which looks more often, has the last word.
    """
    sites: dict[str, Site] = {}
    values: defaultdict[str, dict[Measure, Value]] = defaultdict(dict)
    for case in _of_rounds(stores):
        sites[case.observations.site.code] = case.observations.site
        values[case.observations.site.code] |= values_of(case, limit_s=rules.limit_s)
    for case in _of_monitoring(stores, rules, at):
        sites[case.observations.site.code] = case.observations.site
        found = values_of(case, limit_s=rules.limit_s)
        values[case.observations.site.code] |= {name: found[name] for name in _OF_THE_HOME_PAGE if name in found}
    new: list[EarlyWarning] = []
    ended: list[EarlyWarning] = []
    for code in sorted(sites):
        standing = list(every(stores.early_warnings, {"code": code, "state": WarningState.OPEN}))
        young = {name: value for name, value in values[code].items() if at - value.at <= rules.unobserved}
        fresh, changed = compared(sites[code], rules.warnings, young, standing, at)
        stores.early_warnings.add(fresh)
        for warning in changed:
            stores.early_warnings.replace(warning)
        new += fresh
        ended += [warning for warning in changed if warning.state is WarningState.ENDED]
    for warning in list(every(stores.early_warnings, {"state": WarningState.OPEN})):
        over = unobserved(warning, rules.unobserved, at)
        if over is not None:
            stores.early_warnings.replace(over)
            ended.append(over)
    return Warned(sites=len(sites), new=tuple(new), ended=tuple(ended))


def untold(warnings: RecordRepository[EarlyWarning]) -> Iterator[EarlyWarning]:
    """Standing warnings that nobody was told of yet."""
    return (warning for warning in every(warnings, {"state": WarningState.OPEN}) if warning.told is None)


def tell(warning: EarlyWarning, *, warnings: RecordRepository[EarlyWarning], at: datetime) -> None:
    """Put on record that somebody was told."""
    warnings.replace(revised(warning, told=at))


def _of_rounds(stores: WarningStores) -> Iterator[Case]:
    """Every site of the open rounds, with what was seen of it so far."""
    for round_ in _open_rounds(stores.rounds):
        rules = Rulebook(stores.editions.get(round_.edition))
        for inspection in stores.inspections.of_round(round_.id):
            probes = stores.observations.probes(round_.id, inspection.site.code)
            pages = _pages(stores, round_, inspection)
            yield _case(inspection.site, rules, probes, pages if inspection.crawl_finished_at else [], round_.as_of)


def _open_rounds(rounds: RoundRepository) -> Iterator[Round]:
    """Samples alone: what a recheck looks at says nothing of the whole."""
    return (each for each in every_round(rounds, kinds=(RoundKind.SAMPLE,)) if each.state is RoundState.OPEN)


def _of_monitoring(stores: WarningStores, rules: MonitoringRules, at: datetime) -> Iterator[Case]:
    """Every key site, with the probes of the window over all its days and the latest home page that was read."""
    first = china_day(at - rules.window)
    rounds = [each for each in monitoring_rounds(stores.rounds, since=first) if each.opened_at is not None]
    days: defaultdict[str, list[tuple[Round, Inspection]]] = defaultdict(list)
    for round_ in rounds:
        for inspection in stores.inspections.of_round(round_.id):
            days[inspection.site.code].append((round_, inspection))
    for code, seen in days.items():
        probes = [
            msgspec.structs.replace(probe, sequence=probe.sequence + number * _SERIES)
            for number, (round_, _) in enumerate(seen)
            for probe in stores.observations.probes(round_.id, code)
            if at - rules.window <= probe.at <= at
        ]
        latest = next((pages for day in reversed(seen) if (pages := _pages(stores, *day))), [])
        round_, inspection = seen[-1]
        yield _case(inspection.site, Rulebook(stores.editions.get(round_.edition)), probes, latest, round_.as_of)


def _pages(stores: WarningStores, round_: Round, inspection: Inspection) -> list[PageSeen]:
    """Pages of a site with their renderings; none where no home page could be read."""
    code = inspection.site.code
    pages = with_renders(stores.observations.pages(round_.id, code), stores.observations.renders(round_.id, code))
    return list(pages) if any(page.depth == 0 and page.facts is not None for page in pages) else []


def _case(site: Site, rules: Rulebook, probes: Sequence[ProbeSeen], pages: Sequence[PageSeen], day: date) -> Case:
    """As of the day of the latest page, or else of ``day``."""
    as_of = max((china_day(page.fetched_at) for page in pages), default=day)
    return Case(SiteObservations(site=site, as_of=as_of, probes=tuple(probes), pages=tuple(pages)), rules)
