"""xuncha case: a reported round from the file to the ledger."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import openpyxl
import pytest
from typer.testing import CliRunner

from cli import case, case_steps
from inspection.errors import InputRejected, NotFound, RuleBroken
from inspection.rectification.ledger import HEADINGS
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.scoring import Scorecard, Verdict
from store.memory import MemoryStores
from store.sheet_file import write_sheet

CODE = "3706000001"
ID = f"city-q1:{CODE}"
ROWS = (
    "code,indicator,message,url",
    f"{CODE},N19-V3,首页一个月未更新,http://www.qingshan.gov.cn/",
    f"{CODE},N19-D17,链接打不开,",
)
BY = ("--by", "第三方")


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> MemoryStores:
    stores = MemoryStores()
    for module in (case, case_steps):
        monkeypatch.setattr(module, "open_stores", lambda: stores)
    site = Site(
        code=CODE,
        name="=青山市",
        url="http://www.qingshan.gov.cn/",
        category=SiteCategory.CITY_PORTAL,
        region="370600",
        organizer="青山市政府办",
    )
    stores.sites.upsert([site], at=datetime(2026, 1, 1, tzinfo=UTC), source="t")
    return stores


def run(*arguments: str) -> str:
    result = CliRunner().invoke(case.app, [*map(str, arguments)], catch_exceptions=False, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def opened(stores: MemoryStores, tmp_path: Path) -> str:
    file = tmp_path / "failing.csv"
    file.write_text("\n".join(ROWS), "utf-8")
    return run("open", "--round", "city-q1", "--reported", file, "--title", "某市一季度检查", *BY)


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "报告.pdf"
    path.write_bytes(b"%PDF-1.4")
    return path


def test_a_case_from_the_notice_to_the_outcome(stores: MemoryStores, opened: str, pdf: Path, tmp_path: Path) -> None:
    assert "新立案 1 件，共 1 件" in opened
    assert "首页一个月未更新" in run("notice", ID)
    run("notice", ID, "--out", tmp_path / "n.txt")
    assert "青山市政府办主要负责人" in (tmp_path / "n.txt").read_text("utf-8")
    assert "现在整改中" in run("receive", ID, "--by", "青山市政府办")
    assert "现在已报整改" in run("submit", ID, "--by", "青山市政府办", "--file", pdf)
    assert "复查轮次 recheck-city-q1-1：1 件案件，2 项问题" in run("recheck", "--round", "city-q1", "--early", *BY)
    assert "尚未判定" in run("settle", "recheck-city-q1-1", *BY)
    shown = run("show", ID)
    assert all(words in shown for words in ("N19-V3", "报告.pdf", "复查轮次 recheck-city-q1-1", "第 4 步"))
    told = run("close-site", ID, "--note", "并入省门户", "--file", pdf, *BY)
    assert all(words in told for words in ("现在关停并转", "登记状态：正常 → 关停"))
    told = run("reopen", ID, "--note", "仍在运行", *BY)
    assert all(words in told for words in ("现在整改中", "登记状态：关停 → 正常"))
    told = run("reverse", ID, "--note", "看错", "--step", "6", *BY)
    assert all(words in told for words in ("现在关停并转", "登记状态：正常 → 关停"))
    assert "〔已撤销〕" in run("show", ID)


def test_opening_again_says_which_cases_are_on_file(stores: MemoryStores, opened: str, tmp_path: Path) -> None:
    due = (date.today() + timedelta(days=60)).isoformat()
    told = run("open", "--round", "city-q1", "--reported", tmp_path / "failing.csv", "--due", due, *BY)
    assert all(words in told for words in ("新立案 0 件，共 1 件", "此前已立案 1 件，未改动", f"未采用所给期限 {due}"))


def test_what_people_saw_of_recorded_problems(stores: MemoryStores, opened: str, pdf: Path) -> None:
    run("receive", ID, "--by", "甲")
    run("submit", ID, "--by", "甲", "--file", pdf)
    run("recheck", "--round", "city-q1", "--early", *BY)
    card = Scorecard(edition="2019", verdict=Verdict.PASSED, score=Decimal(100), deducted=Decimal(0))
    stores.inspections.save_judgement("recheck-city-q1-1", CODE, card, [], at=datetime.now(UTC))
    told = run("settle", "recheck-city-q1-1", *BY)
    assert "复查中" in told
    assert told.count("人工登记的问题，须人工核实") == 2
    first, second = [problem.finding for problem in stores.cases.find(ID).problems]
    with pytest.raises(InputRejected, match="网站标识码:问题编号"):
        run("settle", "recheck-city-q1-1", "--gone", first, *BY)
    told = run("settle", "recheck-city-q1-1", "--gone", f"{CODE}:{first}", "--remains", f"{CODE}:{second}", *BY)
    assert "已升级" in told
    assert "约谈分管负责人" in run("interview", ID, "--note", "约谈分管负责人", *BY) + run("show", ID)
    with pytest.raises(RuleBroken, match="未过"):
        run("escalate", ID, "--reason", "逾期", *BY)


def test_lists_and_ledger(stores: MemoryStores, opened: str, tmp_path: Path) -> None:
    assert ID in run("list", "--state", "noticed", "--region", "3706")
    assert ID not in run("list", "--state", "closed")
    assert ID not in run("list", "--overdue")
    assert ID in run("list", "--overdue", "--day", "2099-01-01")
    assert json.loads(run("list", "--json"))[0]["problems"][0]["indicator"] == "N19-V3"
    run("ledger", "--out", tmp_path / "a.xlsx", "--round", "city-q1")
    run("ledger", "--out", tmp_path / "a.csv")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == HEADINGS
    assert rows[1][HEADINGS.index("网站名称")] == "=青山市"
    assert sheet.cell(2, HEADINGS.index("网站名称") + 1).data_type == "s"
    with (tmp_path / "a.csv").open(encoding="utf-8-sig") as file:
        assert next(csv.DictReader(file))["网站名称"] == "'=青山市"


def test_repeat_offenders(stores: MemoryStores, opened: str) -> None:
    assert "共 0 个" in run("repeat", *BY, "--round", "city-q1")
    told = run("repeat", *BY, "--round", "city-q1", "--rules", "city-example", "--look-only")
    assert "最近 1 轮检查中 1 轮不合格" in told
    assert "新列入重点监测对象 0 个" in told
    assert "新列入重点监测对象 1 个" in run("repeat", *BY, "--round", "city-q1", "--rules", "city-example")


def test_bad_files_and_names_are_refused(stores: MemoryStores, opened: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    for rows, told in (
        (("code,indicator", "x,y"), "缺少列 message、url"),
        ((ROWS[0], f"{CODE},N19-X,坏,"), "第 2 行.*没有指标 'N19-X'"),
        ((ROWS[0], f"{CODE},N19-V3,,"), "第 2 行.*message"),
    ):
        file.write_text("\n".join(rows), "utf-8")
        with pytest.raises(InputRejected, match=told):
            run("open", "--round", "r", "--reported", file, *BY)
    with pytest.raises(InputRejected, match=r"无法读取附件.*文件或目录不存在"):
        run("submit", ID, "--file", tmp_path / "none.pdf", *BY)
    with pytest.raises(NotFound, match="只有 1 份通知"):
        run("notice", ID, "--number", "2")
    with pytest.raises(NotFound, match="没有编号为 x 的整改案件"):
        run("show", "x")
    with pytest.raises(InputRejected, match=r"\.xlsx"):
        write_sheet(tmp_path / "a.txt", "t", ("a",), ())


def test_a_site_that_the_registry_has_closed_is_not_opened_by_a_case(
    stores: MemoryStores, opened: str, pdf: Path
) -> None:
    closed = msgspec.structs.replace(stores.sites.get(CODE), status=SiteStatus.CLOSED)
    stores.sites.upsert([closed], at=datetime(2026, 2, 1, tzinfo=UTC), source="登记表")
    assert "登记中原已关停，未改动" in run("close-site", ID, "--note", "并入", "--file", pdf, *BY)
    assert "登记中仍为关停" in run("reopen", ID, "--note", "仍在运行", *BY)
