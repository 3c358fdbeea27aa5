"""Cases and assessments over the API."""

import base64
from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from inspection.messages import Message, MessageState
from inspection.messages.message import Step as MessageStep
from inspection.offices import Office, OfficeLevel
from inspection.rectification import Exhibit, Notice, Problem, RectificationCase, Step, StepKind
from inspection.rectification.case import take_step
from inspection.registry import SiteCategory
from inspection.workflows.fix_late_lists import fix_late_list_of
from store.memory import MemoryStores

NOW = datetime(2017, 3, 12, 4, tzinfo=UTC)
PDF = b"%PDF-1.4"
BASE = "/v1/cases/q1:3706000001"


class StillClock:
    """Port ``Clock``."""

    def now(self) -> datetime:
        return NOW


def case(n: int, region: str = "370600", due: date = date(2017, 3, 9), **rest) -> RectificationCase:
    notice = Notice(number="1号", day=date(2017, 2, 9), due=due, recheck_on=None, recipients=("甲",), text="通知")
    problem = Problem(
        finding="f", indicator="N19-V3", message="不更新", veto=True, evidence=(Exhibit(url="http://a.gov.cn/"),)
    )
    step = Step(number=1, kind=StepKind.NOTICE, at=NOW - timedelta(days=31), by="市", due=due)
    opened = RectificationCase(
        id=f"q1:{region}{n:04d}",
        region=region,
        round_id="q1",
        code=f"{region}{n:04d}",
        site_name="站",
        url="http://a.gov.cn/",
        category=SiteCategory.CITY_PORTAL,
        unit="乙局",
        edition="2019",
        problems=(problem,),
        vetoes=("N19-V3",),
        notices=(notice,),
        steps=(step,),
        due=due,
        **rest,
    )
    return take_step(opened, StepKind.RECEIVE, at=NOW - timedelta(days=30), by="乙局")


@pytest.fixture
def stores() -> MemoryStores:
    stores = MemoryStores()
    late = [case(n) for n in range(1, 4)]
    stores.cases.add([*late, case(9, due=date(2017, 3, 12)), case(1, "110105")])
    return stores


@pytest.fixture
def client(stores: MemoryStores) -> TestClient:
    return TestClient(create_app(stores, StillClock()), raise_server_exceptions=False)


def submission(content: bytes = PDF, **rest) -> dict[str, object]:
    document = {"name": "报告.pdf", "content": base64.b64encode(content).decode()}
    return {"by": "乙局", "documents": [document], **rest}


def test_lists_by_region_and_state_and_those_overdue_page_by_page(client):
    found, cursor = [], None
    while True:
        query = {"region": "37", "overdue": True, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/cases", params=query).json()
        found += [(item["code"], item["overdue_days"]) for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == [(f"370600000{n}", 3) for n in (1, 2, 3)]
    assert len(client.get("/v1/cases", params={"overdue": True, "day": "2017-03-13"}).json()["items"]) == 5
    assert client.get("/v1/cases", params={"state": "closed"}).json()["items"] == []
    assert client.get("/v1/cases", params={"region": "3"}).status_code == 422


def test_a_report_is_handed_in_with_its_document(client, stores):
    answer = client.post(f"{BASE}/submissions", json=submission(note="全部改好"))
    assert answer.status_code == 201
    assert answer.json()["case"]["state"] == "submitted"
    [step] = client.get(f"{BASE}/submissions").json()
    assert (step["late_days"], step["note"], step["stands"]) == (3, "全部改好", True)
    digest = step["attachments"][0]["digest"]
    assert client.get(f"/v1/snapshots/{digest}/body").content == PDF
    again = client.post(f"{BASE}/submissions", json=submission())
    assert again.status_code == 409
    assert "此时可以：安排复查" in again.json()["detail"]
    assert len(client.get(BASE).json()["steps"]) == 3


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (submission(b"PK\x03\x04"), "不是 PDF、JPEG 或 PNG"),
        (submission(by=" "), "署名"),
        (submission(documents=[]), "documents"),
        (submission(documents=[{"name": "a.pdf", "content": "%%%"}]), "Base64"),
    ],
)
def test_what_is_no_report_is_refused(client, body, told):
    answer = client.post(f"{BASE}/submissions", json=body)
    assert (answer.status_code, told in answer.json()["detail"]) == (422, True)
    assert client.get(BASE).json()["case"]["state"] == "correcting"


def test_one_case_whole(client):
    found = client.get(BASE).json()
    assert found["problems"][0]["evidence"][0]["url"] == "http://a.gov.cn/"
    assert found["notices"][0]["text"] == "通知"
    assert client.get("/v1/cases/nix").status_code == 404


def test_assessment_leads_to_the_cases(client):
    period = {"from": "2017-02-01", "to": "2017-03-31", "region": "37"}
    [unit] = client.get("/v1/assessment", params=period).json()
    assert (unit["unit"], unit["points"]) == ("乙局", 6.0)
    assert unit["lines"][0] == {
        "rule": "failed-veto",
        "name": "网站抽查不合格（单项否决）",
        "points": 1.0,
        "day": "2017-02-09",
        "reference": "q1:3706000001",
        "note": "站",
        "clause": "由2017年某市通报公布的扣分推得",
        "provisional": True,
    }
    assert client.get("/v1/assessment", params=period | {"rules": "nix"}).status_code == 404
    assert client.get("/v1/assessment", params=period | {"to": "2017-01-01"}).status_code == 422


def test_assessment_counts_late_replies_and_late_monthly_reports(client, stores):
    stores.offices.add([Office(id="qs", name="青山市政府办公室", level=OfficeLevel.MUNICIPAL, region="370600")])
    routed = MessageStep(at=NOW - timedelta(days=10), by="平台", state=MessageState.ROUTED)
    stores.messages.add(
        [
            Message(
                id="m1",
                region="370600",
                received_at=NOW - timedelta(days=10),
                channel="找错",
                text="死链",
                state=MessageState.ROUTED,
                due=date(2017, 3, 7),
                rule="national",
                office="qs",
                steps=(routed,),
            )
        ]
    )

    fix_late_list_of("2017-02", date(2017, 3, 6), stores, stores.rules.monthly)

    def counted(**rest: str) -> set[tuple[str, str]]:
        found = client.get("/v1/assessment", params={"from": "2017-03-01", "to": "2017-03-31", **rest}).json()
        return {(line["rule"], line["reference"]) for unit in found for line in unit["lines"]}

    late = {("late-reply", "m1"), ("late-monthly-report", "2017-02:370600")}
    assert late <= counted()
    assert late <= counted(region="3706")
    assert not late & counted(region="11")
