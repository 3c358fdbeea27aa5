"""What is due when."""

from datetime import UTC, datetime, time, timedelta

import pytest

from inspection.errors import InputRejected
from inspection.observation.site import CHINA
from inspection.timetable import Claim, JobState
from scheduler.config import SchedulerConfig
from scheduler.entries import parse_entries, timetable
from scheduler.jobs import jobs_of
from scheduler.rules import rules_of
from scheduler.timetable import DayOff, Due, Entry, Missed, due, next_due, start_of


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def entry(**rest) -> Entry:
    return Entry(job="a", title="甲", **{"at": time(9), **rest})


def interval(every_s: float, **rest) -> Entry:
    return entry(at=None, every_s=every_s, **rest)


def all_due(of: Entry, settled: str, now: str) -> list[tuple[str, int]]:
    """Runs that follow each other until nothing is due: (moment in China, occurrences)."""
    state, runs = JobState(id="a", settled=china(settled)), []
    while (run := due(of, state, china(now))) is not None:
        runs.append((f"{run.at.astimezone(CHINA):%m-%d %H:%M}", run.count))
        state = JobState(id="a", settled=run.at)
    return runs


@pytest.mark.parametrize(
    ("of", "settled", "now", "expected"),
    [
        (interval(60), "2026-11-20T12:00:10", "2026-11-20T12:00:59", []),
        (interval(60), "2026-11-20T12:00:10", "2026-11-20T12:01:00", [("11-20 12:01", 1)]),
        # However many were missed, one run stands for them, unless each matters.
        (interval(60), "2026-11-20T12:00:00", "2026-11-20T15:00:30", [("11-20 15:00", 180)]),
        (
            interval(3600, missed=Missed.EACH),
            "2026-11-20T12:00:00",
            "2026-11-20T14:59:00",
            [("11-20 13:00", 1), ("11-20 14:00", 1)],
        ),
        (entry(), "2026-11-20T09:00:00", "2026-11-21T08:59:59", []),
        (entry(), "2026-11-20T09:00:00", "2026-11-21T09:00:00", [("11-21 09:00", 1)]),
        (entry(), "2026-11-20T09:00:00", "2026-11-23T10:00:00", [("11-23 09:00", 3)]),
        (
            entry(missed=Missed.EACH),
            "2026-11-21T10:00:00",
            "2026-11-23T10:00:00",
            [("11-22 09:00", 1), ("11-23 09:00", 1)],
        ),
        # Saturday and Sunday are left out; 10 October 2026 is a Saturday that makes up for a holiday.
        (entry(on_day_off=DayOff.SKIP), "2026-11-20T10:00:00", "2026-11-23T10:00:00", [("11-23 09:00", 1)]),
        (entry(on_day_off=DayOff.SKIP), "2026-09-30T10:00:00", "2026-10-10T10:00:00", [("10-10 09:00", 3)]),
        (entry(weekdays=(1, 4)), "2026-11-16T10:00:00", "2026-11-23T10:00:00", [("11-23 09:00", 2)]),
        (
            entry(days_of_month=(5,), missed=Missed.EACH),
            "2026-11-20T10:00:00",
            "2027-02-05T09:00:00",
            [("12-05 09:00", 1), ("01-05 09:00", 1), ("02-05 09:00", 1)],
        ),
        # 5 April 2026 is a Sunday, and the Monday after it a holiday.
        (
            entry(days_of_month=(5,), on_day_off=DayOff.NEXT),
            "2026-04-01T00:00:00",
            "2026-04-30T00:00:00",
            [("04-07 09:00", 1)],
        ),
        (entry(days_of_month=(31,)), "2026-02-01T00:00:00", "2026-02-28T12:00:00", [("02-28 09:00", 1)]),
        # A Saturday's and a Sunday's run put off to one Monday are one, with the Monday's own.
        (
            entry(on_day_off=DayOff.NEXT, missed=Missed.EACH),
            "2026-11-20T10:00:00",
            "2026-11-23T10:00:00",
            [("11-23 09:00", 1)],
        ),
    ],
)
def test_due(of, settled, now, expected):
    assert all_due(of, settled, now) == expected


def test_a_run_that_was_put_off_behind_the_last_settled_one_is_not_lost():
    of = entry(days_of_month=(1, 8), on_day_off=DayOff.NEXT, missed=Missed.EACH)
    # 1 October 2026 is put off to the 8th, where it meets the other.
    assert all_due(of, "2026-10-07T10:00:00", "2026-10-09T00:00:00") == [("10-08 09:00", 1)]


def test_a_claimed_run_is_nobody_elses_until_its_lease_is_over_and_then_stays_the_same_run():
    at, now = china("2026-11-20T09:00:00"), china("2026-11-22T10:00:00")
    claim = Claim(at=at, first=at, count=1, by="x", started=at, until=now)
    state = JobState(id="a", settled=at - timedelta(days=1), claim=claim)
    assert due(entry(), state, now - timedelta(seconds=1)) is None
    assert due(entry(), state, now) == Due(job="a", at=at, first=at, count=1)


def test_a_job_never_seen_is_due_at_once_by_interval_and_from_now_on_by_the_calendar():
    now = china("2026-11-20T09:00:00")
    assert due(interval(60), JobState(id="a", settled=start_of(interval(60), now)), now) is not None
    later = now + timedelta(hours=1)
    assert due(entry(), JobState(id="a", settled=start_of(entry(), now)), now) is not None
    assert due(entry(), JobState(id="a", settled=start_of(entry(), later)), later) is None


def test_next_due():
    now = china("2026-11-20T12:00:30")
    state = JobState(id="a", settled=now)
    assert next_due(interval(60), state, now) == china("2026-11-20T12:01:00")
    assert next_due(entry(days_of_month=(5,)), state, now) == china("2026-12-05T09:00:00")
    assert next_due(entry(), state, china("2026-11-22T00:00:00")) == china("2026-11-22T00:00:00")


def test_the_key_of_a_run_sorts_by_time_and_names_job_and_moment():
    run = Due(job="a", at=datetime(2026, 11, 20, 18, tzinfo=UTC), first=datetime(2026, 11, 20, 18, tzinfo=UTC))
    assert run.key == "a@20261120T180000Z"
    assert str(run.day) == "2026-11-21"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("entries = 1", "entries"),
        ('[[entries]]\njob = "a"\ntitle = "x"', "须且只能写一项"),
        ('[[entries]]\njob = "a"\ntitle = "x"\nat = 09:00:00\nevery_s = 5', "须且只能写一项"),
        ('[[entries]]\njob = "a"\ntitle = "x"\nevery_s = 5\nweekdays = [1]', "只能与 at 同用"),
        ('[[entries]]\njob = "a"\ntitle = "x"\nat = 09:00:00\nweekdays = [8]', "weekdays"),
        ('[[entries]]\njob = "a"\ntitle = "x"\nat = 09:00:00\nweekdays = [1]\ndays_of_month = [1]', "只能写一项"),
        ('[[entries]]\njob = "a"\ntitle = "x"\nevery_s = 5\n' * 2, "重复"),
        ('[[entries]]\njob = "a"\ntitle = "x"\nat = 09:00:00\nwhenever = 1', "whenever"),
    ],
)
def test_a_bad_timetable_is_refused_with_what_is_wrong(text, said):
    with pytest.raises(InputRejected, match=said):
        parse_entries(text, "own.toml")


def test_every_job_is_in_the_timetable_and_pictures_where_there_is_a_browser():
    config = SchedulerConfig()
    assert {entry.job for entry in timetable(config)} == {*jobs_of(rules_of(config)), "photograph"}


def test_an_operators_entries_take_the_place_of_shipped_ones(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('[[entries]]\njob = "judge"\ntitle = "x"\nevery_s = 5', "utf-8")
    found = {entry.job: entry for entry in timetable(SchedulerConfig(timetable_file=own))}
    assert (found["judge"].every_s, found["refill"].every_s) == (5, 120)
