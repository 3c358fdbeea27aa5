"""Self-checks, reported rounds, sums and verifications over the API."""

import base64
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from inspection.offices import Office, OfficeLevel
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.scoring import Scorecard, Verdict
from inspection.supervision import load_rules
from inspection.workflows.open_round import open_round
from store.memory import MemoryStores

NOW = datetime(2017, 4, 3, 4, tzinfo=UTC)
PDF = b"%PDF-1.4"
SITES = 12


class Clock:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


def site(n: int) -> Site:
    return Site(
        code=f"370600{n:04d}",
        name=f"{n}局",
        url=f"http://s{n}.cn/",
        category=SiteCategory.CITY_DEPARTMENT,
        region="370602" if n < 4 else "370600",
        status=SiteStatus.CLOSED if n == SITES - 1 else SiteStatus.NORMAL,
    )


@pytest.fixture
def stores() -> MemoryStores:
    stores = MemoryStores()
    stores.sites.upsert([site(n) for n in range(SITES)], at=NOW, source="t")
    levels = {
        "guoban": (OfficeLevel.NATIONAL, "000000"),
        "sd": (OfficeLevel.PROVINCIAL, "370000"),
        "yt": (OfficeLevel.MUNICIPAL, "370600"),
        "zf": (OfficeLevel.COUNTY, "370602"),
    }
    stores.offices.add(
        [Office(id=id_, name=f"{id_}办", level=level, region=region) for id_, (level, region) in levels.items()]
    )
    return stores


@pytest.fixture
def client(stores: MemoryStores) -> TestClient:
    return TestClient(create_app(stores, Clock()), raise_server_exceptions=False)


def results(numbers: range, verdict: str = "passed") -> list[dict[str, object]]:
    return [{"code": f"370600{n:04d}", "verdict": verdict} for n in numbers]


def form(office: str, numbers: range, **rest: object) -> dict[str, object]:
    return {
        **{"office": office, "period": "2017Q1", "signatory": "局长", "by": "甲", "results": results(numbers)},
        "scan": base64.b64encode(PDF).decode(),
        **rest,
    }


def test_a_signed_form_is_filed_once_with_its_scan(client: TestClient) -> None:
    first = results(range(1), "failed")
    first[0] |= {"problems": ["死链", "空白栏目"], "inspected_on": "2017-03-20"}
    body = form("zf", range(0), results=first, signed_on="2017-04-01")
    filed = client.post("/v1/self-checks", json=body)
    assert filed.status_code == 201, filed.text
    assert client.post("/v1/self-checks", json=body).json() == filed.json()
    [listed] = client.get("/v1/self-checks").json()["items"]
    assert (listed["office"], listed["sites"], listed["signed_on"], listed["by"]) == ("zf", 1, "2017-04-01", "甲")
    assert client.get(f"/v1/snapshots/{listed['scan']['digest']}/body").content == PDF
    assert client.get(f"/v1/self-checks/{listed['id']}").json()["results"] == [
        {
            "code": "3706000000",
            "verdict": "failed",
            "problems": ["死链", "空白栏目"],
            "inspected_on": "2017-03-20",
        }
    ]
    assert client.get("/v1/self-checks/nix").status_code == 404


def test_forms_are_listed_by_scope_and_page_by_page(client: TestClient) -> None:
    for office, numbers in (("zf", range(2)), ("zf", range(2, 4)), ("yt", range(4, 6))):
        assert client.post("/v1/self-checks", json=form(office, numbers)).status_code == 201
    assert client.post("/v1/self-checks", json=form("yt", range(6, 7), period="2017Q2")).status_code == 201
    counts = {"office=zf": 2, "office=yt": 2, "region=3706": 4, "region=370602": 2, "period=2017Q2": 1, "region=11": 0}
    for query, number in counts.items():
        found, cursor = 0, ""
        while cursor is not None:
            page = client.get(f"/v1/self-checks?{query}&limit=1{cursor and '&cursor='}{cursor}").json()
            found, cursor = found + len(page["items"]), page["next_cursor"]
        assert found == number, query


def test_what_is_still_missing_counts_the_forms_of_the_offices_below(client: TestClient) -> None:
    client.post("/v1/self-checks", json=form("zf", range(3)))
    where = "office=sd&period=2017Q1"
    status = client.get(f"/v1/self-check-status?{where}").json()
    assert (status["sites"], status["missing"], status["verdicts"]["passed"], status["complete"]) == (11, 8, 3, False)
    page = client.get(f"/v1/self-check-missing?{where}&limit=3").json()
    assert [row["code"][-1] for row in page["items"]] == ["3", "4", "5"]
    rest = client.get(f"/v1/self-check-missing?{where}&cursor={page['next_cursor']}").json()
    assert (len(rest["items"]), rest["next_cursor"]) == (5, None)
    assert client.get("/v1/self-check-status?office=nix&period=2017Q1").status_code == 404
    assert client.get("/v1/self-check-status?office=sd&period=spring").status_code == 422


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ({"scan": "%%%"}, "Base64"),
        ({"scan": base64.b64encode(b"GIF89a").decode()}, "不是 PDF"),
        ({"signatory": " "}, "签字"),
        ({"results": []}, "没有一个网站"),
        ({"results": [{"code": "3706000001", "verdict": "perhaps"}]}, "verdict"),
    ],
)
def test_what_is_no_form_is_refused(client: TestClient, rest: dict[str, object], told: str) -> None:
    answer = client.post("/v1/self-checks", json=form("zf", range(2), **rest))
    assert (answer.status_code, told in answer.json()["detail"]) == (422, True), answer.text
    assert client.get("/v1/self-checks").json()["items"] == []


def test_each_bad_result_is_named_and_none_is_stored(client: TestClient) -> None:
    body = form("zf", range(2), results=[*results(range(2)), *results(range(9, 10)), *results(range(99, 100))])
    answer = client.post("/v1/self-checks", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [fault["where"] for fault in answer.json()["errors"]] == ["body.results.2.code", "body.results.3.code"]
    assert "第 3 行 code '3706000009'：9局不在zf办的管辖范围内" in answer.json()["detail"]
    assert client.get("/v1/self-checks").json()["items"] == []
    many = form("zf", range(2), results=results(range(50, 90)))
    told = client.post("/v1/self-checks", json=many).json()
    assert len(told["errors"]) == 40
    assert "另有 20 处" in told["detail"]


def report(client: TestClient, status: int = 201, **rest: object) -> Any:
    body = {"office": "yt", "period": "2017Q1", "by": "甲", "as_of": "2017-03-31", **rest}
    answer = client.post("/v1/reports", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_report_is_filed_and_corrected_with_a_reason(client: TestClient) -> None:
    totals = report(client, results=results(range(8)), sampled=8)["filings"][0]["totals"]
    assert (totals["running"], totals["sampled"], totals["passed"], totals["rate"]) == (11, 8, 8, 1.0)
    changed = [*results(range(7)), *results(range(7, 8), "failed")]
    assert "说明原因" in report(client, 422, results=changed)["detail"]
    report(client, results=changed, reason="漏报一处")
    whole = client.get("/v1/reports/2017Q1:yt").json()
    assert [(each["totals"]["failed"], each["reason"]) for each in whole["filings"]] == [(0, ""), (1, "漏报一处")]
    assert client.get("/v1/reports/2017Q1:nix").status_code == 404


def test_a_report_that_contradicts_itself_is_refused(client: TestClient) -> None:
    assert "报表与明细不符" in report(client, 422, results=results(range(8)), passed=7)["detail"]
    assert report(client, 422, results=results(range(90, 91)))["errors"][0]["where"] == "body.results.0.code"
    assert "须填写" in report(client, 422, sampled=3)["detail"]
    report(client, 404, office="nix", sampled=1, passed=1, failed=0)
    assert client.get("/v1/reports").json()["items"] == []


DRAW = {"id": "v1", "title": "复核", "office": "guoban", "period": "2017Q1", "seed": "种子"}


def test_draws_are_stratified_by_office_and_sized_by_the_rules(client: TestClient, stores: MemoryStores) -> None:
    assert client.post("/v1/verifications", json=DRAW).status_code == 404
    report(client, results=[*results(range(8)), *results(range(8, 9), "not_determined")])
    own = load_rules({"reporting.toml": '[draw]\nshare = 0.5\nmin_per_office = 1\nsource = "engineering"'})
    stores.rules = own
    assert client.post("/v1/verifications", json=DRAW | {"count": 2, "share": 0.5}).status_code == 422
    assert client.post("/v1/verifications", json=DRAW | {"seed": ""}).status_code == 422
    too_short = client.post("/v1/verifications", json=DRAW | {"probe_span_s": 60})
    assert too_short.status_code == 422, "only drills may compress the probes"
    drawn = client.post("/v1/verifications", json=DRAW).json()["verification"]
    assert drawn["strata"] == [{"office": "yt", "name": "yt办", "population": 8, "drawn": 4, "apart": 1}]
    assert client.get("/v1/rounds/v1").json()["edition"] == "2015", "the one in force on that day"
    assert client.post("/v1/verifications", json=DRAW).status_code == 409


def test_sums_and_the_verification_of_what_was_reported(client: TestClient, stores: MemoryStores) -> None:
    verdicts = [*results(range(9)), *results(range(9, 10), "failed")]
    report(client, results=verdicts)
    added = client.get("/v1/report-sum?office=guoban&period=2017Q1").json()
    assert (added["regions"], added["sampled"], added["failed"], added["rate"]) == (1, 10, 1, 0.9)
    assert client.get("/v1/report-sum?office=guoban&period=2017Q1&running=100").json()["share_of_running"] == 0.1
    assert client.get("/v1/report-sum?office=guoban&period=2017Q2").status_code == 404
    assert added["below"] == []
    stores.rules = load_rules({"reporting.toml": '[named_below]\nrate = 0.95\nsource = "engineering"'})
    assert client.get("/v1/report-sum?office=guoban&period=2017Q1").json()["below"] == ["烟台市"]

    drawn = client.post("/v1/verifications", json=DRAW | {"count": 10, "edition": "2015"})
    assert (drawn.status_code, drawn.json()["pending"]) == (201, 10), drawn.text
    open_round(
        "v1",
        stores.editions.get("2015"),
        rounds=stores.rounds,
        sites=stores.sites,
        inspections=stores.inspections,
        queue=stores.queue,
        clock=Clock(),
    )
    for n in range(9):
        verdict = Verdict.FAILED if n == 0 else Verdict.PASSED
        card = Scorecard(edition="2015", verdict=verdict, score=None, deducted=Decimal(0))
        stores.inspections.save_judgement("v1", f"370600{n:04d}", card, [], at=NOW)
    [listed] = client.get("/v1/verifications?office=guoban&period=2017Q1").json()["items"]
    assert (listed["id"], listed["drawn"], listed["population"], listed["seed"]) == ("v1", 10, 10, "种子")
    found = client.get("/v1/verifications/v1").json()
    assert (found["compared"], found["agreed"], found["pending"], found["holds"]) == (9, 8, 1, False)
    [disagreement] = found["disagreements"]
    assert (disagreement["code"], disagreement["reported"], disagreement["found"]) == (
        *("3706000000", "passed"),
        "failed",
    )
    assert found["rate"] == pytest.approx(8 / 9)
    [office] = found["offices"]
    assert (office["office"], office["compared"], office["small"], found["provisional"]) == ("yt", 9, True, True)
    assert client.get("/v1/report-sum?office=guoban&period=2017Q1&verification=v1").json()["verified"] == ""
    assert client.get("/v1/verifications/nix").status_code == 404
