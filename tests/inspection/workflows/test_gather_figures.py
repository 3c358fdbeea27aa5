"""Figures of a bulletin from what is stored."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from inspection.bulletin.bulletin import BulletinState
from inspection.bulletin.document import Table
from inspection.bulletin.figures import GroupRow, SampleFigures
from inspection.bulletin.prose import compose
from inspection.bulletin.wording import shipped_wording
from inspection.errors import Conflict
from inspection.findings import Finding, FindingState
from inspection.offices import Office, OfficeLevel
from inspection.ports import Inspection
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.reporting import ReportedRound
from inspection.reporting.report import Filing, Totals
from inspection.sampling import Round, RoundState, SampleMember
from inspection.sampling.draw import draw
from inspection.sampling.parse import parse_plan
from inspection.scoring import Scorecard, Verdict
from inspection.statistics import Dimension, PassRate
from inspection.statistics.guard import conflicts
from inspection.statistics.period import period_of
from inspection.statistics.series import SeriesEntry
from inspection.workflows.draft_bulletin import DraftOrder, draft_bulletin
from inspection.workflows.gather_figures import BulletinScope, gather_figures
from inspection.workflows.roll_up import roll_up
from store.memory import MemoryStores

AT = datetime(2017, 3, 20, tzinfo=UTC)
WHOLE = 'name = "全部"\n[size]\nshare = 1'


def office(level: OfficeLevel, name: str, region: str = "000000", department: str = "") -> Office:
    return Office(id=name, name=name, level=level, region=region, department=department)


def round_of(id_: str, **fields: Any) -> Round:
    values: dict[str, Any] = {
        "title": id_,
        "as_of": date(2017, 3, 31),
        "edition": "2015",
        "plan": WHOLE,
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


TWO_STRATA = """name = "按类别"
[strata]
by = ["category"]
[allocation]
method = "fixed"
default_count = 0
counts = {city-portal = 2, city-department = 20, county-below = 5}
"""


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
    drawn = draw(parse_plan(WHOLE), sites, "s")
    stores.rounds.add(round_of("r", plan=WHOLE, strata=drawn.strata), drawn.members, drawn.frame)
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
    [itself] = figures.departments
    assert (itself.name, itself.running, itself.sampled, itself.failed, itself.small_cell) == (
        "市直部门",
        4,
        4,
        1,
        False,
    )
    assert (itself.low, itself.rate, itself.high) == (0.75, 0.75, 0.75)
    assert {row.name: row.rate for row in figures.own_departments} == {"第0局": 0, "第3局": 1, "第6局": 1, "第9局": 1}
    assert [(row.running, row.sampled) for row in figures.regions] == [(3, 3), (3, 3)]
    assert figures.own is not None
    assert (figures.own.sampled, figures.own.share_of_running) == (10, 1.0)
    assert conflicts(figures) == []


def drawn_city() -> MemoryStores:
    """Of 8 portals 2 are drawn, of 100 department sites 20, of 50 sites of districts 5; one portal has failed.

    The department sites are those of two departments and of one that has a single site.
    """
    kinds = [(SiteCategory.CITY_PORTAL, 8), (SiteCategory.CITY_DEPARTMENT, 100), (SiteCategory.COUNTY_BELOW, 50)]
    sites = []
    for category, number in kinds:
        region = "370601" if category is SiteCategory.COUNTY_BELOW else "370600"
        for n in range(number):
            code = f"{region}{len(sites):04d}"
            owner = f"第{n % 2}局" if n else "档案馆"
            sites.append(
                Site(code=code, name=code, url=f"http://s{code}.cn/", category=category, region=region, organizer=owner)
            )
    stores = MemoryStores()
    stores.sites.upsert(sorted(sites, key=lambda site: site.code), at=AT, source="a.csv")
    drawn = draw(parse_plan(TWO_STRATA), sites, "s")
    stores.rounds.add(round_of("r", plan=TWO_STRATA, strata=drawn.strata), drawn.members, drawn.frame)
    by_code = {site.code: site for site in sites}
    members = [by_code[member.code] for member in drawn.members]
    stores.inspections.open([Inspection(round_id="r", site=site, stratum=site.category.value) for site in members])
    failed = next(site for site in members if site.category is SiteCategory.CITY_PORTAL)
    for site in members:
        verdict = Verdict.FAILED if site is failed else Verdict.PASSED
        card = Scorecard(edition="2015", verdict=verdict, score=None, deducted=Decimal(0))
        stores.inspections.save_judgement("r", site.code, card, [], at=AT)
    roll_up("r", rounds=stores.rounds, inspections=stores.inspections, sites=stores.sites, pass_rates=stores.pass_rates)
    return stores


def test_the_departments_of_a_city_are_estimated_by_the_design() -> None:
    """One portal of two stands for 4 of 8, each department site for 5: 104 of 108 pass, not 21 of 22."""
    figures = gather_figures(city_scope(), drawn_city())
    [itself] = figures.departments
    assert (itself.running, itself.sampled, itself.failed) == (108, 22, 1)
    assert itself.rate == pytest.approx(104 / 108)
    assert itself.low is not None
    assert itself.high is not None
    assert itself.low < 0.9 < itself.rate < itself.high
    assert conflicts(figures) == []


def changed(row: GroupRow, sampled: int) -> GroupRow:
    """A row of that name of so many sites, none of which was decided."""
    return GroupRow(name=row.name, running=sampled, sampled=sampled, passed=0, failed=0, not_determined=sampled)


def test_departments_stand_one_by_one_and_small_ones_without_a_statement() -> None:
    figures = gather_figures(city_scope(), drawn_city())
    rows = figures.own_departments
    assert sum(row.sampled for row in rows) == 22
    [conflict] = conflicts(msgspec.structs.replace(figures, own_departments=(*rows, changed(rows[0], 1))))
    assert (conflict.stated, conflict.computed) == ("22", "23")
    assert all(row.small_cell is (row.sampled < 10 and row.sampled < row.running) for row in rows)
    assert {True, False} == {row.small_cell for row in rows}
    document = compose(figures, shipped_wording())
    [annex] = [annex for annex in document.annexes if annex.title == "市直部门政府网站抽查情况"]
    tables = [block for block in annex.blocks if isinstance(block, Table)]
    assert [table.caption for table in tables] == ["某市政府办公室抽查结果", "各市直部门抽查结果"]
    shown = {row[1]: "*" in row for row in tables[1].rows}
    assert shown == {row.name: row.small_cell for row in rows}
    assert "标注*的，样本量较小，不作结论。" in tables[1].note


def close_some(stores: MemoryStores) -> None:
    """Half of the sites are closed after the round, and one is added."""
    sites = list(stores.sites.all())
    closed = [msgspec.structs.replace(site, status=SiteStatus.CLOSED) for site in sites[::2]]
    added = msgspec.structs.replace(sites[0], code="3706029999")
    stores.sites.upsert([*closed, added], at=datetime(2017, 4, 2, tzinfo=UTC), source="b.csv")


def test_running_sites_are_those_of_the_draw_whatever_became_of_them() -> None:
    stores = city_stores()
    before = gather_figures(city_scope(), stores)
    close_some(stores)
    assert gather_figures(city_scope(), stores) == before
    assert sum(row.sites for row in before.running) == 10


def report_on(day: date) -> ReportedRound:
    filing = Filing(totals=Totals(running=12, sampled=6, passed=5, failed=1), as_of=day, filed_at=AT, by="甲")
    return ReportedRound(
        id="2017Q1:某市政府办公室",
        region="370600",
        office="某市政府办公室",
        office_name="某市政府办公室",
        level=OfficeLevel.MUNICIPAL,
        period="2017Q1",
        filings=(filing,),
    )


@pytest.mark.parametrize(
    ("day", "running", "share"),
    [(date(2017, 3, 31), 10, 0.6), (date(2017, 4, 2), 6, 1.0), (date(2017, 3, 1), 0, 0.5)],
)
def test_a_report_is_seen_beside_the_registry_of_its_day(day: date, running: int, share: float) -> None:
    """Where nothing was on file that day, the form's own number is the base of the share."""
    stores = city_stores()
    close_some(stores)
    stores.reports.add([report_on(day)])
    scope = msgspec.structs.replace(city_scope(), round_id="", report="2017Q1")
    figures = gather_figures(scope, stores)
    assert sum(row.sites for row in figures.running) == running
    assert figures.own is not None
    assert figures.own.share_of_running == share


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
        gather_figures(city_scope(), stores), period="2016年第四季度", as_of=date(2016, 12, 31), own=own, series=()
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
    assert figures.compared_with == ""
    scope = msgspec.structs.replace(city_scope(), period="2017年第二季度")
    assert gather_figures(scope, stores).compared_with == "2016年第四季度"


@pytest.mark.parametrize(
    ("as_of", "compared_with"),
    [(date(2016, 3, 31), "2016年第一季度"), (date(2016, 12, 20), ""), (date(2017, 2, 6), "2017年2月6日抽查")],
)
def test_the_period_of_the_round_that_it_is_compared_with_is_named(as_of: date, compared_with: str) -> None:
    stores = city_stores()
    stores.rounds.add(round_of("before", as_of=as_of), (), ())
    stores.pass_rates.replace("before", [rate(Dimension.CITY, "3706", 8, 2, round_id="before")])
    figures = gather_figures(msgspec.structs.replace(city_scope(), against="before"), stores)
    assert figures.compared_with == compared_with
    assert figures.own is not None
    assert figures.own.change is not None
    assert figures.own.change.points == pytest.approx(-10)
    point = next(point for point in figures.series if point.period == period_of(as_of))
    assert (point.sampled, point.rate) == (10, 0.8 if as_of.year == 2016 else 0.7)


def test_sites_that_both_samples_have_are_told() -> None:
    """Three of the city's are in the round before, another of it is outside of the city."""
    stores = city_stores()
    codes = [*(site.code for site in list(stores.sites.all())[:3]), "3701000001"]
    members = [SampleMember(code=code, stratum="", inclusion_probability=0.5) for code in codes]
    stores.rounds.add(round_of("before", as_of=date(2016, 12, 20)), members, ())
    stores.pass_rates.replace("before", [rate(Dimension.CITY, "3706", 8, 2, round_id="before")])
    figures = gather_figures(msgspec.structs.replace(city_scope(), against="before"), stores)
    assert figures.own is not None
    assert figures.own.change is not None
    assert "两期样本有 3 个网站相同" in figures.own.change.statement


def test_a_report_is_compared_with_the_report_of_another_period() -> None:
    stores = city_stores()
    stores.reports.add(
        [
            msgspec.structs.replace(report_on(date(2016, 3, 31)), id="2016Q1:某市政府办公室", period="2016Q1"),
            report_on(date(2017, 3, 31)),
        ]
    )
    scope = msgspec.structs.replace(city_scope(), round_id="", report="2017Q1", against="2016Q1:某市政府办公室")
    figures = gather_figures(scope, stores)
    assert figures.compared_with == "2016年第一季度"
    assert figures.own is not None
    assert figures.own.change is not None
    assert figures.own.change.points == 0


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


@pytest.mark.parametrize(("id_", "about"), [("recheck-r-1", None), ("asked-1", Conflict)])
def test_what_a_round_is_for_is_told_by_the_round_and_not_by_its_name(id_: str, about: type[Conflict] | None) -> None:
    """A sample may be called like a recheck; a recheck of messages has no cases to tell of."""
    stores = city_stores()
    round_ = msgspec.structs.replace(round_of("r"), id=id_, recheck=about is not None)
    stores.rounds.add(round_, (), ())
    stores.pass_rates.replace(id_, [rate(Dimension.CITY, "3706", 7, 3)])
    scope = msgspec.structs.replace(city_scope(), round_id=id_)
    if about is None:
        found = gather_figures(scope, stores)
        assert (found.recheck, found.own is not None) == (None, True)
    else:
        with pytest.raises(about, match="没有复查"):
            gather_figures(scope, stores)


def test_the_daily_monitoring_is_no_bulletin() -> None:
    stores = MemoryStores()
    stores.rounds.add(msgspec.structs.replace(round_of("r"), monitoring=True), (), ())
    with pytest.raises(Conflict, match="日常监测"):
        gather_figures(city_scope(), stores)
