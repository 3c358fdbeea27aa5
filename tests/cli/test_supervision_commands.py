"""xuncha messages, accounts, accountability, monthly."""

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from cli import accountability, accounts, linkage, messages, monthly
from inspection.errors import Conflict, InputRejected, NotFound
from inspection.observation.site import CHINA
from inspection.offices import Office, OfficeLevel
from inspection.registry import Site, SiteCategory
from store.memory import MemoryStores


class FixedClock:
    """A present that tests set."""

    moment = datetime(2017, 3, 27, 9, tzinfo=CHINA)

    def now(self) -> datetime:
        return self.moment


def site(code: str, url: str) -> Site:
    return Site(code=code, name="某网站", url=url, category=SiteCategory.CITY_DEPARTMENT, region=code[:6])


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> MemoryStores:
    stores = MemoryStores()
    for module in (messages, accounts, accountability, monthly, linkage):
        monkeypatch.setattr(module, "open_stores", lambda: stores)
    for module in (messages, monthly):
        monkeypatch.setattr(module, "SystemClock", FixedClock)
    at = FixedClock.moment
    sites = [site("3705000001", "http://www.dy.gov.cn/"), site("3706000001", "http://www.yantai.gov.cn/")]
    stores.sites.upsert(sites, at=at, source="a.csv")
    for id_, region in (("dy", "370500"), ("yt", "370600")):
        stores.offices.add([Office(id=id_, name=f"{id_}办", level=OfficeLevel.MUNICIPAL, region=region)])
    for region in ("370602", "370611"):
        stores.offices.add([Office(id=region, name=region, level=OfficeLevel.COUNTY, region=region)])
    return stores


def run(app: typer.Typer, *words: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False, env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    return result.stdout


def as_json(app: typer.Typer, *words: object) -> Any:
    return json.loads(run(app, *words, "--json"))


MESSAGES = """\
number,received_at,text,code,address,sender_phone,validity,reason
m1,2017-03-24 10:00,"首页打不开，电话13812345678",3705000001,,13812345678,,
m2,2017-03-24 10:00,死链,,http://www.yantai.gov.cn/a.html,,,
m3,2017-03-24 10:00,不知道哪个网站,,http://nowhere.gov.cn/,,,
m4,2017-03-24 10:00,广告,3706000001,,,无效,广告
m1,2017-03-24 10:00,重号,,,,,
m5,昨天,没有时间,,,,,
"""


@pytest.fixture
def filed(stores: MemoryStores, tmp_path: Path) -> Path:
    path = tmp_path / "messages.csv"
    path.write_text(MESSAGES, "utf-8")
    told = run(messages.app, "import", path, code=3)
    assert "读取 6 行：新增 4，变更 0，已有 0，错误行 2" in told
    return path


def test_bad_rows_go_to_the_error_file_and_good_ones_in_once(stores: MemoryStores, filed: Path) -> None:
    errors = filed.with_name("messages.csv.errors.csv").read_text("utf-8-sig").splitlines()
    assert errors[1].startswith("6,number,m1,与第 2 行重复")
    assert errors[2].startswith("7,received_at,昨天,")
    assert "新增 0，变更 0，已有 4" in run(messages.app, "import", filed, code=3)


def test_a_message_goes_its_way(stores: MemoryStores, filed: Path) -> None:
    [unclear] = as_json(messages.app, "list", "--state", "unclear")
    assert unclear["id"] == "m3"
    assert "m3 已分派到 3706000001，责任单位 yt，应于 2017-03-29 前答复" in run(
        messages.app, "route", "m3", "3706000001", "--by", "甲"
    )
    assert "待审核" in run(messages.app, "reply", "m1", "已修复", "--by", "乙")
    with pytest.raises(InputRejected, match="--note"):
        run(messages.app, "review", "m1", "--return", "--by", "丙")
    assert "退回重办" in run(messages.app, "review", "m1", "--return", "--note", "仍打不开", "--by", "丙")
    with pytest.raises(Conflict, match="不能变为退回重办"):
        run(messages.app, "review", "m1", "--return", "--note", "再退", "--by", "丙")
    run(messages.app, "reply", "m1", "已彻底修复", "--by", "乙")
    assert "已办结" in run(messages.app, "review", "m1", "--approve", "--by", "丙")
    assert "已办结" in run(messages.app, "reply", "m2", "已改", "--by", "丁"), "no review where no rule asks for one"
    assert "m3" in run(messages.app, "overdue", "--day", "2017-03-30")
    assert as_json(messages.app, "overdue", "--day", "2017-03-29") == []
    stats = as_json(messages.app, "stats", "--until", "2017-03-30", "--by", "city")
    assert (stats["total"]["valid"], stats["total"]["handled"], stats["total"]["overdue"]) == (3, 2, 1)
    assert stats["areas"]["3706"]["handled_share"] == 0.5
    table = run(messages.app, "stats", "--until", "2017-03-30")
    assert "山东省" in table
    assert "66.7%" in table


def test_who_sent_it_is_shown_with_the_one_message_alone(stores: MemoryStores, filed: Path) -> None:
    assert "13812345678" not in run(messages.app, "list") + run(messages.app, "list", "--json")
    shown = run(messages.app, "show", "m1")
    assert "留言人：13812345678" in shown
    assert "messages.csv" in shown, "the first step names the file"
    assert stores.message_senders.find("m2") is None
    with pytest.raises(NotFound):
        run(messages.app, "show", "m9")


def test_a_due_day_beyond_the_known_holidays_is_called_provisional(
    stores: MemoryStores, filed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "暂定" not in run(messages.app, "show", "m1")
    monkeypatch.setattr(FixedClock, "moment", datetime(2999, 12, 30, 9, tzinfo=CHINA))
    filed.write_text("number,received_at,text\nm9,2999-12-30 08:00,死链\nm8,2999-12-31,死链\n", "utf-8")
    assert "新增 1，变更 0，已有 0，错误行 1" in run(messages.app, "import", filed, code=3)
    assert "为暂定" in run(messages.app, "show", "m9")
    assert "为暂定" in run(messages.app, "route", "m9", "3706000001", "--by", "甲")


def test_setting_aside_is_taken_back_by_routing(stores: MemoryStores, filed: Path) -> None:
    with pytest.raises(InputRejected, match="不能作为原件"):
        run(messages.app, "set-aside", "m2", "--duplicate-of", "m4", "--by", "甲")
    assert "重复" in run(messages.app, "set-aside", "m2", "--duplicate-of", "m3", "--by", "甲")
    with pytest.raises(Conflict):
        run(messages.app, "recheck", "m2", "--by", "甲")
    run(messages.app, "route", "m2", "3706000001", "--by", "甲")
    message = stores.messages.find("m2")
    assert message is not None
    assert message.duplicate_of == ""
    assert [step.state for step in message.steps] == ["routed", "duplicate", "routed"]
    with pytest.raises(InputRejected, match="不负责"):
        run(messages.app, "route", "m2", "3706000001", "--office", "dy", "--by", "甲")


def test_a_message_asks_for_a_recheck_once(stores: MemoryStores, filed: Path) -> None:
    assert "http://www.yantai.gov.cn/a.html" in run(messages.app, "recheck", "m2", "--by", "甲")
    run(messages.app, "recheck", "m2", "--by", "乙")
    run(messages.app, "recheck", "m1", "--by", "甲")
    found = stores.recheck_requests.page({"state": "open"})
    assert [(each.id, each.code, each.url, each.asked_by) for each in found] == [
        ("message:m1", "3705000001", "http://www.dy.gov.cn/", "甲"),
        ("message:m2", "3706000001", "http://www.yantai.gov.cn/a.html", "甲"),
    ]


def test_excel_may_hold_times_as_times(stores: MemoryStores, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["number", "received_at", "text", "code"])
    sheet.append(["x1", datetime(2017, 3, 24, 10, 0), "坏", 3705000001])
    book.save(tmp_path / "m.xlsx")
    assert "新增 1" in run(messages.app, "import", tmp_path / "m.xlsx")
    message = stores.messages.find("x1")
    assert message is not None
    assert (message.received_at, message.site) == (datetime(2017, 3, 24, 10, tzinfo=CHINA), "3705000001")


def test_accounts_from_registry_to_the_stale_list(stores: MemoryStores, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text(
        "platform,account,owner,region,level\n微信,甲发布,某局,370600,市级\n微博,乙发布,某办,370602,县级及以下\n",
        "utf-8",
    )
    assert "新增 2" in run(accounts.app, "import", path)
    seen = tmp_path / "seen.csv"
    event = "国务院总理会见中外记者"
    seen.write_text(
        "platform,account,seen_at,last_update,event\n"
        f"微信,甲发布,2017-03-15 12:00,2017-03-15,{event}\n"
        f"微博,乙发布,2017-03-30 12:00,2017-03-01,\n"
        "微信,丙发布,2017-03-30 12:00,2017-03-01,\n",
        "utf-8",
    )
    assert "新增 2，变更 0，已有 0，错误行 1" in run(accounts.app, "import-seen", seen, code=3)
    assert "新增 0，变更 0，已有 2" in run(accounts.app, "import-seen", seen, code=3)
    states = {
        each["account"]["name"]: each["freshness"] for each in as_json(accounts.app, "stale", "--day", "2017-03-31")
    }
    assert states == {"乙发布": "stale", "甲发布": "not_determined"}
    path.write_text(path.read_text("utf-8").replace("某局", "某委"), "utf-8")
    assert "新增 0，变更 1，已有 1" in run(accounts.app, "import", path)
    changed = stores.accounts.find("wechat:甲发布")
    assert changed is not None
    assert (changed.owner, changed.last_update) == ("某委", date(2017, 3, 15)), "what was seen stays"
    assert "待核" in run(accounts.app, "stale", "--day", "2017-03-31")
    assert "乙发布" not in run(accounts.app, "list", "--platform", "wechat")
    carried = tmp_path / "carried.csv"
    carried.write_text(
        f"event,carrier,subject,seen_at,platform\n{event},网站,3706000001,2017-03-15,\n"
        f"{event},账号,甲发布,2017-03-15,微信\n{event}。,新媒体账号,甲发布,2017-03-16,微信\n",
        "utf-8",
    )
    assert "错误行 1" in run(linkage.app, "import-carried", carried, code=3)
    assert [each.subject for each in stores.carried.page()] == ["wechat:甲发布", "3706000001"]


def test_duplicates_name_another_message_of_the_file_or_on_file(stores: MemoryStores, tmp_path: Path) -> None:
    """In any order, and through one another; not themselves, not in a circle, not one that is nowhere or refused."""
    path = tmp_path / "d.csv"
    pairs = (("d2", "d1"), ("d1", "a"), ("x", "nowhere"), ("y", "z"), ("z", "y"), ("w", "x"), ("bad", ""), ("v", "bad"))
    rows = [f"{number},2017-03-24 10:00,字,重复,{original}" for number, original in pairs]
    head = "number,received_at,text,validity,duplicate_of\n"
    path.write_text(head + "\n".join((*rows, "a,2017-03-24 10:00,字,,")), "utf-8")
    told = run(messages.app, "import", path, code=3)
    assert "新增 3，变更 0，已有 0，错误行 6" in told
    errors = (tmp_path / "d.csv.errors.csv").read_text("utf-8-sig")
    assert [line.split(",")[0] for line in errors.splitlines()[1:]] == ["4", "5", "6", "7", "8", "9"]
    assert sorted(each.id for each in stores.messages.page()) == ["a", "d1", "d2"]
    path.write_text(head + "late,2017-03-24 10:00,字,重复,d2", "utf-8")
    assert "新增 1" in run(messages.app, "import", path)


def test_accountability_names_a_case_that_is_on_file(stores: MemoryStores, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("number,kind,persons,unit,date,case\n1,约谈,1,某局,2017-01-01,2016Q4:x\n", "utf-8")
    assert "错误行 1" in run(accountability.app, "import", path, code=3)
    errors = (tmp_path / "a.csv.errors.csv").read_text("utf-8-sig")
    assert "2016Q4:x" in errors
    assert "没有这一编号的整改案件" in errors
    assert stores.accountability.page() == []


def test_accountability_of_a_quarter(stores: MemoryStores, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "number,kind,persons,unit,date,region\n1,约谈,19,某局,2017-01-01,370600\n2,通报批评,10,某办,2017-03-31,110000\n"
        "3,书面检查,6,某局,2017-04-01,370600\n4,罚款,1,某局,2017-02-01,370600\n",
        "utf-8",
    )
    assert "新增 3，变更 0，已有 0，错误行 1" in run(accountability.app, "import", path, code=3)
    period = ("--since", "2017-01-01", "--until", "2017-03-31")
    assert as_json(accountability.app, "stats", *period) == {
        "persons": {"约谈或诫勉谈话": 19, "通报批评": 10},
        "total": 29,
    }
    assert "合计 19 人" in run(accountability.app, "stats", *period, "--region", "37")
    assert "责令书面检查" in run(accountability.app, "list")


def test_a_monthly_report_with_annexes(stores: MemoryStores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, annex = tmp_path / "月报.docx", tmp_path / "芝罘区.docx"
    own.write_bytes(b"report")
    annex.write_bytes(b"annex")
    monkeypatch.setattr(FixedClock, "moment", datetime(2017, 3, 5, 23, tzinfo=CHINA))
    filing = ("file", "370600", "2017-02", "--by", "甲", "--report", own, "--annex", f"370602={annex}")
    assert "现有文件 2 个，报送期限 2017-03-05" in run(monthly.app, *filing)
    run(monthly.app, *filing)
    [report] = stores.monthly_reports.page()
    assert len(report.filings) == 2, "the same files again change nothing"
    digest = hashlib.sha256(b"annex").hexdigest()
    assert report.current["370602"].digest == digest
    assert stores.snapshots.get(digest) == b"annex"
    found = {each["city"]: each for each in as_json(monthly.app, "status", "2017-02", "--day", "2017-03-06")}
    assert found["370600"]["state"] == "in-time"
    assert found["370600"]["missing_annexes"] == ["370611"]
    assert found["370500"]["state"] == "missing"
    shown = run(monthly.app, "status", "2017-02", "--late", "--day", "2017-03-06")
    assert "福山区" in shown
    assert "山东省东营市" in shown


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("370600", "2017-03", "--by", "甲"), "尚未结束"),
        (("370602", "2017-02", "--by", "甲"), "不是市"),
        (("370600", "2017-02", "--by", "甲"), "没有要报送的文件"),
        (("370600", "2017-02", "--by", "甲", "--annex", "370602"), "应写成"),
        (("370600", "2017-02", "--by", "甲", "--annex", "440103=FILE"), "不在 370600 之内"),
    ],
)
def test_filings_that_make_no_sense(stores: MemoryStores, tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x")
    with pytest.raises(InputRejected, match=why):
        run(monthly.app, "file", *(word.replace("FILE", str(path)) for word in words))
    assert stores.monthly_reports.page() == []


def test_figures_of_linkage_take_the_share_of_the_last_period(stores: MemoryStores) -> None:
    assert linkage._earlier("93%") == pytest.approx(0.93)
    assert linkage._earlier("2016Q4") == "2016Q4"
    for wrong in ("x%", "193%"):
        with pytest.raises(InputRejected):
            linkage._earlier(wrong)
    assert date(2017, 3, 31) == messages.china_day("2017-03-31")


def test_the_late_list_of_a_missed_month_is_fixed_by_hand(stores: MemoryStores) -> None:
    assert "xuncha monthly fix 2017-02" in run(monthly.app, "late", "2017-02")
    told = run(monthly.app, "fix", "2017-02")
    assert "应报 2 个市，迟报 2 个" in told
    [fixed] = stores.late_lists.page()
    assert run(monthly.app, "late", "2017-02") == told
    stores.offices.add([Office(id="jn", name="济南办", level=OfficeLevel.MUNICIPAL, region="370100")])
    run(monthly.app, "fix", "2017-02")
    assert stores.late_lists.page() == [fixed], "a list that is fixed stays"
    with pytest.raises(InputRejected, match="期限为 2999-02-05，次日起方可确定"):
        run(monthly.app, "fix", "2999-01")
