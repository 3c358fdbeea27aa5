"""Linkage shares are those of the design: each site of the sample weighs as many as it stands for."""

from decimal import Decimal

import pytest

from inspection.checks import CHECK_PARAMS
from inspection.errors import NotFound
from inspection.findings import Finding, FindingState
from inspection.scoring import Scorecard, Verdict
from inspection.standard import EditionLibrary
from inspection.statistics import Dimension
from inspection.workflows.linkage_figures import share_under
from inspection.workflows.linkage_shares import linkage_shares
from inspection.workflows.open_round import open_round

INDICATOR, PORTAL = "P-1", "1101000099"
"""An indicator that binds all sites; the one that is certain to be in the sample."""


@pytest.fixture
def opened(stores, clock, draw_round) -> list[str]:
    draw_round()
    names = ("rounds", "sites", "inspections", "queue")
    edition = EditionLibrary(CHECK_PARAMS).get("2019")
    open_round("r1", edition, clock=clock, **{name: getattr(stores, name) for name in names})
    return [member.code for member in stores.rounds.members("r1")]


def judge(stores, clock, code: str, *states: FindingState) -> None:
    card = Scorecard(edition="2019", verdict=Verdict.PASSED, score=None, deducted=Decimal(0))
    found = [Finding(id=f"{code}-{s}", indicator=INDICATOR, state=s, subject="x", message="缺少") for s in states]
    stores.inspections.save_judgement("r1", code, card, found, at=clock.now())


def test_the_certain_site_stands_for_itself_and_the_drawn_ones_for_the_others(stores, clock, opened):
    for code in opened:
        judge(stores, clock, code, *[FindingState.ESTABLISHED] * (code == PORTAL))
    assert share_under("r1", INDICATOR, stores).value == 0.9
    [nation] = linkage_shares("r1", INDICATOR, stores, by=Dimension.NATION)
    assert (nation.label, nation.have, nation.lack, nation.unknown) == ("全国", 9, 1, 0)
    assert nation.rate == nation.high == pytest.approx(29 / 30)
    assert nation.low < nation.rate
    assert not nation.small_cell


def test_regions_have_intervals_of_their_own_and_small_ones_are_marked(stores, clock, opened):
    for code in opened:
        judge(stores, clock, code, *[FindingState.NOT_DETERMINED] * (code == PORTAL))
    found = {each.key: each for each in linkage_shares("r1", INDICATOR, stores, by=Dimension.PROVINCE)}
    assert sorted(found) == ["11", "37"]
    assert (found["11"].unknown, found["11"].have + found["11"].lack) == (1, 3)
    assert all(each.small_cell for each in found.values())
    assert [each.key for each in linkage_shares("r1", INDICATOR, stores, by=Dimension.PROVINCE, region="37")] == ["37"]


def test_an_unknown_indicator_is_named(stores, opened):
    with pytest.raises(NotFound, match="没有指标 nix"):
        linkage_shares("r1", "nix", stores, by=Dimension.NATION)
