"""Drawing a round keeps the sample and the registry it came from."""

from datetime import timedelta

import pytest

from inspection.errors import Conflict, InputRejected, RuleBroken
from inspection.registry.digest import registry_digest, row_digest
from inspection.sampling import ProbePlan, RoundState
from inspection.sampling.draw import sample_digest


def test_round_sample_and_frame_are_stored(stores, clock, draw_round):
    drawn = draw_round()
    assert stores.rounds.get("r1") == drawn
    assert (drawn.state, drawn.drawn_at, drawn.drill) == (RoundState.DRAWN, clock.now(), True)
    members = stores.rounds.members("r1")
    assert len(members) == 10
    assert [m.code for m in members if m.certainty] == ["1101000099"]
    assert drawn.sample_digest == sample_digest(members)
    frame = stores.rounds.frame("r1")
    assert frame == [(site.code, row_digest(site)) for site in stores.sites.all()]
    assert drawn.registry_digest == registry_digest(frame)
    assert {row.stratum: (row.population, row.certain, row.sampled) for row in drawn.strata} == {
        "11": (10, 1, 3),
        "37": (20, 0, 6),
    }


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"seed": ""}, RuleBroken, "先公布种子"),
        ({"drill": False}, RuleBroken, "请加 --drill"),
        ({"round_id": "a:b"}, InputRejected, "轮次编号 'a:b' 无效"),
        ({"round_id": ""}, InputRejected, "无效"),
        ({"plan_text": "x = 1", "origin": "p.toml"}, InputRejected, "p.toml 的顶层有未知的键 'x'"),
    ],
)
def test_refusals_store_nothing(stores, draw_round, changes, error, told):
    with pytest.raises(error, match=told):
        draw_round(**changes)
    assert stores.rounds.page() == []


def test_a_full_week_needs_no_drill(draw_round):
    assert not draw_round(probes=ProbePlan(span=timedelta(days=7)), drill=False).drill


def test_an_id_is_drawn_once(draw_round):
    draw_round()
    with pytest.raises(Conflict, match="r1"):
        draw_round(seed="更合意的种子")
