"""Early warnings: begun above the threshold, told once, ended when the value has fallen back."""

from datetime import date, timedelta

import msgspec
import pytest

from inspection.errors import InputRejected
from inspection.monitoring import Measure, WarningState, parse_rules, shipped_rules
from inspection.observation import ColumnLink, FetchOutcome, ItemSeen, PageFacts, PageSeen, ProbeSeen
from inspection.observation.page import ListState
from inspection.observation.site import china_day
from inspection.sampling import ProbePlan
from inspection.workflows.monitor_key_sites import open_monitoring, watch_site
from inspection.workflows.open_round import open_round
from inspection.workflows.warn_early import tell, untold, warn_early

PORTAL = "1101000099"
HOME = "http://s99.cn/"


@pytest.fixture
def opened(stores, clock, draw_round):
    draw_round(drill=False, probes=ProbePlan())
    open_round(
        "r1",
        stores.editions.get("2019"),
        rounds=stores.rounds,
        sites=stores.sites,
        inspections=stores.inspections,
        queue=stores.queue,
        clock=clock,
    )
    return stores


def probes(clock, failed: int, of: int, first: int = 0):
    return [
        ProbeSeen(
            sequence=n,
            at=clock.now(),
            outcome=FetchOutcome.CONNECT_REFUSED if n < first + failed else FetchOutcome.OK,
        )
        for n in range(first, first + of)
    ]


def page(clock, url, days, *, depth=1, columns=()):
    items = tuple(
        ItemSeen(title=f"消息{n}", url=f"{url}{n}.html", date=clock.now().date() - timedelta(days=n)) for n in days
    )
    facts = PageFacts(charset="utf-8", list_items=items, columns=columns, list_state=ListState.LISTED)
    return PageSeen(
        url=url, final_url=url, depth=depth, fetched_at=clock.now(), outcome=FetchOutcome.OK, status=200, facts=facts
    )


def standing(stores):
    return {w.rule: w for w in stores.early_warnings.page({"state": WarningState.OPEN})}


def look(stores, clock):
    return warn_early(stores, shipped_rules(), at=clock.now())


def test_failures_over_three_percent_warn_once_and_end_below(opened, clock):
    opened.observations.add_probes("r1", PORTAL, probes(clock, 2, 50))
    found = look(opened, clock)
    assert [(w.code, w.rule, w.value, w.threshold) for w in found.new] == [(PORTAL, "home-failures", 0.04, 0.03)]
    assert look(opened, clock).new == ()
    assert "4.0%（预警线 3.0%，依据 50 次有效探测）" in standing(opened)["home-failures"].shown
    clock.advance(timedelta(hours=6))
    opened.observations.add_probes("r1", PORTAL, probes(clock, 0, 50, first=50))
    assert [w.rule for w in look(opened, clock).ended] == ["home-failures"]
    [over] = opened.early_warnings.page({"code": PORTAL})
    assert (over.state, over.worst, over.ended) == (WarningState.ENDED, 0.04, clock.now())
    opened.observations.add_probes("r1", PORTAL, probes(clock, 10, 10, first=100))
    clock.advance(timedelta(hours=6))
    look(opened, clock)
    assert opened.early_warnings.count({"code": PORTAL}) == 2  # a new one, the old stays on record


def test_a_warning_that_nothing_bears_on_any_more_ends_and_does_not_come_back(opened, clock):
    opened.observations.add_probes("r1", PORTAL, probes(clock, 2, 50))
    look(opened, clock)
    clock.advance(timedelta(days=30))
    assert look(opened, clock).ended == ()
    clock.advance(timedelta(seconds=1))
    [over] = look(opened, clock).ended
    assert (over.state, over.value, over.end_reason) == (WarningState.ENDED, 0.04, "已 30 天没有新的观察，情况不明")
    clock.advance(timedelta(days=1))
    later = look(opened, clock)
    assert (later.new, later.ended) == ((), ())
    opened.observations.add_probes("r1", PORTAL, probes(clock, 10, 50, first=50))
    assert [warning.rule for warning in look(opened, clock).new] == ["home-failures"]


@pytest.mark.parametrize(("failed", "of"), [(1, 19), (3, 100), (0, 50)])
def test_too_few_visits_or_the_threshold_itself_do_not_warn(opened, clock, failed, of):
    opened.observations.add_probes("r1", PORTAL, probes(clock, failed, of))
    assert look(opened, clock).new == ()


def test_a_site_that_is_mostly_down_is_suspected_closed_too(opened, clock):
    opened.observations.add_probes("r1", PORTAL, probes(clock, 45, 50))
    assert {w.rule for w in look(opened, clock).new} == {"home-failures", "home-down"}


@pytest.mark.parametrize(("newest", "warned"), [(10, False), (11, True)])
def test_a_home_page_not_updated_for_more_than_ten_days(opened, clock, newest, warned):
    opened.observations.add_pages("r1", PORTAL, [page(clock, HOME, [newest, newest + 3], depth=0)])
    opened.inspections.crawl_finished("r1", PORTAL, at=clock.now())
    look(opened, clock)
    assert ("home-stale" in standing(opened)) is warned


def test_a_crawl_that_goes_on_says_nothing_about_pages(opened, clock):
    opened.observations.add_pages("r1", PORTAL, [page(clock, HOME, [30], depth=0)])
    assert look(opened, clock).new == ()


@pytest.mark.parametrize(("blank", "warned"), [(2, False), (3, True)])
def test_blank_columns(opened, clock, blank, warned):
    columns = tuple(ColumnLink(name=f"栏目{n}", url=f"{HOME}c{n}/", in_navigation=True) for n in range(5))
    pages = [page(clock, HOME, [1], depth=0, columns=columns)]
    pages += [page(clock, column.url, [] if n < blank else [1]) for n, column in enumerate(columns)]
    pages = [
        msgspec.structs.replace(p, facts=msgspec.structs.replace(p.facts, list_state=ListState.BLANK))
        if not p.facts.list_items
        else p
        for p in pages
    ]
    opened.observations.add_pages("r1", PORTAL, pages)
    opened.inspections.crawl_finished("r1", PORTAL, at=clock.now())
    look(opened, clock)
    assert ("blank-columns" in standing(opened)) is warned


@pytest.fixture
def monitored(stores, clock):
    """Opens the monitoring round of a day, and stores 288 probes of it."""
    since = date(2026, 11, 1)
    watch_site(PORTAL, reason="重点", by="张三", since=since, sites=stores.sites, key_sites=stores.key_sites)

    def day(failed: int) -> None:
        [round_] = open_monitoring(
            china_day(clock.now()),
            shipped_rules(),
            key_sites=stores.key_sites,
            editions=stores.editions,
            sites=stores.sites,
            rounds=stores.rounds,
            inspections=stores.inspections,
            queue=stores.queue,
            clock=clock,
        )
        stores.observations.add_probes(round_.id, PORTAL, probes(clock, failed, 288))

    return day


def test_of_key_sites_a_week_of_days_counts_together(stores, clock, monitored):
    for failed in (288, 0, 0, 0, 0, 0, 0, 0, 0):  # the first day is out of the window at last
        monitored(failed)
        look(stores, clock)
        clock.advance(timedelta(days=1))
    [warning, down] = sorted(stores.early_warnings.page(), key=lambda w: w.threshold)
    assert (warning.worst, warning.state, warning.value) == (1.0, WarningState.ENDED, 0.0)
    assert down.ended < warning.ended


@pytest.mark.parametrize(("hours", "rules"), [(0, {"home-failures"}), (1, set())])
def test_what_is_older_than_a_week_by_the_hour_does_not_count(stores, clock, monitored, hours, rules):
    monitored(288)
    clock.advance(timedelta(days=7, hours=hours))
    monitored(0)
    assert {warning.rule for warning in look(stores, clock).new} == rules


def test_each_is_told_once(opened, clock):
    opened.observations.add_probes("r1", PORTAL, probes(clock, 2, 50))
    look(opened, clock)
    for warning in list(untold(opened.early_warnings)):
        tell(warning, warnings=opened.early_warnings, at=clock.now())
    look(opened, clock)
    assert list(untold(opened.early_warnings)) == []
    assert standing(opened)["home-failures"].told == clock.now()


def test_shipped_rules_are_those_of_practice():
    rules = {rule.id: (rule.measure, rule.above) for rule in shipped_rules().warnings}
    assert rules == {
        "home-failures": (Measure.HOME_FAILURE_SHARE, 0.03),
        "home-down": (Measure.HOME_FAILURE_SHARE, 0.8),
        "home-stale": (Measure.HOME_STALE_DAYS, 10),
        "blank-columns": (Measure.BLANK_COLUMNS, 2),
        "stale-columns": (Measure.STALE_COLUMNS, 8),
    }


def test_rules_without_a_cadence_for_the_rest_are_refused():
    with pytest.raises(InputRejected, match="其余各类"):
        parse_rules(
            "limit_s = 15.0\nwindow_days = 7\n"
            "close_after_days = 2\nend_unobserved_days = 30\ncadences = []\nwarnings = []",
            "own.toml",
        )
