"""Bulletins from draft to publication over the API."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from inspection.accountability import Accountability
from inspection.offices import Office, OfficeLevel
from inspection.reporting.report import StatedTotals
from inspection.sampling import Round, RoundState
from inspection.statistics import Dimension, PassRate
from inspection.supervision import load_rules
from inspection.workflows.file_report import file_report
from store.bulletins.html_page import HtmlRenderer
from store.memory import MemoryStores

DATA = Path(__file__).parents[1] / "inspection" / "bulletin" / "published"
AT = datetime(2026, 10, 12, tzinfo=UTC)


class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return AT


@pytest.fixture
def stores() -> MemoryStores:
    return MemoryStores()


@pytest.fixture
def client(stores: MemoryStores) -> TestClient:
    return TestClient(create_app(stores, Still(), [HtmlRenderer()]), raise_server_exceptions=False)


def figures(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_bytes())


def draft(client: TestClient, name: str = "national-2017Q1", **rest: object) -> Any:
    answer = client.post("/v1/bulletins", json={"id": "b1", "by": "甲", "figures": figures(name), **rest})
    assert answer.status_code == 201, answer.text
    return answer.json()


def step(client: TestClient, name: str, status: int = 200, **body: object) -> Any:
    answer = client.post(f"/v1/bulletins/b1/{name}", json={"by": "乙", **body})
    assert answer.status_code == status, answer.text
    return answer.json()


def test_the_wording_of_the_installation_is_printed(client: TestClient, stores: MemoryStores) -> None:
    assert "各单位：" not in draft(client)["text"]
    stores.rules = load_rules({"wording.toml": '[national]\naddressees = "各单位："'})
    assert "各单位：" in draft(client)["text"]


def test_from_draft_to_publication(client: TestClient) -> None:
    drafted = draft(client, number="国办秘函〔2017〕23号")
    assert (drafted["state"], drafted["conflicts"]) == ("draft", [])
    assert "尚未审核" in step(client, "publish", 409, without_pdf=True)["detail"]
    assert step(client, "review", note="同意")["state"] == "reviewed"
    step(client, "review", 409)
    published = step(client, "publish", without_pdf=True)
    assert [(each["state"], each["by"], each["note"]) for each in published["steps"]] == [
        ("draft", "甲", ""),
        ("reviewed", "乙", "同意"),
        ("published", "乙", ""),
    ]
    assert (published["issued_on"], [file["format"] for file in published["files"]]) == ("2026-10-12", ["html", "json"])
    assert client.get("/v1/bulletins/b1/files/html").status_code == 200
    assert [check["fault"] for check in client.get("/v1/bulletins/b1/verification").json()] == ["", ""]
    step(client, "review", 409)
    step(client, "publish", 409, without_pdf=True)
    again = client.post("/v1/bulletins", json={"id": "b1", "by": "甲", "figures": figures("national-2017Q1")})
    assert (again.status_code, "不能更改" in again.json()["detail"]) == (409, True)


def test_figures_that_do_not_add_up_stop_it_until_a_person_answers_for_them(client: TestClient) -> None:
    [conflict] = draft(client, "municipal-2017", region="370600")["conflicts"]
    assert (conflict["stated"], conflict["computed"], conflict["overridden"]) == ("60", "61", False)
    step(client, "review")
    assert "之和为 61" in step(client, "publish", 422, without_pdf=True)["detail"]
    step(client, "overrides", 404, conflict="0" * 16, reason="两处均计")
    step(client, "overrides", 422, conflict=conflict["id"], reason=" ")
    changed = step(client, "overrides", conflict=conflict["id"], reason="两处均计", by="丁")
    assert (changed["state"], changed["conflicts"][0]["overridden"]) == ("draft", True)
    step(client, "publish", 409, without_pdf=True)
    assert "不得由本人审核" in step(client, "review", 422, by="丁")["detail"]
    step(client, "review")
    [note] = step(client, "publish", without_pdf=True)["notes"]
    assert "经丁于2026年10月12日核定按原数刊发，理由：两处均计" in note


def test_corrections_name_what_they_correct(client: TestClient) -> None:
    correction = {"id": "b2", "by": "甲", "figures": figures("national-2017Q1"), "corrects": "b1", "reason": "有误"}
    draft(client)
    early = client.post("/v1/bulletins", json=correction)
    assert (early.status_code, "尚未发布" in early.json()["detail"]) == (409, True)
    step(client, "review")
    step(client, "publish", without_pdf=True)
    assert client.post("/v1/bulletins", json=correction | {"reason": " "}).status_code == 422
    answer = client.post("/v1/bulletins", json=correction)
    assert (answer.status_code, answer.json()["corrects"]) == (201, "b1")
    assert client.get("/v1/bulletins/b1").json()["corrected_by"] == "", "not published yet"
    second = client.post("/v1/bulletins", json=correction | {"id": "b3"})
    assert (second.status_code, "b2" in second.json()["detail"]) == (409, True)
    for name in ("review", "publish"):
        body = {"by": "乙", **({"without_pdf": True} if name == "publish" else {})}
        assert client.post(f"/v1/bulletins/b2/{name}", json=body).status_code == 200
    assert client.get("/v1/bulletins/b1").json()["corrected_by"] == "b2"
    items = client.get("/v1/bulletins").json()["items"]
    assert [(each["id"], each["corrects"], each["corrected_by"]) for each in items] == [
        ("b1", "", "b2"),
        ("b2", "b1", ""),
    ]


def test_the_region_is_that_of_the_office_that_the_figures_name(client: TestClient, stores: MemoryStores) -> None:
    body = {"id": "b1", "by": "甲", "figures": figures("hainan-2016Q1")}
    asked = client.post("/v1/bulletins", json=body)
    assert (asked.status_code, "region" in asked.json()["detail"]) == (422, True)
    assert draft(client, "hainan-2016Q1", region="460000", id="b2")["region"] == "460000"
    stores.offices.add([Office(id="hn", name="海南省人民政府办公厅", level=OfficeLevel.PROVINCIAL, region="460000")])
    assert draft(client, "hainan-2016Q1")["region"] == "460000"
    found = client.get("/v1/bulletins", params={"state": "draft", "region": "460000"}).json()["items"]
    assert [each["id"] for each in found] == ["b1", "b2"]


def test_a_draft_is_made_into_a_file_where_it_is_asked_for(client: TestClient) -> None:
    draft(client)
    assert client.get("/v1/bulletins/b1/files/html").status_code == 404
    shown = client.get("/v1/bulletins/b1/files/html", params={"unpublished": True})
    assert "草稿，不得对外发布" in shown.text
    assert (shown.headers["content-type"], "etag" in shown.headers) == ("text/html; charset=utf-8", False)
    refused = client.get("/v1/bulletins/b1/files/docx", params={"unpublished": True})
    assert (refused.status_code, "可生成：html" in refused.json()["detail"]) == (404, True)


def test_without_the_means_nothing_is_published(client: TestClient, stores: MemoryStores) -> None:
    draft(client)
    step(client, "review")
    assert "without_pdf" in step(client, "publish", 422)["detail"]
    bare = TestClient(create_app(stores, Still()), raise_server_exceptions=False)
    assert "xuncha bulletin publish" in step(bare, "publish", 422, without_pdf=True)["detail"]
    assert client.get("/v1/bulletins").json()["items"] == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "三者取一"),
        ({"round_id": "r", "figures": {}}, "三者取一"),
        ({"round_id": "r", "own_report": "2017-02"}, "三者取一"),
        ({"own_report": "2017-02"}, "office、period 和 area"),
        ({"figures": {"period": 1}}, "figures 无效"),
        ({"figures": {**figures("national-2017Q1"), "mesages": {}}}, "mesages（是否为 messages）"),
        (
            {"figures": {**figures("national-2017Q1"), "running": [{"category": "county-below", "sites": 1, "x": 2}]}},
            "running[0].x",
        ),
        ({"round_id": "r"}, "office、period 和 area"),
        ({"figures": figures("national-2017Q1"), "by": " "}, "没有写明经办人（by）"),
        ({"figures": figures("national-2017Q1"), "number": "第一号"}, "文号"),
    ],
)
def test_what_is_no_draft_is_refused(client: TestClient, body: dict[str, object], told: str) -> None:
    answer = client.post("/v1/bulletins", json={"id": "b1", "by": "甲", **body})
    assert (answer.status_code, told in answer.json()["detail"]) == (422, True), answer.text
    assert client.get("/v1/bulletins/b1", params={"unpublished": True}).status_code == 404


def test_a_misspelt_field_is_refused_by_name(client: TestClient) -> None:
    body = {"id": "b1", "by": "甲", "figures": figures("national-2017Q1"), "ofice": "gb"}
    answer = client.post("/v1/bulletins", json=body)
    assert (answer.status_code, "ofice" in answer.text) == (422, True)


def closed_round(stores: MemoryStores, *, drill: bool, state: RoundState = RoundState.CLOSED) -> None:
    stores.offices.add([Office(id="gb", name="某办公厅", level=OfficeLevel.NATIONAL)])
    round_ = Round(
        id="r",
        title="第三季度",
        as_of=date(2026, 9, 30),
        edition="2019",
        plan="",
        seed="s",
        registry_digest="",
        sample_digest="",
        state=state,
        drawn_at=AT,
        drill=drill,
    )
    stores.rounds.add(round_, (), ())
    whole = PassRate(
        round_id="r",
        dimension=Dimension.NATION,
        key="000000",
        label="全国",
        population=100,
        sampled=20,
        passed=18,
        failed=2,
        not_determined=0,
        closed=0,
        rate=0.9,
        low=0.7,
        high=0.98,
        method="m",
        small_cell=False,
    )
    stores.pass_rates.replace("r", [whole])


ON_ROUND = {
    **{"id": "b1", "by": "甲", "round_id": "r", "office": "gb", "period": "2026年第三季度", "area": "全国"},
    "report_by": "2026-11-02",
}


def test_the_figures_of_a_round_are_gathered(client: TestClient, stores: MemoryStores) -> None:
    closed_round(stores, drill=False)
    answer = client.post("/v1/bulletins", json=ON_ROUND)
    assert answer.status_code == 201, answer.text
    assert "政府网站20个，发现不合格网站2个，总体合格率90%" in answer.json()["text"]
    assert "于2026年11月2日前" in answer.json()["text"]
    for wrong in ({"office": "nix"}, {"round_id": "nix"}, {"assessment": "nix"}):
        assert client.post("/v1/bulletins", json=ON_ROUND | wrong).status_code == 404
    step(client, "review")
    assert step(client, "publish", without_pdf=True)["state"] == "published"


def test_what_came_after_the_period_does_not_count(client: TestClient, stores: MemoryStores) -> None:
    closed_round(stores, drill=False)
    kind = stores.rules.accountability.kinds[0].id
    stores.accountability.add(
        [
            Accountability(id=f"{day}", kind=kind, persons=1, unit="某局", on=day)
            for day in (date(2026, 6, 30), date(2026, 8, 3), date(2026, 9, 30), date(2026, 10, 1))
        ]
    )

    def text(**days: str) -> str:
        answer = client.post("/v1/bulletins", json=ON_ROUND | days)
        assert answer.status_code == 201, answer.text
        told: str = answer.json()["text"]
        return told

    assert "共有2人被问责" in text()
    assert "共有1人被问责" in text(until="2026-08-31")
    assert "问责力度" not in text(until="2026-07-31")
    refused = client.post("/v1/bulletins", json=ON_ROUND | {"until": "2126-09-30"})
    assert (refused.status_code, "还没有到" in refused.json()["detail"]) == (422, True)


def test_what_the_office_itself_has_reported_is_told(client: TestClient, stores: MemoryStores) -> None:
    stores.offices.add([Office(id="qs", name="青山市政府办公室", level=OfficeLevel.MUNICIPAL, region="370600")])
    file_report(
        None,
        StatedTotals(running=80, sampled=20, passed=18, failed=2),
        office_id="qs",
        period="2017-02",
        as_of=date(2017, 2, 28),
        by="甲",
        source="通报",
        reason="",
        stores=stores,
        clock=Still(),
        rules=stores.rules.reporting,
    )
    order = {"id": "b1", "by": "甲", "own_report": "2017-02", "office": "qs", "period": "2017年2月", "area": "青山市"}
    answer = client.post("/v1/bulletins", json=order)
    assert answer.status_code == 201, answer.text
    assert answer.json()["figures"]["own"]["sampled"] == 20
    assert "20个" in answer.json()["text"]
    assert client.post("/v1/bulletins", json=order | {"own_report": "2017-03"}).status_code == 404


def test_copies_are_named_at_the_end_and_the_printing_on_the_day_of_publication(
    client: TestClient, stores: MemoryStores
) -> None:
    stores.rules = load_rules({"wording.toml": '[national]\ncopies_to = "某委"\nprinted_by = "某办公厅秘书局"'})
    assert "抄送：某委。" in draft(client)["text"]
    assert "印发" not in draft(client, issued_on="2026-10-09")["text"]
    assert draft(client, copies_to="省委办公厅，省人大常委会办公厅")["text"].endswith(
        "抄送：省委办公厅，省人大常委会办公厅。"
    )
    assert "抄送：省委办公厅" in draft(client)["text"]  # drafted anew without them: they stay
    step(client, "review")
    assert step(client, "publish", without_pdf=True)["text"].endswith("\n某办公厅秘书局\t2026年10月12日印发")


def test_no_advice_on_commands_is_given_to_clients(client: TestClient) -> None:
    draft(client)
    told = [step(client, "publish", 409, without_pdf=True), step(client, "review", 422, by="甲")]
    step(client, "review")
    told.append(step(client, "review", 409))
    step(client, "publish", without_pdf=True)
    told.append(step(client, "review", 409))
    correction = {"id": "b2", "by": "甲", "figures": figures("national-2017Q1"), "corrects": "b1", "reason": " "}
    told.append(client.post("/v1/bulletins", json=correction).json())
    assert not [each["detail"] for each in told if "--" in each["detail"] or "xuncha" in each["detail"]]


def test_a_drill_is_never_published(client: TestClient, stores: MemoryStores) -> None:
    closed_round(stores, drill=True)
    assert client.post("/v1/bulletins", json=ON_ROUND).json()["drill"] is True
    step(client, "review")
    assert "演练" in step(client, "publish", 422, without_pdf=True)["detail"]


def test_figures_of_a_round_that_goes_on_are_not_gathered(client: TestClient, stores: MemoryStores) -> None:
    closed_round(stores, drill=False, state=RoundState.OPEN)
    assert client.post("/v1/bulletins", json=ON_ROUND).status_code == 409
