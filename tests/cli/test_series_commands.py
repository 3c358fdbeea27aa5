"""``xuncha series`` over stores in memory."""

import json
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from cli import series as commands
from inspection.errors import InputRejected
from inspection.sampling import Round, RoundState
from inspection.statistics import Dimension, PassRate
from store.memory import MemoryStores

NOW = datetime(2017, 9, 30, tzinfo=UTC)
CLOSED = Round(
    id="r3",
    title="第三季度",
    as_of=date(2017, 9, 1),
    edition="2015",
    plan="",
    seed="s",
    registry_digest="",
    sample_digest="",
    state=RoundState.CLOSED,
    drawn_at=NOW,
    closed_at=NOW,
)
RATE = PassRate(
    round_id="r3",
    dimension=Dimension.NATION,
    key="000000",
    label="全国",
    population=29431,
    sampled=500,
    passed=465,
    failed=35,
    not_determined=0,
    closed=0,
    rate=0.93,
    low=0.9,
    high=0.95,
    method="m",
    small_cell=False,
)


@pytest.fixture
def stores(monkeypatch) -> MemoryStores:
    stores = MemoryStores()
    monkeypatch.setattr(commands, "open_stores", lambda: stores)
    return stores


@pytest.fixture
def run(stores):
    def run_it(*words) -> str:
        result = CliRunner().invoke(commands.app, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return run_it


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "b1.csv"
    path.write_text("period,running_sites,state_council_sampled,state_council_pass_pct\n2017Q1,43143,469,91\n", "utf-8")
    return path


def test_import_again_and_correct(run, stores, file):
    assert "新增 1 期，更正 0 期，未变 0 期" in run("import", file)
    assert "新增 0 期，更正 0 期，未变 1 期" in run("import", file)
    file.write_text("period,state_council_pass_pct\n2017Q1,92\n2017Q2,94\n", "utf-8")
    assert "新增 1 期，更正 1 期，未变 0 期" in run("import", file)
    assert stores.series_points.find("000000:2017Q1").rate == 0.92
    assert stores.series_points.find("000000:2017Q1").revision == 1


def test_a_faulty_file_changes_nothing(run, stores, file):
    file.write_text("period\n2017Q1\n2017Q9\n", "utf-8")
    with pytest.raises(InputRejected, match="第 3 行"):
        run("import", file)
    assert stores.series_points.count() == 0


def test_list_joins_published_points_and_closed_rounds(run, stores, file):
    run("import", file)
    drill = replace(CLOSED, id="r4", as_of=date(2017, 12, 1), drill=True)
    for round_ in (CLOSED, drill, replace(CLOSED, id="r5", as_of=date(2018, 3, 1), state=RoundState.OPEN)):
        stores.rounds.add(round_, [], [])
        stores.pass_rates.replace(round_.id, [replace(RATE, round_id=round_.id)])
    points = json.loads(run("list", "--json"))
    assert [(point["period"], point["sampled"], point["rate"]) for point in points] == [
        ("2017Q1", 469, 0.91),
        ("2017Q3", 500, 0.93),
    ]
    told = run("list")
    assert "43,143" in told
    assert "93.0%" in told


def test_series_of_a_province_are_apart(run, stores, file):
    run("import", file, "--region", "370000")
    assert json.loads(run("list", "--json")) == []
    assert [point["period"] for point in json.loads(run("list", "--region", "370000", "--json"))] == ["2017Q1"]
    with pytest.raises(InputRejected, match="不存在"):
        run("list", "--region", "379999")
