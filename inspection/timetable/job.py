"""Jobs of the scheduler: how far each is, who is at it, and how its runs went."""

from datetime import UTC, date, datetime
from enum import StrEnum

import msgspec

from inspection.records import Record


class JobOutcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"

    @property
    def chinese(self) -> str:
        """As tables print it."""
        return {"done": "完成", "failed": "失败"}[self.value]


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One scheduler is at a run: ``count`` occurrences from ``first`` to ``at``, joined to one run named by ``at``.

    From ``until`` on anybody may take it over: its holder was killed, or the run failed and is to be tried again then.
    ``failures`` counts how often it failed.
    """

    at: datetime
    first: datetime
    count: int
    by: str
    started: datetime
    until: datetime
    failures: int = 0


class JobState(Record, frozen=True, kw_only=True):
    """How far a job is; ``id`` is its name. Whatever was due up to ``settled`` (included) was run or given up for good.

    Being one record, changed only from the revision that was read, it lets no two schedulers claim the same run, and
    no run be settled twice. The ``last_…`` are those of the latest run that ended.
    """

    settled: datetime
    claim: Claim | None = None
    last_at: datetime | None = None
    last_finished: datetime | None = None
    last_outcome: JobOutcome | None = None
    last_detail: str = ""


class JobRun(Record, frozen=True, kw_only=True):
    """A run that has ended, of a job whose runs are kept; ``id`` is :func:`run_id`.

    It stood for ``count`` occurrences from ``first`` to ``at``.
    """

    job: str
    at: datetime
    first: datetime
    count: int
    by: str
    started: datetime
    finished: datetime
    outcome: JobOutcome
    detail: str = ""


class PlannedOpening(Record, frozen=True, kw_only=True):
    """A drawn round that is to be opened on a day; ``id`` is the round's. ``opened`` is when it was."""

    day: date
    by: str
    opened: datetime | None = None


def run_id(job: str, at: datetime) -> str:
    """The key of an occurrence: the job and the moment for which it was set. Those of one job sort by time."""
    return f"{job}@{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
