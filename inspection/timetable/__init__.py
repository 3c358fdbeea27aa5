"""When regular work was done: what the scheduler keeps about its jobs."""

from inspection.timetable.job import Claim, JobOutcome, JobRun, JobState, PlannedOpening, run_id

__all__ = ["Claim", "JobOutcome", "JobRun", "JobState", "PlannedOpening", "run_id"]
