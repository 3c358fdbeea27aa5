"""Linkage figures, coverage and events over the API."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.routes import linkage as routes
from inspection.findings import Finding, FindingState
from inspection.linkage.carried import Carrier, carried
from inspection.observation import FetchOutcome, ItemSeen, PageFacts, PageSeen
from inspection.observation.page import ListState
from inspection.observation.reference import ReferenceArticle
from inspection.ports import Inspection
from inspection.registry import Site, SiteCategory
from inspection.sampling import Round, RoundState
from inspection.scoring import Scorecard, Verdict
from inspection.workflows.linkage_shares import GroupShare
from store.memory import MemoryStores

AT = datetime(2017, 3, 20, tzinfo=UTC)
EVENT = "国务院总理会见中外记者"


class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return AT


def judged_round(stores: MemoryStores, id_: str, lacking: dict[str, set[int]]) -> None:
    """Twenty portals; ``lacking`` says under each indicator which of them lack something."""
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
        drawn_at=AT,
        drill=id_ == "2017Q1",
    )
    stores.rounds.add(round_, (), ())
    card = Scorecard(edition="2015", verdict=Verdict.PASSED, score=Decimal(90), deducted=Decimal(10))
    for n in range(20):
        region = "370500" if n % 2 else "370600"
        site = Site(
            code=f"{region}{n:04d}",
            name=f"门户{n}",
            url=f"http://p{n}.gov.cn/",
            category=SiteCategory.CITY_PORTAL,
            region=region,
        )
        found = [
            Finding(id=f"{row}-{n}", indicator=row, state=FindingState.ESTABLISHED, subject="x", message="缺少")
            for row, numbers in lacking.items()
            if n in numbers
        ]
        stores.inspections.open([Inspection(round_id=id_, site=site, stratum="37", crawl_finished_at=AT)])
        stores.inspections.save_judgement(id_, site.code, card, found, at=AT)


@pytest.fixture
def stores() -> MemoryStores:
    stores = MemoryStores()
    judged_round(stores, "2017Q1", {"L-1": {0, 2}, "E-1": {0}})
    judged_round(stores, "2016Q4", {"L-1": set(), "E-1": {1, 2}})
    stores.carried.add([carried(EVENT, Carrier.SITE, f"{n}", AT, region="370600") for n in range(3)])
    stores.carried.add([carried(EVENT, Carrier.ACCOUNT, "wechat:x", AT), carried("另一件大事", Carrier.SITE, "1", AT)])
    return stores


@pytest.fixture
def client(stores: MemoryStores) -> TestClient:
    return TestClient(create_app(stores, Still()), raise_server_exceptions=False)


def test_the_figures_of_a_round(client: TestClient) -> None:
    found = client.get("/v1/rounds/2017Q1/linkage", params={"event": EVENT, "before": "2016Q4"}).json()
    assert (found["column_share"], found["in_time_share"], found["drill"]) == (0.9, None, True)
    assert (found["event"], found["sites_reposting"], found["accounts_reposting"]) == (EVENT, 3, 1)
    told = found["messages"]
    assert (told["until"], told["entry_share"], told["valid"], told["handled_share"]) == ("2017-03-20", 0.95, 0, None)
    assert told["entry_change"]["points"] == pytest.approx(5)
    assert told["entry_change"]["significant"] is False


def test_a_published_share_may_stand_for_the_last_period(client: TestClient) -> None:
    found = client.get("/v1/rounds/2017Q1/linkage", params={"before_share": 0.91, "region": "3705"}).json()
    assert (found["column_share"], found["sites_reposting"]) == (1.0, None)
    assert found["messages"]["entry_change"]["points"] == pytest.approx(9)
    for wrong in ({"before_share": 1.1}, {"before_share": 0.9, "before": "2016Q4"}):
        assert client.get("/v1/rounds/2017Q1/linkage", params=wrong).status_code == 422
    assert client.get("/v1/rounds/2017Q1/linkage", params={"before": "nix"}).status_code == 404
    assert client.get("/v1/rounds/nix/linkage").status_code == 404


def test_shares_by_the_design_of_the_sample(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    group = GroupShare(
        key="37", label="山东省", have=8, lack=1, unknown=0, rate=0.9, low=0.4, high=0.99, small_cell=True
    )
    large = msgspec.structs.replace(group, key="11", have=80, lack=10, small_cell=False)
    monkeypatch.setattr(routes, "linkage_shares", lambda *_, **__: [large, group])
    shown = client.get("/v1/rounds/2017Q1/linkage-shares").json()
    assert [(each["key"], each["share"], each["low"], each["high"]) for each in shown] == [
        ("11", 0.9, 0.4, 0.99),
        ("37", None, None, None),
    ]
    monkeypatch.undo()
    assert client.get("/v1/rounds/nix/linkage-shares").status_code == 404


def test_how_many_have_reposted_each_article(client: TestClient, stores: MemoryStores) -> None:
    title, url = "国务院关于做好工作的通知", "http://www.gov.cn/1.htm"
    stores.references.add([ReferenceArticle(title=title, url=url, published_at=datetime(2017, 3, 10, 1, tzinfo=UTC))])
    item = ItemSeen(title=title, url=None, date=date(2017, 3, 13))
    facts = PageFacts(charset="utf-8", list_items=(item,), list_state=ListState.LISTED)
    home = "http://p0.gov.cn/"
    page = PageSeen(url=home, final_url=home, depth=0, fetched_at=AT, outcome=FetchOutcome.OK, facts=facts)
    stores.observations.add_pages("2017Q1", "3706000000", [page])
    [article] = client.get("/v1/rounds/2017Q1/coverage").json()
    assert (article["title"], article["published_at"]) == (title, "2017-03-10T01:00:00Z")
    counts = [article[name] for name in ("sites", "in_time", "late", "not_seen", "not_determined")]
    assert counts == [20, 0, 1, 0, 19]
    assert article["share"] == 0.0
    assert client.get("/v1/rounds/2017Q1/coverage?indicator=nix").status_code == 404
    assert client.get("/v1/rounds/2017Q1/coverage?indicator=L-1").status_code == 422


def test_who_carried_an_event(client: TestClient) -> None:
    def subjects(**query: str) -> list[str]:
        return [row["subject"] for row in client.get("/v1/carried", params=query).json()["items"]]

    assert sorted(subjects(event=f"{EVENT}！")) == ["0", "1", "2", "wechat:x"]
    assert subjects(event=EVENT, carrier="account") == ["wechat:x"]
    assert subjects(event=EVENT, region="37", limit="2") == ["0", "1"]
    assert len(subjects()) == 5
