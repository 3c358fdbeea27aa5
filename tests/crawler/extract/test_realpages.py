"""Real pages with labels, read in place: another folder may be named by XUNCHA_REALPAGES."""

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from cli.main import app

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("XUNCHA_REALPAGES", ROOT / "../shared/realpages"))

pytestmark = pytest.mark.skipif(
    not (FOLDER / "labels.jsonl").is_file(),
    reason=f"no labelled real pages in {FOLDER}: set XUNCHA_REALPAGES to a folder with labels.jsonl",
)

AT_LEAST = 0.95
"""Precision and recall of every field."""


@pytest.fixture(scope="module")
def quality() -> ModuleType:
    spec = importlib.util.spec_from_file_location("extraction_quality", ROOT / "benchmarks/extraction_quality.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_field_is_found_as_labelled(quality: ModuleType) -> None:
    table = quality.precision_recall(list(quality.compare(FOLDER)))
    assert len(table) >= 12
    for field, (precision, recall) in table.items():
        assert precision >= AT_LEAST, field
        assert recall >= AT_LEAST, field


def test_every_page_goes_through_the_command() -> None:
    files = [json.loads(line)["file"] for line in (FOLDER / "labels.jsonl").read_text("utf-8").splitlines()]
    assert files
    for file in files:
        words = ["page", str(FOLDER / file), "--url", "http://www.example.gov.cn/", "--json"]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, file
        assert json.loads(result.stdout)["charset"], file
