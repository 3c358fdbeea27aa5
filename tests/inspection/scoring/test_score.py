"""The pass rule."""

from datetime import date
from decimal import Decimal

import pytest

from inspection.checks import CHECK_PARAMS
from inspection.findings import Finding, FindingState
from inspection.registry import Site, SiteCategory
from inspection.scoring import Verdict, score
from inspection.standard import EditionLibrary

YES, MAYBE, OPEN = FindingState.ESTABLISHED, FindingState.SUSPECTED, FindingState.NOT_DETERMINED


def ruling(edition: str, category: SiteCategory = SiteCategory.CITY_PORTAL, code: str = "3706000001", own: str = ""):
    library = EditionLibrary(CHECK_PARAMS, {"own.toml": own} if own else {})
    site = Site(code=code, name="样例", url="http://www.a.gov.cn/", category=category, region="370600")
    return library.get(edition).ruling(site, date(2026, 1, 1))


def finding(indicator: str, state: FindingState, points: str = "0", n: int = 0, subject: str = "s") -> Finding:
    return Finding(
        id=f"{indicator}-{n}", indicator=indicator, state=state, subject=subject, message="m", points=Decimal(points)
    )


@pytest.mark.parametrize(
    ("findings", "verdict", "lost"),
    [
        ([], Verdict.PASSED, 0),
        ([finding("C15-D2", YES, "40")], Verdict.PASSED, 40),
        ([finding("C15-D2", YES, "40"), finding("C15-D2", YES, "0.1", 1)], Verdict.FAILED, Decimal("40.1")),
        ([finding("C15-D2", YES, "0.1", n) for n in range(400)], Verdict.PASSED, 40),
        ([finding("C15-D2", YES, "0.1", n) for n in range(401)], Verdict.FAILED, Decimal("40.1")),
        ([finding("C15-V1", YES)], Verdict.FAILED, 0),
        ([finding("C15-V1", OPEN)], Verdict.NOT_DETERMINED, 0),
        ([finding("C15-V1", MAYBE)], Verdict.NOT_DETERMINED, 0),
        ([finding("C15-V1", OPEN), finding("C15-D4", YES, "41")], Verdict.FAILED, 41),
        ([finding("C15-V1", OPEN), finding("C15-V2", YES)], Verdict.FAILED, 0),
        ([finding("C15-D1", OPEN)], Verdict.PASSED, 0),
        ([finding("E-1", YES)], Verdict.PASSED, 0),
    ],
)
def test_verdict(findings, verdict, lost):
    card = score(findings, ruling("2015", SiteCategory.COUNTY_BELOW))
    assert (card.verdict, card.deducted) == (verdict, lost)


def test_after_a_veto_nothing_is_scored():
    card = score([finding("C15-V2", YES), finding("C15-D2", YES, "3")], ruling("2015"))
    assert (card.score, card.lines, card.vetoes) == (None, (), ("C15-V2",))
    assert card.reasons == ("单项否决 C15-V2 网站不更新：m",)


def test_every_point_is_traceable_and_capped():
    findings = [finding("N19-D17", YES, "1", n) for n in range(12)] + [finding("N19-D16", YES, "1")]
    card = score(findings, ruling("2019"))
    assert [(line.indicator, line.raw, line.deducted, len(line.findings)) for line in card.lines] == [
        ("N19-D16", 1, 1, 1),
        ("N19-D17", 12, 10, 12),
    ]
    assert card.score == 89


def test_deductions_of_2019_concern_portals_only():
    card = score([finding("N19-D16", YES, "7")], ruling("2019", SiteCategory.CITY_DEPARTMENT))
    assert (card.score, card.lines) == (100, ())


def test_a_group_costs_no_more_than_its_points():
    findings = [finding("N19-D17", YES, "1", n) for n in range(12)] + [finding("N19-D16", YES, "7")]
    card = score(findings, ruling("2019"))
    assert [line.deducted for line in card.lines] == [7, 10]
    assert (card.deducted, card.score) == (15, 85)


def test_a_column_is_deducted_once():
    findings = [
        finding("N19-D04", YES, "5", subject="http://www.a.gov.cn/yw/"),
        finding("N19-D09", YES, "1", subject="http://www.a.gov.cn/yw/"),
        finding("N19-D09", YES, "1", n=1, subject="http://www.a.gov.cn/rs/"),
    ]
    card = score(findings, ruling("2019"))
    assert [(line.indicator, line.raw) for line in card.lines] == [("N19-D04", 5), ("N19-D09", 1)]


NO_SERVICES = """
id = "2019"
extends = "2019"

[[profiles]]
id = "no-public-services"
name = "没有对外服务职能的国务院部门"
clause = "得分乘以4/3"
source = "found"
codes = ["bm07000001"]
without = ["N19-V6", "N19-D10"]
full_score = 75
scale_numerator = 4
scale_denominator = 3
"""


@pytest.mark.parametrize(
    ("lost", "score_", "verdict"),
    [
        ("0", "100", Verdict.PASSED),
        ("10", "86.67", Verdict.PASSED),
        ("30", "60", Verdict.PASSED),
        ("30.1", "59.87", Verdict.FAILED),
    ],
)
def test_departments_without_public_services_are_scaled_by_four_thirds(lost, score_, verdict):
    rules = ruling("2019", SiteCategory.STATE_COUNCIL, "bm07000001", NO_SERVICES)
    assert "N19-D10" not in {row.id for row in rules.rows}
    card = score(_spread(Decimal(lost)), rules)
    assert (card.score, card.verdict, card.profiles) == (Decimal(score_), verdict, ("no-public-services",))


def _spread(lost: Decimal) -> list[Finding]:
    """Findings that cost ``lost`` points in all, none of them above its indicator's cap."""
    rows = ("N19-D01", "N19-D02", "N19-D03", "N19-D04", "N19-D05", "N19-D06", "N19-D07")
    found = []
    for row in rows:
        part = min(lost, Decimal(5))
        lost -= part
        found.append(finding(row, YES, str(part), subject=row))
    return found


def test_other_departments_are_judged_on_services_too():
    rules = ruling("2019", SiteCategory.STATE_COUNCIL, "bm55000001", NO_SERVICES)
    assert "N19-D10" in {row.id for row in rules.rows}
    assert score(_spread(Decimal(30)), rules).score == 70


@pytest.mark.parametrize(("lost", "earned", "score_"), [("19", "12", "93"), ("20", "12", "80"), ("0", "40", "130")])
def test_bonus_points_count_above_eighty_and_up_to_thirty(lost, earned, score_):
    found = [*_spread(Decimal(lost)), finding("N19-B1", YES, earned)]
    assert score(found, ruling("2019")).score == Decimal(score_)
