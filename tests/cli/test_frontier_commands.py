"""``xuncha frontier`` over a real pair of stores."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from inspection.ports import WorkOrder
from inspection.registry import Site, SiteCategory
from inspection.sampling import Round, RoundState
from store.redis.frontier import RedisFrontier, Step
from store.redis.keys import SiteKeys
from store.stores import Stores

Invoke = Callable[..., Result]


@pytest.fixture
def invoke(mongo_stores: Stores, monkeypatch: pytest.MonkeyPatch, mongo_uri: str, redis_url: str) -> Invoke:
    monkeypatch.setenv("XUNCHA_MONGO_URI", mongo_uri)
    monkeypatch.setenv("XUNCHA_REDIS_URL", redis_url)
    monkeypatch.setenv("XUNCHA_MONGO_DATABASE", mongo_stores.config.mongo_database)
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *words: CliRunner().invoke(app, ["frontier", *words])


def begin(stores: Stores) -> WorkOrder:
    """One site under lease with three requests, one of them stored and one given up."""
    order = WorkOrder(
        round_id="r1", code="1100000001", url="http://a.test/", page_budget=5, probe_count=0, probe_span_s=0
    )
    round_ = Round(
        id="r1", title="演练", as_of=date(2026, 11, 20), edition="2019", plan="", seed="", registry_digest="",
        sample_digest="", state=RoundState.OPEN, drawn_at=datetime(2026, 11, 20, tzinfo=UTC), drill=True,
    )  # fmt: skip
    stores.rounds.add(round_, [], [])
    stores.queue.submit([order])
    frontier = RedisFrontier(stores.redis)
    (lease,) = frontier.lease("r1", limit=1, lease_s=30)
    frontier.open(lease)
    frontier.settle(lease, Step(number=1, added=dict.fromkeys("abc", b"1"), stored=[]))
    frontier.settle(lease, Step(number=2, added={}, stored=["a", "b"], given_up={"internal_error": 1}))
    return order


def test_status_shows_where_every_request_is(invoke: Invoke, mongo_stores: Stores) -> None:
    assert "没有轮次有任务" in invoke("status").stdout
    begin(mongo_stores)
    shown = invoke("status")
    assert shown.exit_code == 0
    assert "请求：已放弃（程序出错）" in shown.stdout
    (row,) = json.loads(invoke("status", "r1", "--json").stdout)["rounds"]
    assert (row["requests_added"], row["requests_stored"], row["requests_left"]) == (3, 1, 1)
    assert row["requests_given_up"] == {"internal_error": 1}
    assert row["request_balance"] == row["site_balance"] == 0


def test_a_lost_request_is_shown_and_fails_the_command(invoke: Invoke, mongo_stores: Stores) -> None:
    order = begin(mongo_stores)
    mongo_stores.redis.delete(SiteKeys("r1", order.code).tasks, SiteKeys("r1", order.code).ended)
    shown = invoke("status", "r1", "--json")
    assert shown.exit_code == 1
    assert json.loads(shown.stdout)["rounds"][0]["request_balance"] == 1


def test_pause_and_resume(invoke: Invoke, mongo_stores: Stores) -> None:
    assert "机房演练" in invoke("pause", "--reason", "机房演练").stdout
    assert "全局暂停中（机房演练）" in invoke("status").stdout
    assert json.loads(invoke("status", "--json").stdout)["brake"]["reason"] == "机房演练"
    assert invoke("resume").exit_code == 0
    again = invoke("resume")
    assert again.exit_code != 0
    assert "没有全局暂停" in str(again.exception)


def test_an_unknown_round_is_refused(invoke: Invoke, mongo_stores: Stores) -> None:
    assert invoke("status", "nowhere").exit_code != 0


def test_sites_opt_out_and_in(invoke: Invoke, mongo_stores: Stores) -> None:
    site = Site(
        code="1100000001", name="某局", url="http://a.gov.cn/", category=SiteCategory.CITY_DEPARTMENT, region="110000"
    )
    mongo_stores.sites.upsert([site], at=datetime.now(UTC), source="test")
    assert "没有网站退出检查" in invoke("opt-outs").stdout
    assert invoke("opt-out", site.code, "--reason", "迁移", "--until", "2020-01-01").exit_code != 0
    shown = invoke("opt-out", site.code, "--reason", "迁移", "--until", "2999-12-31")
    assert "至 2999-12-31" in shown.stdout
    assert "迁移" in invoke("opt-outs").stdout
    (row,) = json.loads(invoke("opt-outs", "--json").stdout)
    assert (row["code"], row["url"], row["until"]) == (site.code, site.url, "2999-12-31T16:00:00Z")
    again = invoke("opt-out", site.code, "--reason", "迁移")
    assert "已退出检查" in str(again.exception)
    assert "恢复检查" in invoke("opt-in", site.code).stdout
    assert "没有退出检查" in str(invoke("opt-in", site.code).exception)
    assert "没有网站退出检查" in invoke("opt-outs").stdout


def test_places_have_crawl_windows_of_their_own(invoke: Invoke) -> None:
    assert "没有网站或地区单独设置抓取时段" in invoke("windows").stdout
    shown = invoke("windows", "370600", "--set", "20:00-6:30").stdout
    assert "370600" in shown
    assert "烟台市" in shown
    assert "20:00-06:30" in shown
    (row,) = json.loads(invoke("windows", "--json").stdout)
    assert (row["place"], row["window"]) == ("370600", "20:00-06:30")
    for words in (("370600",), ("--set", "20:00-06:30"), ("370600", "--set", "1:00-2:00", "--remove"), ("--remove",)):
        assert "用 --set 设置或用 --remove 取消" in str(invoke("windows", *words).exception)
    assert "没有网站或地区单独设置抓取时段" in invoke("windows", "370600", "--remove").stdout
    assert "没有单独设置" in str(invoke("windows", "370600", "--remove").exception)
