"""Jobs of open rounds: find lost orders, judge, roll up, photograph."""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime

from inspection.ports import Clock, Photographer
from inspection.sampling import Round, RoundState
from inspection.workflows.judge_site import judge_round
from inspection.workflows.open_round import open_round
from inspection.workflows.photograph_vetoes import photograph_vetoes
from inspection.workflows.roll_up import roll_up
from inspection.workflows.rounds import every_round
from scheduler.job import Job, Repositories
from scheduler.timetable import Due

logger = logging.getLogger(__name__)

_PICTURES_AT_ONCE = 100
_PICTURES_FOR_S = 60.0
"""So that other jobs need not wait long."""


def judge(stores: Repositories, clock: Clock, run: Due) -> None:
    """Judge the sites of open rounds whose crawl has finished."""
    del run
    for round_ in open_rounds(stores):
        judged = judge_round(
            round_.id,
            stores.editions.get(round_.edition),
            stores,
            clock=clock,
        )
        if judged:
            logger.info("轮次 %s：新判定 %d 个网站", round_.id, judged)


def roll_up_rates(stores: Repositories, clock: Clock, run: Due) -> None:
    """Bring the pass rates of open rounds up to date."""
    del clock, run
    for round_ in open_rounds(stores):
        roll_up(
            round_.id,
            rounds=stores.rounds,
            inspections=stores.inspections,
            sites=stores.sites,
            pass_rates=stores.pass_rates,
        )


def refill(stores: Repositories, clock: Clock, run: Due) -> None:
    """Queue again what is neither finished in MongoDB nor known to the queue."""
    del run
    for round_ in all_open(stores):
        opened = open_round(
            round_.id,
            stores.editions.get(round_.edition),
            rounds=stores.rounds,
            sites=stores.sites,
            inspections=stores.inspections,
            queue=stores.queue,
            clock=clock,
        )
        if opened.submitted:
            logger.warning("轮次 %s：%d 个网站的任务曾丢失，已重新排队", round_.id, opened.submitted)


def photographs(photographer: Callable[[], Photographer], stop: Callable[[], bool]) -> Job:
    """The job that takes missing pictures of veto findings, some at a time; it ends when ``stop`` says so.

    Which sites need none is remembered from one run to the next.
    """
    settled: dict[str, dict[str, datetime | None]] = defaultdict(dict)

    def photograph(stores: Repositories, clock: Clock, run: Due) -> None:
        del clock, run
        end = time.monotonic() + _PICTURES_FOR_S
        for round_ in open_rounds(stores):
            counts = photograph_vetoes(
                round_.id,
                editions=stores.editions,
                rounds=stores.rounds,
                inspections=stores.inspections,
                observations=stores.observations,
                snapshots=stores.snapshots,
                photographer=photographer(),
                at_most=_PICTURES_AT_ONCE,
                settled=settled[round_.id],
                stop=lambda: stop() or time.monotonic() > end,
            )
            if counts.taken or counts.failed:
                logger.info("轮次 %s：否决项截图 %d 张，无法截取 %d 页", round_.id, counts.taken, counts.failed)

    return photograph


def open_rounds(stores: Repositories) -> Iterator[Round]:
    """Rounds that are open and to be judged, by id."""
    return (round_ for round_ in all_open(stores) if not round_.monitoring)


def all_open(stores: Repositories) -> Iterator[Round]:
    """Rounds that are open, by id."""
    return (round_ for round_ in every_round(stores.rounds) if round_.state is RoundState.OPEN)
