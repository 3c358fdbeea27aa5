"""Sites leave the inspection for a time and come back; rounds of that time say nothing about them."""

from datetime import timedelta

import pytest

from inspection.errors import Conflict, InputRejected, NotFound
from inspection.scoring import Verdict
from inspection.workflows.judge_site import judge_round
from inspection.workflows.open_round import open_round
from inspection.workflows.opt_out_site import opt_in_site, opt_out_site

CODE = "3706000001"


def leave(stores, clock, code=CODE, **options):
    given = {"reason": "系统迁移", "until": None, **options}
    return opt_out_site(code, sites=stores.sites, opt_outs=stores.opt_outs, clock=clock, **given)


def codes(stores, clock):
    return [each.code for each in stores.opt_outs.in_force(clock.now())]


def test_a_site_is_out_until_it_comes_back(stores, clock):
    assert leave(stores, clock).url == stores.sites.get(CODE).url
    assert codes(stores, clock) == [CODE]
    with pytest.raises(Conflict, match="opt-in"):
        leave(stores, clock)
    clock.advance(timedelta(hours=1))
    opt_in_site(CODE, opt_outs=stores.opt_outs, clock=clock)
    assert codes(stores, clock) == []
    with pytest.raises(NotFound):
        opt_in_site(CODE, opt_outs=stores.opt_outs, clock=clock)
    leave(stores, clock, until=clock.now() + timedelta(days=1))
    clock.advance(timedelta(days=1))
    assert codes(stores, clock) == []
    assert len(stores.opt_outs.of_site(CODE)) == 2


def test_what_makes_no_sense_is_refused(stores, clock):
    for options in ({"reason": " "}, {"until": clock.now()}):
        with pytest.raises(InputRejected):
            leave(stores, clock, **options)
    with pytest.raises(NotFound):
        leave(stores, clock, "9999999999")
    assert codes(stores, clock) == []


@pytest.mark.parametrize("when", ["before", "during", "after"])
def test_a_round_that_an_opt_out_bears_on_has_no_verdict(stores, clock, draw_round, when):
    draw_round()
    edition = stores.editions.get("2019")
    code = stores.rounds.members("r1")[0].code
    if when == "before":
        leave(stores, clock, code)
        clock.advance(timedelta(days=1))
    ports = {name: getattr(stores, name) for name in ("rounds", "sites", "inspections", "queue")}
    open_round("r1", edition, clock=clock, **ports)
    clock.advance(timedelta(days=1))
    if when == "during":
        leave(stores, clock, code)
        clock.advance(timedelta(hours=1))
        opt_in_site(code, opt_outs=stores.opt_outs, clock=clock)
        clock.advance(timedelta(hours=1))
    stores.inspections.crawl_finished("r1", code, at=clock.now())
    if when == "after":
        clock.advance(timedelta(hours=1))
        leave(stores, clock, code)
    assert judge_round("r1", edition, stores, clock=clock) == 1
    card = stores.inspections.get("r1", code).scorecard
    assert card.verdict is Verdict.NOT_DETERMINED, "nothing was seen of it"
    told = card.reasons == ("网站退出检查，不作判定：系统迁移",)
    assert told is (when != "after")
    assert bool(stores.inspections.findings("r1", code)) is (when == "after")
