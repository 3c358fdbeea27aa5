"""The job of the monthly reports: fix who is late."""

import logging

from inspection.ports import Clock
from inspection.registry import regions
from inspection.workflows.fix_late_lists import fix_late_lists
from scheduler.job import Repositories
from scheduler.timetable import Due

logger = logging.getLogger(__name__)


def fix_late(stores: Repositories, clock: Clock, run: Due) -> None:
    """Fix the late list of what was due on the day before that of the run."""
    del clock
    for fixed in fix_late_lists(run.day, stores, stores.rules.monthly):
        names = "、".join(regions.full_name(each.city) for each in fixed.late) or "无"
        logger.info("%s 月报（应于 %s 前报送）迟报名单：%s", fixed.month, fixed.due, names)
