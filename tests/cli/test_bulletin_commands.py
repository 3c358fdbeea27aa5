"""xuncha bulletin."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import bulletin, renderers
from inspection.errors import InputRejected, RuleBroken
from inspection.offices import Office, OfficeLevel
from inspection.sampling import Round, RoundState
from inspection.statistics import Dimension, PassRate
from inspection.supervision import load_rules
from store.memory import MemoryStores

DATA = Path(__file__).parents[1] / "inspection" / "bulletin" / "published"
NATIONAL, MUNICIPAL = (str(DATA / f"{name}.json") for name in ("national-2017Q1", "municipal-2017"))


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> MemoryStores:
    stores = MemoryStores()
    monkeypatch.setattr(bulletin, "open_stores", lambda: stores)
    return stores


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(bulletin.app, list(arguments), catch_exceptions=False, env={"COLUMNS": "160"})
    assert result.exit_code == code, result.output
    return result.output


def publish(id_: str) -> str:
    run("review", id_, "--by", "乙")
    return run("publish", id_, "--by", "丙", "--without-pdf")


def test_from_draft_to_files(stores: MemoryStores, tmp_path: Path) -> None:
    told = run("draft", "b1", "--figures", NATIONAL, "--by", "甲", "--number", "国办秘函〔2017〕23号")
    assert "已起草：国务院办公厅关于2017年第一季度全国政府网站抽查情况的通报" in told
    assert "不一致" not in told
    run("files", "b1", "--out", str(tmp_path / "draft"), "--without-pdf")
    assert "草稿，不得对外发布" in (tmp_path / "draft" / "b1.html").read_text("utf-8")
    told = publish("b1")
    digests = dict(re.findall(r"(\w+)　[\d,]+ 字节　SHA-256 ([0-9a-f]{64})", told))
    assert sorted(digests) == ["docx", "html", "json"]
    run("files", "b1", "--out", str(tmp_path / "out"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["b1.docx", "b1.html", "b1.json"]
    assert (tmp_path / "out" / "b1.docx").read_bytes() == stores.snapshots.get(digests["docx"])
    assert "草稿" not in (tmp_path / "out" / "b1.html").read_text("utf-8")
    assert run("verify", "b1").count("一致") == 3


def test_the_text_and_the_steps_are_shown(stores: MemoryStores) -> None:
    run("draft", "b1", "--figures", NATIONAL, "--by", "甲")
    run("review", "b1", "--by", "乙", "--note", "同意")
    shown = run("show", "b1")
    assert "全国正在运行的政府网站43143家" in shown
    assert re.search(r"已审核　乙　同意", shown)
    assert json.loads(run("show", "b1", "--json"))["figures"]["own"]["sampled"] == 469


def test_a_conflict_is_named_at_once_and_let_stand_for_a_reason(stores: MemoryStores) -> None:
    with pytest.raises(InputRejected, match="（region，例如 460000）"):
        run("draft", "b1", "--figures", MUNICIPAL, "--by", "甲")
    told = run("draft", "b1", "--figures", MUNICIPAL, "--region", "370600", "--by", "甲")
    found = re.search(r"数据不一致 ([0-9a-f]{16})：.*总数为 60.*之和为 61", told)
    assert found is not None
    with pytest.raises(RuleBroken, match="之和为 61"):
        publish("b1")
    run("override", "b1", found[1], "--by", "丁", "--reason", "两处均计")
    assert "数据不一致" not in run("review", "b1", "--by", "乙")
    run("publish", "b1", "--by", "丙", "--without-pdf")
    assert "理由：两处均计" in run("show", "b1")


def test_another_person_reviews_unless_the_office_rules_otherwise(stores: MemoryStores) -> None:
    run("draft", "b1", "--figures", NATIONAL, "--by", "甲")
    with pytest.raises(RuleBroken, match="由甲起草，不得由本人审核"):
        run("review", "b1", "--by", "甲")
    stores.rules = load_rules({"bulletin.toml": '[review]\npersons = 1\nsource = "engineering"'})
    run("review", "b1", "--by", "甲")
    assert "已发布" in run("publish", "b1", "--by", "甲", "--without-pdf")


def test_corrections_are_listed_with_what_they_correct(stores: MemoryStores) -> None:
    run("draft", "b1", "--figures", NATIONAL, "--by", "甲")
    publish("b1")
    run("draft", "b2", "--figures", NATIONAL, "--by", "甲", "--corrects", "b1", "--reason", "有误")
    rows = {row["id"]: row for row in json.loads(run("list", "--json"))}
    assert (rows["b1"]["state"], rows["b2"]["state"], rows["b2"]["corrects"]) == ("published", "draft", "b1")
    assert [row["id"] for row in json.loads(run("list", "--state", "draft", "--json"))] == ["b2"]
    assert "b1" in run("list")
    assert "更正" not in run("show", "b1")
    publish("b2")
    assert "【本通报已由 b2 更正" in run("show", "b1")
    assert json.loads(run("show", "b1", "--json"))["corrected_by"] == "b2"
    assert {row["id"]: row["corrected_by"] for row in json.loads(run("list", "--json"))} == {"b1": "b2", "b2": ""}
    assert "已由更正" in run("list")


def test_figures_of_a_round(stores: MemoryStores) -> None:
    stores.offices.add([Office(id="gb", name="某办公厅", level=OfficeLevel.NATIONAL)])
    at = datetime(2026, 9, 30, tzinfo=UTC)
    stores.rounds.add(
        Round(
            id="r",
            title="演练",
            as_of=date(2026, 9, 30),
            edition="2019",
            plan="",
            seed="s",
            registry_digest="",
            sample_digest="",
            state=RoundState.CLOSED,
            drawn_at=at,
            drill=True,
        ),
        (),
        (),
    )
    whole = PassRate(
        round_id="r",
        dimension=Dimension.NATION,
        key="000000",
        label="全国",
        population=100,
        sampled=20,
        passed=18,
        failed=2,
        not_determined=0,
        closed=0,
        rate=0.9,
        low=0.7,
        high=0.98,
        method="m",
        small_cell=False,
    )
    stores.pass_rates.replace("r", [whole])
    options = ("--office", "gb", "--period", "2026年第三季度", "--area", "全国", "--report-by", "2026-11-02")
    assert "演练，不能发布" in run("draft", "b1", "--round", "r", *options, "--by", "甲")
    shown = run("show", "b1")
    assert "政府网站20个，发现不合格网站2个，总体合格率90%" in shown
    assert "于2026年11月2日前" in shown
    with pytest.raises(InputRejected, match="早于第一天 2026-07-01"):
        run("draft", "b1", "--round", "r", *options, "--until", "2026-06-30", "--since", "2026-07-01", "--by", "甲")
    with pytest.raises(RuleBroken, match="演练"):
        publish("b1")


def test_wrong_use_is_told(stores: MemoryStores, tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match="三者取一"):
        run("draft", "b1", "--by", "甲")
    with pytest.raises(InputRejected, match="--office、--period 和 --area"):
        run("draft", "b1", "--round", "r", "--by", "甲")
    (tmp_path / "bad.json").write_text('{"period": 1}')
    with pytest.raises(InputRejected, match="数据文件"):
        run("draft", "b1", "--figures", str(tmp_path / "bad.json"), "--by", "甲")
    misspelt = json.loads(Path(NATIONAL).read_bytes())
    misspelt["own"]["pased"] = 427
    (tmp_path / "bad.json").write_text(json.dumps(misspelt))
    with pytest.raises(InputRejected, match=r"bad\.json 无效.*own\.pased（是否为 passed）"):
        run("draft", "b1", "--figures", str(tmp_path / "bad.json"), "--by", "甲")
    (tmp_path / "bad.json").write_text("[")
    with pytest.raises(InputRejected, match=r"bad\.json 无效"):
        run("draft", "b1", "--figures", str(tmp_path / "bad.json"), "--by", "甲")
    with pytest.raises(InputRejected, match="没有写明经办人"):
        run("draft", "b1", "--figures", NATIONAL, "--by", " ")


def test_without_a_browser_the_pdf_is_refused_with_what_to_do(
    stores: MemoryStores, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(renderers, "find_chromium", lambda path: None)
    run("draft", "b1", "--figures", NATIONAL, "--by", "甲")
    with pytest.raises(InputRejected, match="--without-pdf"):
        run("files", "b1", "--out", str(tmp_path))


def test_a_changed_record_is_found_out(stores: MemoryStores, monkeypatch: pytest.MonkeyPatch) -> None:
    run("draft", "b1", "--figures", NATIONAL, "--by", "甲")
    publish("b1")
    monkeypatch.setattr(stores.snapshots, "get", lambda digest: b"other")
    assert "文件内容与摘要不符" in run("verify", "b1", code=1)
