"""The loop of the scheduler process."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from inspection.errors import StoreUnavailable, XunchaError
from inspection.ports import Clock
from scheduler.job import Job, Repositories
from scheduler.ledger import JobLedger, run_of_claim
from scheduler.timetable import Entry, next_due

logger = logging.getLogger(__name__)

_LONGEST_PAUSE_S = 60.0


class Scheduler:
    """One scheduler process (``by`` names it) over the entries of the timetable that there are jobs for.

    ``stop`` is asked between two runs.
    """

    def __init__(
        self,
        stores: Repositories,
        timetable: Sequence[Entry],
        clock: Clock,
        jobs: Mapping[str, Job],
        *,
        by: str,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._stores = stores
        self._entries = [entry for entry in timetable if entry.job in jobs]
        self._clock = clock
        self._jobs = jobs
        self._stop = stop
        self._ledger = JobLedger(stores.job_states, stores.job_runs, clock, by=by)

    def run_due(self) -> list[str]:
        """Run what is due now, also what was missed; returns the keys of the runs that are done, in their order.

        A job that fails, in whatever way, stops no other. Raises StoreUnavailable where it cannot be known what is due.
        """
        now, done, entries = self._clock.now(), list[str](), self._entries
        while entries:  # one run of each in turn, so that a job with many missed ones holds up no other
            entries = [entry for entry in entries if not self._stop() and self._run_next(entry, now, done)]
        return done

    def _run_next(self, entry: Entry, now: datetime, done: list[str]) -> bool:
        """Run the job if it was due by ``now``; returns whether it may be due once more."""
        state = self._ledger.claim(entry, now)
        if state is None:
            return False
        run = run_of_claim(state)
        try:
            with self._ledger.held(entry, state):
                self._jobs[entry.job](self._stores, self._clock, run)
        except StoreUnavailable as error:
            logger.warning("任务 %s 暂缓：%s", entry.job, error)
            self._ledger.failed(entry, state, str(error), counts=False)
            return False
        except XunchaError as error:
            logger.error("任务 %s 失败：%s", entry.job, error)
            self._ledger.failed(entry, state, str(error))
            return False
        except Exception as error:
            logger.exception("任务 %s 程序出错", entry.job)
            self._ledger.failed(entry, state, f"程序出错：{error!r}")
            return False
        self._ledger.done(entry, state)
        done.append(run.key)
        return True

    def run_forever(self, pause: Callable[[float], bool]) -> None:
        """Run jobs as they become due until ``pause`` (seconds) returns True."""
        while True:
            wait_s = _LONGEST_PAUSE_S
            try:
                self.run_due()
                wait_s = self._until_next_s()
            except StoreUnavailable as error:
                logger.warning("调度暂停：%s", error)
            if pause(min(max(wait_s, 1.0), _LONGEST_PAUSE_S)):
                return

    def _until_next_s(self) -> float:
        """Seconds until something is due."""
        now = self._clock.now()
        times = [next_due(entry, self._ledger.state(entry), now) for entry in self._entries]
        return (min(times, default=now) - now).total_seconds()
