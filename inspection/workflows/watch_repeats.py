"""Put repeat offenders on the list of key sites (重点监测对象)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

import msgspec

from inspection.monitoring import KeySite
from inspection.ports import RoundRepository
from inspection.records import RecordRepository, every
from inspection.rectification.case import RectificationCase
from inspection.rectification.key_sites import Repeat, RepeatRule, repeats
from inspection.sampling import RoundKind, RoundState
from inspection.workflows.rounds import every_round


class RepeatStores(Protocol):
    """What is read and written; processes pass their stores whole."""

    @property
    def rounds(self) -> RoundRepository: ...

    @property
    def cases(self) -> RecordRepository[RectificationCase]: ...

    @property
    def key_sites(self) -> RecordRepository[KeySite]: ...


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """Repeat offenders in these rounds (newest first), and the codes of those that were put on the list now."""

    periods: tuple[str, ...]
    repeats: tuple[Repeat, ...]
    added: tuple[str, ...] = ()


def watch_repeats(
    rule: RepeatRule,
    stores: RepeatStores,
    *,
    by: str,
    day: date,
    periods: Sequence[str] = (),
    drill: bool = False,
    register: bool = True,
) -> Watched:
    """Find repeat offenders; with ``register`` put on the list those that are not on it on ``day``. Safe to repeat.

    ``periods`` are rounds, newest first; without, the last closed ones up to ``day``, drills or real ones, but no
    rechecks.
    """
    counted = tuple(periods) or last_periods(stores.rounds, rule.periods, day=day, drill=drill)
    cases = [case for round_id in counted for case in every(stores.cases, {"round_id": round_id})]
    found = tuple(repeats(cases, counted, rule))
    added = [each.code for each in found if register and _put_on_list(each, rule, stores.key_sites, by=by, day=day)]
    return Watched(periods=counted, repeats=found, added=tuple(added))


def last_periods(rounds: RoundRepository, number: int, *, day: date, drill: bool = False) -> tuple[str, ...]:
    """The last closed rounds by monitoring date, newest first."""
    closed = [
        round_
        for round_ in every_round(rounds, kinds=(RoundKind.SAMPLE,))
        if round_.state is RoundState.CLOSED and round_.drill is drill
    ]
    past = sorted((round_.as_of, round_.id) for round_ in closed if round_.as_of <= day)
    return tuple(id_ for _, id_ in reversed(past[-number:]))


def _put_on_list(found: Repeat, rule: RepeatRule, key_sites: RecordRepository[KeySite], *, by: str, day: date) -> bool:
    """Whether the site was not on the list already."""
    if any(known.is_in_force(day) for known in every(key_sites, {"code": found.code})):
        return False
    until = None if rule.watched_days is None else day + timedelta(days=rule.watched_days)
    key = KeySite.of(found.code, found.region, reason=found.reason, since=day, until=until)
    return bool(key_sites.add([msgspec.structs.replace(key, by=by)]))
