"""Lists of rounds leave the days of the monitoring out unless they are asked for."""

import json
from datetime import UTC, date, datetime

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from cli import round as commands
from inspection.sampling import Round, RoundState
from store.memory import MemoryStores

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
KINDS = {"2026Q4": {}, "monitor-20261120-5min": {"monitoring": True}, "recheck-2026Q4-1": {"recheck": True}}
DEFAULT = ["2026Q4", "recheck-2026Q4-1"]


@pytest.fixture
def stores():
    stores = MemoryStores()
    empty = {"plan": "", "seed": "", "registry_digest": "", "sample_digest": "", "title": "轮", "edition": "2019"}
    state = {"state": RoundState.DRAWN, "drawn_at": NOW, "as_of": date(2026, 11, 20)}
    for id_, kind in KINDS.items():
        stores.rounds.add(Round(id=id_, **empty, **state, **kind), (), ())
    return stores


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", DEFAULT),
        ("?kind=monitoring", ["monitor-20261120-5min"]),
        ("?kind=recheck", ["recheck-2026Q4-1"]),
        ("?kind=sample&kind=recheck&kind=monitoring", list(KINDS)),
    ],
)
def test_over_the_api(stores, query, expected):
    with TestClient(create_app(stores)) as client:
        items = client.get(f"/v1/rounds{query}").json()["items"]
        assert [item["id"] for item in items] == expected
        assert client.get("/v1/rounds/recheck-2026Q4-1").json()["kind"] == "recheck"
        assert client.get("/v1/rounds?kind=nix").status_code == 422


def test_on_the_command_line(stores, monkeypatch):
    monkeypatch.setattr(commands, "open_stores", lambda: stores)

    def listed(*words: str) -> str:
        return CliRunner().invoke(commands.app, ["list", *words], catch_exceptions=False).output

    assert [row["id"] for row in json.loads(listed("--json"))] == DEFAULT
    assert "【复查】" in listed()
    assert [row["id"] for row in json.loads(listed("--json", "--kind", "monitoring"))] == ["monitor-20261120-5min"]
