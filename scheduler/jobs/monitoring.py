"""Jobs of the daily monitoring: the rounds of the day, and the early warnings."""

import logging

from inspection.monitoring import MonitoringRules
from inspection.ports import Clock
from inspection.workflows.monitor_key_sites import close_monitoring, open_monitoring
from inspection.workflows.warn_early import tell, untold, warn_early
from scheduler.job import Job, Repositories
from scheduler.timetable import Due

logger = logging.getLogger(__name__)


def monitoring(rules: MonitoringRules) -> Job:
    """The job that opens the monitoring rounds of a day and closes those that are over."""

    def monitor(stores: Repositories, clock: Clock, run: Due) -> None:
        opened = open_monitoring(
            run.day,
            rules,
            key_sites=stores.key_sites,
            editions=stores.editions,
            sites=stores.sites,
            rounds=stores.rounds,
            inspections=stores.inspections,
            queue=stores.queue,
            clock=clock,
        )
        closed = close_monitoring(run.day, rules, rounds=stores.rounds, queue=stores.queue, clock=clock)
        if opened or closed:
            logger.info("重点监测：开始 %d 个、结束 %d 个轮次", len(opened), len(closed))

    return monitor


def warnings(rules: MonitoringRules) -> Job:
    """The job that brings the early warnings up to date and tells of each new one, in the log, once."""

    def warn(stores: Repositories, clock: Clock, run: Due) -> None:
        found = warn_early(stores, rules, at=run.at)
        for warning in list(untold(stores.early_warnings)):
            logger.warning("预警：%s（%s）%s，%s", warning.site_name, warning.code, warning.title, warning.shown)
            tell(warning, warnings=stores.early_warnings, at=clock.now())
        for warning in found.ended:
            logger.info("预警解除：%s（%s）%s，%s", warning.site_name, warning.code, warning.title, warning.end_reason)

    return warn
