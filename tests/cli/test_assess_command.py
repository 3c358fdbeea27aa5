"""xuncha assess: a table of deductions, on the screen and as a file."""

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from cli import assess
from inspection.errors import InputRejected
from inspection.offices import Office, OfficeLevel
from inspection.workflows.fix_late_lists import fix_late_list_of
from store.memory import MemoryStores

PERIOD = ("--from", "2017-02-01", "--to", "2017-02-28")
EVENTS = "unit,rule,day,reference,note\n甲区,late-reply,2017-02-10,留言7,迟了三天\n"


@pytest.fixture
def stores() -> MemoryStores:
    return MemoryStores()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stores: MemoryStores):
    monkeypatch.setattr(assess, "open_stores", lambda: stores)
    app = typer.Typer()
    app.command()(assess.assess)
    (tmp_path / "events.csv").write_text(EVENTS, "utf-8")

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(
            app, [*PERIOD, *map(str, arguments)], catch_exceptions=False, env={"COLUMNS": "160"}
        )
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def test_points_with_what_they_rest_on(run, tmp_path):
    told = run("--events", tmp_path / "events.csv")
    assert all(
        words in told for words in ("甲区", "0.5", "留言7", "迟了三天", "分值待核的规则", "late-reply（工程默认值")
    )
    [unit] = json.loads(run("--events", tmp_path / "events.csv", "--json"))
    assert (unit["unit"], unit["lines"][0]["event"]["reference"]) == ("甲区", "留言7")
    run("--events", tmp_path / "events.csv", "--out", tmp_path / "a.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows(values_only=True))
    assert rows[1][:6] == ("甲区", 0.5, "late-reply", "网民留言逾期答复", 0.5, "2017-02-10")


def test_rules_that_count_only_what_is_handed_in_are_named(run):
    told = run("--rules", "annual")
    assert "只计用 --events 报入的事件：all-on-one-platform（" in told
    assert "message-unhandled" not in told
    assert "没有自动来源" not in run()


def test_months_whose_late_list_is_not_fixed_are_named(run, stores):
    stores.offices.add([Office(id="qs", name="青山市办", level=OfficeLevel.MUNICIPAL, region="370600")])
    assert "未计分的月报：2017-01；" in run()
    fix_late_list_of("2017-01", date(2017, 2, 6), stores, stores.rules.monthly)
    told = run()
    assert "青山市办" in told
    assert "未计分" not in told


def test_own_rules_and_bad_events(run, tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        'id="o"\nname="自定"\n[[rules]]\nid="late-reply"\nname="迟答"\npoints=7\nsource="found"\nclause="x"\n', "utf-8"
    )
    assert "7　迟答" in run("--rules", file, "--events", tmp_path / "events.csv")
    for text, told in (
        ("unit,rule\n", "缺少列 day"),
        (EVENTS.replace("2017-02-10", "二月"), "第 2 行.*二月"),
    ):
        (tmp_path / "bad.csv").write_text(text, "utf-8")
        with pytest.raises(InputRejected, match=told):
            run("--events", tmp_path / "bad.csv")
