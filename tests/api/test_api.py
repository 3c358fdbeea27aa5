"""The API over memory stores."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from inspection.errors import StoreUnavailable
from inspection.findings import Evidence, Finding, FindingState, ReviewStatus
from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, LinkSource, PageSeen, ProbeSeen, ScreenshotSeen
from inspection.ports import Inspection
from inspection.registry import Contact, Site, SiteCategory, SiteStatus
from inspection.review import Decision, Review
from inspection.sampling import ProbePlan, Round, RoundState, SampleMember
from inspection.scoring import Scorecard, Verdict
from inspection.statistics import Dimension, PassRate
from store.memory import MemoryStores

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
SITES = 23
CODE = "3706000001"


def site(n: int) -> Site:
    return Site(
        code=f"370600{n:04d}",
        name=f"青岚市第{n}局",
        url=f"http://s{n}.gov.cn/",
        category=SiteCategory.CITY_PORTAL if n % 2 else SiteCategory.CITY_DEPARTMENT,
        region="370602" if n % 3 else "370600",
        status=SiteStatus.CLOSED if n == 9 else SiteStatus.NORMAL,
        contact=Contact(name="联系人甲", phone="0535-7654321"),
    )


@pytest.fixture
def stores() -> MemoryStores:
    stores = MemoryStores()
    sites = [site(n) for n in range(SITES)]
    stores.sites.upsert(sites, at=NOW, source="a.csv")
    round_ = Round(
        id="r1",
        title="演练",
        as_of=date(2026, 11, 20),
        edition="2019",
        plan="",
        seed="种子",
        registry_digest="d",
        sample_digest="s",
        state=RoundState.OPEN,
        drawn_at=NOW,
        probes=ProbePlan(count=147, span=timedelta(seconds=60)),
        drill=True,
    )
    members = [SampleMember(code=s.code, stratum="37", inclusion_probability=0.5) for s in sites]
    stores.rounds.add(round_, members, [])
    stores.inspections.open([Inspection(round_id="r1", site=s, stratum="37") for s in sites])
    _observe(stores)
    return stores


def _observe(stores: MemoryStores) -> None:
    [digest] = stores.snapshots.put([b"<script>alert(1)</script>"])
    pages = [
        PageSeen(
            url=f"http://s1.gov.cn/{n}",
            final_url="x",
            depth=1,
            fetched_at=NOW,
            outcome=FetchOutcome.OK,
            snapshot=digest,
            links_left=n,
        )
        for n in range(7)
    ]
    stores.observations.add_pages("r1", CODE, pages)
    source = LinkSource(page="http://s1.gov.cn/", element="a", attribute="href", text="坏", line=3)
    links = [
        LinkSeen(
            url=f"http://x.cn/{n:02d}",
            internal=bool(n % 2),
            outcome=LinkOutcome.BROKEN if n % 3 == 0 else LinkOutcome.OK,
            reason=FetchOutcome.NOT_FOUND,
            source=source,
            checked_at=NOW,
        )
        for n in range(20)
    ]
    stores.observations.add_links("r1", CODE, links)
    stores.observations.add_probes(
        "r1", CODE, [ProbeSeen(sequence=n, at=NOW, outcome=FetchOutcome.OK) for n in range(12)]
    )
    evidence = (Evidence(url="http://s1.gov.cn/", excerpt="摘", snapshot=digest, line=3),)
    findings = [
        Finding(
            id=f"f{n}",
            indicator="N19-D17" if n % 2 else "N19-D16",
            state=FindingState.ESTABLISHED,
            subject="s",
            message="首页缺少标识",
            points=Decimal("0.1"),
            review=ReviewStatus.PENDING if n < 3 else ReviewStatus.NOT_NEEDED,
            evidence=evidence,
        )
        for n in range(5)
    ]
    findings += [
        msgspec.structs.replace(findings[0], id=id_, indicator=indicator, state=FindingState.SUSPECTED)
        for id_, indicator in (("e1", "G17-5"), ("g1", "N19-V1"))
    ]
    card = Scorecard(edition="2019", verdict=Verdict.PASSED, score=Decimal("99.5"), deducted=Decimal("0.5"))
    stores.inspections.save_judgement("r1", CODE, card, findings, at=NOW)
    other = Scorecard(edition="2015", verdict=Verdict.FAILED, score=None, deducted=Decimal(0), reasons=("否决",))
    stores.inspections.save_rejudgement("r1", CODE, other, [], at=NOW)
    for n, decision in enumerate((Decision.CONFIRM, Decision.DISMISS)):
        at = NOW + timedelta(minutes=n)
        stores.reviews.add(
            Review(round_id="r1", code=CODE, finding="f4", decision=decision, by="甲", at=at, reason="因")
        )
    rates = [
        PassRate(
            round_id="r1",
            dimension=dimension,
            key=key,
            label="某",
            population=9,
            sampled=4,
            passed=3,
            failed=1,
            not_determined=0,
            closed=0,
            rate=0.75,
            low=0.3,
            high=0.9,
            method="m",
            small_cell=True,
        )
        for dimension, key in ((Dimension.NATION, "000000"), (Dimension.PROVINCE, "37"), (Dimension.PROVINCE, "44"))
    ]
    stores.pass_rates.replace("r1", rates)


@pytest.fixture
def client(stores) -> TestClient:
    return TestClient(create_app(stores), raise_server_exceptions=False)


BASE = f"/v1/rounds/r1/inspections/{CODE}"
LISTS = [
    ("/v1/sites", SITES),
    ("/v1/sites?region=370602", sum(n % 3 > 0 for n in range(SITES))),
    ("/v1/sites?category=city-portal&status=normal", sum(n % 2 and n != 9 for n in range(SITES))),
    ("/v1/sites?q=第1", 11),
    (f"/v1/sites/{CODE}/inspections", 1),
    ("/v1/rounds", 1),
    ("/v1/rounds/r1/sample", SITES),
    ("/v1/rounds/r1/pass-rates", 3),
    ("/v1/rounds/r1/pass-rates?dimension=province", 2),
    ("/v1/rounds/r1/pass-rates?key=37", 1),
    ("/v1/rounds/r1/pass-rates?against=r1", 3),
    ("/v1/rounds/r1/inspections", SITES),
    ("/v1/rounds/r1/inspections?verdict=passed", 1),
    (f"{BASE}/findings", 7),
    (f"{BASE}/findings?indicator=N19-D17", 2),
    (f"{BASE}/pages", 7),
    (f"{BASE}/links", 20),
    (f"{BASE}/links?outcome=broken", 7),
    (f"{BASE}/links?outcome=broken&internal=true", 3),
    (f"{BASE}/probes", 12),
    ("/v1/rounds/r1/findings-to-review", 5),
    ("/v1/rounds/r1/findings-to-review?indicator=N19-D17", 1),
    ("/v1/rounds/r1/findings-to-review?kind=deduction", 3),
    ("/v1/rounds/r1/findings-to-review?kind=bonus", 0),
    ("/v1/rounds/r1/reviews", 2),
    ("/v1/rounds/r1/comparison/changes?before=2019&to=2015", 1),
]


def test_links_are_counted_apart(client):
    counted = client.get(f"{BASE}/link-counts").json()
    assert [(each["on_home"], each["internal"], each["targets"], each["broken"]) for each in counted] == [
        (True, True, 0, 0),
        (True, False, 0, 0),
        (False, True, 10, 3),
        (False, False, 10, 4),
    ]


def test_links_left_unchecked_are_told_for_the_site_and_for_each_page(client):
    assert client.get(BASE).json()["links_left"] == sum(range(7))
    assert [page["links_left"] for page in client.get(f"{BASE}/pages").json()["items"]] == list(range(7))


def test_pass_rates_tell_their_change_on_an_earlier_round(client, stores):
    stores.rounds.add(msgspec.structs.replace(stores.rounds.get("r1"), id="r0"), [], [])
    (province,) = stores.pass_rates.page("r1", key_prefix="37")
    sure = {"low": 0.97, "high": 1.0, "small_cell": False}
    earlier = msgspec.structs.replace(province, round_id="r0", rate=0.99, **sure)
    stores.pass_rates.replace("r0", [earlier])
    now = msgspec.structs.replace(province, small_cell=False)
    stores.pass_rates.replace("r1", [msgspec.structs.replace(now, key="44"), now])
    rows = client.get("/v1/rounds/r1/pass-rates?against=r0").json()["items"]
    changes = {row["key"]: row["change"] for row in rows}
    assert changes["44"] is None
    assert changes["37"]["points"] == pytest.approx(-24)
    assert changes["37"]["significant"] is True
    assert "有统计学意义" in changes["37"]["statement"]
    assert [row["change"] for row in client.get("/v1/rounds/r1/pass-rates").json()["items"]] == [None, None]
    assert rows[0]["share_sampled"] == pytest.approx(4 / 9)


def test_groups_are_ranked_as_far_as_their_intervals_allow(client, stores):
    (province,) = stores.pass_rates.page("r1", key_prefix="37")

    def rate(key, value, low, high, **rest):
        return msgspec.structs.replace(
            province, **{"key": key, "rate": value, "low": low, "high": high, "small_cell": False, **rest}
        )

    rates = [
        rate("11", 1.0, 0.99, 1.0, passed=4, failed=0),
        rate("12", 0.95, 0.7, 1.0),
        rate("37", 0.3, 0.25, 0.35),
        rate("44", 0.1, 0.0, 0.9, small_cell=True),
        rate("3706", 0.5, 0.4, 0.6, dimension=Dimension.CITY),
        rate("3707", 0.9, 0.85, 0.95, dimension=Dimension.CITY),
        rate("4401", 0.9, 0.85, 0.95, dimension=Dimension.CITY),
    ]
    stores.pass_rates.replace("r1", rates)
    found = client.get("/v1/rounds/r1/ranking?below=40").json()
    ranks = {row["key"]: (row["rank"], row["best"], row["worst"]) for row in found["standings"]}
    assert ranks == {"11": (1, 1, 2), "12": (1, 1, 2), "37": (3, 3, 3), "44": (None, None, None)}
    assert (found["full"], found["below"], found["below_percent"]) == (["11"], ["37"], 40)
    assert (found["dimension"], found["drill"], found["standings"][2]["rate"]) == ("province", True, 0.3)
    assert client.get("/v1/rounds/r1/ranking").json()["below_percent"] != 40
    cities = client.get("/v1/rounds/r1/ranking?dimension=city&key=37").json()["standings"]
    assert [(row["key"], row["rank"]) for row in cities] == [("3706", 2), ("3707", 1)]


def test_more_groups_than_can_be_compared_are_refused_with_what_to_do(client, stores):
    (province,) = stores.pass_rates.page("r1", key_prefix="37")
    many = [msgspec.structs.replace(province, dimension=Dimension.COUNTY, key=f"{n:06d}") for n in range(501)]
    stores.pass_rates.replace("r1", many)
    answer = client.get("/v1/rounds/r1/ranking?dimension=county")
    assert (answer.status_code, "请用 key" in answer.json()["detail"]) == (422, True)
    assert client.get("/v1/rounds/r1/ranking?dimension=county&key=0000").status_code == 200


def test_problems_of_the_failing_sites(client, stores):
    assert client.get("/v1/rounds/r1/problems").json() == []
    card = Scorecard(edition="2019", verdict=Verdict.FAILED, score=None, deducted=Decimal(0))
    stores.inspections.save_judgement("r1", CODE, card, stores.inspections.findings("r1", CODE), at=NOW)
    assert client.get("/v1/rounds/r1/problems").json() == [
        {"name": "链接不可用", "sites": 1, "share": 1.0},
        {"name": "域名、标识和功能不规范", "sites": 1, "share": 1.0},
    ]


@pytest.mark.parametrize(("path", "number"), LISTS)
@pytest.mark.parametrize("limit", [1, 3, 500])
def test_every_list_pages_through_all_items_once(client, path, number, limit):
    seen, cursor = [], None
    while True:
        params = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        answer = client.get(path, params={**dict(_query(path)), **params})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= limit
        seen += [str(item) for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == number


def _query(path: str):
    return [pair.split("=") for pair in path.partition("?")[2].split("&") if pair]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/sites/3706009999",
        "/v1/sites/3706009999/history",
        "/v1/rounds/nix",
        "/v1/rounds/nix/progress",
        "/v1/rounds/nix/sample",
        "/v1/rounds/nix/pass-rates",
        "/v1/rounds/r1/pass-rates?against=nix",
        "/v1/rounds/nix/problems",
        "/v1/rounds/nix/ranking",
        "/v1/rounds/r1/ranking?dimension=city",
        "/v1/rounds/nix/coverage",
        "/v1/rounds/nix/inspections",
        "/v1/rounds/r1/inspections/nix",
        "/v1/rounds/r1/inspections/nix/links",
        "/v1/rounds/r1/inspections/nix/link-counts",
        "/v1/snapshots/" + "0" * 64,
        "/v1/editions/1999",
        "/v1/rounds/nix/reviews",
        "/v1/rounds/nix/findings-to-review",
        "/v1/rounds/r1/findings-to-review?indicator=nix",
        "/v1/rounds/r1/comparison?before=2019&to=1999",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_a_problem(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/sites?limit=0",
        "/v1/sites?limit=501",
        "/v1/sites?limit=x",
        "/v1/sites?cursor=%00",
        "/v1/sites?cursor=!!!",
        "/v1/sites?cursor=bm90IG91cnM",
        "/v1/sites?region=37060",
        "/v1/sites?category=portal",
        "/v1/rounds/r1/inspections?verdict=maybe",
        "/v1/snapshots/xyz",
    ],
)
def test_bad_requests_are_problems(client, path):
    answer = client.get(path)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "请求不能接受"


def test_other_methods(client):
    answer = client.post("/v1/sites")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


def test_a_site_without_its_contact(client):
    answer = client.get(f"/v1/sites/{CODE}")
    assert answer.json()["region_name"] == "山东省烟台市芝罘区"
    history = client.get(f"/v1/sites/{CODE}/history")
    assert history.json()[0]["before"] is None
    assert "联系人甲" not in answer.text + history.text
    assert "7654321" not in answer.text + history.text


def test_verdict_findings_and_evidence(client):
    inspection = client.get(BASE).json()
    assert inspection["scorecard"]["verdict"] == "passed"
    assert inspection["scorecard"]["score"] == 99.5
    finding = client.get(f"{BASE}/findings").json()["items"][0]
    assert finding["points"] == 0.1
    assert client.get(f"/v1/snapshots/{finding['evidence'][0]['snapshot']}").json()["size"] == 25


def test_hostile_snapshots_do_no_harm(client, stores):
    [digest] = stores.snapshots.put([b"<script>alert(1)</script>"])
    answer = client.get(f"/v1/snapshots/{digest}/body")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert "attachment" in answer.headers["content-disposition"]


def test_drills_are_marked_wherever_they_show(client):
    for path in ("/v1/rounds/r1", "/v1/rounds/r1/progress"):
        assert client.get(path).json()["drill"] is True
    assert client.get("/v1/rounds/r1/pass-rates").json()["items"][0]["drill"] is True


def test_a_store_that_is_down(client, stores, monkeypatch):
    def down(*_args, **_more):
        raise StoreUnavailable("无法连接 MongoDB")

    monkeypatch.setattr(stores.sites, "get", down)
    monkeypatch.setattr(stores, "ping", down, raising=False)
    for path in (f"/v1/sites/{CODE}", "/ready"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "MongoDB" in answer.json()["detail"]
    assert client.get("/health").status_code == 200


def test_an_error_of_ours_shows_no_insides(client, stores, monkeypatch):
    monkeypatch.setattr(stores.sites, "get", lambda code: 1 / 0)
    answer = client.get(f"/v1/sites/{CODE}")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "ZeroDivision" not in answer.text


def test_comparison_of_editions(client):
    answer = client.get("/v1/rounds/r1/comparison?before=2019&to=2015").json()
    assert answer == {
        "matrix": [{"before": "passed", "after": "failed", "sites": 1}],
        "changed": 1,
        "only_before": 0,
        "only_after": 0,
    }
    [change] = client.get("/v1/rounds/r1/comparison/changes?before=2019&to=2015").json()["items"]
    assert change["why"][1] == "2015 版不合格：否决"


def test_probes_of_several_places_page_through_all(client, stores):
    more = [ProbeSeen(sequence=n, at=NOW, outcome=FetchOutcome.OK, vantage="广州") for n in range(12)]
    stores.observations.add_probes("r1", CODE, more)
    seen, cursor = [], None
    while True:
        page = client.get(f"{BASE}/probes", params={"limit": 5} | ({"cursor": cursor} if cursor else {})).json()
        seen += [(probe["sequence"], probe["vantage"]) for probe in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 24


def test_editions(client):
    editions = client.get("/v1/editions").json()
    assert [edition["id"] for edition in editions] == ["2015", "2019"]
    row = next(row for row in editions[1]["indicators"] if row["id"] == "N19-D16")
    assert row["provisional"] is True
    assert client.get("/v1/editions/2015").json()["pass_score"] == 60


def test_openapi_names_every_operation_and_its_problems(client):
    document = client.get("/openapi.json").json()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations) >= 18
    for path, methods in document["paths"].items():
        if path.startswith("/v1/"):
            assert all({"422", "503"} <= set(operation["responses"]) for operation in methods.values()), path
            assert all(operation["tags"] for operation in methods.values()), path


def test_vetoes_wait_first_and_what_costs_nothing_last(client):
    items = client.get("/v1/rounds/r1/findings-to-review").json()["items"]
    assert [item["kind"] for item in items] == ["veto", "deduction", "deduction", "deduction", "kpi"]
    assert [item["finding"]["id"] for item in items] == ["g1", "f0", "f1", "f2", "e1"]


def test_pictures_stand_beside_the_evidence(client, stores):
    [image] = stores.snapshots.put([b"\xff\xd8\xff\xe0picture"])
    shots = [
        ScreenshotSeen(url="http://s1.gov.cn/", taken_at=NOW, image=image, snapshot="ab" * 32),
        ScreenshotSeen(url="http://s1.gov.cn/other", taken_at=NOW, detail="crashed"),
    ]
    stores.observations.add_screenshots("r1", CODE, shots)
    page = client.get(f"{BASE}/screenshots?limit=1").json()
    [first] = page["items"]
    [second] = client.get(f"{BASE}/screenshots?limit=1&cursor={page['next_cursor']}").json()["items"]
    assert (first["image"], second["image"], second["detail"]) == (image, None, "crashed")
    for path in (f"{BASE}/findings", "/v1/rounds/r1/findings-to-review"):
        found = client.get(path).json()["items"][0]
        assert found.get("finding", found)["evidence"][0]["screenshot"] == image
    answer = client.get(f"/v1/snapshots/{image}/image")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["x-content-type-options"] == "nosniff"
    [page] = stores.snapshots.put([b"<script>alert(1)</script>"])
    assert client.get(f"/v1/snapshots/{page}/image").status_code == 404
