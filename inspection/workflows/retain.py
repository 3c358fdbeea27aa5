"""Retention: remove what is older than its period and nothing refers to any more."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from inspection.ports import RoundRepository
from inspection.records import RecordRepository, every
from inspection.rectification import RectificationCase
from inspection.retention import Periods
from inspection.sampling import Round, RoundKind, RoundState
from inspection.workflows.rounds import every_round


class DetailRepository(Protocol):
    """Bulky details of rounds, as retention sees them."""

    def snapshots_of(self, round_id: str, *, after: str = "") -> tuple[list[str], str]:
        """Digests of the bodies that pages and renderings of some sites of a round show.

        With the code to go on after; empty at the end.
        """
        ...

    def needed(self, digests: Sequence[str], *, expired: Collection[str]) -> set[str]:
        """Those that a page of a round shows that is not ``expired``, or that a finding of any round refers to."""
        ...

    def drop_snapshots(self, digests: Sequence[str], *, at: datetime, dry_run: bool) -> int:
        """Remove bodies that were marked for it a day or longer before ``at``, and mark the others.

        Putting a body again takes the mark away: thus none goes that a worker is about to refer to. Returns how many
        were removed; with ``dry_run`` how many there are, and nothing is changed.
        """
        ...

    def drop_probes(self, round_id: str, *, dry_run: bool) -> int:
        """Remove the probes of a round; returns how many there were (with ``dry_run``: are)."""
        ...


class Retained(msgspec.Struct, frozen=True, kw_only=True):
    """What was removed, or would be."""

    snapshots: int
    probes: int


def retain(
    periods: Periods,
    *,
    now: datetime,
    rounds: RoundRepository,
    details: DetailRepository,
    cases: RecordRepository[RectificationCase],
    dry_run: bool = False,
) -> Retained:
    """Remove what is over its period, or count it with ``dry_run``. Safe to repeat and to interrupt.

    Only bodies that pages of expired rounds show are looked at, so that what other records keep among the snapshots
    is never touched. What a case refers to stays whatever became of the finding, and so does all that rechecks
    show, since it is what a case was closed or escalated for. A body goes with the second run that finds it free,
    at least a day after the first.
    """
    closed = [round_ for round_ in every_round(rounds) if round_.state is RoundState.CLOSED]
    passing = [each for each in closed if each.kind is not RoundKind.RECHECK]
    old = [each.id for each in passing if _is_over(each, periods.snapshots_days, now)]
    told = {digest for case in every(cases) for digest in case.digests} if old else set[str]()
    snapshots, counted = 0, set[str]()
    for round_id in old:
        for digests in _batches(details, round_id):
            free = set(digests) - counted - told
            free -= details.needed(sorted(free), expired=old)
            snapshots += details.drop_snapshots(sorted(free), at=now, dry_run=dry_run)
            if dry_run:
                counted |= free  # since it is not removed, it is met again
    watched = [each for each in closed if each.monitoring and _is_over(each, periods.monitoring_probes_days, now)]
    probes = sum(details.drop_probes(each.id, dry_run=dry_run) for each in watched)
    return Retained(snapshots=snapshots, probes=probes)


def _is_over(round_: Round, days: int, now: datetime) -> bool:
    return round_.closed_at is not None and round_.closed_at + timedelta(days=days) <= now


def _batches(details: DetailRepository, round_id: str) -> Iterator[list[str]]:
    digests, after = details.snapshots_of(round_id)
    while True:
        if digests:
            yield digests
        if not after:
            return
        digests, after = details.snapshots_of(round_id, after=after)
