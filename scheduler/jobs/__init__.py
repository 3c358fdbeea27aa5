"""What the scheduler runs: a job is a function here and an entry of the timetable, both under one name."""

from collections.abc import Mapping

from scheduler.job import Job
from scheduler.jobs.deadlines import reminders
from scheduler.jobs.monitoring import monitoring, warnings
from scheduler.jobs.monthly import fix_late
from scheduler.jobs.rechecks import rechecks, requests, settlements
from scheduler.jobs.rounds import judge, photographs, refill, roll_up_rates
from scheduler.jobs.upkeep import open_rounds_due, report_stale_leases, retention
from scheduler.rules import Rules


def jobs_of(rules: Rules) -> Mapping[str, Job]:
    """The jobs that need nothing but the stores and the rules, by name."""
    return {
        "refill": refill,
        "judge": judge,
        "roll-up": roll_up_rates,
        "monitor": monitoring(rules.monitoring),
        "warn": warnings(rules.monitoring),
        "open-rounds": open_rounds_due,
        "recheck": rechecks(rules.recheck_by),
        "settle": settlements(rules.recheck_by, rules.rectification),
        "recheck-requests": requests,
        "remind": reminders(rules.stages),
        "late-list": fix_late,
        "stale-leases": report_stale_leases,
        "retention": retention(rules.periods),
    }


__all__ = ["jobs_of", "photographs"]
