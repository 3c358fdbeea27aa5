"""Bulletins over the API."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from inspection.bulletin.figures import BulletinFigures
from inspection.bulletin.wording import shipped_wording
from inspection.workflows.draft_bulletin import DraftOrder, draft_bulletin, review_bulletin
from inspection.workflows.publish_bulletin import publish_bulletin
from store.bulletins.html_page import HtmlRenderer
from store.memory import MemoryStores

DATA = Path(__file__).parents[1] / "inspection" / "bulletin" / "published"


class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2017, 5, 11, tzinfo=UTC)


@pytest.fixture(scope="module")
def stores() -> MemoryStores:
    """One published bulletin of the nation, one draft of a province."""
    stores = MemoryStores()
    for id_, name, region in (("b1", "national-2017Q1", "000000"), ("b2", "hainan-2016Q1", "460000")):
        figures = msgspec.json.decode((DATA / f"{name}.json").read_bytes(), type=BulletinFigures)
        draft_bulletin(
            DraftOrder(id=id_, by="甲", region=region, number="国办函〔2017〕1号"),
            figures,
            shipped_wording(),
            bulletins=stores.bulletins,
            rounds=stores.rounds,
            clock=Still(),
        )
    review_bulletin("b1", by="乙", note="", bulletins=stores.bulletins, clock=Still())
    publish_bulletin(
        "b1",
        by="丙",
        bulletins=stores.bulletins,
        rounds=stores.rounds,
        snapshots=stores.snapshots,
        renderers=[HtmlRenderer()],
        clock=Still(),
    )
    return stores


@pytest.fixture
def client(stores: MemoryStores) -> TestClient:
    return TestClient(create_app(stores))


def test_published_ones_are_listed_and_others_where_asked_for(client: TestClient) -> None:
    [item] = client.get("/v1/bulletins").json()["items"]
    assert (item["id"], item["state"], item["period"], item["issued_on"]) == (
        *("b1", "published", "2017年第一季度"),
        "2017-05-11",
    )
    [draft] = client.get("/v1/bulletins", params={"state": "draft", "region": "46"}).json()["items"]
    assert draft["id"] == "b2"
    assert client.get("/v1/bulletins", params={"state": "draft", "region": "37"}).json()["items"] == []
    assert client.get("/v1/bulletins", params={"level": "provincial"}).json()["items"] == []


def test_one_has_text_figures_and_steps(client: TestClient) -> None:
    one = client.get("/v1/bulletins/b1").json()
    assert "全国正在运行的政府网站43143家" in one["text"]
    assert one["figures"]["own"]["sampled"] == 469
    assert [step["by"] for step in one["steps"]] == ["甲", "乙", "丙"]
    assert client.get("/v1/bulletins/none").status_code == 404


def test_drafts_are_shown_only_where_asked_for(client: TestClient) -> None:
    assert client.get("/v1/bulletins/b2").status_code == 404
    shown = client.get("/v1/bulletins/b2", params={"unpublished": True}).json()
    assert shown["state"] == "draft"
    assert client.get("/v1/bulletins/b2/files/html").status_code == 404


def test_files_are_served_as_they_were_published(client: TestClient, stores: MemoryStores) -> None:
    files = {file["format"]: file["digest"] for file in client.get("/v1/bulletins/b1").json()["files"]}
    answer = client.get("/v1/bulletins/b1/files/html")
    assert answer.content == stores.snapshots.get(files["html"])
    assert answer.headers["etag"] == f'"{files["html"]}"'
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert client.get("/v1/bulletins/b1/files/json").json()["id"] == "b1"
    assert client.get("/v1/bulletins/b1/files/pdf").status_code == 404
