"""Cases opened over the API and brought by steps to their end."""

import base64
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from inspection.registry import Site, SiteCategory
from inspection.scoring import Scorecard, Verdict
from inspection.supervision import load_rules
from store.memory import MemoryStores

CODE = "3706000001"
ID = f"q1:{CODE}"
UNIT = "青岚市第1局"
THIRD = "第三方"
PDF = [{"name": "文件.pdf", "content": base64.b64encode(b"%PDF-1.4").decode()}]


class MovingClock:
    """Port ``Clock``: moves only by hand."""

    def __init__(self) -> None:
        self.present = datetime(2017, 2, 9, 4, tzinfo=UTC)

    def now(self) -> datetime:
        return self.present

    def pass_days(self, days: int) -> None:
        self.present += timedelta(days=days)


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def stores(clock: MovingClock) -> MemoryStores:
    stores = MemoryStores()
    sites = [
        Site(
            code=f"370600{n:04d}",
            name=f"第{n}站",
            url=f"http://s{n}.gov.cn/",
            category=SiteCategory.CITY_DEPARTMENT,
            region="370600",
            organizer=f"青岚市第{n}局" if n < 3 else "",
        )
        for n in range(1, 4)
    ]
    stores.sites.upsert(sites, at=clock.now(), source="t")
    return stores


@pytest.fixture
def client(stores: MemoryStores, clock: MovingClock) -> TestClient:
    return TestClient(create_app(stores, clock), raise_server_exceptions=False)


def failure(code: str = CODE, **rest: object) -> dict[str, object]:
    return {"code": code, "indicator": "N19-V3", "message": "首页不更新", "url": "s1.gov.cn", **rest}


def opened(client: TestClient, *failures: dict[str, object], **rest: object) -> Any:
    body = {"round_id": "q1", "by": "市政府办公室", "due": "2017-03-10", "failures": list(failures), **rest}
    return client.post("/v1/cases", json=body)


def step(client: TestClient, kind: str, status: int = 201, by: str = "市政府办公室", **rest: object) -> Any:
    answer = client.post(f"/v1/cases/{ID}/steps", json={"kind": kind, "by": by, **rest})
    assert answer.status_code == status, answer.text
    return answer.json()


def test_cases_are_opened_once_with_their_notices(client: TestClient) -> None:
    done = opened(client, failure(), failure(indicator="N19-V4", message="空白栏目"), failure("3706000003"))
    assert done.status_code == 201, done.text
    assert (done.json()["new"], [case["id"] for case in done.json()["cases"]]) == (1, [ID])
    assert "没有登记主办单位" in done.json()["refused"][0]
    whole = client.get(f"/v1/cases/{ID}").json()
    assert [problem["indicator"] for problem in whole["problems"]] == ["N19-V3", "N19-V4"]
    assert (whole["notices"][0]["due"], whole["steps"][0]["by"]) == ("2017-03-10", "市政府办公室")
    assert opened(client, failure()).json()["new"] == 0


def test_each_bad_failure_is_named_and_no_case_is_opened(client: TestClient) -> None:
    answer = opened(client, failure(), failure(indicator="X"), failure(message=" "), failure(url="ftp://x"))
    assert answer.status_code == 422
    assert [fault["where"] for fault in answer.json()["errors"]] == [
        "body.failures.1.indicator",
        "body.failures.2.message",
        "body.failures.3.url",
    ]
    assert opened(client, failure("3706000099")).status_code == 404
    assert "先后有误" in opened(client, failure(), due="2017-01-01").json()["detail"]
    unknown = opened(client, failure(), rules="nix")
    assert (unknown.status_code, "可用：national、city-example" in unknown.json()["detail"]) == (404, True)
    assert client.get("/v1/cases").json()["items"] == []
    assert client.post("/v1/cases", json={"round_id": "nix", "by": "甲"}).status_code == 404


def test_the_steps_of_a_case_and_those_its_state_refuses(client: TestClient, clock: MovingClock) -> None:
    opened(client, failure())
    assert "此时可以：签收" in step(client, "interview", 409, note="约谈分管负责人")["detail"]
    assert step(client, "receive", by=UNIT)["case"]["state"] == "correcting"
    assert "未过" in step(client, "escalate", 422, note="逾期未报")["detail"]
    clock.pass_days(30)
    assert "复查须由第三方进行" in step(client, "escalate", 422, by=UNIT, note="逾期未报")["detail"]
    assert "升级的理由" in step(client, "escalate", 422)["detail"]
    escalated = step(client, "escalate", note="逾期未报", due="2017-03-31")
    assert (escalated["case"]["state"], escalated["case"]["due"]) == ("escalated", "2017-03-31")
    assert len(escalated["notices"]) == 2
    assert step(client, "interview", note="约谈分管负责人")["steps"][-1]["note"] == "约谈分管负责人"
    assert "关停并转的批复" in step(client, "close_site", 422, by=UNIT, note="并入门户")["detail"]
    closed = step(client, "close_site", by=UNIT, note="并入门户", documents=PDF)
    assert (closed["case"]["state"], closed["steps"][-1]["attachments"][0]["name"]) == ("site_closed", "文件.pdf")
    assert "只能撤销最后一个有效步骤" in step(client, "reverse", 409, note="误登", reverses=2)["detail"]
    assert step(client, "reverse", note="误登", reverses=5)["case"]["state"] == "escalated"
    step(client, "close_site", by=UNIT, note="并入门户", documents=PDF)
    assert step(client, "reopen", note="重新上线", due="2017-05-01")["case"]["due"] == "2017-05-01"


@pytest.mark.parametrize(
    ("kind", "rest", "told"),
    [
        ("receive", {"reverses": 1}, "reverses"),
        ("reverse", {"note": "误登"}, "reverses"),
        ("receive", {"due": "2017-05-01"}, "期限"),
        ("receive", {"by": " "}, "署名"),
        ("escalate", {"note": "逾期", "documents": PDF}, "documents"),
        ("recheck", {}, "kind"),
        ("submit", {"documents": PDF}, "kind"),
    ],
)
def test_what_a_step_has_no_use_for_is_refused(
    client: TestClient, kind: str, rest: dict[str, object], told: str
) -> None:
    opened(client, failure())
    answer = step(client, kind, 422, **{"by": "市政府办公室", **rest})
    assert told in answer["detail"]
    assert len(client.get(f"/v1/cases/{ID}").json()["steps"]) == 1


def test_rules_of_the_installation_are_used_by_their_id(client: TestClient, stores: MemoryStores) -> None:
    shipped = resources.files("inspection.rectification.rules").joinpath("city-example.toml").read_text("utf-8")
    own = shipped.replace('id = "city-example"', 'id = "qinglan"').replace("max_bytes = ", "max_bytes = 4 # ")
    stores.rules = load_rules({"rectification-qinglan.toml": own})
    opened(client, failure(), rules="qinglan")
    step(client, "receive", by=UNIT)
    report = {"by": UNIT, "documents": PDF}
    answer = client.post(f"/v1/cases/{ID}/submissions", json=report | {"rules": "qinglan"})
    assert (answer.status_code, "文件.pdf" in answer.json()["detail"]) == (422, True)
    assert client.post(f"/v1/cases/{ID}/submissions", json=report).status_code == 201


def submitted(client: TestClient) -> None:
    opened(client, failure(), recheck_on="2017-03-20")
    step(client, "receive", by=UNIT)
    report = client.post(f"/v1/cases/{ID}/submissions", json={"by": UNIT, "documents": PDF})
    assert report.status_code == 201


def recheck(client: TestClient, status: int = 201, by: str = THIRD, **rest: object) -> Any:
    answer = client.post("/v1/rechecks", json={"round_id": "q1", "by": by, **rest})
    assert answer.status_code == status, answer.text
    return answer.json()


def settle(client: TestClient, status: int = 200, by: str = THIRD, **rest: object) -> Any:
    answer = client.post("/v1/rechecks/recheck-q1-1/settle", json={"by": by, **rest})
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_third_party_rechecks_and_settles(client: TestClient, stores: MemoryStores, clock: MovingClock) -> None:
    submitted(client)
    assert "未到复查日期的 1 件" in recheck(client, 404)["detail"]
    assert "复查须由第三方进行" in recheck(client, 422, by=UNIT, early=True)["detail"]
    clock.pass_days(40)
    ordered = recheck(client)
    assert (ordered["round_id"], ordered["problems"], ordered["cases"][0]["state"]) == (
        *("recheck-q1-1", 1),
        "rechecking",
    )
    assert client.get("/v1/rounds/recheck-q1-1").json()["state"] == "open"
    [waiting] = settle(client)
    assert (waiting["judged"], waiting["fates"]) == (False, [])
    card = Scorecard(edition="2019", verdict=Verdict.PASSED, score=None, deducted=Decimal(0))
    stores.inspections.save_judgement("recheck-q1-1", CODE, card, [], at=clock.now())
    settle(client, 422, by=UNIT)
    [unclear] = settle(client)
    assert (unclear["case"]["state"], unclear["fates"][0]["fate"]) == ("rechecking", "unclear")
    finding = unclear["fates"][0]["finding"]
    settle(client, 404, seen=[{"code": CODE, "finding": "nix", "fate": "gone"}])
    [done] = settle(client, seen=[{"code": CODE, "finding": finding, "fate": "gone"}])
    assert (done["case"]["state"], "已整改 1 项" in done["summary"]) == ("closed", True)
    settle(client, 404)


def test_a_problem_that_a_person_saw_remain_escalates(
    client: TestClient, stores: MemoryStores, clock: MovingClock
) -> None:
    submitted(client)
    recheck(client, early=True)
    card = Scorecard(edition="2019", verdict=Verdict.PASSED, score=None, deducted=Decimal(0))
    stores.inspections.save_judgement("recheck-q1-1", CODE, card, [], at=clock.now())
    finding = client.get(f"/v1/cases/{ID}").json()["problems"][0]["finding"]
    seen = [{"code": CODE, "finding": finding, "fate": "remains"}]
    [done] = settle(client, seen=seen, due="2017-04-30")
    assert (done["case"]["state"], done["case"]["due"], done["case"]["escalations"]) == ("escalated", "2017-04-30", 1)
    listed = client.get("/v1/repeat-offenders", params={"round_id": "q1"}).json()
    assert ([each["code"] for each in listed["repeats"]], listed["added"]) == ([CODE], [])
    assert client.get("/v1/key-sites").json()["items"] == []
    assert client.post("/v1/repeat-offenders", json={"by": " ", "rounds": ["q1"]}).status_code == 422
    watched = client.post("/v1/repeat-offenders", json={"by": "市政府办公室", "rounds": ["q1"]}).json()
    assert watched["added"] == [CODE]
    [key] = client.get("/v1/key-sites").json()["items"]
    assert (key["code"], key["by"], key["since"]) == (CODE, "市政府办公室", "2017-02-09")


def test_key_sites_are_put_on_the_register_and_taken_off(client: TestClient) -> None:
    wanted = {"code": CODE, "reason": "屡次不合格", "by": "甲", "every_min": 60}
    assert client.post("/v1/key-sites", json=wanted).status_code == 201
    assert client.post("/v1/key-sites", json=wanted | {"code": "3706000099"}).status_code == 404
    assert client.post("/v1/key-sites", json=wanted | {"every_min": 0}).status_code == 422
    ended = client.post(f"/v1/key-sites/{CODE}/end", json={"by": "甲", "last_day": f"{date(2017, 3, 1)}"}).json()
    assert (ended["until"], ended["every_min"]) == ("2017-03-01", 60)
    assert client.post("/v1/key-sites/3706000002/end", json={"by": "甲"}).status_code == 404
