"""Two states of the practice web, read without a network: what earlier rounds remember, against the planted truth."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from crawler.extract import extract
from inspection.checks import CHECK_PARAMS, Rulebook
from inspection.findings import Finding
from inspection.observation import FetchOutcome, PageSeen, SiteObservations
from inspection.registry import Site, SiteCategory
from inspection.standard import EditionLibrary
from inspection.workflows.judge_site import judge
from inspection.workflows.remember_items import recalled, remember_items
from practice.later import later_web
from practice.model import PracticeSite
from practice.pages import HTML, site_files
from practice.plan import plan_web
from store.memory import MemoryStores

SITES, SEED, DAYS = 30, 912, 92
FIRST = datetime(2026, 8, 20, 4, tzinfo=UTC)
HOMES = ("", "top.html", "main.html", "web/index.html", "inc/footer.html")


class StillClock:
    def __init__(self, present: datetime) -> None:
        self.present = present

    def now(self) -> datetime:
        return self.present


def observed(site: PracticeSite, at: datetime) -> SiteObservations:
    """What a crawl of the columns and their articles would have stored."""
    pages = []
    for path, answer in site_files(site).items():
        if answer.content_type == HTML and not path.startswith(("bszn/", "xxjl/")):
            url = site.base + path
            facts = extract(answer.body, url, as_of=site.as_of, content_type=HTML)
            depth = 0 if path in HOMES else 1
            seen = {"fetched_at": at, "outcome": FetchOutcome.OK, "status": 200, "facts": facts}
            pages.append(PageSeen(url=url, final_url=url, depth=depth, **seen))
    of = Site(code=site.code, name=site.name, url=site.base, category=SiteCategory(site.category), region=site.region)
    return SiteObservations(site=of, as_of=site.as_of, pages=tuple(pages))


@pytest.fixture(scope="module")
def states() -> list[tuple[PracticeSite, list[Finding], list[Finding]]]:
    """Each site that can be read, with the findings of the two rounds."""
    web = plan_web(sites=SITES, seed=SEED, as_of=date(2026, 8, 20), port=18800)
    pairs = zip(web, later_web(web, days=DAYS, seed=SEED), strict=True)
    rules, history = Rulebook(EditionLibrary(CHECK_PARAMS).get("2019")), MemoryStores().history
    found = []
    for before, after in pairs:
        if before.behaviour != "normal" or before.status == "closed" or before.defaced:
            continue
        first = observed(before, FIRST)
        remember_items("first", first, history=history, clock=StillClock(FIRST + timedelta(days=7)))
        opened = FIRST + timedelta(days=DAYS)
        second = observed(after, opened)
        second = msgspec.structs.replace(second, history=recalled(second, before=opened, history=history))
        found.append((after, judge(first, rules)[1], judge(second, rules)[1]))
    return found


def about_dates(findings: list[Finding]) -> set[str]:
    return {each.subject for each in findings} & {"republished", "moved-dates", "faked-dates", "future-dates"}


def test_old_articles_under_new_dates_are_found_and_nothing_else(states) -> None:
    planted = 0
    for site, first, second in states:
        kinds = {fault.kind for fault in site.faults} & {"republished"}
        planted += len(kinds)
        assert about_dates(first) <= {"future-dates"}, site.code
        assert about_dates(second) == kinds, site.code
    assert planted >= 2
    assert len(states) > 12


def test_the_evidence_names_both_dates_and_the_first_visit(states) -> None:
    for site, _, second in states:
        for finding in second:
            if finding.subject == "republished":
                shown = {item.day: item for item in site.columns[0].items if item.origin}
                assert len(finding.evidence) == len(shown) == 3
                for evidence in finding.evidence:
                    item = next(item for day, item in shown.items() if f"现标注 {day}" in evidence.excerpt)
                    assert item.title in evidence.excerpt
                    assert "2026-08-20" in evidence.excerpt
                    assert item.origin in evidence.excerpt
