"""Messages, monthly reports, accounts and accountability over the API."""

from datetime import date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from inspection.accountability import Accountability
from inspection.linkage import Account, AccountLevel, Platform
from inspection.monthly import LateCity, LateList
from inspection.observation.site import CHINA
from inspection.offices import Office, OfficeLevel
from inspection.registry import Site, SiteCategory
from inspection.special import SpecialCheck
from store.memory import MemoryStores

PROBLEM = "application/problem+json"
PHONE = "13812345678"


class Clock:
    moment = datetime(2017, 3, 27, 9, tzinfo=CHINA)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stores() -> MemoryStores:
    stores = MemoryStores()
    site = Site(
        code="3705000001",
        name="某局",
        url="http://www.dy.gov.cn/",
        category=SiteCategory.CITY_PORTAL,
        region="370500",
    )
    stores.sites.upsert([site], at=Clock.moment, source="a.csv")
    stores.offices.add([Office(id="dy", name="东营市办", level=OfficeLevel.MUNICIPAL, region="370500")])
    stores.offices.add([Office(id="dyq", name="东营区办", level=OfficeLevel.COUNTY, region="370502")])
    return stores


@pytest.fixture
def client(stores, clock) -> TestClient:
    return TestClient(create_app(stores, clock), raise_server_exceptions=False)


def add(client, number: str = "m1", **rest):
    body = {
        "number": number,
        "received_at": "2017-03-24T10:00:00+08:00",
        "text": f"打不开，请回电{PHONE}",
        "address": "http://dy.gov.cn/art/1.html",
        "sender": {"name": "王某", "phone": PHONE},
        **rest,
    }
    return client.post("/v1/messages", json=body)


def test_a_message_comes_in_once_and_is_routed(client):
    added = add(client)
    assert added.status_code == 201
    assert {name: added.json()[name] for name in ("state", "site", "office", "due", "rule")} == {
        "state": "routed",
        "site": "3705000001",
        "office": "dy",
        "due": "2017-03-27",
        "rule": "dongying",
    }
    again = add(client)
    assert (again.status_code, again.headers["content-type"]) == (409, PROBLEM)
    assert add(client, "m2", received_at="2017-03-24T10:00:00").status_code == 422, "a time without its offset"
    assert add(client, "m2", text="").status_code == 422
    ahead = add(client, "m2", received_at="2030-03-24T10:00:00+08:00")
    assert ahead.status_code == 422
    assert "received_at：时间 2030-03-24 10:00 晚于今天" in ahead.json()["detail"]


def test_lists_keep_the_sender_out(client):
    add(client)
    assert PHONE not in client.get("/v1/messages").text + client.get("/v1/overdue-messages?day=2017-04-01").text
    one = client.get("/v1/messages/m1").json()
    assert one["sender"] == {"name": "王某", "phone": PHONE, "email": ""}
    assert one["due_is_provisional"] is False
    assert client.get("/v1/messages/m9").status_code == 404


def test_lists_are_filtered_and_paged(client):
    for n in range(5):
        add(client, f"m{n}", address="http://dy.gov.cn/" if n % 2 else "http://unknown.gov.cn/")
    found = client.get("/v1/messages?state=unclear&limit=2").json()
    assert [each["number"] for each in found["items"]] == ["m0", "m2"]
    rest = client.get(f"/v1/messages?state=unclear&limit=2&cursor={found['next_cursor']}").json()
    assert ([each["number"] for each in rest["items"]], rest["next_cursor"]) == (["m4"], None)
    assert [each["number"] for each in client.get("/v1/messages?region=3705").json()["items"]] == ["m1", "m3"]
    late = client.get("/v1/overdue-messages?day=2017-03-28&limit=1").json()
    following = client.get(f"/v1/overdue-messages?day=2017-03-28&limit=9&cursor={late['next_cursor']}").json()
    assert [each["number"] for each in [*late["items"], *following["items"]]] == ["m1", "m3"]


def test_steps_of_a_message(client, clock):
    add(client)
    assert client.post("/v1/messages/m1/reply", json={"text": "已修复", "by": "乙"}).json()["state"] == "replied"
    returned = client.post("/v1/messages/m1/review", json={"approved": False, "by": "丙"})
    assert returned.status_code == 422
    decision = {"approved": True, "by": "丙"}
    assert client.post("/v1/messages/m1/review", json=decision).json()["state"] == "handled"
    assert client.post("/v1/messages/m1/reply", json={"text": "再答", "by": "乙"}).status_code == 409
    steps = client.get("/v1/messages/m1").json()["steps"]
    assert [(step["state"], step["by"]) for step in steps] == [
        ("routed", "接口"),
        ("replied", "乙"),
        ("handled", "丙"),
    ]
    assert steps[1]["at"].startswith("2017-03-27T01:00") or steps[1]["at"].startswith("2017-03-27T09:00")
    total, *areas = client.get("/v1/message-figures?until=2017-03-31").json()
    assert (total["valid"], total["handled"], total["handled_share"]) == (1, 1, 1.0)
    assert [area["area"] for area in areas] == ["37"]


def test_unclear_ones_are_routed_or_set_aside_by_people(client):
    add(client, address="http://unknown.gov.cn/")
    add(client, "m2")
    set_aside = client.post("/v1/messages/m1/set-aside", json={"duplicate_of": "m2", "by": "甲"}).json()
    assert (set_aside["state"], set_aside["duplicate_of"]) == ("duplicate", "m2")
    assert client.post("/v1/messages/m1/recheck", json={"by": "甲"}).status_code == 409
    routed = client.post("/v1/messages/m1/route", json={"site": "3705000001", "by": "甲"}).json()
    assert (routed["state"], routed["office"], routed["duplicate_of"]) == ("routed", "dy", "")
    asked = client.post("/v1/messages/m1/recheck", json={"by": "甲"}).json()
    assert (asked["code"], asked["state"]) == ("3705000001", "open")
    assert asked["url"] == "http://www.dy.gov.cn/", "strangers order no crawl elsewhere"
    assert [each["id"] for each in client.get("/v1/recheck-requests?state=open").json()["items"]] == ["message:m1"]


def test_monthly_reports_are_filed_with_their_bytes(client, stores, clock):
    path = "/v1/monthly-reports/2017-02/370500"
    clock.moment = datetime(2017, 3, 5, 20, tzinfo=CHINA)
    headers = {"content-type": "application/octet-stream"}
    put = client.put(f"{path}/files/370500?name=月报.docx&by=甲", content=b"\x00report", headers=headers)
    assert put.status_code == 200
    assert put.json()["filed_on"] == "2017-03-05"
    [filing] = put.json()["filings"]
    assert client.get(f"/v1/snapshots/{filing['digest']}/body").content == b"\x00report"
    clock.moment += timedelta(days=1)
    client.put(f"{path}/files/370502?name=附件.docx&by=甲", content=b"annex", headers=headers)
    assert client.put(f"{path}/files/440103?name=x&by=甲", content=b"annex", headers=headers).status_code == 422
    assert client.put(f"{path}/files/370502?name=x&by=甲", content=b"", headers=headers).status_code == 422
    [status] = client.get("/v1/monthly-reports/2017-02").json()
    assert (status["state"], status["missing_annexes"], status["late_annexes"]) == ("in-time", [], ["370502"])
    assert [each["name"] for each in client.get(path).json()["filings"]] == ["月报.docx", "附件.docx"]
    assert client.get("/v1/monthly-reports/2017-01/370500").status_code == 404
    assert client.get("/v1/monthly-reports/2017-13").status_code == 422


def test_late_lists_are_as_they_were_fixed(client, stores):
    late = (
        LateCity(city="370500", report_missing=True),
        LateCity(city="440100", report_missing=False, missing_annexes=("440103",)),
    )
    for month, due in (("2017-01", date(2017, 2, 6)), ("2017-02", date(2017, 3, 6))):
        fixed = LateList(
            id=f"{month}:{due}", month=month, due=due, fixed_on=due + timedelta(days=1), cities=9, late=late
        )
        stores.late_lists.add([fixed])
    assert [each["month"] for each in client.get("/v1/late-lists").json()["items"]] == ["2017-01", "2017-02"]
    page = client.get("/v1/late-lists?limit=1").json()
    [rest] = client.get(f"/v1/late-lists?cursor={page['next_cursor']}").json()["items"]
    assert (rest["month"], rest["fixed_on"]) == ("2017-02", "2017-03-07")
    [found] = client.get("/v1/late-lists?month=2017-02&region=44").json()["items"]
    assert found["late"] == [
        {"city": "440100", "city_name": "广东省广州市", "report_missing": False, "missing_annexes": ["440103"]}
    ]
    assert client.get("/v1/late-lists?month=2017-13").status_code == 422


def test_accountability_and_accounts(client, stores, clock):
    stores.accountability.add(
        [Accountability(id=str(n), kind="interview", persons=n, unit="某局", on=date(2017, n, 1)) for n in (1, 3, 4)]
    )
    figures = client.get("/v1/accountability-figures?since=2017-01-01&until=2017-03-31").json()
    assert figures == {"total": 4, "kinds": [{"kind": "约谈或诫勉谈话", "persons": 4}]}
    assert len(client.get("/v1/accountability?kind=interview").json()["items"]) == 3
    for name, day in (("a", 1), ("b", 20)):
        stores.accounts.add(
            [
                Account(
                    id=f"wechat:{name}",
                    region="370500",
                    platform=Platform.WECHAT,
                    name=name,
                    owner="某局",
                    level=AccountLevel.CITY,
                    last_update=date(2017, 3, day),
                    seen_on=date(2017, 3, 26),
                )
            ]
        )
    assert len(client.get("/v1/accounts?platform=wechat").json()["items"]) == 2
    [stale] = client.get("/v1/stale-accounts").json()["items"]
    assert (stale["account"]["name"], stale["freshness"]) == ("a", "stale")


def test_special_checks_are_listed_by_office_and_region(client, stores):
    days = {"first": date(2017, 2, 20), "last": date(2017, 3, 17)}
    told = {"topic": "办事服务功能", "checked": 120, "faulty": 31, "problems": ("办事指南要素不全",), **days}
    stores.special_checks.add(
        [
            SpecialCheck(id="s1", office="dy", region="370500", **told),
            SpecialCheck(id="s2", office="dyq", region="370502", **told),
            SpecialCheck(id="s3", office="gz", region="440100", **told),
        ]
    )

    def listed(**wanted) -> list[str]:
        return [each["number"] for each in client.get("/v1/special-checks", params=wanted).json()["items"]]

    assert listed() == ["s1", "s2", "s3"]
    assert listed(region="3705") == ["s1", "s2"]
    assert listed(office="dyq") == ["s2"]
    page = client.get("/v1/special-checks", params={"limit": 1}).json()
    assert page["items"] == [
        {
            **{"number": "s1", "office": "dy", "region": "370500", "topic": "办事服务功能"},
            **{"first": "2017-02-20", "last": "2017-03-17", "checked": 120, "faulty": 31},
            **{"problems": ["办事指南要素不全"], "note": ""},
        }
    ]
    assert listed(cursor=page["next_cursor"]) == ["s2", "s3"]
    assert client.get("/v1/special-checks", params={"region": "3"}).status_code == 422
