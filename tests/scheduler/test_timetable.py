"""The timetable, and the loop over it."""

from datetime import UTC, datetime, timedelta

import pytest

from inspection.errors import RuleBroken, StoreUnavailable
from scheduler.config import SchedulerConfig
from scheduler.jobs import JOBS, timetable
from scheduler.loop import run_due, run_forever
from scheduler.timetable import Entry, due, next_due

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TABLE = (Entry("a", timedelta(minutes=1)), Entry("b", timedelta(minutes=5)))


@pytest.mark.parametrize(
    ("last_runs", "expected"),
    [
        ({}, ["a", "b"]),
        ({"a": 59, "b": 299}, []),
        ({"a": 60, "b": 299}, ["a"]),
        ({"a": 3600, "b": 300}, ["a", "b"]),  # however many runs were missed, each is due once
    ],
)
def test_due(last_runs, expected):
    runs = {job: NOW - timedelta(seconds=ago) for job, ago in last_runs.items()}
    assert due(TABLE, runs, NOW) == expected


def test_next_due():
    assert next_due(TABLE, {}, NOW) == NOW
    assert next_due(TABLE, {"a": NOW, "b": NOW}, NOW) == NOW + timedelta(minutes=1)


class Clock:
    def __init__(self):
        self.time = NOW

    def now(self):
        return self.time


def test_a_store_that_is_down_leaves_the_job_due_and_a_broken_job_does_not_stop_the_others():
    ran = []

    def job(name, error=None):
        def run(stores, clock):
            ran.append(name)
            if error is not None:
                raise error

        return run

    jobs = {"a": job("a", StoreUnavailable("down")), "b": job("b", RuleBroken("no"))}
    last_runs = {}
    assert run_due(None, TABLE, last_runs, Clock(), jobs) == ["a", "b"]
    assert ran == ["a", "b"]
    assert set(last_runs) == {"b"}


def test_the_loop_runs_each_job_once_per_interval_over_a_simulated_hour(monkeypatch):
    clock, ran = Clock(), []
    monkeypatch.setattr(
        "scheduler.loop.run_due", lambda stores, table, last, now, jobs: ran.extend(_note(table, last, clock))
    )

    def pause(seconds):
        clock.time += timedelta(seconds=seconds)
        return clock.time >= NOW + timedelta(hours=1)

    run_forever(None, TABLE, clock, pause)
    assert (ran.count("a"), ran.count("b")) == (60, 12)


def _note(table, last_runs, clock):
    names = due(table, last_runs, clock.now())
    last_runs.update(dict.fromkeys(names, clock.now()))
    return names


def test_every_job_is_in_the_timetable_and_pictures_where_there_is_a_browser():
    assert {entry.job for entry in timetable(SchedulerConfig())} == set(JOBS)
    assert {entry.job for entry in timetable(SchedulerConfig(), [*JOBS, "photograph"])} == {*JOBS, "photograph"}
