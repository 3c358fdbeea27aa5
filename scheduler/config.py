"""Settings of the scheduler process."""

from pathlib import Path

from pydantic import Field

from store.config import StoreConfig


class SchedulerConfig(StoreConfig):
    """How often the jobs of open rounds are due."""

    judge_every_s: float = Field(default=60.0, gt=0, description="Seconds between judgings of finished sites")
    roll_up_every_s: float = Field(default=300.0, gt=0, description="Seconds between roll-ups of pass rates")
    photograph_every_s: float = Field(
        default=300.0, gt=0, description="Seconds between looks for veto findings that have no picture yet"
    )
    refill_every_s: float = Field(
        default=120.0, gt=0, description="Seconds between checks that no unfinished site is missing from the queue"
    )
    timetable_file: Path | None = Field(
        default=None, description="Timetable of your own (TOML): its entries replace shipped ones of the same job"
    )
    monitoring_file: Path | None = Field(
        default=None, description="Rules of monitoring and early warnings of your own (TOML); empty: the shipped ones"
    )
    reminders_file: Path | None = Field(
        default=None, description="When people are reminded of what is due (TOML); empty: the shipped stages"
    )
    retention_file: Path | None = Field(
        default=None, description="Periods of retention of your own (TOML); empty: the shipped ones"
    )
    rectification_file: Path | None = Field(
        default=None, description="Rules by which rechecks are settled (TOML); empty: the shipped national ones"
    )
    recheck_by: str = Field(
        default="",
        description="Third party in whose name due rechecks are ordered and settled; empty: by hand only",
    )
