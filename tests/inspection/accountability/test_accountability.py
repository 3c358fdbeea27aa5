"""Accountability by kind, against the published counts."""

from datetime import date

import pytest

from inspection.accountability import Accountability, AccountabilityRules, accountability_figures
from inspection.accountability.record import row_reader
from inspection.cells import Cells
from inspection.errors import InputRejected
from inspection.rules import parse_rules
from inspection.supervision import load_rules

RULES = load_rules().accountability
QUARTERS = {
    1: (date(2017, 1, 1), date(2017, 3, 31)),
    2: (date(2017, 4, 1), date(2017, 6, 30)),
    4: (date(2017, 10, 1), date(2017, 12, 31)),
}
PUBLISHED = {
    1: ({"约谈或诫勉谈话": 19, "责令书面检查": 6, "通报批评": 10, "警告或记过处分": 3, "调离岗位或免职": 10}, 48),
    2: (
        {
            "约谈或诫勉谈话": 93,
            "责令书面检查": 21,
            "通报批评": 18,
            "警告或记过处分": 7,
            "调离岗位或免职": 10,
            "辞退": 3,
        },
        152,
    ),
    4: ({"约谈或诫勉谈话": 116, "责令书面检查": 17, "通报批评": 52, "调离岗位或免职": 2}, 187),
}


def filed(quarter: int) -> list[Accountability]:
    """The quarter's persons, each kind in two records at both ends of the quarter where there are enough."""
    found = []
    for name, persons in PUBLISHED[quarter][0].items():
        kind = RULES.named(name)
        assert kind is not None
        for n, (on, number) in enumerate(zip(QUARTERS[quarter], (1, persons - 1), strict=True)):
            id_ = f"{quarter}-{kind.id}-{n}"
            found.append(Accountability(id=id_, region="370000", kind=kind.id, persons=number, unit="某局", on=on))
    return found


@pytest.mark.parametrize("quarter", PUBLISHED)
def test_the_published_counts(quarter):
    everything = [record for each in PUBLISHED for record in filed(each)]
    figures = accountability_figures(everything, *QUARTERS[quarter], RULES)
    persons, total = PUBLISHED[quarter]
    assert figures.persons == tuple(persons.items()), "in the order of severity"
    assert figures.total == total


def test_kinds_are_read_by_all_their_names():
    read = row_reader(RULES, {"2016Q4:3706000001": "a case"}.get, date(2017, 4, 1))
    row = {"number": "1", "kind": "诫勉谈话", "persons": "2", "unit": "某局", "date": "2017-03-01", "region": "370600"}
    row["case"] = "2016Q4:3706000001"
    record = read(Cells(row))
    assert record is not None
    assert (record.kind, record.persons, record.region) == ("interview", 2, "370600")
    for column, value in (
        ("kind", "罚款"),
        ("persons", "0"),
        ("persons", "两"),
        ("date", ""),
        ("date", "2017-04-02"),
        ("region", "37"),
        ("case", "x"),
    ):
        cells = Cells({**row, column: value})
        assert read(cells) is None
        assert [problem.column for problem in cells.problems] == [column]


def test_a_name_belongs_to_one_kind():
    text = "".join(f'[[kinds]]\nid="{id_}"\nname="约谈"\nalso=[]\nsource="found"\n' for id_ in "ab")
    with pytest.raises(InputRejected, match="约谈"):
        parse_rules(text, AccountabilityRules, "accountability.toml")


ROW = {"number": "d1", "kind": "约谈", "persons": "1", "unit": "某司", "date": "2017-03-01"}


def read(**changes: str) -> tuple[Accountability | None, dict[str, str]]:
    cells = Cells({**ROW, **changes})
    record = row_reader(load_rules().accountability, lambda _: None, date(2026, 12, 31))(cells)
    return record, {problem.column: problem.reason for problem in cells.problems}


@pytest.mark.parametrize("number", ["07", "bm07", "BM07"])
def test_a_department_is_told_by_its_number(number):
    record, _ = read(department=number)
    assert record is not None
    assert (record.region, record.department) == ("000000", "07")


def test_a_department_in_the_wrong_place():
    assert read(region="bm07")[1] == {
        "region": "应为 GB/T 2260 的 6 位行政区划代码；国务院部门填 000000 或留空，部门编号写在 department 列"
    }
    assert "网站标识码中 bm 之后的 2 位数字" in read(department="工信部")[1]["department"]
    assert "只用于国务院部门" in read(region="370000", department="07")[1]["department"]


@pytest.mark.parametrize(
    ("persons", "told"),
    [
        ("-3", "不能小于 1"),
        ("0", "不能小于 1"),
        ("3.5", "应为整数，只写数字"),
        ("3人", "应为整数，只写数字"),
        ("9999999999", "不能大于 999999999"),
    ],
)
def test_numbers_that_cannot_be(persons, told):
    assert read(persons=persons)[1] == {"persons": told}
