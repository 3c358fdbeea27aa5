"""xuncha office, report, selfcheck."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from cli import office, report, report_verification, selfcheck
from inspection.errors import Conflict, InputRejected, NotFound, RuleBroken
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.scoring import Scorecard, Verdict
from inspection.supervision import load_rules
from inspection.workflows.open_round import open_round
from store.memory import MemoryStores

AT = datetime(2017, 4, 3, 4, tzinfo=UTC)
OFFICES = """\
id,name,level,region,department,parent
guoban,国务院办公厅,national,000000,,
sd,山东省政府办公厅,provincial,370000,,guoban
yt,青山市政府办公室,municipal,370600,,sd
zf,芝罘区政府办公室,county,370602,,yt
"""


class FixedClock:
    """A present that stands still."""

    def now(self) -> datetime:
        return AT


def site(n: int) -> Site:
    return Site(
        code=f"370600{n:04d}",
        name=f"第{n}局",
        url=f"http://s{n}.gov.cn/",
        category=SiteCategory.CITY_DEPARTMENT,
        region="370602" if n < 4 else "370600",
        organizer=f"主办{n}",
        status=SiteStatus.CLOSED if n == 11 else SiteStatus.NORMAL,
    )


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MemoryStores:
    """Twelve sites, one of them closed, and four offices, which the command has imported."""
    stores = MemoryStores()
    for module in (office, report, report_verification, selfcheck):
        monkeypatch.setattr(module, "open_stores", lambda: stores)
    for module in (report, report_verification, selfcheck):
        monkeypatch.setattr(module, "SystemClock", FixedClock)
    stores.sites.upsert([site(n) for n in range(12)], at=AT, source="a.csv")
    assert "新增 4，变更 0，无变化 0，错误行 0" in run(office.app, "import", csv(tmp_path / "offices.csv", OFFICES))
    return stores


def csv(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def run(app: typer.Typer, *words: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False, env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    return result.stdout


def as_json(app: typer.Typer, *words: object) -> Any:
    return json.loads(run(app, *words, "--json"))


def results(path: Path, verdicts: dict[int, str]) -> Path:
    rows = [f"370600{n:04d},{verdict},死链；空白栏目,2017-03-20" for n, verdict in verdicts.items()]
    return csv(path, "\n".join(["code,verdict,problems,inspected_on", *rows]))


# office


def test_offices_are_brought_up_to_date_and_bad_rows_named(stores: MemoryStores, tmp_path: Path) -> None:
    changed = (
        OFFICES.replace("芝罘区政府办公室", "芝罘区政府办")
        + "x,某办,county,370600,,yt\ny,某办,provincial,440000,,nix\n"
    )
    told = run(office.app, "import", csv(tmp_path / "b.csv", changed), code=3)
    assert "新增 0，变更 1，无变化 3，错误行 2" in told
    assert "第 6 行" in told
    assert "第 7 行" in told
    stored = stores.offices.find("zf")
    assert stored is not None
    assert stored.name == "芝罘区政府办"


def test_offices_are_listed_by_region_and_level(stores: MemoryStores) -> None:
    assert [row["id"] for row in as_json(office.app, "list", "--region", "3706")] == ["yt", "zf"]
    assert [row["id"] for row in as_json(office.app, "list", "--level", "provincial")] == ["sd"]
    shown = run(office.app, "list")
    assert all(words in shown for words in ("国务院办公厅", "全国", "省级", "山东省烟台市芝罘区"))


# report


def file(path: Path, *rest: object, code: int = 0, office_id: str = "yt") -> str:
    words = ("import", path, "--office", office_id, "--period", "2017Q1", "--by", "甲", "--as-of", "2017-03-31")
    return run(report.app, *words, *rest, code=code)


def verdicts(passed: int, failed: int = 0) -> dict[int, str]:
    return {n: "合格" if n < passed else "不合格" for n in range(passed + failed)}


def test_a_report_is_held_against_its_rows_and_corrected_with_a_reason(stores: MemoryStores, tmp_path: Path) -> None:
    first = results(tmp_path / "a.csv", verdicts(8))
    with pytest.raises(InputRejected, match="报表与明细不符：报表合格 7 个，明细中有 8 个"):
        file(first, "--passed", "7")
    told = file(first, "--sampled", "8")
    assert "在运行 11，抽查 8，合格 8，不合格 0，未判定 0，关停 0，合格率 100.0%（附明细）" in told
    second = results(tmp_path / "b.csv", verdicts(7, 1))
    with pytest.raises(InputRejected, match="--reason"):
        file(second)
    assert "合格率 87.5%（附明细，第 2 次报送）" in file(second, "--reason", "漏报")
    [kept] = as_json(report.app, "list", "--period", "2017Q1")
    assert [(each["totals"]["failed"], each["source"]) for each in kept["filings"]] == [(0, "a.csv"), (1, "b.csv")]


def test_one_bad_row_and_nothing_of_a_report_is_stored(stores: MemoryStores, tmp_path: Path) -> None:
    rows = {0: "合格", 1: "尚可", 99: "合格"}
    told = file(results(tmp_path / "a.csv", rows), code=3)
    assert "第 3 行" in told
    assert "第 4 行" in told
    assert as_json(report.app, "list") == []
    assert "管辖范围" in file(results(tmp_path / "b.csv", {9: "合格"}), office_id="zf", code=3)


def test_totals_alone_are_taken_too(stores: MemoryStores) -> None:
    words = ("import", "--office", "sd", "--period", "2017Q1", "--by", "甲", "--running", "100", "--sampled", "20")
    told = run(report.app, *words, "--passed", "17", "--failed", "2", "--not-determined", "1")
    assert "抽查 20，合格 17，不合格 2，未判定 1，关停 0，合格率 89.5%（只报总数）" in told
    with pytest.raises(InputRejected, match="之和与抽查数不符"):
        run(report.app, *words, "--passed", "17", "--failed", "2", "--reason", "改")
    table = run(report.app, "list", "--office", "sd")
    assert all(words in table for words in ("山东省政府办公厅", "89.5%", "2017Q1"))


def test_what_a_province_and_its_city_report_is_added_up_once(stores: MemoryStores, tmp_path: Path) -> None:
    file(results(tmp_path / "a.csv", verdicts(8)))
    file(results(tmp_path / "b.csv", verdicts(6, 4)), office_id="sd")
    words = ("sum", "--period", "2017Q1", "--office")
    told = run(report.app, *words, "guoban", "--running", "100")
    assert "1 个地区单位和 0 个国务院部门报送 2017Q1 结果" in told
    assert "抽查 10，合格 6，不合格 4" in told
    assert "占在运行网站 10.0%" in told
    assert "合格率低于 70%：山东" in told
    below = as_json(report.app, *words, "sd")["sample"]
    assert (below["sampled"], below["rate"], below["below"]) == (8, 1.0, [])
    with pytest.raises(NotFound, match="没有单位报送"):
        run(report.app, "sum", "--period", "2017Q2", "--office", "sd")


def draw(*rest: object) -> str:
    words = ("--id", "v1", "--title", "抽样复核", "--office", "guoban", "--period", "2017Q1", "--as-of", "2017-04-03")
    return run(report.app, "verify", "draw", *words, *rest)


def judge(stores: MemoryStores, found: dict[int, Verdict]) -> None:
    """The round of the verification, as far as it is."""
    open_round(
        "v1",
        stores.editions.get(stores.rounds.get("v1").edition),
        rounds=stores.rounds,
        sites=stores.sites,
        inspections=stores.inspections,
        queue=stores.queue,
        clock=FixedClock(),
    )
    for n, verdict in found.items():
        card = Scorecard(edition="2015", verdict=verdict, score=None, deducted=Decimal(0))
        stores.inspections.save_judgement("v1", f"370600{n:04d}", card, [], at=AT)


def test_reported_results_are_drawn_and_compared(stores: MemoryStores, tmp_path: Path) -> None:
    file(results(tmp_path / "a.csv", {**verdicts(8, 2), 10: "未判定"}))
    with pytest.raises(RuleBroken, match="缺少 --seed"):
        draw("--count", "10")
    told = draw("--count", "10", "--seed", "公开数字")
    assert "1 份上报明细中有 10 个已有结论的结果（另有未判定 1 个），抽取 10 个" in told
    assert "种子：公开数字" in told
    with pytest.raises(Conflict):
        draw("--count", "10", "--seed", "公开数字")
    judge(stores, {**dict.fromkeys(range(1, 8), Verdict.PASSED), 0: Verdict.FAILED, 8: Verdict.FAILED})
    told = run(report.app, "verify", "result", "v1")
    assert "不一致：3706000000　上报合格，复核不合格　上报的问题：死链；空白栏目" in told
    assert "尚无复核结论 1，上报时未判定（不参加抽取）1" in told
    assert "Kappa 系数：0.6" in told
    found = as_json(report.app, "verify", "result", "v1")
    assert (found["compared"], found["agreed"], found["pending"]) == (9, 8, 1)
    assert found["statement"]["holds"] is False
    assert {"reported": "passed", "found": "failed", "results": 1} in found["matrix"]


def test_a_statement_that_holds_stands_beside_the_sum(stores: MemoryStores, tmp_path: Path) -> None:
    file(results(tmp_path / "a.csv", verdicts(8, 2)))
    draw("--share", "1", "--seed", "公开数字")
    judge(stores, {n: Verdict.PASSED if n < 8 else Verdict.FAILED for n in range(10)})
    assert "整体真实准确" in run(report.app, "verify", "result", "v1")
    summed = ("sum", "--period", "2017Q1", "--office", "guoban")
    assert "整体真实准确" in run(report.app, *summed, "--verification", "v1")
    assert "整体真实准确" not in run(report.app, *summed)
    assert "合格率低于 95%" not in run(report.app, *summed)
    stores.rules = load_rules({"reporting.toml": '[named_below]\nrate = 0.95\nsource = "engineering"'})
    assert "合格率低于 95%" in run(report.app, *summed)
    with pytest.raises(InputRejected, match=r"写成小数"):
        run(
            report.app,
            "verify",
            "draw",
            "--id",
            "v2",
            "--title",
            "x",
            "--office",
            "guoban",
            "--period",
            "2017Q1",
            "--seed",
            "s",
            "--share",
            "一半",
        )


# selfcheck


def check(path: Path, scan: Path, *rest: object, office_id: str = "zf", code: int = 0) -> str:
    words = ("--office", office_id, "--period", "2017Q1", "--signatory", "李局长", "--scan", scan, "--by", "甲")
    return run(selfcheck.app, "import", path, *words, "--signed-on", "2017-03-31", *rest, code=code)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "form.pdf"
    path.write_bytes(b"%PDF-1.4 stamped")
    return path


def test_a_signed_form_is_kept_with_its_scan(stores: MemoryStores, tmp_path: Path, scan: Path) -> None:
    table = results(tmp_path / "a.csv", {0: "合格", 1: "不合格"})
    for _ in range(2):
        told = check(table, scan)
        assert "已收 2 个网站的自查结果，李局长于 2017-03-31 签字" in told
    [kept] = stores.self_checks.page()
    assert f"扫描件 PDF，16 字节，SHA-256 {kept.scan.digest}" in told
    assert stores.snapshots.get(kept.scan.digest) == b"%PDF-1.4 stamped"


def test_results_may_come_from_excel(stores: MemoryStores, tmp_path: Path, scan: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["code", "verdict", "inspected_on"], [3706000000, "合格", datetime(2017, 3, 20)]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    assert "已收 1 个网站" in check(tmp_path / "a.xlsx", scan)
    [kept] = stores.self_checks.page()
    assert kept.results[0].inspected_on == date(2017, 3, 20)


def test_a_form_is_refused_whole(stores: MemoryStores, tmp_path: Path, scan: Path) -> None:
    good = results(tmp_path / "a.csv", {0: "合格"})
    (tmp_path / "form.gif").write_bytes(b"GIF89a")
    for path, told in ((tmp_path / "form.gif", "不是 PDF"), (tmp_path / "nothing.pdf", "无法读取扫描件")):
        with pytest.raises(InputRejected, match=told):
            check(good, path)
    with pytest.raises(InputRejected, match="签字"):
        check(good, scan, "--signatory", " ")
    assert "第 3 行" in check(results(tmp_path / "b.csv", {0: "合格", 9: "合格"}), scan, code=3)
    assert stores.self_checks.page() == []


def test_sites_without_a_result_are_listed(stores: MemoryStores, tmp_path: Path, scan: Path) -> None:
    check(results(tmp_path / "a.csv", {0: "合格", 1: "不合格"}), scan)
    words = ("status", "--period", "2017Q1", "--office")
    told = run(selfcheck.app, *words, "yt")
    assert "应自查 11 个，已报 2 个（合格 1，不合格 1）" in told
    assert "缺：3706000002　第2局　主办2" in told
    found = as_json(selfcheck.app, *words, "zf")
    assert (found["sites"], [row["code"] for row in found["missing"]]) == (4, ["3706000002", "3706000003"])
