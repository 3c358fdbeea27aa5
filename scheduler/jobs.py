"""What the scheduler runs: one function per job, each safe to repeat and to interrupt."""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta

from inspection.ports import Clock, Photographer
from inspection.sampling import Round, RoundState
from inspection.workflows.judge_site import judge_round
from inspection.workflows.open_round import open_round
from inspection.workflows.photograph_vetoes import photograph_vetoes
from inspection.workflows.roll_up import roll_up
from scheduler.config import SchedulerConfig
from scheduler.timetable import Entry
from store.memory import MemoryStores
from store.stores import Stores

logger = logging.getLogger(__name__)

Repositories = Stores | MemoryStores
Job = Callable[[Repositories, Clock], None]

_PAGE = 100
_PICTURES_AT_ONCE = 100
_PICTURES_FOR_S = 60.0
"""So that other jobs need not wait long."""


def judge(stores: Repositories, clock: Clock) -> None:
    """Judge the sites of open rounds whose crawl has finished."""
    for round_ in open_rounds(stores):
        judged = judge_round(
            round_.id,
            stores.editions.get(round_.edition),
            stores,
            clock=clock,
        )
        if judged:
            logger.info("轮次 %s：新判定 %d 个网站", round_.id, judged)


def roll_up_rates(stores: Repositories, clock: Clock) -> None:
    """Bring the pass rates of open rounds up to date."""
    del clock
    for round_ in open_rounds(stores):
        roll_up(
            round_.id,
            rounds=stores.rounds,
            inspections=stores.inspections,
            sites=stores.sites,
            pass_rates=stores.pass_rates,
        )


def refill(stores: Repositories, clock: Clock) -> None:
    """Queue again what is neither finished in MongoDB nor known to the queue."""
    for round_ in open_rounds(stores):
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

    def photograph(stores: Repositories, clock: Clock) -> None:
        del clock
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


JOBS: Mapping[str, Job] = {"refill": refill, "judge": judge, "roll-up": roll_up_rates}
"""The jobs that need nothing but the stores, by name."""


def timetable(config: SchedulerConfig, jobs: Collection[str] = JOBS.keys()) -> tuple[Entry, ...]:
    """When each of the jobs is to run."""
    entries = (
        Entry("refill", timedelta(seconds=config.refill_every_s)),
        Entry("judge", timedelta(seconds=config.judge_every_s)),
        Entry("roll-up", timedelta(seconds=config.roll_up_every_s)),
        Entry("photograph", timedelta(seconds=config.photograph_every_s)),
    )
    return tuple(entry for entry in entries if entry.job in jobs)


def open_rounds(stores: Repositories) -> Iterator[Round]:
    """Rounds that are open, by id."""
    after = ""
    while rounds := stores.rounds.page(after=after, limit=_PAGE):
        yield from (round_ for round_ in rounds if round_.state is RoundState.OPEN)
        after = rounds[-1].id
