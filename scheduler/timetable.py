"""What is due when. Pure: the present and how far a job is in, the run that is due out. Times of day are Chinese."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from inspection.observation.site import CHINA, china_day
from inspection.timetable import JobState, run_id
from inspection.workdays import is_working_day, working_day_from

_DAY = timedelta(days=1)
_LONGEST_HOLIDAY = timedelta(days=15)
"""No run is put off by more than this."""


class Missed(StrEnum):
    """What becomes of occurrences while no scheduler ran: one run for all of them, or one for each, oldest first."""

    JOIN = "join"
    EACH = "each"


class DayOff(StrEnum):
    """What becomes of an occurrence on a day on which offices do not work."""

    RUN = "run"
    SKIP = "skip"
    NEXT = "next"


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A job and when it is to run: every ``every_s`` seconds, or at a time of day (``at``).

    With ``at``: on all days, or on these ``weekdays`` (1 = Monday), or on these ``days_of_month`` (31 = the last day of
    a shorter month). A run that fails is tried again after ``retry_s`` seconds, ``tries`` times in all. ``lease_s`` is
    how long a run is left to a scheduler that gives no sign of life. ``title`` is what people see.
    """

    job: str
    title: str
    every_s: Annotated[float, msgspec.Meta(gt=0)] | None = None
    at: time | None = None
    weekdays: tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...] = ()
    days_of_month: tuple[Annotated[int, msgspec.Meta(ge=1, le=31)], ...] = ()
    on_day_off: DayOff = DayOff.RUN
    missed: Missed = Missed.JOIN
    lease_s: Annotated[float, msgspec.Meta(gt=0)] = 300.0
    tries: Annotated[int, msgspec.Meta(ge=1)] = 5
    retry_s: Annotated[float, msgspec.Meta(gt=0)] = 600.0
    source: str = ""

    @property
    def keeps_runs(self) -> bool:
        """Whether each run stays on record; what runs every few minutes leaves only its latest."""
        return self.every_s is None or self.missed is Missed.EACH

    def problem(self) -> str:
        """What is wrong with it, in Chinese; empty where nothing is."""
        if (self.every_s is None) == (self.at is None):
            return "every_s（间隔秒数）和 at（时刻）须且只能写一项"
        if self.at is None and (self.weekdays or self.days_of_month or self.on_day_off is not DayOff.RUN):
            return "weekdays、days_of_month、on_day_off 只能与 at 同用"
        if self.weekdays and self.days_of_month:
            return "weekdays 和 days_of_month 只能写一项"
        return ""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A run: ``count`` occurrences of a job from ``first`` to ``at``, joined to one that ``at`` names."""

    job: str
    at: datetime
    first: datetime
    count: int = 1

    @property
    def key(self) -> str:
        """Names the run for ever: what a job does for one key it does once, however often it is called."""
        return run_id(self.job, self.at)

    @property
    def day(self) -> date:
        """The day in China for which it was set."""
        return china_day(self.at)


def start_of(entry: Entry, now: datetime) -> datetime:
    """How far a job is that was never seen: by interval it is due at once, by the calendar from this moment on."""
    return now - timedelta(seconds=1 if entry.every_s is None else entry.every_s)


def due(entry: Entry, state: JobState, now: datetime) -> Due | None:
    """The run that is due at ``now``, None where none is or somebody is at it.

    A run that was claimed and never ended comes first, as it was claimed.
    """
    if state.claim is not None:
        claim = state.claim
        return None if now < claim.until else Due(job=entry.job, at=claim.at, first=claim.first, count=claim.count)
    return _missed(entry, state.settled, now)


def _missed(entry: Entry, settled: datetime, now: datetime) -> Due | None:
    if entry.every_s is not None:
        return _missed_intervals(entry, entry.every_s, settled, now)
    moments = list(_moments(entry, settled, now))
    if not moments:
        return None
    if entry.missed is Missed.EACH:
        return Due(job=entry.job, at=moments[0], first=moments[0])
    return Due(job=entry.job, at=moments[-1], first=moments[0], count=len(moments))


def _missed_intervals(entry: Entry, every_s: float, settled: datetime, now: datetime) -> Due | None:
    first = settled.timestamp() // every_s + 1
    last = now.timestamp() // every_s
    if last < first:
        return None
    if entry.missed is Missed.EACH:
        last = first
    begin, end = (datetime.fromtimestamp(number * every_s, UTC) for number in (first, last))
    return Due(job=entry.job, at=end, first=begin, count=int(last - first) + 1)


def _moments(entry: Entry, after: datetime, until: datetime) -> Iterator[datetime]:
    """Occurrences by the calendar, later than ``after`` and not later than ``until``, by time, each once."""
    assert entry.at is not None
    day, last, before = china_day(after), china_day(until), None
    if entry.on_day_off is DayOff.NEXT:
        day -= _LONGEST_HOLIDAY
    while day <= last:
        set_for = _set_for(entry, day)
        day += _DAY
        if set_for is None or set_for == before:
            continue
        before = set_for
        moment = datetime.combine(set_for, entry.at, CHINA).astimezone(UTC)
        if after < moment <= until:
            yield moment


def _set_for(entry: Entry, day: date) -> date | None:
    """The day on which the occurrence of a day takes place; None where there is none."""
    if entry.weekdays and day.isoweekday() not in entry.weekdays:
        return None
    if entry.days_of_month:
        length = monthrange(day.year, day.month)[1]
        if day.day not in {min(each, length) for each in entry.days_of_month}:
            return None
    if entry.on_day_off is DayOff.SKIP:
        return day if is_working_day(day) else None
    return working_day_from(day) if entry.on_day_off is DayOff.NEXT else day


def next_due(entry: Entry, state: JobState, now: datetime) -> datetime:
    """When the job is due next; ``now`` if it is already. Looks 70 days ahead, which is returned where nothing is."""
    if due(entry, state, now) is not None:
        return now
    if state.claim is not None:
        return state.claim.until
    horizon = now + 70 * _DAY
    found = _missed(msgspec.structs.replace(entry, missed=Missed.EACH), state.settled, horizon)
    return horizon if found is None else found.at
