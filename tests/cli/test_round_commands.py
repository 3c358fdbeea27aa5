"""The round commands from draw to close, over stores in memory."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from typer.testing import CliRunner

from cli import review, round_judging, round_rates
from cli import round as commands
from inspection.errors import Conflict, InputRejected, NotFound, RuleBroken
from inspection.findings import Finding, FindingState
from inspection.observation import FetchOutcome, PageFacts, PageSeen
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.sampling import RoundState
from inspection.scoring import Scorecard, Verdict
from store.memory import MemoryStores
from store.registry_file import write_sites

PLAN = 'name = "小样本"\n[strata]\nby = ["province"]\n[size]\ncount = 6\n'
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def registered(number: int) -> Site:
    region = "370600" if number % 2 else "110105"
    return Site(
        code=f"{region}{number:04d}",
        name=f"第{number}局",
        url=f"http://s{number}.gov.cn/",
        category=SiteCategory.CITY_DEPARTMENT,
        region=region,
    )


@pytest.fixture
def stores(monkeypatch) -> MemoryStores:
    stores = MemoryStores()
    stores.sites.upsert([registered(n) for n in range(20)], at=NOW, source="test")
    for module in (commands, round_judging, round_rates):
        monkeypatch.setattr(module, "open_stores", lambda: stores)
    return stores


@pytest.fixture
def run(stores):
    def run_it(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(commands.app, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.output

    return run_it


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, "utf-8")
    return path


@pytest.fixture
def drawn(run, plan) -> str:
    options = ["--id", "r1", "--title", "第四季度", "--as-of", "2026-11-20", "--seed", "种子"]
    return run("draw", plan, *options, "--drill", "--probe-span", "60")


def judge_all(stores: MemoryStores, round_id: str = "r1", failing: int = 1) -> None:
    for number, member in enumerate(stores.rounds.members(round_id)):
        verdict = Verdict.FAILED if number < failing else Verdict.PASSED
        card = Scorecard(edition="2019", verdict=verdict, score=None, deducted=Decimal(0))
        stores.inspections.crawl_finished(round_id, member.code, at=NOW)
        stores.inspections.save_judgement(round_id, member.code, card, [], at=NOW)


def test_draw_prints_what_is_to_be_published(stores, drawn):
    round_ = stores.rounds.get("r1")
    assert "【演练】第四季度（r1，已抽样）" in drawn
    assert round_.registry_digest in drawn
    assert round_.sample_digest in drawn
    assert "山东省" in drawn
    assert (round_.edition, len(stores.rounds.members("r1"))) == ("2019", 6)


def test_a_seed_must_be_published_first(run, plan):
    with pytest.raises(RuleBroken, match="请先公布种子、再抽样"):
        run("draw", plan, "--id", "r1", "--title", "x")


def test_a_compressed_series_needs_a_drill(run, plan):
    with pytest.raises(RuleBroken, match="--drill"):
        run("draw", plan, "--id", "r1", "--title", "x", "--seed", "s", "--probe-span", "60")


def test_a_plan_that_cannot_be_read(run, tmp_path):
    gbk = tmp_path / "gbk.toml"
    gbk.write_bytes('name = "方案"'.encode("gbk"))
    for path, told in ((tmp_path / "nix.toml", "无法读取"), (gbk, "不是 UTF-8")):
        with pytest.raises(InputRejected, match=told):
            run("draw", path, "--id", "r1", "--title", "x", "--seed", "s")


def test_open_and_open_again(run, drawn):
    assert "样本 6 个网站，新交任务 6 个" in run("open", "r1")
    assert "新交任务 0 个" in run("open", "r1")


def test_status(run, stores, drawn):
    with pytest.raises(Conflict, match="xuncha round open r1"):
        run("status", "r1")
    run("open", "r1")
    assert "【演练】第四季度（r1，进行中）" in run("status", "r1")
    judge_all(stores)
    seen = json.loads(run("status", "r1", "--json"))
    assert seen["all"] == {"key": "", "label": "全部", "total": 6, "crawled": 6, "judged": 6}
    assert [(row["label"], row["total"]) for row in seen["provinces"]] == [("北京市", 3), ("山东省", 3)]
    assert seen["verdicts"] == {"failed": 1, "passed": 5}
    assert seen["drill"] is True
    assert "全部 6 个网站抓取完成" in run("status", "r1", "--watch")


def test_judge_rates_and_close(run, stores, drawn):
    with pytest.raises(Conflict, match="只有进行中的轮次可以判定"):
        run("judge", "r1")
    run("open", "r1")
    with pytest.raises(NotFound, match="xuncha round judge r1"):
        run("rates", "r1")
    judge_all(stores)
    assert "尚未判定 0 个" in run("judge", "r1")
    printed = run("rates", "r1")
    assert "【演练】合格率" in printed
    assert "83.3%" in printed
    [nation] = json.loads(run("rates", "r1", "--dimension", "nation", "--json"))
    assert (nation["population"], nation["sampled"], nation["passed"], nation["failed"]) == (20, 6, 5, 1)
    assert len(json.loads(run("rates", "r1", "--json"))) == 4
    assert "已结束" in run("close", "r1")
    assert stores.rounds.get("r1").state is RoundState.CLOSED


def test_rates_are_compared_with_the_round_before(run, stores, drawn, plan):
    second = ["--id", "r2", "--title", "下一季度", "--as-of", "2026-11-20", "--seed", "别的种子", "--drill"]
    run("draw", plan, *second, "--probe-span", "60")
    for round_id in ("r1", "r2"):
        run("open", round_id)
        judge_all(stores, round_id, failing=1 if round_id == "r1" else 4)
        run("judge", round_id)
    both = {member.code for member in stores.rounds.members("r1")} & {
        member.code for member in stores.rounds.members("r2")
    }
    told = run("rates", "r2", "--against", "r1")
    assert "比上期" in told
    assert "全国：比上期下降" in told
    [nation] = json.loads(run("rates", "r2", "--dimension", "nation", "--against", "r1", "--json"))
    assert nation["change"]["points"] == pytest.approx((2 / 6 - 5 / 6) * 100)
    assert nation["change"]["significant"] is None, "six sites are a small cell"
    assert both, "the statement on shared sites needs some"
    with pytest.raises(InputRejected, match="另一轮次"):
        run("rates", "r2", "--against", "r2")
    with pytest.raises(NotFound):
        run("rates", "r2", "--against", "r9")


def test_ranking(run, stores, drawn):
    run("open", "r1")
    judge_all(stores, "r1", failing=0)
    run("judge", "r1")
    told = run("ranking", "r1")
    assert "合格率 100%（0 个）：无" in told, "three sites of a province are a small cell"
    assert "合格率低于 70%（0 个）：无" in told
    assert "30.0%" in told
    parsed = json.loads(run("ranking", "r1", "--below", "90", "--json"))
    assert parsed == {"standings": {}, "full": [], "below": [], "below_percent": 90}
    with pytest.raises(NotFound):
        run("ranking", "r1", "--dimension", "department")


def test_problems_of_the_failing_sites(run, stores, drawn):
    run("open", "r1")
    judge_all(stores, "r1", failing=2)
    codes = [member.code for member in stores.rounds.members("r1")]
    for code, indicators in ((codes[0], ("N19-V2", "N19-D17")), (codes[1], ("N19-D17",)), (codes[2], ("N19-V3",))):
        findings = [
            Finding(
                id=f"{indicator:0<16}", indicator=indicator, state=FindingState.ESTABLISHED, subject="/", message="错"
            )
            for indicator in indicators
        ]
        card = stores.inspections.get("r1", code).scorecard
        stores.inspections.save_judgement("r1", code, card, findings, at=NOW)
    found = json.loads(run("problems", "r1", "--json"))
    assert found == [
        {"name": "链接不可用", "sites": 2, "share": 1.0},
        {"name": "网站无法访问", "sites": 1, "share": 0.5},
    ]
    assert "100.0%" in run("problems", "r1")


def test_close_by_force_needs_a_reason(run, stores, drawn):
    run("open", "r1")
    with pytest.raises(Conflict, match="--force"):
        run("close", "r1")
    run("close", "r1", "--force", "演练中止")
    code = stores.rounds.members("r1")[0].code
    assert stores.inspections.get("r1", code).scorecard.reasons == ("轮次提前结束时尚未判定：演练中止",)


def test_list(run, drawn):
    assert "【演练】第四季度（r1，已抽样）" in run("list")
    [listed] = json.loads(run("list", "--json"))
    assert (listed["id"], listed["state"]) == ("r1", "drawn")


def test_verify_names_the_first_difference(run, stores, drawn):
    assert "复核通过" in run("verify", "r1")
    code = stores.rounds.members("r1")[2].code
    changed = msgspec.structs.replace(stores.sites.get(code), status=SiteStatus.CLOSED)
    stores.sites.upsert([changed], at=NOW, source="later")
    told = run("verify", "r1", code=1)
    assert f"网站 {code}：登记内容已改变：状态 normal → closed" in told
    assert "样本一致" in told
    assert "复核通过" in run("verify", "r1", "--as-drawn")
    first = stores.rounds._members["r1"].pop(0)
    assert f"网站 {first.code}：应被抽中" in run("verify", "r1", "--as-drawn", code=1)
    seen = json.loads(run("verify", "r1", "--json", code=1))
    assert (seen["verified"], seen["result"]["sample"]["code"]) == (False, first.code)


def test_anyone_can_verify_offline(run, stores, drawn, tmp_path, monkeypatch):
    record, registry = tmp_path / "r1.json", tmp_path / "registry.csv"
    run("export", "r1", "--out", record)
    sites = list(stores.sites.all())
    write_sites(registry, sites)
    monkeypatch.setattr(commands, "open_stores", lambda: pytest.fail("no store may be needed"))
    assert "复核通过" in run("verify", "--manifest", record, "--registry", registry)
    write_sites(registry, sites[:-1])
    assert f"网站 {sites[-1].code}：抽样时的登记中有，现在没有" in run(
        "verify", "--manifest", record, "--registry", registry, code=1
    )
    swapped = json.loads(record.read_text("utf-8"))
    swapped["members"][0]["inclusion_probability"] = 0.5
    record.write_text(json.dumps(swapped), "utf-8")
    write_sites(registry, sites)
    told = run("verify", "--manifest", record, "--registry", registry, code=1)
    assert f"网站 {swapped['members'][0]['code']}：入样概率记录为 0.500000000000，应为 0.300000000000" in told


def test_verify_refuses_half_of_the_files_and_bad_rows(run, stores, drawn, tmp_path):
    record, registry = tmp_path / "r1.json", tmp_path / "registry.csv"
    run("export", "r1", "--out", record)
    for words in ((), ("--manifest", record), ("r1", "--registry", registry)):
        with pytest.raises(InputRejected, match="请给出轮次编号"):
            run("verify", *words)
    write_sites(registry, stores.sites.all())
    lines = registry.read_text("utf-8-sig").splitlines()
    registry.write_text("\n".join([*lines[:3], lines[3].replace("http://", "ftp://"), *lines[4:]]), "utf-8")
    with pytest.raises(InputRejected, match="有 1 行错误，无法复核；第一处在第 4 行 url"):
        run("verify", "--manifest", record, "--registry", registry)


def test_judging_by_another_edition_leaves_the_round_alone(run, stores, drawn):
    run("open", "r1")
    judge_all(stores)
    before = list(stores.inspections.verdicts("r1"))
    with pytest.raises(NotFound, match="xuncha round judge r1 --edition 2015"):
        run("compare", "r1", "2019", "2015")
    assert "重新判定 6 个网站，本轮结论不变" in run("judge", "r1", "--edition", "2015")
    assert "重新判定 0 个网站" in run("judge", "r1", "--edition", "2015")
    assert list(stores.inspections.verdicts("r1")) == before
    cards = [json.loads(line) for line in run("scorecards", "r1", "--edition", "2015").splitlines()]
    assert [card["verdict"] for card in cards] == ["not_determined"] * 6
    assert run("scorecards", "r1", "--edition", "2015") == run("scorecards", "r1", "--edition", "2015")


def test_comparing_editions_tells_which_sites_change_and_why(run, stores, drawn):
    run("open", "r1")
    judge_all(stores)
    run("judge", "r1", "--edition", "2015")
    text = run("compare", "r1", "2019", "2015")
    assert "共 6 个网站，6 个结论改变" in text
    assert "合格 → 未判定" in text
    assert "C15-V1 站点无法访问" in text
    found = json.loads(run("compare", "r1", "2019", "2015", "--json"))
    assert {(row["before"], row["after"]): row["sites"] for row in found["matrix"]} == {
        ("passed", "not_determined"): 5,
        ("failed", "not_determined"): 1,
    }


def test_a_forced_closing_is_told_by_the_round_and_its_public_record(run, stores, drawn, tmp_path):
    run("open", "r1")
    judge_all(stores)
    code = stores.rounds.members("r1")[0].code
    card = stores.inspections.get("r1", code).scorecard
    unconfirmed = msgspec.structs.replace(card, verdict=Verdict.FAILED, vetoes=("N19-V1",), provisional=True)
    stores.inspections.save_judgement("r1", code, unconfirmed, [], at=NOW)
    with pytest.raises(Conflict, match="xuncha review list r1 --vetoes"):
        run("close", "r1")
    told = "结束时 1 个网站否决项未经人工确认，均记为“未判定”；理由：复核员离岗"
    assert told in run("close", "r1", "--force", "复核员离岗")
    assert told in run("status", "r1").replace("\n", "")
    run("export", "r1", "--out", tmp_path / "r1.json")
    assert json.loads((tmp_path / "r1.json").read_bytes())["forced"] == {
        "reason": "复核员离岗",
        "unjudged": 0,
        "unconfirmed": 1,
    }


def test_a_closed_round_may_be_judged_by_another_edition(run, stores, drawn):
    run("open", "r1")
    judge_all(stores)
    run("close", "r1")
    assert "重新判定 6 个网站" in run("judge", "r1", "--edition", "2015")
    with pytest.raises(Conflict):
        run("judge", "r1")


def test_a_finding_is_reviewed_and_the_verdict_follows(run, stores, drawn, monkeypatch):
    monkeypatch.setattr(review, "open_stores", lambda: stores)

    def decide(*words: str) -> str:
        result = CliRunner().invoke(review.app, list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    def vetoes_to_review() -> list[Finding]:
        return [each for _, each in stores.inspections.findings_to_review("r1", ["N19-V1"])]

    run("open", "r1")
    code = stores.rounds.members("r1")[0].code
    url = stores.sites.get(code).url
    facts = PageFacts(charset="utf-8", title="Hacked By Nobody", text="局长信箱 办事服务")
    home = PageSeen(url=url, final_url=url, depth=0, fetched_at=NOW, outcome=FetchOutcome.OK, status=200, facts=facts)
    stores.observations.add_pages("r1", code, [home])
    stores.inspections.crawl_finished("r1", code, at=NOW)
    run("judge", "r1")
    [waiting] = vetoes_to_review()
    assert stores.inspections.get("r1", code).scorecard.provisional
    queue = json.loads(decide("list", "r1", "--json"))
    assert (queue[0]["finding"]["id"], queue[0]["kind"]) == (waiting.id, "veto")
    assert {each["kind"] for each in queue[1:]} == {"kpi"}
    assert [each["finding"]["id"] for each in json.loads(decide("list", "r1", "--vetoes", "--json"))] == [waiting.id]
    assert {
        each["finding"]["indicator"] for each in json.loads(decide("list", "r1", "--indicator", "G17-5", "--json"))
    } == {"G17-5"}
    first = decide("list", "r1", "--limit", "1")
    assert f"--after 0:{code}:{waiting.id}" in first
    rest = json.loads(decide("list", "r1", "--after", f"0:{code}:{waiting.id}", "--json"))
    assert rest == queue[1:]
    assert "待复核" in decide("show", "r1", code, waiting.id)
    with pytest.raises(NotFound):
        decide("confirm", "r1", code, "nix", "--by", "张三")
    assert "不合格（待复核） → 不合格" in decide("confirm", "r1", code, waiting.id, "--by", "张三")
    assert not stores.inspections.get("r1", code).scorecard.provisional
    assert vetoes_to_review() == []
    told = decide("dismiss", "r1", code, waiting.id, "--by", "李四", "--reason", "演练页面")
    assert "不合格 → 未判定" in told
    run("judge", "r1", "--again")
    assert stores.inspections.get("r1", code).scorecard.vetoes == ()
    trail = decide("log", "r1")
    assert all(word in trail for word in ("张三　确认", "李四　排除", "演练页面"))
    assert [each["by"] for each in json.loads(decide("log", "r1", code, "--json"))] == ["张三", "李四"]
    run("close", "r1", "--force", "演练结束")
    with pytest.raises(Conflict, match="只有进行中"):
        decide("confirm", "r1", code, waiting.id, "--by", "张三")


def test_a_finding_is_recorded_by_hand_and_withdrawn(run, stores, drawn, monkeypatch):
    monkeypatch.setattr(review, "open_stores", lambda: stores)

    def decide(*words: str) -> str:
        result = CliRunner().invoke(review.app, list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    run("open", "r1")
    code = stores.rounds.members("r1")[0].code
    stores.inspections.crawl_finished("r1", code, at=NOW)
    run("judge", "r1")
    words = ("record", "r1", code, "P-1", "--by", "张三", "--reason", "名单未脱敏", "--evidence-url", "a.gov.cn/1.html")
    told = decide(*words)
    [found] = stores.inspections.findings("r1", code, indicator="P-1")
    assert found.id in told
    assert (found.message, found.evidence[0].url) == ("名单未脱敏", "http://a.gov.cn/1.html")
    run("judge", "r1", "--again")
    assert stores.inspections.findings("r1", code, indicator="P-1") == [found]
    decide("dismiss", "r1", code, found.id, "--by", "李四", "--reason", "已处理")
    [gone] = stores.inspections.findings("r1", code, indicator="P-1")
    assert gone.state is FindingState.DISMISSED
    trail = decide("log", "r1")
    assert all(word in trail for word in ("张三　登记", "（P-1）", "李四　排除"))
    with pytest.raises(InputRejected, match="不是数字"):
        decide(*words, "--points", "很多")
