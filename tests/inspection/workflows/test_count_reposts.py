"""Coverage of reference articles over a round: live, by the check itself, with the reviewers' decisions."""

from datetime import UTC, date, datetime, timedelta

import pytest

from inspection.checks.linkage import RepostState
from inspection.errors import NotFound, RuleBroken
from inspection.findings import finding_id
from inspection.observation import FetchOutcome, ItemSeen, PageFacts, PageSeen
from inspection.observation.page import ListState
from inspection.observation.reference import ReferenceArticle
from inspection.ports import Inspection
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.review import Decision, Review
from inspection.sampling import Round, RoundState
from inspection.statistics.coverage import coverage_of
from inspection.workflows.count_reposts import count_reposts
from store.memory import MemoryStores

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
TITLE = "国务院办公厅关于做好冬季供暖工作的通知"
ARTICLE = ReferenceArticle(title=TITLE, url="http://www.gov.cn/1.htm", published_at=NOW - timedelta(days=5))
LATER = ReferenceArticle(title="国务院关于明年工作的意见", url="http://www.gov.cn/2.htm", published_at=NOW)


def site(number: int, **rest) -> Site:
    fields = {"category": SiteCategory.CITY_PORTAL, "region": "370600", **rest}
    return Site(code=f"370600{number:04d}", name="某市", url=f"http://www.s{number}.gov.cn/", **fields)


def page(of: Site, day: int) -> PageSeen:
    item = ItemSeen(title=TITLE, url=f"{of.url}1.html", date=date(2026, 11, day or 1))
    shown = (item,) if day else (ItemSeen(title="别的消息", url=None),)
    facts = PageFacts(charset="utf-8", list_items=shown, list_state=ListState.LISTED)
    return PageSeen(url=of.url, final_url=of.url, depth=0, fetched_at=NOW, outcome=FetchOutcome.OK, facts=facts)


@pytest.fixture
def stores():
    stores = MemoryStores()
    round_ = Round(
        id="r1",
        title="演练",
        as_of=date(2026, 11, 20),
        edition="2019",
        plan="",
        seed="s",
        registry_digest="",
        sample_digest="",
        state=RoundState.OPEN,
        drawn_at=NOW,
    )
    stores.rounds.add(round_, (), ())
    stores.references.add([LATER, ARTICLE])
    days = (15, 15, 16, 17, 18, 0, 0)
    sites = [*(site(number) for number in range(len(days))), site(7, status=SiteStatus.CLOSED)]
    sites.append(site(8, category=SiteCategory.CITY_DEPARTMENT))
    for of, day in zip(sites, (*days, 15, 15), strict=True):
        stores.inspections.open([Inspection(round_id="r1", site=of, stratum="37", crawl_finished_at=NOW)])
        stores.observations.add_pages("r1", of.code, [page(of, day)])
    stores.inspections.open([Inspection(round_id="r1", site=site(9), stratum="37")])
    return stores


def test_sites_by_how_they_stand(stores):
    seen: list[Inspection] = []
    [found] = count_reposts("r1", "L-2", stores, progress=seen.append)
    assert found.article == ARTICLE
    assert (found.sites, found.in_time, found.late, found.unclear, found.not_seen) == (7, 2, 2, 1, 2)
    assert found.share == pytest.approx(2 / 6)
    assert len(seen) == 10
    [stricter] = count_reposts("r1", "L-3", stores)
    assert (stricter.sites, stricter.in_time, stricter.late, stricter.unclear) == (8, 3, 2, 1)


def test_what_a_person_dismisses_counts_as_reposted_in_time(stores):
    code = site(5).code
    dismissed = finding_id(code, "L-2", f"{RepostState.NOT_SEEN}:{ARTICLE.url}")
    review = Review(
        round_id="r1", code=code, finding=dismissed, decision=Decision.DISMISS, by="甲", at=NOW, reason="在专栏"
    )
    stores.reviews.add(review)
    [found] = count_reposts("r1", "L-2", stores)
    assert (found.in_time, found.not_seen) == (3, 1)


def test_other_indicators_are_refused(stores):
    with pytest.raises(RuleBroken, match="不涉及转载"):
        count_reposts("r1", "N19-V1", stores)
    with pytest.raises(NotFound, match="L-9"):
        count_reposts("r1", "L-9", stores)


def test_a_share_of_nothing_is_none():
    [found] = coverage_of([ARTICLE, LATER], [{ARTICLE.url: RepostState.UNCLEAR}, {}])
    assert (found.sites, found.share) == (1, None)
