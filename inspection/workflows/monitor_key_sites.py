"""Daily monitoring: the rounds of a day for the key sites, and the closing of those that are over."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import takewhile

import msgspec

from inspection.errors import InputRejected, NotFound
from inspection.monitoring import KeySite, MonitoringRules
from inspection.observation.site import china_day
from inspection.ports import Clock, InspectionRepository, RoundRepository, SiteRepository, WorkQueue
from inspection.records import RecordRepository, every, get, revised
from inspection.registry import Site, SiteStatus
from inspection.registry.digest import registry_digest, row_digest
from inspection.sampling import ProbePlan, Round, RoundState, SampleMember
from inspection.standard import EditionLibrary
from inspection.workflows.open_round import open_round
from inspection.workflows.rounds import every_round, find_round

_DAY = timedelta(days=1)
_DROPPED_AGAIN_FOR = timedelta(days=7)
STRATUM = "key-sites"


def watch_site(
    code: str,
    *,
    reason: str,
    by: str,
    since: date,
    until: date | None = None,
    every_min: int | None = None,
    sites: SiteRepository,
    key_sites: RecordRepository[KeySite],
) -> KeySite:
    """Put a site on the register of key sites, or change how it stands there. NotFound for an unknown code."""
    site = sites.get(code)
    if not reason.strip() or not by.strip():
        raise InputRejected("列为重点监测须写明原因和经办人")
    if until is not None and until < since:
        raise InputRejected(f"截止日期 {until} 早于起始日期 {since}")
    if every_min is not None and not 1 <= every_min <= 24 * 60:
        raise InputRejected(f"监测间隔 {every_min} 分钟无效：1 到 1440 分钟")
    new = KeySite.of(code, site.region, reason=reason, since=since, until=until)
    new = msgspec.structs.replace(new, by=by, every_min=every_min)
    standing = _standing(key_sites, code, since)
    if standing is None and key_sites.add([new]):
        return new
    before = standing or get(key_sites, new.id, "重点监测")
    changed = revised(before, reason=reason, by=by, until=until, every_min=every_min)
    key_sites.replace(changed)
    return changed


def unwatch_site(code: str, *, by: str, last_day: date, key_sites: RecordRepository[KeySite]) -> KeySite:
    """Watch a site up to ``last_day`` only. NotFound where it is not on the register."""
    standing = _standing(key_sites, code, last_day)
    if standing is None:
        raise NotFound(f"{code} 在 {last_day} 不在重点监测之列")
    changed = revised(standing, until=last_day, by=by)
    key_sites.replace(changed)
    return changed


def _standing(key_sites: RecordRepository[KeySite], code: str, day: date) -> KeySite | None:
    return next((each for each in every(key_sites, {"code": code}) if each.is_in_force(day)), None)


def open_monitoring(
    day: date,
    rules: MonitoringRules,
    *,
    key_sites: RecordRepository[KeySite],
    editions: EditionLibrary,
    sites: SiteRepository,
    rounds: RoundRepository,
    inspections: InspectionRepository,
    queue: WorkQueue,
    clock: Clock,
) -> list[Round]:
    """Open the monitoring rounds of a day, one for each cadence. Safe to repeat: a round that is there stays as it is.

    Each key site gets an order for its home page and probes over 24 hours. Closed sites and those that have left the
    registry are passed over. A day that is over opens nothing: nobody can look at yesterday.
    """
    if china_day(clock.now()) > day:
        return []
    edition = editions.in_force(day)
    opened = []
    for every_min, watched in sorted(_by_cadence(day, rules, key_sites, sites).items()):
        id_ = f"monitor-{day:%Y%m%d}-{every_min}min"
        if find_round(rounds, id_) is None:
            members = [
                SampleMember(code=s.code, stratum=STRATUM, inclusion_probability=1.0, certainty=True) for s in watched
            ]
            rounds.add(
                _round(id_, day=day, every_min=every_min, edition=edition.id, watched=watched, now=clock.now()),
                members,
                (),
            )
        if rounds.get(id_).state is not RoundState.CLOSED:
            open_round(id_, edition, rounds=rounds, sites=sites, inspections=inspections, queue=queue, clock=clock)
            opened.append(rounds.get(id_))
    return opened


def _by_cadence(
    day: date, rules: MonitoringRules, key_sites: RecordRepository[KeySite], sites: SiteRepository
) -> dict[int, list[Site]]:
    watched = {key.code: key for key in every(key_sites) if key.is_in_force(day)}
    found: defaultdict[int, list[Site]] = defaultdict(list)
    for code, site in sites.many(sorted(watched)).items():
        if site.status is not SiteStatus.CLOSED:
            found[watched[code].every_min or rules.every_min(site.category)].append(site)
    return found


def _round(id_: str, *, day: date, every_min: int, edition: str, watched: list[Site], now: datetime) -> Round:
    digest = registry_digest([(site.code, row_digest(site)) for site in watched])
    return Round(
        id=id_,
        title=f"重点监测 {day}（每 {every_min} 分钟）",
        as_of=day,
        edition=edition,
        plan="",
        seed=id_,
        registry_digest=digest,
        sample_digest=digest,
        state=RoundState.DRAWN,
        drawn_at=now,
        probes=ProbePlan(count=max(1, int(_DAY / timedelta(minutes=every_min))), span=_DAY),
        page_budget=1,
        monitoring=True,
    )


def close_monitoring(
    day: date, rules: MonitoringRules, *, rounds: RoundRepository, queue: WorkQueue, clock: Clock
) -> list[str]:
    """Close the monitoring rounds that are over by ``day``; returns their ids. Safe to repeat and to interrupt."""
    last, now = day - rules.close_after_days * _DAY, clock.now()
    closed = []
    for round_ in monitoring_rounds(rounds):
        if round_.state is RoundState.OPEN and round_.as_of <= last:
            rounds.move(round_.id, to=RoundState.CLOSED, at=now)
            queue.drop_round(round_.id)
            closed.append(round_.id)
        elif round_.closed_at is not None and round_.closed_at > now - _DROPPED_AGAIN_FOR:
            queue.drop_round(round_.id)  # whoever closed it may have been killed before this
    return closed


def monitoring_rounds(rounds: RoundRepository, *, since: date | None = None) -> Iterator[Round]:
    """Monitoring rounds from a day on, by day."""
    after = "monitor-" if since is None else f"monitor-{since:%Y%m%d}"
    named = takewhile(lambda each: each.id.startswith("monitor-"), every_round(rounds, after=after))
    return (round_ for round_ in named if round_.monitoring)
