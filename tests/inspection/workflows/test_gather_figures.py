"""Figures of a bulletin from what is stored."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inspection.bulletin.bulletin import BulletinState
from inspection.bulletin.document import text_of
from inspection.bulletin.figures import BulletinFigures, SampleFigures
from inspection.bulletin.prose import compose
from inspection.bulletin.wording import shipped_wording
from inspection.errors import Conflict
from inspection.findings import Finding, FindingState
from inspection.offices import Office, OfficeLevel
from inspection.ports import Inspection
from inspection.registry import Site, SiteCategory, SiteStatus, regions
from inspection.sampling import Round, RoundState
from inspection.scoring import Scorecard, Verdict
from inspection.statistics import Dimension, PassRate
from inspection.statistics.guard import conflicts
from inspection.statistics.series import SeriesEntry
from inspection.workflows.draft_bulletin import DraftOrder, draft_bulletin
from inspection.workflows.gather_figures import BulletinScope, gather_figures
from store.memory import MemoryStores

DATA = Path(__file__).parents[1] / "bulletin" / "published"
AT = datetime(2017, 3, 20, tzinfo=UTC)
A1 = msgspec.json.decode((DATA / "national-2017Q1.json").read_bytes(), type=BulletinFigures)
FULL = ("11", "12", "31", "32", "33", "35", "37", "44", "46", "51", "66")
"""Eleven regions at 100 %."""


def office(level: OfficeLevel, name: str, region: str = "000000", department: str = "") -> Office:
    return Office(id=name, name=name, level=level, region=region, department=department)


def round_of(id_: str, **fields: Any) -> Round:
    values: dict[str, Any] = {
        "title": id_,
        "as_of": date(2017, 3, 31),
        "edition": "2015",
        "plan": "",
        "seed": "s",
        "registry_digest": "",
        "sample_digest": "",
        "state": RoundState.CLOSED,
        "drawn_at": AT,
    }
    return Round(id=id_, **{**values, **fields})


def rate(dimension: Dimension, key: str, passed: int, failed: int, **fields: Any) -> PassRate:
    values: dict[str, Any] = {
        "round_id": "r",
        "dimension": dimension,
        "key": key,
        "label": key,
        "population": 1000,
        "sampled": passed + failed,
        "passed": passed,
        "failed": failed,
        "not_determined": 0,
        "closed": 0,
        "rate": passed / (passed + failed),
        "low": max(0.0, passed / (passed + failed) - 0.03),
        "high": min(1.0, passed / (passed + failed) + 0.02),
        "method": "m",
        "small_cell": False,
    }
    return PassRate(**{**values, **fields})


def national_registry() -> Iterator[Site]:
    """As many sites of each class as ran in the first quarter of 2017, and one that is closed."""
    numbers = count()
    for row in A1.running:
        region = "000000" if row.category is SiteCategory.STATE_COUNCIL else "370000"
        for _ in range(row.sites):
            number = next(numbers)
            code = f"bm{number:08d}" if region == "000000" else f"37{number:08d}"
            yield Site(code=code, name="某网站", url=f"http://s{number}.gov.cn/", category=row.category, region=region)
    yield Site(
        code="1100000001",
        name="已关停网站",
        url="http://closed.gov.cn/",
        category=SiteCategory.COUNTY_BELOW,
        region="110000",
        status=SiteStatus.CLOSED,
    )


@pytest.fixture(scope="module")
def national() -> BulletinFigures:
    """The first quarter of 2017: registry, round and rates from the stores, the other parts given."""
    stores = MemoryStores()
    stores.sites.upsert(sorted(national_registry(), key=lambda site: site.code), at=AT, source="a.csv")
    stores.rounds.add(round_of("r"), (), ())
    others = [code[:2] for code in regions.provinces() if code[:2] not in FULL]
    rates = [rate(Dimension.PROVINCE, key, 15, 0) for key in FULL]
    rates += [rate(Dimension.PROVINCE, key, 11, 2) for key in others[:-1]]
    rates += [rate(Dimension.PROVINCE, others[-1], 11, 1), rate(Dimension.PROVINCE, "00", 31, 1)]
    rates += [rate(Dimension.DEPARTMENT, "07", 31, 1, label="工业和信息化部")]
    passed = sum(each.passed for each in rates if each.dimension is Dimension.PROVINCE)
    stores.pass_rates.replace("r", [rate(Dimension.NATION, "000000", passed, 469 - passed), *rates])
    return gather_figures(
        BulletinScope(
            round_id="r",
            office=office(OfficeLevel.NATIONAL, "国务院办公厅"),
            period="2017年第一季度",
            area="全国",
            until=date(2017, 3, 31),
        ),
        stores,
        reported=lambda _: A1.reported,
        linkage=lambda _: A1.linkage,
        messages=lambda _: A1.messages,
        accountability=lambda _: A1.accountability,
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "截至2017年3月31日，全国正在运行的政府网站43143家",
        "国务院部门及其内设、垂直管理机构政府网站2229家，省级政府门户网站32家，省级政府部门网站2591家，",
        "市级政府门户网站496家，市级政府部门网站17211家，县级政府门户网站2773家，县级以下政府网站17811家。",
        "随机抽查各地区和国务院部门政府网站469个",
        "其中，北京等11个地区政府网站抽查合格率达100%。",
        "7768个，占运行政府网站总数的18%",
        "有效留言4176条",
    ],
)
def test_the_national_bulletin_of_stored_data(national: BulletinFigures, sentence: str) -> None:
    assert sentence in text_of(compose(national, shipped_wording()))


def test_stored_data_add_up(national: BulletinFigures) -> None:
    without_given = msgspec.structs.replace(national, reported=None)
    assert conflicts(without_given) == []
    assert len(national.regions) == 32
    assert [row.name for row in national.departments] == ["工业和信息化部"]
    assert national.regions[0].name == "北京"
    [point] = national.series
    assert (point.period, point.running, point.sampled, point.reported_rate) == ("2017Q1", 43143, 469, A1.reported.rate)  # type: ignore[union-attr]


def city_stores() -> MemoryStores:
    """A city with sites of its own and of two districts; of ten sampled sites three have failed."""
    stores = MemoryStores()
    sites = [
        Site(
            code=f"3706{n % 3:02d}{n:04d}",
            name=f"第{n}局",
            url=f"http://s{n}.gov.cn/",
            category=SiteCategory.CITY_DEPARTMENT,
            region=f"3706{n % 3:02d}",
            organizer=f"第{n}局",
        )
        for n in range(10)
    ]
    stores.sites.upsert(sorted(sites, key=lambda site: site.code), at=AT, source="a.csv")
    stores.rounds.add(round_of("r"), (), ())
    stores.inspections.open([Inspection(round_id="r", site=site, stratum="3706") for site in sites])
    for number, site in enumerate(sites):
        verdict = Verdict.FAILED if number < 3 else Verdict.PASSED
        card = Scorecard(
            edition="2015", verdict=verdict, score=None, deducted=Decimal(0), reasons=("首页超过2周未更新",)
        )
        stores.inspections.save_judgement("r", site.code, card, [finding(number)], at=AT)
    stores.pass_rates.replace(
        "r",
        [
            rate(Dimension.CITY, "3706", 7, 3),
            rate(Dimension.COUNTY, "370601", 2, 1),
            rate(Dimension.COUNTY, "370602", 2, 1, small_cell=True),
        ],
    )
    return stores


def finding(number: int) -> Finding:
    """An unchanged site, established at the first two and merely suspected elsewhere."""
    state = FindingState.ESTABLISHED if number < 2 else FindingState.SUSPECTED
    return Finding(id=f"f{number}", indicator="C15-V2", state=state, subject="s", message="首页未更新")


def city_scope() -> BulletinScope:
    return BulletinScope(
        round_id="r",
        office=office(OfficeLevel.MUNICIPAL, "某市政府办公室", "370600"),
        period="2017年第一季度",
        area="某市",
        until=date(2017, 3, 31),
    )


def test_a_city_has_its_own_sites_beside_its_districts() -> None:
    figures = gather_figures(city_scope(), city_stores())
    assert [(row.name, row.sampled, row.failed) for row in figures.departments] == [("市直部门", 4, 1)]
    assert [(row.running, row.sampled) for row in figures.regions] == [(3, 3), (3, 3)]
    assert figures.own is not None
    assert (figures.own.sampled, figures.own.share_of_running) == (10, 1.0)
    assert conflicts(figures) == []


def test_failing_sites_are_named_and_their_established_problems_counted() -> None:
    figures = gather_figures(city_scope(), city_stores())
    assert sorted(site.organizer for site in figures.named) == ["第0局", "第1局", "第2局"]
    assert figures.named[0].problems == ("首页长期不更新",)
    [problem] = figures.problems
    assert (problem.sites, problem.share) == (2, 2 / 3)


def test_the_series_joins_what_is_on_file_with_what_the_office_has_published() -> None:
    stores = city_stores()
    stores.series_points.add(
        [
            SeriesEntry(id="370600:2016Q1", region="370600", period="2016Q1", sampled=40, rate=0.8),
            SeriesEntry(id="000000:2016Q1", period="2016Q1", sampled=700, rate=0.85),
        ]
    )
    own = SampleFigures(round_id="e", sampled=50, passed=48, failed=2, rate=0.96, low=0.95, high=0.97)
    earlier = msgspec.structs.replace(
        gather_figures(city_scope(), stores), as_of=date(2016, 12, 31), own=own, series=()
    )
    for id_, state in (("published", BulletinState.PUBLISHED), ("draft", BulletinState.DRAFT)):
        draft = draft_bulletin(
            DraftOrder(id=id_, by="甲", region="370600"),
            earlier,
            shipped_wording(),
            bulletins=stores.bulletins,
            rounds=stores.rounds,
            clock=Still(),
        )
        stores.bulletins.replace(msgspec.structs.replace(draft, state=state, revision=1))
    figures = gather_figures(city_scope(), stores)
    assert [(point.period, point.sampled) for point in figures.series] == [
        ("2016Q1", 40),
        ("2016Q4", 50),
        ("2017Q1", 10),
    ]
    assert figures.own is not None
    assert figures.own.change is not None
    assert figures.own.change.points == pytest.approx(-26)


class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return AT


def test_parts_of_others_are_asked_for_with_the_scope() -> None:
    asked: list[BulletinScope] = []

    def reported(scope: BulletinScope) -> None:
        asked.append(scope)

    gather_figures(city_scope(), city_stores(), reported=reported)
    assert asked == [city_scope()]


def test_a_round_that_goes_on_has_no_figures() -> None:
    stores = MemoryStores()
    stores.rounds.add(round_of("r", state=RoundState.OPEN), (), ())
    with pytest.raises(Conflict, match="尚未结束"):
        gather_figures(city_scope(), stores)
