"""xuncha standard: what users see of the editions."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.standard import app
from inspection.errors import InputRejected

OWN = """
id = "2019"
extends = "2019"

[changes.N19-D21]
points = 5
source = "found"
"""


def run(*words: str, **environment: str) -> str:
    result = CliRunner(env={"COLUMNS": "240", **environment}).invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    return tmp_path


def test_list_names_all_editions_and_their_files(own: Path) -> None:
    text = run("list", XUNCHA_STANDARD_DIR=str(own))
    assert all(word in text for word in ("2015.toml", "own.toml", "国办发〔2015〕15号"))


@pytest.mark.parametrize("edition", ["2015", "2019"])
def test_show_marks_what_is_not_verified(edition: str) -> None:
    rows = {row["id"]: row for row in json.loads(run("show", edition, "--json"))["indicators"]}
    text = run("show", edition)
    for id_, row in rows.items():
        (line,) = [line for line in text.splitlines() if f"│ {id_} " in line]
        assert ("待核" in line) is (row["source"] != "found"), id_


def test_show_prints_the_pass_rule_and_clauses() -> None:
    text = run("show", "2015", "--clauses")
    assert "C15-Σ 合格线" in text
    assert "未注明信息发布时间的视为" in text


def test_diff_of_the_shipped_editions_pairs_what_corresponds() -> None:
    found = json.loads(run("diff", "2015", "2019", "--json"))
    pairs = {tuple(row["id"] for row in each["before"]): each["after"] for each in found}
    assert [row["id"] for row in pairs["C15-V3a", "C15-V3b", "C15-V3c"]] == ["N19-V4"]
    assert "＋ N19-D21 IPv6改造" in run("diff", "2015", "2019")


def test_diff_of_an_edition_with_itself_is_empty() -> None:
    assert "没有差异" in run("diff", "2019", "2019")


def test_an_own_file_confirms_a_number(own: Path) -> None:
    row = next(
        row
        for row in json.loads(run("show", "2019", "--json", XUNCHA_STANDARD_DIR=str(own)))["indicators"]
        if row["id"] == "N19-D21"
    )
    assert (row["points"], row["source"]) == (5, "found")


def test_validate_tells_what_is_wrong_and_where(own: Path) -> None:
    assert "own.toml：无误" in run("validate", str(own / "own.toml"))
    (own / "own.toml").write_text(OWN.replace("points = 5", "pionts = 5"), "utf-8")
    with pytest.raises(InputRejected, match=r"own\.toml.*pionts"):
        CliRunner().invoke(app, ["validate", str(own / "own.toml")], catch_exceptions=False)


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match="XUNCHA_STANDARD_DIR"):
        CliRunner(env={"XUNCHA_STANDARD_DIR": str(tmp_path / "none")}).invoke(app, ["list"], catch_exceptions=False)
