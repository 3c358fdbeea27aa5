"""Daily monitoring: a round for each day and cadence, of home pages and probes alone."""

from datetime import date, timedelta

import msgspec
import pytest

from inspection.errors import InputRejected, NotFound, RuleBroken
from inspection.monitoring import shipped_rules
from inspection.registry import SiteStatus
from inspection.sampling import RoundState
from inspection.workflows.monitor_key_sites import (
    close_monitoring,
    monitoring_rounds,
    open_monitoring,
    unwatch_site,
    watch_site,
)
from inspection.workflows.roll_up import roll_up

TODAY = date(2026, 11, 20)
PORTAL, OFFICE = "1101000099", "3706000001"


@pytest.fixture
def watch(stores):
    def put(code, **rest):
        arguments = {"reason": "连续两季度不合格", "by": "张三", "since": TODAY, **rest}
        return watch_site(code, sites=stores.sites, key_sites=stores.key_sites, **arguments)

    return put


def open_day(stores, clock, day=TODAY):
    return open_monitoring(
        day,
        shipped_rules(),
        key_sites=stores.key_sites,
        editions=stores.editions,
        sites=stores.sites,
        rounds=stores.rounds,
        inspections=stores.inspections,
        queue=stores.queue,
        clock=clock,
    )


def test_each_key_site_gets_an_order_of_its_class_cadence_for_home_page_and_probes(stores, clock, watch):
    watch(PORTAL)
    watch(OFFICE)
    watch("3706000002", every_min=5)
    assert [r.id for r in open_day(stores, clock)] == ["monitor-20261120-5min", "monitor-20261120-15min"]
    orders = {code: order for (_, code), order in stores.queue.queued.items()}
    assert {code: order.probe_count for code, order in orders.items()} == {PORTAL: 288, OFFICE: 96, "3706000002": 288}
    assert all(o.home_only and o.page_budget == 1 and o.probe_span_s == 86400 for o in orders.values())


def test_opening_a_day_again_changes_nothing(stores, clock, watch):
    watch(PORTAL)
    open_day(stores, clock)
    watch(OFFICE, every_min=5)  # comes into tomorrow's round
    open_day(stores, clock)
    assert [member.code for member in stores.rounds.members("monitor-20261120-5min")] == [PORTAL]
    assert len(stores.queue.queued) == 1


def test_who_is_not_watched_that_day_or_closed_is_passed_over_and_yesterday_is_gone(stores, clock, watch):
    watch(PORTAL, since=TODAY + timedelta(days=1))
    watch("3706000003", since=TODAY - timedelta(days=9), until=TODAY - timedelta(days=1))
    watch(OFFICE)
    site = msgspec.structs.replace(stores.sites.get(OFFICE), status=SiteStatus.CLOSED)
    stores.sites.upsert([site], at=clock.now(), source="test")
    assert open_day(stores, clock) == []
    clock.advance(timedelta(days=2))
    assert open_day(stores, clock, TODAY + timedelta(days=1)) == []


def test_rounds_are_closed_two_days_later_and_free_the_queue(stores, clock, watch):
    watch(PORTAL)
    for _ in range(3):
        day = clock.now().date()
        open_day(stores, clock, day)
        closed = close_monitoring(day, shipped_rules(), rounds=stores.rounds, queue=stores.queue, clock=clock)
        clock.advance(timedelta(days=1))
    assert closed == ["monitor-20261120-5min"]
    assert {key[0] for key in stores.queue.queued} == {"monitor-20261121-5min", "monitor-20261122-5min"}
    states = [each.state for each in monitoring_rounds(stores.rounds)]
    assert states == [RoundState.CLOSED, RoundState.OPEN, RoundState.OPEN]
    assert [r.as_of.day for r in monitoring_rounds(stores.rounds, since=date(2026, 11, 21))] == [21, 22]


def test_monitoring_gives_no_pass_rate(stores, clock, watch):
    watch(PORTAL)
    [round_] = open_day(stores, clock)
    with pytest.raises(RuleBroken, match="日常监测"):
        roll_up(
            round_.id,
            rounds=stores.rounds,
            inspections=stores.inspections,
            sites=stores.sites,
            pass_rates=stores.pass_rates,
        )


def test_the_register(stores, watch):
    watch(PORTAL)
    changed = watch(PORTAL, reason="领导批示", since=TODAY + timedelta(days=3), every_min=10)
    assert [(key.reason, key.every_min, key.since) for key in stores.key_sites.page()] == [("领导批示", 10, TODAY)]
    assert changed.revision == 1
    unwatch_site(PORTAL, by="李四", last_day=TODAY, key_sites=stores.key_sites)
    with pytest.raises(NotFound, match="不在重点监测之列"):
        unwatch_site(PORTAL, by="李四", last_day=TODAY + timedelta(days=1), key_sites=stores.key_sites)
    watch(PORTAL, since=TODAY + timedelta(days=1))
    assert [key.until for key in stores.key_sites.page({"code": PORTAL})] == [TODAY, None]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"reason": " "}, "原因"), ({"until": TODAY - timedelta(days=1)}, "早于"), ({"every_min": 0}, "1 到 1440")],
)
def test_what_is_refused(watch, wrong, said):
    with pytest.raises(InputRejected, match=said):
        watch(PORTAL, **wrong)
