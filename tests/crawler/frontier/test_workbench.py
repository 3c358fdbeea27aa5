"""The workbench: what it hands out, what it takes in, and how sites share link targets."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from redis import Redis

from crawler.fetch import FetchResult
from crawler.frontier.held_site import HeldSite, Job
from crawler.frontier.host_queues import HostQueues, Lane
from crawler.frontier.link_targets import LinkTargets, decode_target, encode_target
from crawler.frontier.pace import HostPaces, PaceRules
from crawler.frontier.workbench import Workbench
from crawler.pipelines.sink import Sink, SiteEntry
from crawler.spiders.site_crawl import Retries, SiteCrawl
from crawler.spiders.tasks import Task, TaskKind, link_mark
from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, PageFacts, PageLink
from inspection.observation.host import HostSeen
from inspection.ports import WorkOrder
from inspection.registry.opt_out import OptedOut, OptOut
from store.redis.frontier import Lease
from store.redis.frontier_targets import RedisLinkTargets

AT = datetime(2026, 11, 20, tzinfo=UTC)
SHARED = "http://ext.test/"


class Desk:
    """A workbench with a clock, a sink and a list of alarms."""

    def __init__(self, *, capacity: int = 100) -> None:
        self.s = 0.0
        self.alarms: list[tuple[float, Callable[[], None]]] = []
        self.woken = 0
        self.sink = Sink(capacity=capacity)
        self.targets = LinkTargets(max_age=timedelta(hours=1), capacity=100, now=lambda: AT)
        self.bench = Workbench(
            queues=HostQueues(
                per_host=4, paces=HostPaces(PaceRules(delay_s=0), now=lambda: self.s), now=lambda: self.s
            ),
            sink=self.sink,
            targets=self.targets,
            call_later=lambda delay, action: self.alarms.append((delay, action)),
        )
        self.bench.on_work(self._wake)

    def _wake(self) -> None:
        self.woken += 1

    def adopt(self, name: str, token: int = 1, priority: int = 0) -> HeldSite:
        order = WorkOrder(
            round_id="r", code=name, url=f"http://{name}.test/", page_budget=5, probe_count=0, probe_span_s=0,
            priority=priority,
        )  # fmt: skip
        crawl = SiteCrawl(order, retries=Retries(longest_pause_s=7))
        site = HeldSite(Lease(order=order, token=token), crawl, as_of=date(2026, 11, 20), known=set())
        self.bench.adopt(site)
        return site

    def next(self, lane: Lane) -> Job:
        job = self.bench.next(lane)
        assert job is not None
        return job

    def read_home(self, *targets: str) -> Job:
        """Take the next page and answer it with a page that refers to ``targets``."""
        job = self.next(Lane.PAGES)
        links = tuple(PageLink(url=url, raw=url, text="", element="a", attribute="href") for url in targets)
        self.bench.answered(job)
        facts = PageFacts(charset="utf-8", links=links)
        self.bench.done(job, job.site.crawl.page_answered(job.task, answer(job.task), facts))
        absent = self.next(Lane.LINKS)
        assert absent.task.kind is TaskKind.ABSENT
        self.bench.done(absent, absent.site.crawl.absent_seen(absent.task, None))
        self.bench.answered(absent)
        look = self.next(Lane.LINKS)
        assert look.task.kind is TaskKind.HOST
        host = HostSeen(host=look.host, observed_at=AT, over_ipv6=FetchOutcome.OK, https=FetchOutcome.OK)
        self.bench.done(look, look.site.crawl.host_seen(look.task, host))
        self.bench.answered(look)
        return job

    def links_of(self, site: HeldSite) -> list[LinkSeen]:
        entries = [entry for entry in self.sink.take(1000) if isinstance(entry, SiteEntry)]
        return [link for entry in entries if entry.site is site for link in entry.harvest.links]


def answer(task: Task, outcome: FetchOutcome = FetchOutcome.OK) -> FetchResult:
    return FetchResult(
        url=task.url, final_url=task.url, method="GET", outcome=outcome, started_at=AT, elapsed_s=0.1,
        status=200, headers={"content-type": "text/html"}, body=b"<p>",
    )  # fmt: skip


def checked(job: Job, outcome: LinkOutcome = LinkOutcome.OK) -> LinkSeen:
    assert job.task.source is not None
    return LinkSeen(
        url=job.task.url, internal=False, outcome=outcome, reason=FetchOutcome.OK, source=job.task.source, checked_at=AT
    )


def answer_questions(desk: Desk) -> None:
    while desk.targets.questions:
        desk.bench.target_known(*desk.targets.questions.popleft(), None)


def test_a_target_of_two_sites_is_checked_once_and_each_gets_it_with_its_own_source() -> None:
    desk = Desk()
    sites = [desk.adopt("a"), desk.adopt("b")]
    for _ in sites:
        desk.read_home(SHARED)
    answer_questions(desk)
    job = desk.next(Lane.LINKS)
    assert desk.bench.next(Lane.LINKS) is None
    desk.bench.checked(job, checked(job))
    desk.bench.answered(job)
    entries = [entry for entry in desk.sink.take(100) if isinstance(entry, SiteEntry)]
    found = {(entry.site.key[1], link.source.page) for entry in entries for link in entry.harvest.links}
    assert found == {("a", "http://a.test/"), ("b", "http://b.test/")}
    assert all(site.crawl.is_complete for site in sites)
    late = desk.adopt("c")
    desk.read_home(SHARED)
    assert [link.url for link in desk.links_of(late)] == [SHARED], "a fresh result needs no question"


def test_a_target_that_one_worker_has_checked_is_not_checked_by_another(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        shared = RedisLinkTargets(client, worker="second")
        first, second = Desk(), Desk()
        first.adopt("a")
        first.read_home(SHARED)
        answer_questions(first)
        job = first.next(Lane.LINKS)
        first.bench.checked(job, checked(job, LinkOutcome.BROKEN))
        ((round_id, seen),) = first.targets.results
        shared.put(round_id, dict([encode_target(seen)]))
        site = second.adopt("b")
        second.read_home(SHARED)
        (found,) = shared.claim("r", [link_mark(SHARED)], lease_s=1)
        assert isinstance(found, bytes)
        second.bench.target_known(*second.targets.questions.popleft(), decode_target(found))
    assert second.bench.next(Lane.LINKS) is None
    (link,) = second.links_of(site)
    assert (link.outcome, link.checked_at, link.source.page) == (LinkOutcome.BROKEN, AT, "http://b.test/")


def test_a_result_that_might_change_is_shared_with_who_waits_but_not_kept() -> None:
    desk = Desk()
    desk.adopt("a")
    desk.adopt("b")
    desk.read_home(SHARED)
    desk.read_home(SHARED)
    answer_questions(desk)
    job = desk.next(Lane.LINKS)
    desk.bench.checked(job, checked(job, LinkOutcome.UNDETERMINED))
    assert not desk.targets.results
    desk.adopt("c")
    desk.read_home(SHARED)
    assert len(desk.targets.questions) == 1


def test_one_of_those_who_wait_for_a_target_checks_it_for_all_when_the_first_site_is_lost() -> None:
    desk = Desk()
    first, second, third = sites = [desk.adopt(name) for name in "abc"]
    for _ in sites:
        desk.read_home(SHARED)
    answer_questions(desk)
    desk.bench.lose(first)
    job = desk.next(Lane.LINKS)
    assert job.site is second
    assert desk.bench.next(Lane.LINKS) is None
    desk.bench.checked(job, checked(job))
    desk.bench.answered(job)
    assert third.crawl.is_complete
    assert not desk.targets.released


def test_an_error_of_ours_lets_the_others_check_for_themselves() -> None:
    desk = Desk()
    first, second = desk.adopt("a"), desk.adopt("b")
    desk.read_home(SHARED)
    desk.read_home(SHARED)
    answer_questions(desk)
    job = desk.next(Lane.LINKS)
    desk.bench.fail(job, "internal_error")
    desk.bench.answered(job)
    assert first.crawl.is_complete
    assert desk.next(Lane.LINKS).site is second


def test_a_full_sink_stops_new_requests_and_loses_none() -> None:
    desk = Desk(capacity=1)
    desk.adopt("a")
    assert desk.bench.next(Lane.PAGES) is None
    desk.sink.take(10)
    assert desk.next(Lane.PAGES).task.url == "http://a.test/"


def test_a_failed_home_page_comes_again_after_its_pause_and_rings_the_alarm() -> None:
    desk = Desk()
    desk.adopt("a")
    job = desk.next(Lane.PAGES)
    desk.bench.answered(job)
    result = answer(job.task, FetchOutcome.SERVER_ERROR)
    desk.bench.done(job, job.site.crawl.page_answered(job.task, result, None))
    assert desk.bench.next(Lane.PAGES) is None
    ((delay, ring),) = desk.alarms
    assert 5 <= delay <= 5.1
    desk.s += delay
    woken = desk.woken
    ring()
    assert desk.woken > woken
    assert desk.next(Lane.PAGES).task.attempt == 1


def test_a_site_leased_again_replaces_its_lost_self() -> None:
    desk = Desk()
    old = desk.adopt("a")
    new = desk.adopt("a", token=2)
    assert old.lost
    job = desk.next(Lane.PAGES)
    assert job.site is new
    assert desk.bench.next(Lane.PAGES) is None
    assert desk.bench.sites == {new.key: new}


def test_answers_for_a_lost_site_have_no_effect() -> None:
    desk = Desk()
    site = desk.adopt("a")
    job = desk.next(Lane.PAGES)
    desk.sink.take(10)
    desk.bench.lose(site)
    desk.bench.answered(job)
    desk.bench.done(job, site.crawl.page_answered(job.task, answer(job.task), PageFacts(charset="utf-8")))
    assert len(desk.sink) == 0
    assert desk.bench.in_flight == 0


def test_a_request_put_back_waits_again() -> None:
    desk = Desk()
    desk.adopt("a")
    job = desk.next(Lane.PAGES)
    desk.bench.put_back(job)
    assert desk.next(Lane.PAGES).task == job.task


def test_after_stop_nothing_is_handed_out() -> None:
    desk = Desk()
    desk.adopt("a")
    desk.bench.stop()
    assert desk.bench.next(Lane.PAGES) is None


def test_the_brake_hands_out_nothing_and_release_wakes_the_lanes() -> None:
    desk = Desk()
    desk.adopt("a")
    desk.bench.brake(True)
    assert desk.bench.next(Lane.PAGES) is None
    woken = desk.woken
    desk.bench.brake(False)
    assert desk.woken == woken + 1
    assert desk.next(Lane.PAGES).task.url == "http://a.test/"


def test_outside_the_hours_only_urgent_orders_are_served() -> None:
    desk = Desk()
    desk.adopt("bulk")
    desk.adopt("recheck", priority=10)
    desk.bench.rest(True)
    assert desk.next(Lane.PAGES).task.url == "http://recheck.test/"
    assert desk.bench.next(Lane.PAGES) is None
    desk.bench.rest(False)
    assert desk.next(Lane.PAGES).task.url == "http://bulk.test/"


def test_what_is_given_up_carries_its_reason_to_the_writer() -> None:
    desk = Desk()
    desk.adopt("a")
    desk.sink.take(10)
    desk.bench.fail(desk.next(Lane.PAGES), "internal_error")
    (entry,) = desk.sink.take(10)
    assert isinstance(entry, SiteEntry)
    assert (entry.harvest.given_up, list(entry.harvest.changes.values())) == ("internal_error", [None])


def test_a_site_that_has_opted_out_is_given_up_to_the_last_request() -> None:
    desk = Desk()
    before = desk.adopt("a")
    job = desk.next(Lane.PAGES)
    urls = ("http://a.test/1/", "http://a.test/2/", SHARED)
    links = tuple(PageLink(url=url, raw=url, text="", element="a", attribute="href") for url in urls)
    desk.bench.done(
        job, before.crawl.page_answered(job.task, answer(job.task), PageFacts(charset="utf-8", links=links))
    )
    open_tasks = list(before.crawl._open.values())
    assert len(open_tasks) == 5
    desk.bench.lose(before)
    desk.sink.take(100)
    desk.bench.opted_out = OptedOut([OptOut(code="a", url="http://a.test/", reason="迁移", since=AT)])
    crawl = SiteCrawl(before.lease.order, retries=Retries(), tasks=open_tasks, seen=before.crawl._seen)
    site = HeldSite(Lease(order=before.lease.order, token=2), crawl, as_of=before.as_of, known=set())
    desk.bench.adopt(site)
    assert desk.bench.next(Lane.PAGES) is None
    assert desk.bench.next(Lane.LINKS) is None
    assert crawl.is_complete
    entries = [entry for entry in desk.sink.take(100) if isinstance(entry, SiteEntry)]
    ended = {key for entry in entries for key, task in entry.harvest.changes.items() if task is None}
    assert {task.id for task in open_tasks} <= ended
    given_up = [entry.harvest.given_up for entry in entries if entry.harvest.given_up]
    assert set(given_up) == {"opted_out"}
    desk.adopt("b")
    assert desk.next(Lane.PAGES).task.url == "http://b.test/"


def test_a_link_that_is_excluded_is_not_kept_for_others() -> None:
    desk = Desk()
    desk.adopt("a")
    desk.read_home(SHARED)
    answer_questions(desk)
    job = desk.next(Lane.LINKS)
    desk.bench.checked(job, checked(job, LinkOutcome.EXCLUDED))
    assert not desk.targets.results
    desk.adopt("b")
    desk.read_home(SHARED)
    assert len(desk.targets.questions) == 1


def test_waking_while_waking_does_not_nest() -> None:
    desk = Desk()
    depth, seen = 0, []

    def wake() -> None:
        nonlocal depth
        depth += 1
        seen.append(depth)
        if len(seen) < 3:
            desk.bench.wake()
        depth -= 1

    desk.bench.on_work(wake)
    desk.bench.wake()
    assert seen == [1, 1, 1]
