"""Imports over the API: offices, accounts, accountability, special checks, published series."""

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from store.memory import MemoryStores


class StillClock:
    """Port ``Clock``."""

    def now(self) -> datetime:
        return datetime(2017, 4, 3, 4, tzinfo=UTC)


@pytest.fixture
def stores() -> MemoryStores:
    return MemoryStores()


@pytest.fixture
def client(stores: MemoryStores) -> TestClient:
    return TestClient(create_app(stores, StillClock()), raise_server_exceptions=False)


def post(client: TestClient, path: str, *rows: dict[str, object], status: int = 200, **rest: object) -> Any:
    answer = client.post(f"/v1/{path}", json={"rows": list(rows), **rest})
    assert answer.status_code == status, answer.text
    return answer.json()


def counts(told: dict[str, Any]) -> tuple[int, int, int, int]:
    return told["added"], told["changed"], told["unchanged"], told["rejected"]


YT = {"id": "yt", "name": "烟台市政府办公室", "level": "municipal", "region": "370600", "parent": "sd"}
SD = {"id": "sd", "name": "山东省政府办公厅", "level": "provincial", "region": "370000"}
ACCOUNT = {"platform": "wechat", "account": "青岚发布", "owner": "某局", "region": "370600", "level": "city"}


def test_offices_go_in_and_bad_rows_are_named_with_their_place(client: TestClient) -> None:
    told = post(client, "offices", YT, SD, {"id": "x", "name": "x", "level": "galactic"})
    assert counts(told) == (2, 0, 0, 1)
    [error] = told["errors"]
    assert (error["where"], error["value"]) == ("body.rows.2.level", "galactic")
    assert "级别应为" in error["what"]
    assert counts(post(client, "offices", YT | {"name": "烟台市人民政府办公室"}, SD)) == (0, 1, 1, 0)
    listed = client.get("/v1/offices?region=3706").json()["items"]
    assert [(office["name"], office["parent"]) for office in listed] == [("烟台市人民政府办公室", "sd")]
    post(client, "offices", {"id": "x"}, status=422)


def test_accounts_are_registered_and_observed(client: TestClient) -> None:
    assert counts(post(client, "accounts", ACCOUNT, ACCOUNT | {"account": "甲", "region": "999999"})) == (1, 0, 0, 1)
    seen = {"platform": "wechat", "account": "青岚发布", "seen_at": "2017-03-02 09:30", "last_update": "2017-03-01"}
    told = post(
        client,
        "account-observations",
        seen | {"event": "政府工作报告网上直播"},
        seen | {"account": "未登记"},
        seen | {"seen_at": "昨天"},
    )
    assert counts(told) == (1, 0, 0, 2)
    assert [error["where"] for error in told["errors"]] == ["body.rows.1.account", "body.rows.2.seen_at"]
    [account] = client.get("/v1/accounts").json()["items"]
    assert (account["last_update"], account["seen_on"]) == ("2017-03-01", "2017-03-02")
    carried = {"carrier": "site", "subject": "3706000001", "seen_at": "2017-03-05", "region": "370600"}
    told = post(client, "carried", carried | {"event": "政府工作报告网上直播"}, carried | {"event": "会"})
    assert (counts(told), told["errors"][0]["where"]) == ((1, 0, 0, 1), "body.rows.1.event")
    found = client.get("/v1/carried", params={"event": "政府工作报告网上直播"}).json()["items"]
    assert sorted(each["carrier"] for each in found) == ["account", "site"]


def test_accountability_is_counted_by_kind(client: TestClient) -> None:
    row = {"number": "问1", "kind": "interview", "persons": 2, "unit": "某局", "date": "2017-03-01"}
    bad = [{"number": "问2", "kind": "flogging"}, {"persons": 0}, {"number": "问4", "case": "2017Q1:3700000001"}]
    told = post(client, "accountability", row, *(row | change for change in bad))
    assert counts(told) == (1, 0, 0, 3)
    assert {error["where"] for error in told["errors"]} == {
        *("body.rows.1.kind", "body.rows.2.persons", "body.rows.3.case"),
    }
    assert counts(post(client, "accountability", row | {"persons": 9})) == (0, 0, 1, 0)
    figures = client.get("/v1/accountability-figures?since=2017-01-01&until=2017-03-31").json()
    assert figures["total"] == 2


def test_accountability_of_a_department(client: TestClient) -> None:
    row = {"number": "d1", "kind": "约谈", "persons": 2, "unit": "某司", "date": "2017-03-01", "department": "bm07"}
    assert counts(post(client, "accountability", row, row | {"number": "d2", "department": "55"})) == (2, 0, 0, 0)
    found = client.get("/v1/accountability?department=07").json()["items"]
    assert [(each["number"], each["department"]) for each in found] == [("d1", "07")]
    figures = client.get("/v1/accountability-figures?since=2017-01-01&until=2017-03-31&department=07").json()
    assert figures["total"] == 2
    assert client.get("/v1/accountability?department=bm07").status_code == 422


def test_special_checks_belong_to_an_office_on_file(client: TestClient, stores: MemoryStores) -> None:
    post(client, "offices", SD)
    row = {
        **{"number": "专1", "office": "sd", "topic": "办事服务", "first": "2017-02-01", "last": "2017-02-20"},
        **{"checked": 100, "faulty": 12, "problems": ["附件不能下载", "要素缺失"]},
    }
    told = post(client, "special-checks", row, row | {"number": "专2", "office": "nix", "faulty": 101})
    assert counts(told) == (1, 0, 0, 1)
    assert {error["where"] for error in told["errors"]} == {"body.rows.1.office", "body.rows.1.faulty"}
    check = stores.special_checks.find("专1")
    assert check is not None
    assert (check.region, check.faulty, check.problems) == ("370000", 12, ("附件不能下载", "要素缺失"))


def test_a_series_is_taken_whole_or_not_at_all(client: TestClient) -> None:
    first = {"period": "2016Q4", "running": 53546, "rate": 0.88}
    told = post(client, "series", first, first, {"period": "spring"}, region="370000", status=422)
    assert [error["where"] for error in told["errors"]] == ["body.rows.1.period", "body.rows.2.period"]
    assert client.get("/v1/series?region=370000").json() == []
    second = {"period": "2017Q1", "running": 43143, "sampled": 469, "rate": 0.91, "reported_rate": 0.94}
    assert counts(post(client, "series", first, second, region="370000")) == (2, 0, 0, 0)
    assert counts(post(client, "series", first, second | {"rate": 0.92}, region="370000")) == (0, 1, 1, 0)
    points = client.get("/v1/series?region=370000").json()
    assert [(point["period"], point["rate"], point["reported_rate"]) for point in points] == [
        ("2016Q4", 0.88, None),
        ("2017Q1", 0.92, 0.94),
    ]
    assert client.get("/v1/series").json() == []
    post(client, "series", first, region="999999", status=404)
    post(client, "series", first | {"rate": 91}, region="370000", status=422)
