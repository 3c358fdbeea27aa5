"""The live display: it counts, survives stores that come and go, and ends by itself."""

import io
from datetime import UTC, date, datetime

import pytest
from rich.console import Console

from cli import round_status
from cli.round_status import Pace, overview_of, render, watch
from inspection.errors import NotFound, StoreUnavailable
from inspection.ports import Inspection, RoundProgress, VerdictRow
from inspection.registry import Site, SiteCategory
from inspection.sampling import Round, RoundState
from inspection.scoring import Verdict
from store.memory import MemoryStores

NOW = datetime(2026, 11, 20, tzinfo=UTC)
IDLE = RoundProgress(queued=3, leased=1, done=2, requests_queued=40, requests_in_flight=5, probes_due=60)
ROUND = Round(
    id="r1",
    title="第四季度",
    as_of=date(2026, 11, 20),
    edition="2019",
    plan="",
    seed="s",
    registry_digest="",
    sample_digest="",
    state=RoundState.DRAWN,
    drawn_at=NOW,
)


def row(region: str, category: SiteCategory, *, crawled: bool, verdict: Verdict | None = None) -> VerdictRow:
    return VerdictRow(
        code=region, region=region, category=category, stratum="x", crawl_finished=crawled, verdict=verdict
    )


ROWS = [
    row("370600", SiteCategory.COUNTY_BELOW, crawled=True, verdict=Verdict.PASSED),
    row("370600", SiteCategory.CITY_PORTAL, crawled=False),
    row("000000", SiteCategory.STATE_COUNCIL, crawled=True),
]


def printed(renderable) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(renderable)
    return console.file.getvalue()


def test_counts_by_province_and_class():
    view = overview_of(ROUND, ROWS, IDLE)
    assert (view.all.total, view.all.crawled, view.all.judged, view.is_crawled) == (3, 2, 1, False)
    assert [(e.label, e.crawled, e.total) for e in view.provinces] == [("国务院部门", 1, 1), ("山东省", 1, 2)]
    assert [e.key for e in view.categories] == ["state-council", "city-portal", "county-below"]
    assert view.verdicts == {Verdict.PASSED: 1}


def test_display():
    told = printed(render(overview_of(ROUND, ROWS, IDLE), 95.0, "无法连接 Redis"))
    for words in ("第四季度（r1，已抽样）", "2/3", "山东省", "县级以下", "等待 3", "待探测 60", "预计还需 2 分钟"):
        assert words in told
    assert "无法连接 Redis（继续重试" in told
    assert "演练" not in told


@pytest.mark.parametrize(
    ("readings", "left"),
    [([(0, 10)], None), ([(0, 10), (5, 10)], None), ([(0, 10), (10, 30)], 35.0), ([(0, 0), (50, 100)], 0.0)],
)
def test_time_left(readings, left):
    pace = Pace()
    results = [pace.left(now, crawled, 100) for now, crawled in readings]
    assert results[-1] == left


@pytest.fixture
def stores() -> MemoryStores:
    stores = MemoryStores()
    stores.rounds.add(ROUND, (), ())
    stores.rounds.move("r1", to=RoundState.OPEN, at=NOW)
    for number in range(2):
        code = f"370600000{number}"
        site = Site(code=code, name="某局", url="http://a.cn/", category=SiteCategory.CITY_PORTAL, region="370600")
        stores.inspections.open([Inspection(round_id="r1", site=site, stratum="x")])
    return stores


def finish(stores: MemoryStores, code: str) -> None:
    stores.inspections.crawl_finished("r1", code, at=NOW)


def watched(monkeypatch, steps, *, terminal: bool) -> str:
    """Watch while each pause takes the next step; each step may return what opening the stores does next."""
    state = {"open": None}
    pending = iter(steps)

    def pause(_: float) -> None:
        state["open"] = next(pending)() or state["open"]

    monkeypatch.setattr(round_status.time, "sleep", pause)
    console = Console(file=io.StringIO(), force_terminal=terminal, width=120, height=60)
    state["open"] = next(pending)()

    def open_() -> MemoryStores:
        return state["open"]()

    watch(console, open_, "r1")
    return console.file.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_watching_ends_with_the_crawl_and_waits_for_lost_stores(monkeypatch, stores, terminal):
    def unreachable():
        raise StoreUnavailable("无法连接 MongoDB")

    steps = [
        lambda: unreachable,
        lambda: lambda: stores,
        lambda: finish(stores, "3706000000"),
        lambda: finish(stores, "3706000001"),
    ]
    told = watched(monkeypatch, steps, terminal=terminal)
    assert "无法连接 MongoDB" in told
    assert "全部 2 个网站抓取完成" in told


def test_stores_that_fail_in_the_middle_are_opened_anew(monkeypatch, stores):
    broken = MemoryStores()
    working = stores.rounds.get

    def fail():
        def get(_: str):
            stores.rounds.get = working
            raise StoreUnavailable("连接中断")

        stores.rounds.get = get
        return lambda: broken

    steps = [
        lambda: lambda: stores,
        fail,
        lambda: None,
        lambda: lambda: stores,
        lambda: [finish(stores, f"370600000{n}") for n in range(2)] and None,
    ]
    told = watched(monkeypatch, steps, terminal=False)
    assert "连接中断" in told
    assert "没有编号为 r1 的轮次" in told  # an empty store in its place is waited for, too
    assert "全部 2 个网站抓取完成" in told


def test_an_unknown_round_is_an_error(monkeypatch):
    with pytest.raises(NotFound, match="r1"):
        watched(monkeypatch, [lambda: MemoryStores], terminal=False)


def test_ctrl_c_leaves_cleanly(monkeypatch, stores):
    def interrupt():
        raise KeyboardInterrupt

    told = watched(monkeypatch, [lambda: lambda: stores, interrupt], terminal=True)
    assert "已停止查看；抓取不受影响" in told
