"""Reminders: before the due day, on it and after it, each once."""

from datetime import date

import pytest

from inspection.errors import InputRejected
from inspection.reminders import DueItem, Stage, parse_stages, reminders_for, shipped_stages
from inspection.workflows.remind import remind
from store.memory import MemoryStores


def item(**rest) -> DueItem:
    values = {"kind": "reply", "subject": "m1", "who": "某局", "what": "答复留言", "due": date(2026, 11, 23), **rest}
    return DueItem(**values)


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        (date(2026, 11, 19), None),
        (date(2026, 11, 20), Stage.BEFORE),  # a Friday, the working day before
        (date(2026, 11, 22), Stage.BEFORE),
        (date(2026, 11, 23), Stage.ON_THE_DAY),
        (date(2026, 11, 24), Stage.LATE),
        (date(2026, 12, 24), Stage.LATE),  # nobody looked for a month
    ],
)
def test_the_latest_stage_that_was_reached(day, stage):
    found = reminders_for([item()], shipped_stages(), day)
    assert [reminder.stage for reminder in found] == ([] if stage is None else [stage])


def test_monthly_reports_have_stages_of_their_own():
    monthly = item(kind="monthly-report", due=date(2026, 11, 5))
    assert reminders_for([monthly, item()], shipped_stages(), date(2026, 11, 1)) == []
    [reminder] = reminders_for([monthly, item()], shipped_stages(), date(2026, 11, 2))
    assert (reminder.kind, reminder.stage) == ("monthly-report", Stage.BEFORE)


def test_each_is_made_once_and_anew_for_another_due_day():
    stores = MemoryStores()

    def made(day, **rest):
        return remind([item(**rest)], shipped_stages(), day=day, reminders=stores.reminders)

    assert [made(date(2026, 11, day)) for day in (20, 20, 21, 23, 23, 24, 25)] == [1, 0, 0, 1, 0, 1, 0]
    assert made(date(2026, 11, 27), due=date(2026, 11, 30)) == 1
    assert stores.reminders.count({"state": "open"}) == 4


def test_bad_stages_are_refused():
    with pytest.raises(InputRejected, match=r"own\.toml"):
        parse_stages("[[stages]]\ndays = 1", "own.toml")
