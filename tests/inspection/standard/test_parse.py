"""Editions: the shipped ones, own ones laid over them, and mistakes in a file."""

from datetime import date

import pytest

from inspection.checks import CHECK_PARAMS
from inspection.errors import InputRejected, NotFound
from inspection.registry import Site, SiteCategory
from inspection.standard import SHIPPED, Automation, EditionLibrary, IndicatorKind, Target

MINIMAL = """
id = "x"
name = "样本"
document = "样发〔2026〕1号"
valid_from = 2026-01-01
pass_rule = { id = "X-Σ", name = "合格线", clause = "样例", full_score = 100, pass_score = 60, source = "found" }
column_classes = [{ id = "news", name = "动态", window_days = 14, names = ["动态"] }]
counted_once = [["X-1"]]

[[scopes]]
id = "portals"
name = "门户"
categories = ["city-portal"]

[[profiles]]
id = "special"
name = "特例"
clause = "样例"
source = "found"
regions = ["4412"]
without = ["X-1"]

[[indicators]]
id = "X-1"
name = "样例"
clause = "样例"
kind = "deduction"
automation = "machine"
source = "found"
check = "home_elements"
params = { elements = ["icp"] }
points = 1
scope = "portals"
"""
INDICATOR = MINIMAL[MINIMAL.index("[[indicators]]") :]

CENSUS = [
    *("C15-V1", "C15-V2", "C15-V3a", "C15-V3b", "C15-V3c", "C15-V4", "C15-V5"),
    *("C15-D1", "C15-D2", "C15-D2b"),
    *(f"C15-D{n}" for n in range(3, 11)),
]
INDICATORS_2019 = [
    *(f"N19-V{n}" for n in range(1, 7)),
    *("M19-V1", "M19-V2", "M19-V3"),
    *(f"N19-D{n:02d}" for n in range(1, 18)),
    "N19-D17b",
    *(f"N19-D{n:02d}" for n in range(18, 22)),
    *(f"N19-B{n}" for n in range(1, 6)),
]
KPI = [
    "G17-1",
    "G17-2",
    "G17-3",
    "G17-4",
    "G17-5",
    "G17-6",
    "G17-7",
    "L-1",
    "L-2",
    "L-3",
    "E-1",
    "E-2",
    "E-3",
    "S-1",
    *(f"R-{n}" for n in range(1, 6)),
    "P-1",
    "T-1",
    "T-2",
]


def library(**own: str) -> EditionLibrary:
    return EditionLibrary(CHECK_PARAMS, {f"{name}.toml": text for name, text in own.items()})


def site(category: SiteCategory = SiteCategory.CITY_PORTAL, region: str = "370600", code: str = "3706000001") -> Site:
    return Site(code=code, name="样例", url="http://www.a.gov.cn/", category=category, region=region)


def test_minimal_edition():
    assert library(own=MINIMAL).get("x").indicators[0].id == "X-1"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('id = "x"', "id = ", "TOML"),
        ('name = "样本"', 'name = "样本"\nextra = 1', "extra"),
        ('clause = "样例"\nkind', "kind", "clause"),
        ('kind = "deduction"', 'kind = "deductoin"', "deductoin"),
        ('"home_elements"', '"home_element"', "home_element"),
        ("window_days = 14", 'window_days = "14"', "window_days"),
        (INDICATOR, INDICATOR * 2, "X-1 重复"),
        ('elements = ["icp"]', 'elements = ["icp"], points = 3', "points"),
        ('elements = ["icp"]', 'element = ["icp"]', "element"),
        ('elements = ["icp"]', 'elements = ["ipc"]', "ipc"),
        ('scope = "portals"', 'scope = "portal"', "portal"),
        ('scope = "portals"', 'group = "nowhere"', "nowhere"),
        ("points = 1", "points = -1", "不能为负"),
        ('kind = "deduction"', 'kind = "veto"', "不扣分"),
        ('automation = "machine"', 'automation = "human"', "automation"),
        ('check = "home_elements"\n', "", "automation"),
        ('without = ["X-1"]', 'without = ["X-2"]', "X-2"),
        ('[["X-1"]]', '[["X-3"]]', "X-3"),
        ("pass_score = 60", "pass_score = 160", "pass_score"),
        ("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_to = 2025-01-01", "valid_to"),
    ],
)
def test_mistakes_are_named_with_the_file(old, new, named):
    assert old in MINIMAL
    with pytest.raises(InputRejected) as caught:
        library(样本=MINIMAL.replace(old, new, 1))
    assert "样本.toml" in str(caught.value)
    assert named in str(caught.value)


def test_all_mistakes_are_listed_at_once():
    text = MINIMAL.replace("points = 1", "points = -1").replace('scope = "portals"', 'scope = "p"')
    with pytest.raises(InputRejected, match="2 处错误"):
        library(own=text)


@pytest.mark.parametrize(("edition_id", "ids"), [("2015", [*CENSUS, *KPI]), ("2019", [*INDICATORS_2019, *KPI])])
def test_shipped_editions_hold_the_whole_table(edition_id, ids):
    assert [row.id for row in library().get(edition_id).indicators] == ids


@pytest.mark.parametrize("edition_id", SHIPPED)
def test_every_row_is_complete(edition_id):
    for row in library().get(edition_id).indicators:
        assert row.name, row.id
        assert row.clause, row.id
        assert row.group, row.id
        assert bool(row.check) is (row.automation is not Automation.HUMAN), row.id


def test_corresponding_rows_exist():
    known = {row.id for edition in library().all() for row in edition.indicators}
    named = {id_ for edition in library().all() for row in edition.indicators for id_ in row.corresponds}
    assert named <= known


def test_the_points_of_the_groups_of_2019_are_a_hundred():
    assert sum(group.points or 0 for group in library().get("2019").groups) == 100


def test_deductions_have_no_cap_in_2015():
    rows = library().get("2015").indicators
    assert all(row.cap is None for row in rows if row.kind is IndicatorKind.DEDUCTION)


@pytest.mark.parametrize(
    ("day", "edition_id"), [(date(2017, 3, 31), "2015"), (date(2019, 3, 31), "2015"), (date(2019, 4, 1), "2019")]
)
def test_the_edition_in_force(day, edition_id):
    assert library().in_force(day).id == edition_id


def test_no_edition_before_the_first():
    with pytest.raises(NotFound, match="--edition"):
        library().in_force(date(2014, 1, 1))


def test_an_unknown_edition_is_answered_with_the_known_ones():
    with pytest.raises(NotFound, match="2015、2019"):
        library().get("2020")


def test_portals_alone_are_scored_in_2019():
    edition = library().get("2019")

    def judged(**of) -> set[str]:
        return {row.id for row in edition.ruling(site(**of), date(2026, 1, 1)).rows}

    assert "N19-D16" in judged()
    assert "N19-D16" not in judged(category=SiteCategory.CITY_DEPARTMENT)
    assert "N19-D16" in judged(category=SiteCategory.STATE_COUNCIL, code="bm07000001")
    assert "N19-D16" not in judged(category=SiteCategory.STATE_COUNCIL, code="bm64130001")
    assert "N19-V2" in judged(category=SiteCategory.COUNTY_BELOW)


def test_accounts_and_offices_are_not_judged_as_sites():
    rows = library().get("2019").ruling(site(), date(2026, 1, 1)).rows
    assert {row.target for row in rows} == {Target.SITE}


@pytest.mark.parametrize(("day", "binds"), [(date(2017, 5, 14), False), (date(2017, 5, 15), True)])
def test_a_later_rule_binds_from_its_first_day(day, binds):
    assert ("G17-1" in {row.id for row in library().get("2015").ruling(site(), day).rows}) is binds


OWN = """
id = "2015"
extends = "2015"
without = ["C15-D10"]

[changes.C15-V1]
params = { min_probes = 280 }

[changes.C15-D1]
points = 4
source = "found"

[[indicators]]
id = "ZQ-1"
name = "本地指标"
clause = "本市自定"
kind = "deduction"
automation = "human"
source = "found"
"""


def test_an_own_file_of_the_same_id_takes_the_place_of_the_shipped_edition():
    edition = library(own=OWN).in_force(date(2017, 1, 1))
    rows = {row.id: row for row in edition.indicators}
    assert rows["C15-V1"].params == {
        "limit_s": 15,
        "min_probes": 280,
        "fail_share": rows["C15-V1"].params["fail_share"],
    }
    assert (rows["C15-D1"].points, rows["C15-D1"].source.is_provisional) == (4, False)
    assert "ZQ-1" in rows
    assert "C15-D10" not in rows
    assert edition.digest != library().get("2015").digest


def test_a_variant_is_used_only_where_it_is_named():
    own = library(own=OWN.replace('id = "2015"\n', 'id = "2015-zhaoqing"\n', 1))
    assert own.in_force(date(2017, 1, 1)).id == "2015"
    assert own.get("2015-zhaoqing").extends == "2015"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("[changes.C15-V1]", "[changes.C15-V9]", "C15-V9"),
        ('without = ["C15-D10"]', 'without = ["C15-D11"]', "C15-D11"),
        ('extends = "2015"', 'extends = "2016"', "2016"),
        ("min_probes = 280", "min_prob = 280", "min_prob"),
    ],
)
def test_mistakes_in_an_own_file_are_named(old, new, named):
    with pytest.raises(InputRejected, match=named):
        library(own=OWN.replace(old, new, 1))


def test_two_own_files_of_one_id_are_refused():
    with pytest.raises(InputRejected, match=r"a\.toml"):
        library(a=MINIMAL, b=MINIMAL)


LOCAL = """
id = "2019"
extends = "2019"

[[profiles]]
id = "zhaoqing"
name = "肇庆市"
clause = "本市加分25分、办事服务20分"
source = "found"
regions = ["4412"]
bonus_cap = 25
group_points = { services = 20 }
changes.N19-D10 = { cap = 20 }
"""


def test_a_profile_changes_weights_for_its_region_only():
    edition = library(own=LOCAL).get("2019")
    here = edition.ruling(site(region="441202"), date(2026, 1, 1))
    there = edition.ruling(site(), date(2026, 1, 1))
    assert (here.profiles, here.pass_rule.bonus_cap, there.profiles, there.pass_rule.bonus_cap) == (
        ("zhaoqing",),
        25,
        (),
        30,
    )
    assert {row.id: row.cap for row in here.rows}["N19-D10"] == 20
    assert {group.id: group.points for group in here.groups}["services"] == 20
    assert {group.id: group.points for group in there.groups}["services"] == 25


LEXICON = """
id = "2019"
extends = "2019"

[[lexicons]]
id = "own"
name = "本单位词库"
category = "wrong-expression"
terms_file = "terms.txt"
"""


def test_an_own_lexicon_reads_its_terms_from_a_file_beside_it():
    files = {"own.toml": LEXICON, "terms.txt": "# 误写\t正确\n中华人明共和国\t中华人民共和国\n\n违禁词\n"}
    edition = EditionLibrary(CHECK_PARAMS, files).get("2019")
    own = next(lexicon for lexicon in edition.lexicons if lexicon.id == "own")
    assert own.terms == {"中华人明共和国": "中华人民共和国", "违禁词": ""}
    assert "gambling" in {lexicon.id for lexicon in edition.lexicons}


def test_a_list_of_terms_that_is_missing_is_named():
    with pytest.raises(InputRejected, match=r"terms\.txt"):
        library(own=LEXICON)
