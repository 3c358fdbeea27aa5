"""What the scheduler runs: a job is a function here and an entry of the timetable, both under one name."""

from collections.abc import Mapping

from scheduler.job import Job
from scheduler.jobs.rounds import judge, photographs, refill, roll_up_rates

JOBS: Mapping[str, Job] = {"refill": refill, "judge": judge, "roll-up": roll_up_rates}
"""The jobs that need nothing but the stores, by name."""

__all__ = ["JOBS", "photographs"]
