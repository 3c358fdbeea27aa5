"""The pass rule."""

from decimal import Decimal

import pytest

from inspection.checks import check_names
from inspection.findings import Finding, FindingState
from inspection.registry import SiteCategory
from inspection.scoring import Verdict, score
from inspection.standard.parse import shipped_edition

EDITION = {id_: shipped_edition(id_, known_checks=check_names()) for id_ in ("2015", "2019")}
YES, MAYBE, OPEN = FindingState.ESTABLISHED, FindingState.SUSPECTED, FindingState.NOT_DETERMINED


def finding(indicator: str, state: FindingState, points: str = "0", n: int = 0) -> Finding:
    return Finding(
        id=f"{indicator}-{n}", indicator=indicator, state=state, subject="s", message="m", points=Decimal(points)
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
    card = score(findings, EDITION["2015"], SiteCategory.COUNTY_BELOW)
    assert (card.verdict, card.deducted) == (verdict, lost)


def test_after_a_veto_nothing_is_scored():
    card = score([finding("C15-V2", YES), finding("C15-D2", YES, "3")], EDITION["2015"], SiteCategory.CITY_PORTAL)
    assert (card.score, card.lines, card.vetoes) == (None, (), ("C15-V2",))
    assert card.reasons == ("单项否决 C15-V2 网站不更新：m",)


def test_every_point_is_traceable_and_capped():
    findings = [finding("N19-D17", YES, "1", n) for n in range(12)] + [finding("N19-D16", YES, "1")]
    card = score(findings, EDITION["2019"], SiteCategory.CITY_PORTAL)
    assert [(line.indicator, line.raw, line.deducted, len(line.findings)) for line in card.lines] == [
        ("N19-D16", 1, 1, 1),
        ("N19-D17", 12, 10, 12),
    ]
    assert card.score == 89


def test_deductions_of_2019_concern_portals_only():
    card = score([finding("N19-D16", YES, "7")], EDITION["2019"], SiteCategory.CITY_DEPARTMENT)
    assert (card.score, card.lines) == (100, ())
