"""xuncha linkage import, coverage."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from cli import linkage
from inspection.errors import InputRejected
from inspection.findings import Finding, FindingState
from inspection.linkage.carried import Carrier, carried
from inspection.observation import FetchOutcome, ItemSeen, PageFacts, PageSeen
from inspection.observation.page import ListState
from inspection.ports import Inspection
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.sampling import Round, RoundState
from inspection.scoring import Scorecard, Verdict
from inspection.workflows.linkage_shares import GroupShare
from store.memory import MemoryStores

GOOD = "国务院关于做好工作的通知,http://www.gov.cn/1.htm,2026-11-10 09:30"


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> MemoryStores:
    stores = MemoryStores()
    monkeypatch.setattr(linkage, "open_stores", lambda: stores)
    return stores


def run(path: Path, text: str, code: int = 0) -> str:
    path.write_text(text, "utf-8")
    result = CliRunner().invoke(linkage.app, ["import", str(path)], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def test_good_rows_go_in_once_and_bad_ones_are_named(stores: MemoryStores, tmp_path: Path) -> None:
    rows = ["title,url,published_at", GOOD, "短,http://www.gov.cn/2.htm,2026-11-10 09:30", f"{GOOD[:-16]}十号"]
    told = run(tmp_path / "a.csv", "\n".join(rows), code=1)
    assert "导入 1 篇，已有 0 篇，有错 2 行" in told
    assert "第 3 行" in told
    assert "第 4 行：发布时间 '十号' 无效" in told
    assert "导入 0 篇，已有 1 篇" in run(tmp_path / "a.csv", "\n".join(rows[:2]))
    [article] = stores.references.between(datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 11, 11, tzinfo=UTC))
    assert article.published_at == datetime(2026, 11, 10, 1, 30, tzinfo=UTC)


def test_missing_columns_are_named(stores: MemoryStores, tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match="published_at"):
        run(tmp_path / "a.csv", "title,url\nx,y\n")


def test_regions_of_publishers_are_read_with_or_without_zeros(stores: MemoryStores, tmp_path: Path) -> None:
    rows = [
        f"{GOOD.replace('1.htm', f'{n}.htm')},{region}" for n, region in enumerate(("", "370000", "3706", "00", "3x"))
    ]
    told = run(tmp_path / "a.csv", "\n".join(["title,url,published_at,region", *rows]), code=1)
    assert "第 6 行：行政区划 '3x' 无效" in told
    found = stores.references.between(datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 11, 11, tzinfo=UTC))
    assert sorted(article.region for article in found) == ["", "", "37", "3706"]


def test_coverage_of_a_round(stores: MemoryStores, tmp_path: Path) -> None:
    run(tmp_path / "a.csv", f"title,url,published_at\n{GOOD}")
    site = Site(
        code="3706000001",
        name="青山市",
        url="http://www.qingshan.gov.cn/",
        category=SiteCategory.CITY_PORTAL,
        region="370600",
    )
    item = ItemSeen(title="国务院关于做好工作的通知", url=None, date=date(2026, 11, 13))
    facts = PageFacts(charset="utf-8", list_items=(item,), list_state=ListState.LISTED)
    at = datetime(2026, 11, 20, tzinfo=UTC)
    home = PageSeen(url=site.url, final_url=site.url, depth=0, fetched_at=at, outcome=FetchOutcome.OK, facts=facts)
    round_ = Round(
        id="r1",
        title="演练",
        as_of=date(2026, 11, 20),
        edition="2019",
        plan="",
        seed="s",
        registry_digest="",
        sample_digest="",
        state=RoundState.OPEN,
        drawn_at=at,
    )
    stores.rounds.add(round_, (), ())
    stores.inspections.open([Inspection(round_id="r1", site=site, stratum="37", crawl_finished_at=at)])
    stores.observations.add_pages("r1", site.code, [home])
    shown = CliRunner().invoke(linkage.app, ["coverage", "r1"], catch_exceptions=False, env={"COLUMNS": "140"}).output
    assert all(word in shown for word in ("国务院关于做好工作的通知", "2026-11-10 09:30", "0.0%"))
    result = CliRunner().invoke(linkage.app, ["coverage", "r1", "--indicator", "L-3", "--json"], catch_exceptions=False)
    [line] = json.loads(result.stdout)
    assert (line["sites"], line["late"], line["in_time"], line["share"]) == (1, 1, 0, 0.0)
    for added in (1, 0):
        noted = CliRunner().invoke(linkage.app, ["note-reposts", "r1"], catch_exceptions=False).stdout
        assert f"新计入 {added} 个" in noted, "late is a repost, too; each counts once"
    assert [each.subject for each in stores.carried.page()] == ["3706000001"]


def judged_round(stores: MemoryStores, id_: str, lacking: dict[str, set[int]], sites: int) -> None:
    """A round of portals; ``lacking`` says under each indicator which of them lack something."""
    at = datetime(2017, 3, 20, tzinfo=UTC)
    round_ = Round(
        id=id_,
        title="第一季度",
        as_of=date(2017, 3, 20),
        edition="2015",
        plan="",
        seed="s",
        registry_digest="",
        sample_digest="",
        state=RoundState.OPEN,
        drawn_at=at,
    )
    stores.rounds.add(round_, (), ())
    card = Scorecard(edition="2015", verdict=Verdict.PASSED, score=Decimal(90), deducted=Decimal(10))
    for n in range(sites):
        site = Site(
            code=f"37{n % 2 + 5:02d}00{n:04d}",
            name=f"门户{n}",
            url=f"http://p{n}.gov.cn/",
            category=SiteCategory.CITY_PORTAL if n else SiteCategory.CITY_DEPARTMENT,
            region=f"37{n % 2 + 5:02d}00",
            status=SiteStatus.CLOSED if n == 5 else SiteStatus.NORMAL,
        )
        found = [
            Finding(id=f"{row}-{n}", indicator=row, state=FindingState.ESTABLISHED, subject="x", message="缺少")
            for row, numbers in lacking.items()
            if n in numbers
        ]
        if n == 4:
            found = [msgspec.structs.replace(each, state=FindingState.DISMISSED) for each in found]
        if n == sites - 1:
            found = [msgspec.structs.replace(each, state=FindingState.NOT_DETERMINED) for each in found]
        stores.inspections.open([Inspection(round_id=id_, site=site, stratum="37")])
        stores.inspections.save_judgement(id_, site.code, card, found, at=at)


def test_of_a_small_cell_no_share_is_shown(stores: MemoryStores, monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = (
        GroupShare(key=key, label=label, have=8, lack=1, unknown=0, rate=0.9, low=0.4, high=0.99, small_cell=is_small)
        for key, label, is_small in (("37", "山东省", True), ("11", "北京市", False))
    )
    monkeypatch.setattr(linkage, "linkage_shares", lambda *_, **__: [few])
    shown = CliRunner().invoke(linkage.app, ["shares", "2017Q1"], catch_exceptions=False, env={"COLUMNS": "140"}).output
    assert "不作结论" in shown
    assert "90.0%" not in shown
    monkeypatch.setattr(linkage, "linkage_shares", lambda *_, **__: [many])
    shown = CliRunner().invoke(linkage.app, ["shares", "2017Q1"], catch_exceptions=False, env={"COLUMNS": "140"}).output
    assert "90.0%" in shown
    assert "40.0%–99.0%" in shown


def test_figures_of_a_round(stores: MemoryStores, tmp_path: Path) -> None:
    """Of 23 sites one is no portal, one closed, one undetermined; of the others two lack the column, one the entry."""
    judged_round(stores, "2017Q1", {"L-1": {0, 1, 2, 4, 5, 22}, "E-1": {0, 3, 22}}, 23)
    judged_round(stores, "2016Q4", {"L-1": set(), "E-1": {1, 2, 22}}, 23)
    at = datetime(2017, 3, 15, tzinfo=UTC)
    event = "国务院总理会见中外记者"
    stores.carried.add([carried(event, Carrier.SITE, f"{n}", at, region="370600") for n in range(3)])
    stores.carried.add([carried(event, Carrier.ACCOUNT, "wechat:x", at), carried("别的", Carrier.SITE, "1", at)])
    words = ["figures", "--round", "2017Q1", "--until", "2017-03-31", "--event", event]
    result = CliRunner().invoke(linkage.app, [*words, "--before", "2016Q4", "--json"], catch_exceptions=False)
    told = json.loads(result.stdout)
    assert told["linkage"]["column_share"] == 0.9
    assert told["linkage"]["in_time_share"] is None
    assert (told["linkage"]["sites_reposting"], told["linkage"]["accounts_reposting"]) == (3, 1)
    assert told["messages"]["entry_share"] == 0.95
    assert told["messages"]["entry_change"]["points"] == pytest.approx(5)
    assert told["messages"]["entry_change"]["significant"] is False
    shown = CliRunner().invoke(linkage.app, [*words, "--before", "91%"], catch_exceptions=False).stdout
    assert "开设国务院重要政策信息专栏 90.0%" in shown
    assert "3 个网站、1 个新媒体账号" in shown
    assert "首页有找错入口 95.0%，比上期 +4.0 个百分点" in shown
    result = CliRunner().invoke(linkage.app, [*words, "--region", "3705", "--json"], catch_exceptions=False)
    told = json.loads(result.stdout)
    assert told["linkage"]["column_share"] == 0.9, "ten known portals of the city, of which one lacks the column"
    assert (told["linkage"]["sites_reposting"], told["messages"]["entry_change"]) == (0, None)
