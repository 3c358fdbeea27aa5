"""Imports of offices: whatever a file changes, the tree of offices is sound after it."""

import pytest

from inspection.offices import OfficeLevel
from inspection.offices.row import parent_problem
from inspection.records import every
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
    return import_offices(rows, stores.offices)


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
