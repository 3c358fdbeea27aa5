"""Imports of offices: whatever a file changes, the tree of offices is sound after it."""

from datetime import UTC, datetime

import pytest

from inspection.offices import OfficeLevel
from inspection.offices.row import parent_problem
from inspection.records import every
from inspection.registry import Site, SiteCategory
from inspection.workflows.import_offices import import_offices
from inspection.workflows.import_registry import ImportReport, RawRow
from store.memory import MemoryStores

FILE = {
    "gb": "国务院办公厅,国家级,000000,",
    "sd": "山东省办,省级,370000,gb",
    "hn": "海南省办,省级,460000,gb",
    "yt": "烟台市办,市级,370600,sd",
    "zf": "芝罘区办,县级,370602,yt",
    "fs": "福山区办,县级,370611,yt",
}


def load(stores: MemoryStores, **lines: str) -> ImportReport:
    rows = []
    for line, (id_, text) in enumerate(lines.items(), 2):
        name, level, region, parent = text.split(",")
        values = {"id": id_, "name": name, "level": level, "region": region, "parent": parent}
        rows.append(RawRow(line=line, values=values))
    return import_offices(rows, stores.offices, stores.sites)


def told(report: ImportReport) -> list[tuple[int, str]]:
    return [(each.line, each.problem.column) for each in report.problems]


def sound(stores: MemoryStores) -> bool:
    tree = {office.id: office for office in every(stores.offices)}
    return all(parent_problem(office, tree.get(office.parent)) is None for office in tree.values())


@pytest.fixture
def stores() -> MemoryStores:
    stores = MemoryStores()
    assert load(stores, **dict(reversed(FILE.items()))).counts.added == len(FILE)
    return stores


def test_a_change_of_place_is_refused_where_those_below_stay(stores: MemoryStores) -> None:
    report = load(stores, hn="海南省办公厅,省级,460000,gb", yt="威海市办,市级,371000,sd")
    assert told(report) == [(3, "region")]
    reason = report.problems[0].problem.reason
    assert "福山区办（fs，县级，370611）、芝罘区办（zf，县级，370602）" in reason
    assert "请在同一文件中一并改正" in reason
    assert (report.counts.changed, report.rejected_rows) == (1, 1)
    assert sound(stores)


def test_a_change_of_level_is_refused_where_those_below_stay(stores: MemoryStores) -> None:
    report = load(stores, yt="烟台某区办,县级,370602,sd")
    assert told(report) == [(2, "level")]
    kept = stores.offices.find("yt")
    assert kept is not None
    assert (kept.level, kept.revision) == (OfficeLevel.MUNICIPAL, 0)


def test_a_change_goes_through_together_with_those_below(stores: MemoryStores) -> None:
    moved = {"yt": "威海市办,市级,371000,sd", "zf": "环翠区办,县级,371002,yt", "fs": "文登区办,县级,371003,yt"}
    report = load(stores, **moved)
    assert (report.counts.changed, report.problems) == (3, [])
    assert sound(stores)
    assert load(stores, **moved).counts.unchanged == 3


def test_one_that_is_forgotten_takes_the_others_back(stores: MemoryStores) -> None:
    report = load(stores, yt="威海市办,市级,371000,sd", zf="环翠区办,县级,371002,yt", fs=FILE["fs"])
    assert told(report) == [(2, "region"), (3, "parent")], "the row of fs changes nothing and is not to blame"
    assert (report.counts.changed, report.counts.unchanged) == (0, 1)
    assert sound(stores)


def test_a_new_office_under_one_whose_change_is_refused(stores: MemoryStores) -> None:
    report = load(stores, yt="威海市办,市级,371000,sd", hc="环翠区办,县级,371002,yt")
    assert sorted(told(report)) == [(2, "region"), (3, "parent")]
    assert stores.offices.find("hc") is None
    assert sound(stores)


def test_many_below_are_counted(stores: MemoryStores) -> None:
    many = {f"q{n}": f"某区{n},县级,3706{n},yt" for n in ("12", "13", "81", "82", "83", "85", "86")}
    assert load(stores, **many).counts.added == 7
    assert "等 9 个单位" in load(stores, yt="威海市办,市级,371000,sd").problems[0].problem.reason


def test_one_office_alone_is_responsible_for_a_region_at_its_level(stores: MemoryStores) -> None:
    report = load(
        stores, yt2="烟台市办二,市级,370600,sd", wh="威海市办,市级,371000,sd", wh2="威海市办二,市级,371000,sd"
    )
    assert told(report) == [(2, "region"), (4, "region")]
    assert "市级单位已有烟台市办（编号 yt）" in report.problems[0].problem.reason
    assert "已有威海市办（编号 wh）" in report.problems[1].problem.reason
    assert report.counts.added == 1


def test_a_seat_is_free_once_its_office_has_moved_in_the_same_file(stores: MemoryStores) -> None:
    assert load(stores, sl="某区办,县级,370602,yt", zf="莱山区办,县级,370613,yt").counts.changed == 1
    report = load(stores, xin="新区办,县级,370613,yt", zf="某区办,县级,370614,hn")
    assert told(report) == [(2, "region"), (3, "parent")], "the move was refused, so the seat is not free"


def department(stores: MemoryStores, number: str) -> ImportReport:
    values = {"id": f"bm{number}", "name": "某部", "level": "部门", "department": number}
    return import_offices([RawRow(line=2, values=values)], stores.offices, stores.sites)


def test_a_department_is_one_that_registered_sites_belong_to(stores: MemoryStores) -> None:
    site = Site(
        code="bm07000001", name="某部", url="http://a.gov.cn/", category=SiteCategory.STATE_COUNCIL, region="000000"
    )
    assert department(stores, "99").counts.added == 1, "before the registry there is nothing to hold it against"
    stores.sites.upsert([site], at=datetime(2026, 1, 1, tzinfo=UTC), source="t")
    assert department(stores, "07").counts.added == 1
    report = department(stores, "98")
    assert told(report) == [(2, "department")]
    assert "没有部门 98 的网站" in report.problems[0].problem.reason


def test_one_office_alone_speaks_for_a_department(stores: MemoryStores) -> None:
    assert department(stores, "07").counts.added == 1
    values = {"id": "other", "name": "另一部", "level": "部门", "department": "07"}
    report = import_offices([RawRow(line=2, values=values)], stores.offices, stores.sites)
    assert told(report) == [(2, "department")]
    assert "部门 07 的国务院部门单位已有某部（编号 bm07）" in report.problems[0].problem.reason
