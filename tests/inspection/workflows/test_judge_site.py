"""Judging: pure, repeatable, and only what is due."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import msgspec
import pytest

from inspection.checks import CHECK_PARAMS, Rulebook
from inspection.findings import ReviewStatus
from inspection.observation import FetchOutcome, ItemSeen, PageFacts, PageSeen, ProbeSeen, SiteObservations
from inspection.observation.page import ListState
from inspection.ports import Inspection
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.sampling import Round, RoundState
from inspection.scoring import Verdict
from inspection.standard import EditionLibrary
from inspection.workflows.judge_site import judge, judge_round

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
AS_OF = date(2026, 11, 20)
EDITION = EditionLibrary(CHECK_PARAMS).get("2019")
RULES = Rulebook(EDITION)
ROUND = Round(
    id="r1",
    title="演练",
    as_of=AS_OF,
    edition="2019",
    plan="",
    seed="s",
    registry_digest="",
    sample_digest="",
    state=RoundState.OPEN,
    drawn_at=NOW,
)


def site(n: int, status: SiteStatus = SiteStatus.NORMAL) -> Site:
    code = f"370600{n:04d}"
    url = f"http://s{n}.gov.cn/"
    return Site(code=code, name="某局", url=url, category=SiteCategory.CITY_DEPARTMENT, region="370600", status=status)


def observations(of: Site, *, newest: date, probes: int = 147) -> SiteObservations:
    items = (ItemSeen(title="消息", url=f"{of.url}1.html", date=newest),)
    facts = PageFacts(charset="utf-8", list_items=items, list_state=ListState.LISTED, text="局长信箱 办事服务")
    home = PageSeen(
        url=of.url, final_url=of.url, depth=0, fetched_at=NOW, outcome=FetchOutcome.OK, status=200, facts=facts
    )
    seen = tuple(ProbeSeen(sequence=n, at=NOW, outcome=FetchOutcome.OK) for n in range(probes))
    return SiteObservations(site=of, as_of=AS_OF, probes=seen, pages=(home,))


@pytest.mark.parametrize(
    ("newest", "probes", "verdict"),
    [
        (date(2026, 11, 19), 147, Verdict.PASSED),
        (date(2026, 9, 1), 147, Verdict.FAILED),
        (date(2026, 11, 19), 3, Verdict.NOT_DETERMINED),
        (date(2026, 9, 1), 3, Verdict.FAILED),
    ],
)
def test_verdict_follows_from_observations(newest, probes, verdict):
    card, _ = judge(observations(site(1), newest=newest, probes=probes), RULES)
    assert card.verdict is verdict


@pytest.mark.parametrize(("newest", "row"), [(date(2020, 1, 1), "R-2"), (AS_OF, "R-3")])
def test_a_closed_site_is_closed_whatever_was_seen_and_only_its_report_is_doubted(newest, row):
    card, findings = judge(observations(site(1, SiteStatus.CLOSED), newest=newest), RULES)
    assert (card.verdict, card.lines, card.vetoes) == (Verdict.CLOSED, (), ())
    assert [(each.indicator, each.review) for each in findings] == [(row, ReviewStatus.PENDING)]


def test_judging_twice_gives_the_same_bytes():
    seen = observations(site(1), newest=date(2026, 9, 1))
    assert msgspec.json.encode(judge(seen, RULES)) == msgspec.json.encode(judge(seen, RULES))


class Store:
    """The repositories that judging needs, over plain dicts."""

    def __init__(self, *inspections: Inspection) -> None:
        self.inspections = {inspection.site.code: inspection for inspection in inspections}
        self.judged: list[str] = []
        self.remembered: list[str] = []

    def get(self, round_id):
        assert round_id == ROUND.id
        return ROUND

    def of_round(self, round_id):
        return iter(list(self.inspections.values()))

    def save_judgement(self, round_id, code, scorecard, findings, *, at):
        self.judged.append(code)
        self.inspections[code] = msgspec.structs.replace(self.inspections[code], scorecard=scorecard, judged_at=at)

    def _seen(self, code):
        return observations(self.inspections[code].site, newest=AS_OF)

    def probes(self, round_id, code):
        return self._seen(code).probes

    def pages(self, round_id, code):
        return self._seen(code).pages

    def links(self, round_id, code):
        return []

    def hosts(self, round_id, code):
        return []

    def renders(self, round_id, code):
        return []

    def of_inspection(self, round_id, code):
        return []

    def of_site(self, code):
        return []

    def between(self, first, last):
        return []

    def add(self, records):
        self.remembered += [record.code for record in records]
        return len(records)


class Clock:
    def now(self):
        return NOW


def run(store: Store, **options) -> int:
    names = ("rounds", "inspections", "observations", "reviews", "references", "history", "opt_outs")
    return judge_round("r1", EDITION, SimpleNamespace(**dict.fromkeys(names, store)), clock=Clock(), **options)


def inspection(n: int, *, finished: bool = True) -> Inspection:
    return Inspection(round_id="r1", site=site(n), stratum="37", crawl_finished_at=NOW if finished else None)


def test_only_finished_crawls_are_judged_and_each_once():
    store = Store(inspection(1), inspection(2, finished=False), inspection(3))
    seen: list[Inspection] = []
    assert run(store, progress=seen.append) == 2
    assert len(seen) == 3
    assert run(store) == 0
    assert run(store, again=True) == 2
    assert store.judged == store.remembered == ["3706000001", "3706000003"] * 2
    assert store.inspections["3706000001"].scorecard.verdict is Verdict.PASSED
