"""Opening: one inspection and one order per site; again and again without harm."""

import msgspec
import pytest

from inspection.checks import CHECK_PARAMS
from inspection.errors import Conflict, NotFound, RuleBroken
from inspection.registry import SiteStatus
from inspection.sampling import RoundState
from inspection.standard import EditionLibrary
from inspection.workflows.open_round import open_round

EDITION = EditionLibrary(CHECK_PARAMS).get("2019")


@pytest.fixture
def open_(stores, clock):
    def open_it(edition=EDITION):
        return open_round(
            "r1",
            edition,
            rounds=stores.rounds,
            sites=stores.sites,
            inspections=stores.inspections,
            queue=stores.queue,
            clock=clock,
        )

    return open_it


def test_every_member_gets_an_inspection_and_an_order(stores, draw_round, open_):
    draw_round(page_budget=7)
    opened = open_()
    assert (opened.members, opened.submitted, opened.closed, opened.finished) == (10, 10, 0, 0)
    assert opened.round.state is RoundState.OPEN
    inspections = list(stores.inspections.of_round("r1"))
    assert [i.site.code for i in inspections] == [m.code for m in stores.rounds.members("r1")]
    order = stores.queue.take()
    assert order is not None
    assert (order.round_id, order.page_budget, order.probe_count, order.probe_span_s) == ("r1", 7, 147, 60.0)
    site = stores.sites.get(order.code)
    assert (order.url, order.region) == (site.url, site.region)


def test_again_is_idempotent(draw_round, open_):
    draw_round()
    open_()
    assert open_().submitted == 0


def test_resuming_skips_what_is_finished_and_repeats_what_was_lost(stores, clock, draw_round, open_):
    draw_round()
    open_()
    finished, lost = stores.queue.take(), stores.queue.take()
    stores.inspections.crawl_finished("r1", finished.code, at=clock.now())
    again = open_()
    assert (again.finished, again.submitted) == (1, 1)
    assert ("r1", lost.code) in stores.queue.queued
    assert ("r1", finished.code) not in stores.queue.queued


def test_a_resumed_round_goes_on_with_the_sites_as_they_were(stores, clock, draw_round, open_):
    draw_round()
    open_()
    lost = stores.queue.take()
    site = stores.inspections.get("r1", lost.code).site
    moved = msgspec.structs.replace(stores.sites.get(lost.code), url="http://moved.gov.cn/")
    stores.sites.upsert([moved], at=clock.now(), source="later")
    assert open_().submitted == 1
    orders = [order for order in iter(stores.queue.take, None) if order.code == lost.code]
    assert [order.url for order in orders] == [site.url]


def test_a_queue_that_was_emptied_is_filled_again(stores, draw_round, open_):
    draw_round()
    open_()
    stores.queue.drop_round("r1")
    assert open_().submitted == 10


def test_of_sites_reported_as_closed_only_the_home_page_is_visited(stores, clock, draw_round, open_):
    draw_round(page_budget=7)
    code = stores.rounds.members("r1")[0].code
    gone = msgspec.structs.replace(stores.sites.get(code), status=SiteStatus.CLOSED)
    stores.sites.upsert([gone], at=clock.now(), source="later")
    opened = open_()
    assert (opened.closed, opened.submitted) == (1, 10)
    orders = {order.code: order for order in iter(stores.queue.take, None)}
    light = orders.pop(code)
    assert (light.home_only, light.page_budget, light.probe_count, light.probe_span_s) == (True, 1, 3, 60.0)
    assert {(order.home_only, order.page_budget, order.probe_count) for order in orders.values()} == {(False, 7, 147)}
    assert stores.inspections.get("r1", code).scorecard is None


def test_refusals(stores, clock, draw_round, open_):
    with pytest.raises(NotFound, match="r1"):
        open_()
    draw_round()
    with pytest.raises(RuleBroken, match="2019 版标准"):
        open_(EditionLibrary(CHECK_PARAMS).get("2015"))
    open_()
    stores.rounds.move("r1", to=RoundState.CLOSED, at=clock.now())
    with pytest.raises(Conflict, match="已结束"):
        open_()
