"""The loop of the scheduler process."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from inspection.errors import StoreUnavailable, XunchaError
from inspection.ports import Clock
from scheduler.jobs import JOBS, Job, Repositories
from scheduler.timetable import Entry, due, next_due

logger = logging.getLogger(__name__)


def run_due(
    stores: Repositories,
    timetable: Sequence[Entry],
    last_runs: dict[str, datetime],
    clock: Clock,
    jobs: Mapping[str, Job] = JOBS,
) -> list[str]:
    """Run what is due and note when; returns the names. A job that fails is due again after its interval.

    A store that is down leaves the job due.
    """
    now = clock.now()
    names = due(timetable, last_runs, now)
    for name in names:
        try:
            jobs[name](stores, clock)
        except StoreUnavailable as error:
            logger.warning("任务 %s 暂缓：%s", name, error)
            continue
        except XunchaError as error:
            logger.error("任务 %s 失败：%s", name, error)
        last_runs[name] = now
    return names


def run_forever(
    stores: Repositories,
    timetable: Sequence[Entry],
    clock: Clock,
    pause: Callable[[float], bool],
    jobs: Mapping[str, Job] = JOBS,
) -> None:
    """Run jobs as they become due until ``pause`` (seconds) returns True."""
    last_runs: dict[str, datetime] = {}
    while True:
        run_due(stores, timetable, last_runs, clock, jobs)
        wait_s = (next_due(timetable, last_runs, clock.now()) - clock.now()).total_seconds()
        if pause(min(max(wait_s, 1.0), 60.0)):
            return
