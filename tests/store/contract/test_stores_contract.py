"""One suite over every implementation of the ports."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from inspection.accountability import Accountability
from inspection.errors import Conflict, NotFound
from inspection.findings import Evidence, Finding, FindingState, ReviewStatus
from inspection.linkage import Account, AccountLevel, Carrier, Platform
from inspection.linkage.carried import carried, event_key
from inspection.messages import Message, MessageState, RecheckRequest, Sender
from inspection.messages import Step as MessageStep
from inspection.monthly import Filing, MonthlyReport
from inspection.observation import (
    FetchOutcome,
    LinkOutcome,
    LinkSeen,
    LinkSource,
    LinkTry,
    PageFacts,
    PageLink,
    PageSeen,
    ProbeSeen,
    RenderSeen,
    ScreenshotSeen,
)
from inspection.observation.history import ItemRecord
from inspection.observation.host import CertificateSeen, HostSeen
from inspection.observation.reference import ReferenceArticle
from inspection.offices import Office, OfficeLevel
from inspection.ports import Inspection, InspectionFilter, SiteFilter
from inspection.records import every, get, revised
from inspection.rectification import Attachment, Exhibit, Notice, Problem, RectificationCase
from inspection.rectification.recheck import Errand
from inspection.rectification.steps import CaseState, Fate, Step, StepKind
from inspection.registry import Contact, Site, SiteCategory, SiteStatus
from inspection.registry.crawl_window import CrawlWindow, PlaceWindow
from inspection.registry.opt_out import OptOut
from inspection.review import Decision, Review
from inspection.sampling import ForcedClosing, ProbePlan, Round, RoundKind, RoundState, SampleMember
from inspection.scoring import Scorecard, ScoreLine, Verdict
from inspection.statistics import Dimension, PassRate
from inspection.statistics.series import SeriesEntry
from store.memory import MemoryStores

NOW = datetime(2026, 11, 20, 4, 5, 6, 789000, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture(params=["memory", "mongo"])
def stores(request):
    return MemoryStores() if request.param == "memory" else request.getfixturevalue("mongo_stores")


def site(n: int, **rest) -> Site:
    values = {
        "code": f"370600{n:04d}",
        "name": f"青山市第{n}局",
        "url": f"http://s{n}.qingshan.gov.cn/",
        "category": SiteCategory.CITY_DEPARTMENT,
        "region": "370600",
        "contact": Contact(name="张三", phone="0535-1234567"),
        **rest,
    }
    return Site(**values)


def round_(id_: str = "r1") -> Round:
    return Round(
        id=id_,
        title="演练",
        as_of=date(2026, 11, 20),
        edition="2019",
        plan="x = 1",
        seed="种子",
        registry_digest="d",
        sample_digest="s",
        state=RoundState.DRAWN,
        drawn_at=NOW,
        probes=ProbePlan(count=147, span=timedelta(seconds=60)),
        drill=True,
    )


def opened(stores, *numbers: int) -> None:
    stores.inspections.open([Inspection(round_id="r1", site=site(n), stratum="37") for n in numbers])


class TestSites:
    def test_upsert_is_idempotent_and_keeps_every_change(self, stores):
        assert msgspec.to_builtins(stores.sites.upsert([site(1), site(2)], at=NOW, source="a.csv")) == {
            "added": 2,
            "changed": 0,
            "unchanged": 0,
        }
        assert stores.sites.upsert([site(1), site(2)], at=LATER, source="a.csv").unchanged == 2
        moved = site(1, url="http://new.gov.cn/")
        assert stores.sites.upsert([moved], at=LATER, source="b.csv").changed == 1
        assert stores.sites.get(moved.code) == moved
        history = stores.sites.history(moved.code)
        assert [(change.at, change.source, change.before) for change in history] == [
            (NOW, "a.csv", None),
            (LATER, "b.csv", site(1)),
        ]

    def test_dry_run_counts_and_writes_nothing(self, stores):
        assert stores.sites.upsert([site(1)], at=NOW, source="a", dry_run=True).added == 1
        assert stores.sites.find(site(1).code) is None
        assert stores.sites.history(site(1).code) == []

    def test_the_registry_of_a_moment(self, stores):
        """Each site as it was then, whatever became of it afterwards; none that was added later."""
        stores.sites.upsert([site(1), site(2)], at=NOW, source="a.csv")
        for days, name in ((1, "甲"), (2, "乙"), (3, "丙")):
            stores.sites.upsert([site(2, name=name)], at=NOW + timedelta(days=days), source="b.csv")
        stores.sites.upsert([site(3)], at=LATER, source="b.csv")
        assert list(stores.sites.all_at(NOW)) == [site(1), site(2)]
        assert list(stores.sites.all_at(LATER)) == [site(1), site(2, name="甲"), site(3)]
        assert list(stores.sites.all_at(NOW - timedelta(days=1))) == []

    def test_unknown_site(self, stores):
        with pytest.raises(NotFound, match="3706009999"):
            stores.sites.get("3706009999")

    @pytest.mark.parametrize(
        ("where", "numbers"),
        [
            (SiteFilter(), [1, 2, 3, 4]),
            (SiteFilter(region="37"), [1, 2, 3]),
            (SiteFilter(region="370602"), [3]),
            (SiteFilter(category=SiteCategory.CITY_PORTAL), [2]),
            (SiteFilter(status=SiteStatus.CLOSED), [4]),
            (SiteFilter(region="37", category=SiteCategory.CITY_DEPARTMENT), [1, 3]),
            (SiteFilter(text="第3局"), [3]),
            (SiteFilter(text="s2."), [2]),
            (SiteFilter(text="(.*"), []),
        ],
    )
    def test_filters(self, stores, where, numbers):
        stores.sites.upsert(
            [
                site(1),
                site(2, category=SiteCategory.CITY_PORTAL),
                site(3, region="370602"),
                site(4, region="110000", status=SiteStatus.CLOSED),
            ],
            at=NOW,
            source="a",
        )
        assert [int(found.code[6:]) for found in stores.sites.page(where)] == numbers

    def test_paging_visits_each_once(self, stores):
        stores.sites.upsert([site(n) for n in range(25)], at=NOW, source="a")
        seen, after = [], ""
        while page := stores.sites.page(SiteFilter(region="3706"), after=after, limit=7):
            seen += page
            after = page[-1].code
        assert seen == list(stores.sites.all()) == [site(n) for n in range(25)]
        assert set(stores.sites.many([site(3).code, "x"])) == {site(3).code}


class TestRounds:
    members = (
        SampleMember(code="b", stratum="x", inclusion_probability=0.25),
        SampleMember(code="a", stratum="y", inclusion_probability=1.0, certainty=True),
    )

    def test_round_trip(self, stores):
        stores.rounds.add(round_(), self.members, [("b", "2"), ("a", "1")])
        assert stores.rounds.get("r1") == round_()
        assert stores.rounds.members("r1") == [self.members[1], self.members[0]]
        assert stores.rounds.frame("r1") == [("a", "1"), ("b", "2")]
        with pytest.raises(Conflict, match="r1"):
            stores.rounds.add(round_(), (), ())
        assert len(stores.rounds.members("r1")) == 2

    def test_paging(self, stores):
        for n in range(5):
            stores.rounds.add(round_(f"r{n}"), (), ())
        assert [r.id for r in stores.rounds.page(after="r1", limit=2)] == ["r2", "r3"]

    def test_rounds_are_listed_by_what_they_are_for(self, stores):
        told = {"r1": {}, "r2": {"monitoring": True}, "r3": {"recheck": True}, "r4": {"office": "o"}}
        for id_, rest in told.items():
            stores.rounds.add(msgspec.structs.replace(round_(id_), **rest), (), ())
        kinds = {kind: [each.id for each in stores.rounds.page(kinds=(kind,))] for kind in RoundKind}
        assert kinds == {RoundKind.SAMPLE: ["r1", "r4"], RoundKind.RECHECK: ["r3"], RoundKind.MONITORING: ["r2"]}
        both = {"kinds": (RoundKind.SAMPLE, RoundKind.RECHECK)}
        assert [each.id for each in stores.rounds.page(**both)] == ["r1", "r3", "r4"]
        assert [each.id for each in stores.rounds.page(**both, after="r1", limit=1)] == ["r3"]
        assert [each.id for each in stores.rounds.page(**both, office="o")] == ["r4"]
        assert len(stores.rounds.page()) == 4

    def test_states_advance_one_by_one(self, stores):
        stores.rounds.add(round_(), (), ())
        with pytest.raises(Conflict):
            stores.rounds.move("r1", to=RoundState.CLOSED, at=NOW)
        assert stores.rounds.move("r1", to=RoundState.OPEN, at=NOW).opened_at == NOW
        assert stores.rounds.move("r1", to=RoundState.OPEN, at=LATER).opened_at == NOW
        forced = ForcedClosing(reason="停电", unjudged=1, unconfirmed=2)
        assert stores.rounds.move("r1", to=RoundState.CLOSED, at=LATER, forced=forced).closed_at == LATER
        assert stores.rounds.get("r1").forced == forced
        with pytest.raises(Conflict):
            stores.rounds.move("r1", to=RoundState.OPEN, at=LATER)

    def test_unknown_round(self, stores):
        for call in (stores.rounds.get, stores.rounds.members, stores.rounds.frame):
            with pytest.raises(NotFound, match="nix"):
                call("nix")


def probe(n: int) -> ProbeSeen:
    return ProbeSeen(sequence=n, at=NOW, outcome=FetchOutcome.READ_TIMEOUT, elapsed_s=15.02, detail="late")


def page(n: int) -> PageSeen:
    link = PageLink(url="http://a.cn/", raw="/", text="首页", element="a", attribute="href", line=3)
    facts = PageFacts(charset="gbk", title="标题", newest_item_date=date(2026, 1, 2), links=(link,), meta={"a.b": "$c"})
    return PageSeen(
        url=f"http://a.cn/{n:03d}",
        final_url="http://a.cn/x",
        depth=1,
        fetched_at=NOW,
        outcome=FetchOutcome.OK,
        status=200,
        snapshot="ab",
        facts=facts,
    )


def link(n: int) -> LinkSeen:
    return LinkSeen(
        url=f"http://a.cn/{n:03d}",
        internal=True,
        outcome=LinkOutcome.BROKEN,
        reason=FetchOutcome.NOT_FOUND,
        source=LinkSource(page="http://a.cn/", element="a", attribute="href", text="坏", line=9),
        checked_at=NOW,
        tries=(LinkTry(at=NOW, method="HEAD", outcome=FetchOutcome.NOT_FOUND, status=404),),
    )


class TestObservations:
    def test_each_fact_once_and_whole(self, stores):
        facts = stores.observations
        for _ in range(2):
            facts.add_probes("r1", "c", [probe(2), probe(1)])
            facts.add_pages("r1", "c", [page(2), page(1)])
            facts.add_links("r1", "c", [link(1), link(2)])
        facts.add_links("r1", "other", [link(7)])
        assert facts.probes("r1", "c") == [probe(1), probe(2)]
        assert facts.pages("r1", "c") == [page(1), page(2)]
        assert facts.links("r1", "c") == [link(1), link(2)]
        assert facts.pages("r1", "c", after=page(1).url, limit=5) == [page(2)]
        assert facts.counts("r1", "c") == (2, 2, 2)
        assert facts.counts("r2", "c") == (0, 0, 0)

    def test_an_unread_page_has_no_facts(self, stores):
        dead = msgspec.structs.replace(page(1), facts=None, snapshot=None, status=None)
        stores.observations.add_pages("r1", "c", [dead])
        assert stores.observations.pages("r1", "c") == [dead]

    def test_renderings_and_screenshots_once_and_whole(self, stores):
        facts = stores.observations
        rendered = [
            RenderSeen(
                url=url, final_url=url, rendered_at=NOW, elapsed_s=1.5, complete=True, facts=PageFacts(charset="x")
            )
            for url in ("http://a.cn/1", "http://a.cn/2")
        ]
        failed = RenderSeen(url="http://a.cn/3", final_url="http://a.cn/3", rendered_at=NOW, elapsed_s=9, detail="no")
        shots = [
            ScreenshotSeen(url=f"http://a.cn/{n}", taken_at=NOW, image="ab" * 32, snapshot="cd" * 32) for n in (1, 2)
        ]
        for _ in range(2):
            facts.add_renders("r1", "c", [failed, *reversed(rendered)])
            facts.add_screenshots("r1", "c", list(reversed(shots)))
        facts.add_renders("r1", "other", rendered)
        assert facts.renders("r1", "c") == [*rendered, failed]
        assert facts.screenshots("r1", "c") == shots
        assert facts.screenshots("r2", "c") == []

    def test_hosts_once_and_whole(self, stores):
        certificate = CertificateSeen(
            names=("a.cn",), issuer="CN=x", not_before=NOW, not_after=LATER, protocol="TLSv1.3"
        )
        hosts = [
            HostSeen(
                host=name,
                observed_at=NOW,
                over_ipv6=FetchOutcome.DNS_ERROR,
                https=FetchOutcome.OK,
                ipv4=("1.2.3.4",),
                certificate=certificate,
            )
            for name in ("a.cn", "b.cn")
        ]
        for _ in range(2):
            stores.observations.add_hosts("r1", "c", list(reversed(hosts)))
        assert stores.observations.hosts("r1", "c") == hosts
        assert stores.observations.hosts("r1", "other") == []

    def test_snapshots_are_named_by_content(self, stores):
        digests = stores.snapshots.put([b"one", b"two" * 1000, b"one"])
        assert digests[0] == digests[2] == "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
        assert stores.snapshots.put([b"one"]) == digests[:1]
        assert stores.snapshots.get(digests[1]) == b"two" * 1000
        assert stores.snapshots.get(stores.snapshots.put([b""])[0]) == b""
        with pytest.raises(NotFound):
            stores.snapshots.get("0" * 64)


def scorecard(verdict: Verdict = Verdict.PASSED, edition: str = "2019") -> Scorecard:
    line = ScoreLine(indicator="X", deducted=Decimal("0.3"), raw=Decimal("0.3"), findings=("f1",))
    return Scorecard(
        edition=edition, verdict=verdict, score=Decimal("99.7"), deducted=Decimal("0.3"), lines=(line,), reasons=("因",)
    )


def finding(n: int) -> Finding:
    evidence = Evidence(url="http://a.cn/", excerpt="摘", observed_at=NOW, snapshot="ab", line=2)
    return Finding(
        id=f"f{n}",
        indicator="X" if n % 2 else "Y",
        state=FindingState.ESTABLISHED,
        subject="s",
        message="m",
        points=Decimal("0.1"),
        evidence=(evidence,),
    )


class TestInspections:
    def test_opening_again_changes_nothing(self, stores):
        opened(stores, 1)
        stores.inspections.crawl_finished("r1", site(1).code, at=NOW)
        opened(stores, 1, 2)
        assert [i.crawl_finished_at for i in stores.inspections.of_round("r1")] == [NOW, None]

    def test_counts(self, stores):
        opened(stores, 1)
        stores.observations.add_pages("r1", site(1).code, [page(1), page(2)])
        assert stores.inspections.get("r1", site(1).code).pages_stored == 2
        stores.inspections.crawl_finished("r1", site(1).code, at=NOW)
        [listed] = stores.inspections.page(InspectionFilter(round_id="r1"))
        assert (listed.probes_stored, listed.pages_stored, listed.links_stored) == (0, 2, 0)

    def test_addresses_left_unchecked_are_counted_once_for_a_page_and_its_rendering(self, stores):
        opened(stores, 1)
        pages = [msgspec.structs.replace(page(n), links_left=left) for n, left in ((1, 3), (2, 4), (3, 0))]
        facts = PageFacts(charset="utf-8")
        renders = [
            RenderSeen(url=seen.url, final_url=seen.url, rendered_at=NOW, elapsed_s=1.0, facts=facts, links_left=left)
            for seen, left in zip(pages, (5, 2, 7), strict=True)
        ]
        stores.observations.add_pages("r1", site(1).code, pages)
        stores.observations.add_renders("r1", site(1).code, renders)
        assert stores.inspections.get("r1", site(1).code).links_left == 5 + 4 + 7
        stores.inspections.crawl_finished("r1", site(1).code, at=NOW)
        [listed] = stores.inspections.page(InspectionFilter(round_id="r1"))
        assert listed.links_left == 5 + 4 + 7

    def test_judgement_replaces_the_one_before(self, stores):
        opened(stores, 1)
        code = site(1).code
        stores.inspections.save_judgement("r1", code, scorecard(), [finding(1), finding(2), finding(3)], at=NOW)
        stores.inspections.save_judgement("r1", code, scorecard(Verdict.FAILED), [finding(2)], at=LATER)
        stored = stores.inspections.get("r1", code)
        assert (stored.scorecard, stored.judged_at) == (scorecard(Verdict.FAILED), LATER)
        assert stores.inspections.findings("r1", code) == [finding(2)]

    def test_a_judgement_changes_what_stays_by_its_id(self, stores):
        opened(stores, 1)
        code = site(1).code
        stores.inspections.save_judgement("r1", code, scorecard(), [finding(1), finding(2)], at=NOW)
        changed = msgspec.structs.replace(finding(2), message="更正后的说明")
        stores.inspections.save_judgement("r1", code, scorecard(), [changed, finding(3)], at=LATER)
        assert stores.inspections.findings("r1", code) == [changed, finding(3)]

    def test_findings_of_editions_live_side_by_side(self, stores):
        opened(stores, 1)
        code = site(1).code
        stores.inspections.save_judgement("r1", code, scorecard(edition="2015"), [finding(1)], at=NOW)
        stores.inspections.save_judgement("r1", code, scorecard(), [finding(2), finding(3), finding(4)], at=NOW)
        assert stores.inspections.findings("r1", code, edition="2015") == [finding(1)]
        assert stores.inspections.findings("r1", code, indicator="X") == [finding(3)]
        assert stores.inspections.findings("r1", code, after="f2", limit=1) == [finding(3)]

    def test_a_rejudgement_leaves_the_verdict_alone(self, stores):
        opened(stores, 1, 2)
        code = site(1).code
        stores.inspections.save_judgement("r1", code, scorecard(), [finding(1)], at=NOW)
        for verdict in (Verdict.NOT_DETERMINED, Verdict.FAILED):
            card = scorecard(verdict, edition="2015")
            stores.inspections.save_rejudgement("r1", code, card, [finding(2), finding(3)], at=LATER)
        stored = stores.inspections.get("r1", code)
        assert (stored.scorecard, stored.judged_at) == (scorecard(), NOW)
        assert stores.inspections.findings("r1", code) == [finding(1)]
        assert stores.inspections.findings("r1", code, edition="2015") == [finding(2), finding(3)]
        assert stores.inspections.scorecards("r1", "2019") == {code: scorecard()}
        assert stores.inspections.scorecards("r1", "2015") == {code: scorecard(Verdict.FAILED, edition="2015")}
        assert stores.inspections.scorecards("r2", "2015") == {}

    def test_verdict_rows(self, stores):
        opened(stores, 1, 2)
        stores.inspections.save_judgement("r1", site(2).code, scorecard(Verdict.FAILED), [], at=NOW)
        rows = list(stores.inspections.verdicts("r1"))
        assert [(row.code, row.verdict, row.crawl_finished) for row in rows] == [
            (site(1).code, None, False),
            (site(2).code, Verdict.FAILED, False),
        ]

    @pytest.mark.parametrize(
        ("where", "numbers"),
        [
            (InspectionFilter(), [1, 2, 3]),
            (InspectionFilter(round_id="r1"), [1, 2, 3]),
            (InspectionFilter(round_id="r2"), []),
            (InspectionFilter(site_code="3706000002"), [2]),
            (InspectionFilter(round_id="r1", verdict=Verdict.FAILED), [2]),
            (InspectionFilter(round_id="r1", region="37", category=SiteCategory.CITY_DEPARTMENT), [1, 2, 3]),
            (InspectionFilter(round_id="r1", region="11"), []),
        ],
    )
    def test_filters(self, stores, where, numbers):
        opened(stores, 1, 2, 3)
        stores.inspections.save_judgement("r1", site(2).code, scorecard(Verdict.FAILED), [], at=NOW)
        assert [int(found.site.code[6:]) for found in stores.inspections.page(where)] == numbers

    def test_unknown_inspection(self, stores):
        for call in (
            lambda: stores.inspections.get("r1", "x"),
            lambda: stores.inspections.crawl_finished("r1", "x", at=NOW),
            lambda: stores.inspections.findings("r1", "x"),
        ):
            with pytest.raises(NotFound):
                call()


def review(n: int, code: str = "c", finding: str = "f1") -> Review:
    at = NOW + timedelta(minutes=n)
    points = Decimal("0.5")
    return Review(
        round_id="r1", code=code, finding=finding, decision=Decision.CORRECT, by="甲", at=at, reason="因", points=points
    )


def test_reviews_are_kept_in_order_and_once(stores):
    for each in (review(2), review(1), review(1), review(3, code="d"), review(4, finding="f0")):
        stores.reviews.add(each)
    assert stores.reviews.of_inspection("r1", "c") == [review(1), review(2), review(4, finding="f0")]
    assert stores.reviews.page("r1", limit=2) == [review(4, finding="f0"), review(1)]
    assert stores.reviews.page("r1", after=review(1).key) == [review(2), review(3, code="d")]
    assert stores.reviews.page("r2") == []
    evidence = (Evidence(url="http://a.cn/", excerpt="缺简历", observed_at=NOW),)
    own = msgspec.structs.replace(review(5, code="e"), decision=Decision.RECORD, indicator="X", evidence=evidence)
    stores.reviews.add(own)
    assert stores.reviews.of_inspection("r1", "e") == [own]


def test_reference_articles_are_kept_once_and_found_by_time(stores):
    def article(n: int) -> ReferenceArticle:
        return ReferenceArticle(title=f"第{n}号通知", url=f"http://a.cn/{n}", published_at=NOW + timedelta(days=n))

    assert stores.references.add([article(2), article(1), article(3)]) == 3
    assert stores.references.add([article(2), article(4)]) == 1
    assert stores.references.add([]) == 0
    assert stores.references.between(article(1).published_at, article(3).published_at) == [
        article(n) for n in (1, 2, 3)
    ]


def remembered(n: int, *, at: datetime = NOW, **rest) -> ItemRecord:
    values = {
        "code": "c",
        "url": f"http://a.cn/{n}",
        "title": "通知",
        "digest": f"d{n}",
        "date": date(2026, 1, n),
        "first_seen_at": at,
        "remembered_at": at,
        "round_id": "r1",
        **rest,
    }
    return ItemRecord(**values)


class TestItemHistory:
    def test_what_was_first_seen_stays(self, stores):
        assert stores.history.add([remembered(1), remembered(2)]) == 2
        assert stores.history.add([remembered(1, at=LATER, date=None), remembered(3)]) == 1
        assert stores.history.add([]) == 0
        edited = remembered(1, digest="other")
        assert stores.history.add([edited]) == 1
        found = stores.history.matching("c", before=LATER, urls={remembered(1).url}, digests=set())
        assert found == [remembered(1), edited]

    def test_by_address_or_digest_and_only_what_was_known_then(self, stores):
        undated = remembered(3, digest="", date=None)
        stores.history.add([remembered(1), remembered(2), undated, remembered(4, at=LATER), remembered(1, code="x")])

        def match(*, before=LATER, urls=(), digests=()):
            return stores.history.matching("c", before=before, urls=set(urls), digests=set(digests))

        assert match(urls=[undated.url], digests=["d1"]) == [remembered(1), undated]
        assert match(digests=["d2", "d4"]) == [remembered(2)]
        assert match(before=LATER + timedelta(seconds=1), digests=["d4"]) == [remembered(4, at=LATER)]
        assert match(before=NOW, digests=["d2"]) == []
        assert match(digests=[""]) == []
        assert match() == []


def test_findings_that_wait_for_a_person(stores):
    opened(stores, 1, 2)
    waiting = msgspec.structs.replace(finding(1), review=ReviewStatus.PENDING)
    other = msgspec.structs.replace(finding(4), review=ReviewStatus.PENDING)
    done = msgspec.structs.replace(finding(2), review=ReviewStatus.CONFIRMED)
    assert stores.inspections.findings_to_review("r1", ["X"]) == []
    for n in (1, 2):
        stores.inspections.save_judgement("r1", site(n).code, scorecard(), [waiting, done, finding(3), other], at=NOW)
    stores.inspections.save_rejudgement("r1", site(1).code, scorecard(edition="2015"), [waiting], at=NOW)
    one, two = [(site(n).code, waiting) for n in (1, 2)]
    assert stores.inspections.findings_to_review("r1", ["X", "Z"]) == [one, two]
    assert stores.inspections.findings_to_review("r1", ["X"], after=f"{one[0]}:{waiting.id}") == [two]
    assert stores.inspections.findings_to_review("r1", ["X"], limit=1) == [one]
    everything = [one, (one[0], other), two, (two[0], other)]
    assert stores.inspections.findings_to_review("r1", ("Y", "X")) == everything
    assert stores.inspections.findings_to_review("r1", ("Y", "X"), after=f"{one[0]}:{waiting.id}") == everything[1:]
    assert stores.inspections.findings_to_review("r1", []) == []


def paged(stores, dimension: Dimension | None, limit: int) -> list[PassRate]:
    found, after = [], ""
    while page := stores.pass_rates.page("r2", dimension=dimension, after=after, limit=limit):
        found += page
        after = page[-1].sort_key
    return found


def test_pass_rates_are_replaced_whole(stores):
    def rate(dimension: Dimension, key: str) -> PassRate:
        return PassRate(
            round_id="r1",
            dimension=dimension,
            key=key,
            label="某地",
            population=10,
            sampled=4,
            passed=3,
            failed=1,
            not_determined=0,
            closed=0,
            rate=0.75,
            low=None,
            high=0.9,
            method="m",
            small_cell=True,
        )

    old, new = rate(Dimension.NATION, "000000"), [rate(Dimension.PROVINCE, key) for key in ("11", "37", "44")]
    stores.pass_rates.replace("r1", [old])
    stores.pass_rates.replace("r1", new)
    assert stores.pass_rates.page("r1") == new
    assert stores.pass_rates.page("r1", after="province:11", limit=1) == [new[1]]
    assert stores.pass_rates.page("r1", dimension=Dimension.NATION) == []
    assert stores.pass_rates.page("r1", key_prefix="3") == [new[1]]
    assert stores.pass_rates.many("r1", ["province:37", "province:99"]) == {"province:37": new[1]}
    cities = [rate(Dimension.CITY, f"{n}") for n in range(1100, 1220)]
    mixed = [msgspec.structs.replace(each, round_id="r2") for each in (*cities, *new, rate(Dimension.COUNTY, "110101"))]
    stores.pass_rates.replace("r2", mixed)
    in_order = sorted(mixed, key=lambda each: each.sort_key)
    for limit in (1, 7, 500):
        assert paged(stores, None, limit) == in_order
        assert paged(stores, Dimension.CITY, limit) == mixed[:120]
        assert paged(stores, Dimension.PROVINCE, limit) == mixed[120:123]
    assert stores.pass_rates.page("r2", after="city:1105x", limit=1) == [mixed[6]], "a group that is no more"
    assert stores.pass_rates.page("r2", dimension=Dimension.PROVINCE, after="city:1105", limit=1) == [mixed[120]]
    keys = [each.sort_key for each in mixed]
    assert stores.pass_rates.many("r2", keys).keys() == set(keys)
    better = [new[0], msgspec.structs.replace(new[1], passed=4, failed=0, rate=1.0)]
    stores.pass_rates.replace("r1", better)
    assert stores.pass_rates.page("r1") == better


def test_indicators_established_at_failing_sites(stores):
    stores.inspections.open([Inspection(round_id="r1", site=site(n), stratum="all") for n in (1, 2, 3, 4)])
    sure = Finding(id="a" * 16, indicator="X", state=FindingState.ESTABLISHED, subject="/", message="一")
    unsure = msgspec.structs.replace(sure, id="c" * 16, indicator="Z", state=FindingState.SUSPECTED)
    other = msgspec.structs.replace(sure, id="b" * 16, indicator="Y")
    for n, findings in ((1, [sure, other, unsure]), (2, [unsure]), (3, [other])):
        verdict = Verdict.PASSED if n == 3 else Verdict.FAILED
        stores.inspections.save_judgement("r1", site(n).code, scorecard(verdict), findings, at=NOW)
    rejudged = scorecard(Verdict.FAILED, edition="2015")
    stores.inspections.save_rejudgement("r1", site(2).code, rejudged, [other], at=NOW)
    failed = [(site(1).code, frozenset("XY")), (site(2).code, frozenset())]
    assert list(stores.inspections.established("r1", Verdict.FAILED)) == failed
    assert list(stores.inspections.established("r1", Verdict.PASSED)) == [(site(3).code, frozenset("Y"))]
    assert list(stores.inspections.established("r2", Verdict.FAILED)) == []


def test_inspections_judged_before_indicators_were_kept_are_read_from_their_findings(mongo_stores):
    stores = mongo_stores
    stores.inspections.open([Inspection(round_id="r1", site=site(1), stratum="all")])
    sure = Finding(id="a" * 16, indicator="X", state=FindingState.ESTABLISHED, subject="/", message="一")
    stores.inspections.save_judgement("r1", site(1).code, scorecard(Verdict.FAILED), [sure], at=NOW)
    stores.database["inspections"].update_one({"_id": f"r1:{site(1).code}"}, {"$unset": {"established": ""}})
    assert list(stores.inspections.established("r1", Verdict.FAILED)) == [(site(1).code, frozenset("X"))]


def test_points_of_a_series_come_back_as_they_were(stores):
    entry = SeriesEntry(id="000000:2017Q1", period="2017Q1", running=43143, sampled=469, rate=0.91, source="F")
    assert stores.series_points.add([entry]) == 1
    assert stores.series_points.page({"period": "2017Q1"}) == [entry]


class TestOptOuts:
    def test_one_is_in_force_for_its_time_and_stays_on_record(self, stores):
        end = LATER + timedelta(days=9)
        given = [
            OptOut(code="b", url="http://b.gov.cn/", reason="迁移", since=NOW),
            OptOut(code="a", url="http://a.gov.cn/", reason="演练", since=NOW, until=end),
            OptOut(code="c", url="http://c.gov.cn/", reason="以后", since=LATER),
        ]
        for each in [*given, given[0]]:
            stores.opt_outs.add(each)
        assert list(stores.opt_outs.in_force(NOW)) == [given[1], given[0]]
        assert [each.code for each in stores.opt_outs.in_force(LATER)] == ["a", "b", "c"]
        assert [each.code for each in stores.opt_outs.in_force(end)] == ["b", "c"]
        assert list(stores.opt_outs.in_force(NOW - timedelta(1))) == []

    def test_ending_one_touches_no_other(self, stores):
        first = OptOut(code="a", url="http://a.gov.cn/", reason="迁移", since=NOW)
        stores.opt_outs.add(first)
        stores.opt_outs.add(msgspec.structs.replace(first, code="b"))
        assert stores.opt_outs.end("a", at=LATER) == 1
        assert stores.opt_outs.end("a", at=LATER) == 0
        again = msgspec.structs.replace(first, since=LATER + timedelta(1), reason="又一次")
        stores.opt_outs.add(again)
        assert stores.opt_outs.of_site("a") == [msgspec.structs.replace(first, until=LATER), again]
        assert [each.code for each in stores.opt_outs.in_force(LATER)] == ["b"]


class TestCrawlWindows:
    def test_a_place_has_one_window_until_it_is_taken_away(self, stores):
        night, day = CrawlWindow.parse("20:00-06:30"), CrawlWindow.parse("08:00-18:00")
        given = [
            PlaceWindow(place="370600", window=night, set_at=NOW),
            PlaceWindow(place="3706000001", window=day, set_at=LATER),
        ]
        for each in given:
            stores.crawl_windows.put(each)
        assert list(stores.crawl_windows.all()) == given
        changed = msgspec.structs.replace(given[0], window=day)
        stores.crawl_windows.put(changed)
        assert list(stores.crawl_windows.all()) == [changed, given[1]]
        assert stores.crawl_windows.remove("370600") is True
        assert stores.crawl_windows.remove("370600") is False
        assert list(stores.crawl_windows.all()) == [given[1]]


def office(id_: str, region: str = "370000", **rest) -> Office:
    return Office(id=id_, name=f"{id_}办公室", level=OfficeLevel.PROVINCIAL, region=region, **rest)


class TestRecords:
    def test_cases_come_back_whole(self, stores):
        at = datetime(2017, 2, 9, 2, tzinfo=UTC)
        paper = Attachment(name="报告.pdf", digest="ab" * 32, size=3, media_type="application/pdf")
        notice = Notice(
            number="1号", day=date(2017, 2, 9), due=date(2017, 3, 9), recheck_on=None, recipients=("甲",), text="文"
        )
        problem = Problem(
            finding="f",
            indicator="N19-D17",
            message="打不开",
            points=Decimal("0.1"),
            evidence=(Exhibit(url="http://a.gov.cn/", line=3, snapshot="cd" * 32),),
        )
        first = Step(number=1, kind=StepKind.NOTICE, at=at, by="乙", due=date(2017, 3, 9), attachments=(paper,))
        case = RectificationCase(
            id="r1:3706000001",
            region="370600",
            round_id="r1",
            code="3706000001",
            site_name="一站",
            url="http://a.gov.cn/",
            category=SiteCategory.CITY_PORTAL,
            unit="甲",
            edition="2019",
            score=Decimal("59.9"),
            problems=(problem,),
            notices=(notice,),
            steps=(first, msgspec.structs.replace(first, number=2, kind=StepKind.RECEIVE, fates={"f": Fate.GONE})),
            due=date(2017, 3, 9),
        )
        stores.cases.add([case, msgspec.structs.replace(case, id="r2:3706000001", state=CaseState.CLOSED)])
        assert stores.cases.find(case.id) == case
        assert [each.id for each in stores.cases.page({"state": "closed", "region": "37"})] == ["r2:3706000001"]
        assert stores.cases.count({"code": "3706000001"}) == 2

    def test_an_errand_is_kept_with_its_inspection(self, stores):
        errand = Errand(addresses=("http://s1.cn/a",), probed=True)
        stores.inspections.open([Inspection(round_id="x", site=site(1), stratum="37", errand=errand)])
        assert stores.inspections.get("x", "3706000001").errand == errand

    def test_each_record_once_by_id(self, stores):
        assert stores.offices.add([office("b"), office("a"), office("a")]) == 2
        assert stores.offices.add([office("a"), office("c")]) == 1
        assert [each.id for each in stores.offices.page()] == ["a", "b", "c"]
        assert [each.id for each in stores.offices.page(after="a", limit=1)] == ["b"]
        assert stores.offices.find("b") == office("b")
        assert stores.offices.find("x") is None
        assert [each.id for each in every(stores.offices)] == ["a", "b", "c"]

    def test_records_are_found_by_field_and_region(self, stores):
        stores.offices.add([office("a", "370600"), office("b", "371500", parent="p"), office("c", "110000")])
        assert [each.id for each in stores.offices.page({"region": "37"})] == ["a", "b"]
        assert [each.id for each in stores.offices.page({"region": "37", "parent": "p"})] == ["b"]
        assert stores.offices.count({"region": "3706"}) == 1
        assert stores.offices.count({"parent": ""}) == 3, "an empty value sets no condition"

    def test_a_change_meets_the_revision_that_was_read(self, stores):
        stores.offices.add([office("a")])
        first = revised(office("a"), name="新名")
        stores.offices.replace(first)
        stores.offices.replace(first)  # the answer got lost
        assert stores.offices.find("a") == first
        with pytest.raises(Conflict):
            stores.offices.replace(revised(office("a"), name="别名"))
        assert get(stores.offices, "a", "单位") == first
        with pytest.raises(NotFound, match="没有编号为 x 的单位"):
            get(stores.offices, "x", "单位")


def message(id_: str, **rest) -> Message:
    values = {
        "received_at": NOW,
        "channel": "我为政府网站找错",
        "text": "死链",
        "state": MessageState.ROUTED,
        "due": date(2026, 11, 25),
        "rule": "national",
        "region": "370600",
        "steps": (MessageStep(at=NOW, by="平台", state=MessageState.ROUTED),),
        **rest,
    }
    return Message(id=id_, **values)


class TestSupervision:
    """Each kind keeps all its fields and is found by those that it is listed by."""

    def test_messages(self, stores):
        given = [message("1", site="3706000001", office="yt"), message("2", state=MessageState.UNCLEAR)]
        stores.messages.add(given)
        assert list(every(stores.messages)) == given
        assert stores.messages.page({"state": MessageState.UNCLEAR}) == given[1:]
        assert stores.messages.page({"office": "yt", "site": "3706000001", "region": "3706"}) == given[:1]

    def test_senders_are_apart(self, stores):
        sender = Sender(id="1", name="王某", phone="13812345678")
        stores.message_senders.add([sender])
        assert stores.message_senders.find("1") == sender

    def test_recheck_requests(self, stores):
        request = RecheckRequest(
            id="message:1", code="3706000001", url="http://x.gov.cn/", reason="死链", asked_at=NOW, asked_by="甲"
        )
        stores.recheck_requests.add([request])
        assert stores.recheck_requests.page({"state": "open"}) == [request]
        assert stores.recheck_requests.page({"state": "done"}) == []

    def test_accounts_and_what_they_carried(self, stores):
        account = Account(
            id="wechat:x",
            platform=Platform.WECHAT,
            name="x",
            owner="某局",
            level=AccountLevel.CITY,
            last_update=date(2026, 11, 1),
        )
        stores.accounts.add([account])
        assert stores.accounts.page({"platform": Platform.WECHAT, "status": "normal"}) == [account]
        given = [
            carried("总理会见中外记者", Carrier.ACCOUNT, account.id, NOW),
            carried("别的会议", Carrier.SITE, "1", NOW),
        ]
        stores.carried.add(given)
        where = {"event": event_key("总理会见中外记者"), "carrier": Carrier.ACCOUNT}
        assert stores.carried.page(where) == given[:1]
        assert stores.carried.count(where) == 1

    def test_accountability(self, stores):
        record = Accountability(id="1", kind="interview", persons=19, unit="某局", on=date(2017, 3, 1), case="c1")
        stores.accountability.add([record])
        assert stores.accountability.page({"kind": "interview"}) == [record]

    def test_monthly_reports(self, stores):
        filing = Filing(region="370602", name="附件.docx", digest="d" * 64, size=3, at=NOW, by="甲")
        report = MonthlyReport(id="2026-10:370600", region="370600", month="2026-10", filings=(filing,))
        stores.monthly_reports.add([report])
        assert stores.monthly_reports.page({"month": "2026-10", "region": "37"}) == [report]
