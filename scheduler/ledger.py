"""Who is at which run: claims that expire, and runs settled once. Several schedulers may share it."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import msgspec

from inspection.errors import Conflict, XunchaError
from inspection.ports import Clock
from inspection.records import RecordRepository, revised
from inspection.timetable import Claim, JobOutcome, JobRun, JobState, run_id
from scheduler.timetable import Due, Entry, due, start_of

logger = logging.getLogger(__name__)


class JobLedger:
    """The runs of all jobs, as one scheduler (``by``, a name that no other has) sees and claims them.

    Each change is made in the place of what was read, so that one of two schedulers that want the same gives way.
    """

    def __init__(
        self, states: RecordRepository[JobState], runs: RecordRepository[JobRun], clock: Clock, *, by: str
    ) -> None:
        self._states = states
        self._runs = runs
        self._clock = clock
        self._by = by

    def state(self, entry: Entry) -> JobState:
        """How far a job is; one that is new is entered."""
        found = self._states.find(entry.job)
        if found is None:
            new = JobState(id=entry.job, settled=start_of(entry, self._now()))
            self._states.add([new])
            found = self._states.find(entry.job) or new
        return found

    def claim(self, entry: Entry, until: datetime) -> JobState | None:
        """Claim the run that is due by ``until``; None where there is none, or another scheduler came first."""
        state, now = self.state(entry), self._now()
        run = due(entry, state, min(until, now))
        if run is None:
            return None
        ended = None if state.claim is None else self._runs.find(run.key)
        if ended is not None:  # whoever ran it was killed before settling it
            self._settle(state, ended.outcome, ended.detail)
            return None
        claim = Claim(
            at=run.at,
            first=run.first,
            count=run.count,
            by=self._by,
            started=now,
            until=now + timedelta(seconds=entry.lease_s),
            failures=0 if state.claim is None else state.claim.failures,
        )
        return self._changed(state, claim=claim)

    def done(self, entry: Entry, state: JobState) -> None:
        """Put on record that a claimed run is done."""
        self._end(entry, state, JobOutcome.DONE, "")

    def failed(self, entry: Entry, state: JobState, reason: str, *, counts: bool = True) -> None:
        """Have a claimed run tried again later, or give it up where it has failed too often.

        With ``counts`` False it is tried again without limit: what failed is not the job but the stores.
        """
        claim = self._held(state)
        if claim is None:
            return
        failures = claim.failures + counts
        if failures >= entry.tries:
            self._end(entry, state, JobOutcome.FAILED, reason)
            return
        again = self._now() + timedelta(seconds=entry.retry_s)
        current = self._states.find(state.id) or state
        self._changed(current, claim=msgspec.structs.replace(claim, until=again, failures=failures), last_detail=reason)

    @contextmanager
    def held(self, entry: Entry, state: JobState) -> Iterator[None]:
        """Prolong a claim, from a thread of its own, for as long as the block runs."""
        over = threading.Event()
        thread = threading.Thread(target=self._prolong, args=(entry, state, over), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _prolong(self, entry: Entry, state: JobState, over: threading.Event) -> None:
        while not over.wait(entry.lease_s / 3):
            try:
                claim = self._held(state)
                current = self._states.find(state.id)
                if claim is None or current is None:
                    return
                until = self._now() + timedelta(seconds=entry.lease_s)
                self._changed(current, claim=msgspec.structs.replace(claim, until=until))
            except XunchaError as error:
                logger.warning("任务 %s 的占用未能延长：%s", entry.job, error)

    def _held(self, state: JobState) -> Claim | None:
        """The claim as it is now, while it is still the one that ``state`` shows."""
        current = self._states.find(state.id)
        now, then = (None if each is None else each.claim for each in (current, state))
        if now is None or then is None or (now.at, now.by, now.started) != (then.at, then.by, then.started):
            return None
        return now

    def _end(self, entry: Entry, state: JobState, outcome: JobOutcome, detail: str) -> None:
        claim, current = self._held(state), self._states.find(state.id)
        if claim is None or current is None:
            logger.warning("任务 %s 已被其他调度进程接管，本次结果不计", entry.job)
            return
        if entry.keeps_runs:
            self._runs.add([_run_of(entry.job, claim, self._now(), outcome, detail)])
        self._settle(current, outcome, detail)

    def _settle(self, state: JobState, outcome: JobOutcome, detail: str = "") -> None:
        assert state.claim is not None
        self._changed(
            state,
            settled=state.claim.at,
            claim=None,
            last_at=state.claim.at,
            last_finished=self._now(),
            last_outcome=outcome,
            last_detail=detail,
        )

    def _changed(self, state: JobState, **changes: object) -> JobState | None:
        """The state after a change; None where another scheduler was faster."""
        changed = revised(state, **changes)
        try:
            self._states.replace(changed)
        except Conflict:
            return None
        return changed

    def _now(self) -> datetime:
        """In whole milliseconds, as the stores keep it."""
        now = self._clock.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


def run_of_claim(state: JobState) -> Due:
    """The run that a claimed state is about."""
    assert state.claim is not None
    claim = state.claim
    return Due(job=state.id, at=claim.at, first=claim.first, count=claim.count)


def _run_of(job: str, claim: Claim, finished: datetime, outcome: JobOutcome, detail: str) -> JobRun:
    return JobRun(
        id=run_id(job, claim.at),
        job=job,
        at=claim.at,
        first=claim.first,
        count=claim.count,
        by=claim.by,
        started=claim.started,
        finished=finished,
        outcome=outcome,
        detail=detail,
    )
