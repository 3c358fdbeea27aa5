"""What is due when. Pure: the present and the last runs in, the jobs due out."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec


class Entry(msgspec.Struct, frozen=True):
    """A job and how often it is to run."""

    job: str
    every: timedelta


def due(timetable: Sequence[Entry], last_runs: Mapping[str, datetime], now: datetime) -> list[str]:
    """Jobs due at ``now``, in the timetable's order: never run, or last run an interval ago or longer.

    However many intervals were missed, a job is due once.
    """
    return [entry.job for entry in timetable if _is_due(entry, last_runs.get(entry.job), now)]


def _is_due(entry: Entry, last_run: datetime | None, now: datetime) -> bool:
    return last_run is None or now - last_run >= entry.every


def next_due(timetable: Sequence[Entry], last_runs: Mapping[str, datetime], now: datetime) -> datetime:
    """When something will be due next; ``now`` if something is already."""
    times = [last_runs[entry.job] + entry.every if entry.job in last_runs else now for entry in timetable]
    return max(now, min(times, default=now))
