"""xuncha report verify: the draw by office, and how its sites are probed."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import report_verification
from inspection.offices import Office, OfficeLevel
from inspection.registry import Site, SiteCategory
from inspection.reporting.report import StatedTotals
from inspection.scoring import Scorecard, Verdict
from inspection.workflows.file_report import file_report
from inspection.workflows.import_registry import RawRow
from inspection.workflows.open_round import open_round
from store.memory import MemoryStores

NOW = datetime(2017, 4, 3, 4, tzinfo=UTC)
CITIES = {"3705": 10, "3706": 40}


class Clock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> MemoryStores:
    stores = MemoryStores()
    monkeypatch.setattr(report_verification, "open_stores", lambda: stores)
    monkeypatch.setattr(report_verification, "SystemClock", Clock)
    stores.offices.add([Office(id="sd", name="某省", level=OfficeLevel.PROVINCIAL, region="370000")])
    for city, number in CITIES.items():
        stores.offices.add([Office(id=city, name=f"{city}市", level=OfficeLevel.MUNICIPAL, region=f"{city}00")])
        codes = [f"{city}00{n:04d}" for n in range(number)]
        stores.sites.upsert(
            [
                Site(
                    code=code,
                    name=code,
                    url=f"http://{code}.cn/",
                    category=SiteCategory.CITY_DEPARTMENT,
                    region=code[:6],
                )
                for code in codes
            ],
            at=NOW,
            source="t",
        )
        rows = [RawRow(line=n, values={"code": code, "verdict": "合格"}) for n, code in enumerate(codes, 2)]
        file_report(
            rows, StatedTotals(), office_id=city, period="2017Q1", as_of=date(2017, 3, 31), by="甲", source="x.csv",
            reason="", stores=stores, clock=Clock(), rules=stores.rules.reporting,
        )  # fmt: skip
    return stores


def run(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(
        report_verification.app, [str(word) for word in words], catch_exceptions=False, env={"COLUMNS": "200"}
    )
    assert result.exit_code == code, result.output
    return result.stdout


DRAW = ("draw", "--id", "v1", "--title", "复核", "--office", "sd", "--period", "2017Q1", "--seed", "种子")
DRAW += ("--as-of", "2017-04-03", "--edition", "2015", "--drill")


def test_a_draw_by_office_probed_as_asked(stores: MemoryStores) -> None:
    probes = ("--probes", 30, "--probe-span", 60, "--vantage", "vp-a", "--vantage", "vp-b", "--page-budget", 7)
    told = run(*DRAW, *probes, "--share", "0.4")
    assert "3705市：10 个中抽取 5 个" in told
    assert "3706市：40 个中抽取 15 个" in told
    round_ = stores.rounds.get("v1")
    assert (round_.probes.count, round_.probes.span, round_.page_budget) == (30, timedelta(seconds=60), 7)
    assert round_.probes.vantages == ("vp-a", "vp-b")


def test_how_many_is_as_the_rules_say(stores: MemoryStores, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[draw]\nshare = 0.1\nmin_per_office = 2\nsource = "engineering"', "utf-8")
    told = run(*DRAW, "--rules", own)
    assert "3705市：10 个中抽取 2 个" in told
    assert "3706市：40 个中抽取 3 个" in told


def test_the_result_has_a_line_for_each_office(stores: MemoryStores) -> None:
    run(*DRAW, "--count", 20)
    open_round(
        "v1", stores.editions.get("2015"), rounds=stores.rounds, sites=stores.sites, inspections=stores.inspections,
        queue=stores.queue, clock=Clock(),
    )  # fmt: skip
    for row in list(stores.inspections.verdicts("v1")):
        verdict = Verdict.FAILED if row.code.startswith("3705") else Verdict.PASSED
        card = Scorecard(edition="2015", verdict=verdict, score=None, deducted=0, reasons=())
        stores.inspections.save_judgement("v1", row.code, card, [], at=NOW)
    told = run("result", "v1")
    cells = [[cell.strip(" *│┃") for cell in line.split("│")[1:-1]] for line in told.splitlines()]
    lines = {line[0]: line for line in cells if line}
    assert lines["3705市"][1:6] == ["10", "5", "5", "0", "0.0%"]
    assert lines["3706市"][1:6] == ["40", "15", "15", "15", "100.0%"]
    assert "按各单位结果数加权的一致率 80.0%" in told
    assert "不宜单独引用" in told
