"""The report of extraction quality: what counts as a miss, and the reason it gives."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = """<html><head><meta charset="utf-8"><title>青山市民政局</title>
<script>var icp = "京ICP备12345678号";</script></head>
<body><ul><li><a href="/1.html">关于开展节日慰问的通知</a><span>2024-03-05</span></li>
<li><a href="/2.html">关于做好供暖工作的通知</a><span>2024-03-01</span></li></ul>
<p>本页由青山市民政局宣传科维护</p></body></html>"""


def report(folder: Path, **label: object) -> str:
    (folder / "a.html").write_text(PAGE, "utf-8")
    (folder / "labels.jsonl").write_text(json.dumps({"file": "a.html", **label}) + "\n", "utf-8")
    return run(folder).stdout


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "benchmarks/extraction_quality.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, check=False)


def test_only_labelled_fields_are_scored(tmp_path):
    shown = report(tmp_path, site_name="青山市民政局", newest_item_date="2024-03-05", charset="UTF8", list_items=2)
    assert "0 of 4 labelled values missed" in shown
    assert [line.split() for line in shown.splitlines()[1:5]] == [
        [field, "1", "1.000", "1.000"] for field in ("charset", "site_name", "newest_item_date", "list_items")
    ]


@pytest.mark.parametrize(
    ("field", "expected", "reason"),
    [
        ("site_name", None, "the page has none"),
        ("newest_item_date", "2024-03-01", "another value was taken"),
        ("organizer", "青山市民政局宣传科", "stands in the visible text, and was not recognised"),
        ("icp", "京ICP备12345678号", "stands outside the visible text"),
        ("police_record", "京公网安备11010202000001号", "does not stand in the page as it is labelled"),
        ("conac_mark", True, "not recognised"),
        ("n_links", 3, "off by -1"),
    ],
)
def test_every_miss_is_listed_with_its_reason(tmp_path, field, expected, reason):
    shown = report(tmp_path, **{field: expected})
    assert "1 of 1 labelled values missed:" in shown
    assert f"a.html {field}: expected {expected!r}" in shown
    assert reason in shown.splitlines()[-1]


def test_a_folder_without_labels_is_refused(tmp_path):
    refused = run(tmp_path)
    assert refused.returncode == 1
    assert "labels.jsonl is missing" in refused.stderr
