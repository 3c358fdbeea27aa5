"""Key sites, warnings, reminders and jobs over the API."""

from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from inspection.monitoring import EarlyWarning, KeySite, WarningState
from inspection.reminders import Reminder, Stage
from inspection.timetable import Claim, JobState
from store.memory import MemoryStores

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
CODE = "3706000001"


@pytest.fixture
def client():
    stores = MemoryStores()
    for number, state in enumerate([WarningState.OPEN, WarningState.OPEN, WarningState.ENDED]):
        warning = EarlyWarning(
            id=f"w{number}",
            region="370600" if number else "110000",
            code=CODE,
            site_name="甲",
            rule="home-failures",
            title="首页打不开的比例偏高",
            state=state,
            value=0.04,
            worst=0.05,
            threshold=0.03,
            since=NOW,
            end_reason="已回落至预警线以内" if state is WarningState.ENDED else "",
        )
        stores.early_warnings.add([warning])
    stores.key_sites.add([KeySite.of(CODE, "370600", reason="重点", since=date(2026, 11, 1))])
    day = date(2026, 11, 20)
    reminder = {"kind": "opt-out", "subject": CODE, "who": "某办", "what": "某事", "due": day, "made": day}
    stores.reminders.add(
        [
            Reminder(id="r1", stage=Stage.LATE, **reminder),
            Reminder(id="r2", stage=Stage.LATE, state="told", told=NOW, told_by="张三", **reminder),
        ]
    )
    claim = Claim(at=NOW, first=NOW, count=1, by="x", started=NOW, until=NOW + timedelta(minutes=5))
    stores.job_states.add([JobState(id="judge", settled=NOW, claim=claim), JobState(id="monitor", settled=NOW)])
    with TestClient(create_app(stores)) as client:
        yield client


def ids(client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return [item.get("id") or item["job"] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/warnings", ["w0", "w1", "w2"]),
        ("/v1/warnings?state=open", ["w0", "w1"]),
        ("/v1/warnings?region=37", ["w1", "w2"]),
        ("/v1/warnings?code=1", []),
        ("/v1/key-sites?region=3706", [f"{CODE}:2026-11-01"]),
        ("/v1/reminders", ["r1", "r2"]),
        ("/v1/reminders?open_only=true", ["r1"]),
        ("/v1/reminders?kind=x", []),
        ("/v1/jobs", ["judge", "monitor"]),
    ],
)
def test_lists(client, path, expected):
    assert ids(client, path) == expected


def test_a_warning_shows_value_and_threshold(client):
    [first, *_] = client.get("/v1/warnings").json()["items"]
    shown = {name: first[name] for name in ("value", "worst", "threshold", "state", "since", "ended")}
    assert shown == {
        "value": 0.04,
        "worst": 0.05,
        "threshold": 0.03,
        "state": "open",
        "since": "2026-11-20T04:00:00Z",
        "ended": None,
    }


def test_a_warning_says_why_it_ended(client):
    reasons = [item["end_reason"] for item in client.get("/v1/warnings").json()["items"]]
    assert reasons == ["", "", "已回落至预警线以内"]


def test_lists_are_paged(client):
    page = client.get("/v1/warnings?limit=2").json()
    assert len(page["items"]) == 2
    assert ids(client, f"/v1/warnings?limit=2&cursor={page['next_cursor']}") == ["w2"]


def test_a_job_under_way_says_since_when(client):
    jobs = {job["job"]: job["running_since"] for job in client.get("/v1/jobs").json()["items"]}
    assert jobs == {"judge": "2026-11-20T04:00:00Z", "monitor": None}


@pytest.mark.parametrize("query", ["region=3", "region=37060", "state=nix", "cursor=x"])
def test_bad_conditions_are_refused(client, query):
    assert client.get(f"/v1/warnings?{query}").status_code == 422
