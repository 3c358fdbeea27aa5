"""Jobs of upkeep: rounds that are planned, leases that ran out, details that are past their period."""

import logging

from inspection.ports import Clock
from inspection.retention import Periods
from inspection.workflows.plan_opening import open_planned
from inspection.workflows.retain import retain
from scheduler.job import Job, Repositories
from scheduler.timetable import Due

logger = logging.getLogger(__name__)

_STALE_AFTER_S = 300.0
"""A worker that is there takes over within seconds."""


def open_rounds_due(stores: Repositories, clock: Clock, run: Due) -> None:
    """Open the drawn rounds whose day has come."""
    del run
    for opened in open_planned(
        planned=stores.planned_openings,
        editions=stores.editions,
        rounds=stores.rounds,
        sites=stores.sites,
        inspections=stores.inspections,
        queue=stores.queue,
        clock=clock,
    ):
        logger.info("轮次 %s 按计划开始：%d 个网站", opened.round.id, opened.members)


def report_stale_leases(stores: Repositories, clock: Clock, run: Due) -> None:
    """Say which rounds have work whose lease ran out and that no worker has taken over: there may be no worker."""
    del clock, run
    for each in stores.queue.stale(over_s=_STALE_AFTER_S):
        logger.warning(
            "轮次 %s：%d 个网站、%d 次探测的占用已过期而无人接手，请确认 xuncha worker 在运行",
            each.round_id,
            each.sites,
            each.probes,
        )


def retention(periods: Periods) -> Job:
    """The job that removes what is past its period."""

    def clear(stores: Repositories, clock: Clock, run: Due) -> None:
        del run
        found = retain(periods, now=clock.now(), rounds=stores.rounds, details=stores.details, cases=stores.cases)
        if found.snapshots or found.probes:
            logger.info("保存期限已过：删除快照 %d 个、重点监测探测记录 %d 条", found.snapshots, found.probes)

    return clear
