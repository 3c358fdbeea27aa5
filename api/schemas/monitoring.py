"""Shapes of the daily monitoring: key sites, early warnings, reminders, jobs."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from inspection.monitoring import EarlyWarning, KeySite, WarningState
from inspection.reminders import Reminder, Stage
from inspection.timetable import JobOutcome, JobState


class EarlyWarningOut(BaseModel):
    """A site on the way to a veto."""

    id: str
    code: str
    site_name: str
    region: str
    rule: str
    title: str = Field(description="Chinese")
    state: WarningState
    value: float = Field(description="Latest value; shares lie in 0..1")
    worst: float = Field(description="Highest value since it began")
    threshold: float = Field(description="It warns above this value")
    basis: str = Field(description="What the value rests on, in Chinese")
    since: datetime
    told: datetime | None
    ended: datetime | None
    end_reason: str = Field(description="Why it ended, in Chinese; empty while it stands")

    @classmethod
    def of(cls, warning: EarlyWarning) -> "EarlyWarningOut":
        """From the domain's value."""
        return cls(**{name: getattr(warning, name) for name in cls.model_fields})


class KeySiteOut(BaseModel):
    """A site under key monitoring."""

    id: str
    code: str
    region: str
    reason: str
    since: date
    until: date | None = Field(description="Last day; null: until further notice")
    every_min: int | None = Field(description="Minutes between two visits; null: as the rules say for its class")
    by: str

    @classmethod
    def of(cls, key: KeySite) -> "KeySiteOut":
        """From the domain's value."""
        return cls(**{name: getattr(key, name) for name in cls.model_fields})


class KeySiteIn(BaseModel):
    """A site that comes under key monitoring; of one that is, how it is watched from now on."""

    code: str = Field(max_length=10, examples=["3706000001"])
    reason: str = Field(max_length=500)
    by: str = Field(max_length=200)
    since: date | None = Field(None, description="First day; today in China by default")
    until: date | None = Field(None, description="Last day; until further notice by default")
    every_min: int | None = Field(None, description="Minutes between two visits; as the rules say by default")


class EndOfWatchIn(BaseModel):
    """That a site is watched no more."""

    by: str = Field(max_length=200, pattern=r"\S")
    last_day: date | None = Field(None, description="Today in China by default")


class ReminderOut(BaseModel):
    """Somebody is to be told that something is due."""

    id: str
    region: str
    kind: str
    subject: str = Field(description="Identity within its kind")
    who: str
    what: str
    due: date
    stage: Stage
    made: date
    told: datetime | None
    told_by: str

    @classmethod
    def of(cls, reminder: Reminder) -> "ReminderOut":
        """From the domain's value."""
        return cls(**{name: getattr(reminder, name) for name in cls.model_fields})


class JobOut(BaseModel):
    """A job of the scheduler, and how far it is."""

    job: str
    settled: datetime = Field(description="Whatever was due up to here was run or given up")
    running_since: datetime | None
    last_at: datetime | None = Field(description="The moment for which the latest run was set")
    last_finished: datetime | None
    last_outcome: JobOutcome | None
    last_detail: str

    @classmethod
    def of(cls, state: JobState) -> "JobOut":
        """From the domain's value."""
        return cls(
            job=state.id,
            settled=state.settled,
            running_since=None if state.claim is None else state.claim.started,
            last_at=state.last_at,
            last_finished=state.last_finished,
            last_outcome=state.last_outcome,
            last_detail=state.last_detail,
        )
