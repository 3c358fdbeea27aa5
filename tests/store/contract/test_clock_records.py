"""Records of the clock over every implementation."""

from datetime import UTC, date, datetime, timedelta

import pytest

from inspection.monitoring import EarlyWarning, KeySite, WarningState
from inspection.monthly import LateCity, LateList
from inspection.reminders import Reminder, Stage
from inspection.timetable import Claim, JobOutcome, JobRun, JobState, PlannedOpening
from store.memory import MemoryStores

NOW = datetime(2026, 11, 20, 4, 5, 6, 789000, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture(params=["memory", "mongo"])
def stores(request):
    return MemoryStores() if request.param == "memory" else request.getfixturevalue("mongo_stores")


def test_each_comes_back_whole(stores):
    claim = Claim(at=NOW, first=NOW, count=2, by="x", started=NOW, until=LATER, failures=1)
    state = JobState(id="a", settled=NOW, claim=claim, last_at=NOW, last_finished=NOW, last_outcome=JobOutcome.FAILED)
    run = JobRun(
        id="a@1", job="a", at=NOW, first=NOW, count=2, by="x", started=NOW, finished=NOW, outcome=JobOutcome.DONE
    )
    key = KeySite.of("3706000001", "370600", reason="r", since=date(2026, 11, 1))
    warning = EarlyWarning(
        **{"id": "w", "region": "370600", "code": "3706000001", "site_name": "n", "rule": "r", "title": "t"},
        **{"state": WarningState.OPEN, "value": 0.04, "worst": 4.0, "threshold": 0.03, "since": NOW},
    )
    day = date(2026, 11, 20)
    reminder = Reminder(id="d", kind="k", subject="s", who="w", what="x", due=day, stage=Stage.LATE, made=day)
    plan = PlannedOpening(id="r1", day=day, by="x")
    late = LateList(
        **{"id": "2026-10:2026-11-05", "month": "2026-10", "due": day, "fixed_on": day, "cities": 2},
        late=(LateCity(city="370600", report_missing=True, missing_annexes=("370602",)),),
    )
    kinds = {
        "job_states": state,
        "job_runs": run,
        "key_sites": key,
        "early_warnings": warning,
        "reminders": reminder,
        "planned_openings": plan,
        "late_lists": late,
    }
    for kind, record in kinds.items():
        records = getattr(stores, kind)
        assert records.add([record]) == 1
        assert records.find(record.id) == record
    assert stores.job_runs.page({"job": "a"}) == [run]
    assert stores.late_lists.page({"month": "2026-10"}) == [late]
    assert stores.early_warnings.page({"code": "3706000001", "state": WarningState.OPEN, "region": "37"}) == [warning]
    assert stores.reminders.page({"kind": "k", "state": "open"}) == [reminder]
    assert stores.key_sites.page({"code": "3706000001"}) == [key]
