"""History over rounds: what one round remembers bears on later ones, and on those alone."""

from datetime import date, timedelta

import msgspec
import pytest

from inspection.findings import Finding
from inspection.observation import FetchOutcome, ItemSeen, PageFacts, PageSeen
from inspection.observation.page import ListState
from inspection.sampling import RoundState
from inspection.workflows.judge_site import judge_round
from inspection.workflows.open_round import open_round

CODE = "1101000099"
HOME = "http://s99.cn/"
TEXT = "市政府召开专题会议，研究部署冬季供暖各项准备工作，要求各单位明确责任、倒排工期、强化调度。\n" * 3
SPRING, AUTUMN, WINTER = date(2026, 3, 20), date(2026, 11, 20), date(2027, 3, 20)


@pytest.fixture
def play(stores, clock, draw_round):
    """Draw, open and crawl a round on a day: the site shows one article at ``path``, dated ``shown``."""

    def play_it(round_id: str, day: date, *, path: str, shown: date, text: str = TEXT) -> None:
        clock.advance(timedelta(days=(day - clock.now().date()).days))
        draw_round(round_id=round_id, as_of=day)
        open_(stores, clock, round_id)
        clock.advance(timedelta(hours=2))
        item = ItemSeen(title="供暖专题会议", url=HOME + path, date=shown)
        front = PageFacts(charset="utf-8", list_items=(item,), list_state=ListState.LISTED)
        pages = [(HOME, front, 0), (HOME + path, PageFacts(charset="utf-8", text=text), 1)]
        seen = [
            PageSeen(url=u, final_url=u, depth=d, fetched_at=clock.now(), outcome=FetchOutcome.OK, status=200, facts=f)
            for u, f, d in pages
        ]
        stores.observations.add_pages(round_id, CODE, seen)
        stores.inspections.crawl_finished(round_id, CODE, at=clock.now())
        judge(stores, clock, round_id)

    return play_it


def open_(stores, clock, round_id: str) -> None:
    edition = stores.editions.get("2019")
    ports = {name: getattr(stores, name) for name in ("rounds", "sites", "inspections", "queue")}
    open_round(round_id, edition, **ports, clock=clock)


def judge(stores, clock, round_id: str, **options) -> None:
    edition = options.pop("edition", "2019")
    judge_round(round_id, stores.editions.get(edition), stores, clock=clock, **options)


def faked(stores, round_id: str, edition: str = "") -> list[Finding]:
    found = stores.inspections.findings(round_id, CODE, edition=edition)
    return [each for each in found if each.subject in ("republished", "moved-dates")]


def test_an_old_article_under_a_new_date_is_known_again(stores, clock, play):
    play("spring", SPRING, path="old.html", shown=date(2026, 3, 2))
    assert faked(stores, "spring") == []
    play("autumn", AUTUMN, path="new.html", shown=date(2026, 11, 18))
    [finding] = faked(stores, "autumn")
    excerpt = finding.evidence[0].excerpt
    assert all(told in excerpt for told in ("2026-11-18", "2026-03-20", "2026-03-02", "spring", f"{HOME}old.html"))
    judge(stores, clock, "autumn", edition="2015")
    assert [each.indicator for each in faked(stores, "autumn", "2015")] == ["C15-V4"]


def test_an_article_that_stays_as_it_is_is_none(stores, play):
    play("spring", SPRING, path="old.html", shown=date(2026, 3, 2))
    play("autumn", AUTUMN, path="old.html", shown=date(2026, 3, 2))
    assert faked(stores, "autumn") == []


def test_judging_again_after_later_rounds_gives_the_same_bytes(stores, clock, play):
    shown = (("spring", SPRING, "old.html"), ("autumn", AUTUMN, "new.html"), ("winter", WINTER, "newest.html"))
    for round_id, day, path in shown:
        play(round_id, day, path=path, shown=day - timedelta(days=2))
    assert [len(faked(stores, round_id)) for round_id, _, _ in shown] == [0, 1, 1]
    for round_id, _, _ in shown:
        before = msgspec.json.encode(stores.inspections.findings(round_id, CODE))
        clock.advance(timedelta(days=1))
        judge(stores, clock, round_id, again=True)
        assert msgspec.json.encode(stores.inspections.findings(round_id, CODE)) == before


def test_what_was_first_seen_stays(stores, clock, play):
    play("spring", SPRING, path="old.html", shown=date(2026, 3, 2))
    play("autumn", AUTUMN, path="old.html", shown=date(2026, 11, 18))
    known = stores.history.matching(CODE, before=clock.now() + timedelta(1), urls={f"{HOME}old.html"}, digests=set())
    assert [(each.round_id, each.date) for each in known] == [("spring", date(2026, 3, 2))]
    assert len(faked(stores, "autumn")) == 1


def test_rounds_that_overlap_do_not_bear_on_each_other(stores, clock, play, draw_round):
    draw_round(round_id="early", as_of=AUTUMN)
    open_(stores, clock, "early")
    clock.advance(timedelta(days=1))
    play("other", AUTUMN + timedelta(days=1), path="old.html", shown=AUTUMN - timedelta(days=80))
    page = stores.observations.pages("other", CODE)[0]
    late = ItemSeen(title="供暖专题会议", url=f"{HOME}new.html", date=AUTUMN + timedelta(days=30))
    facts = PageFacts(charset="utf-8", list_items=(late,), list_state=ListState.LISTED)
    article = msgspec.structs.replace(page, url=late.url, depth=1, facts=PageFacts(charset="utf-8", text=TEXT))
    stores.observations.add_pages("early", CODE, [msgspec.structs.replace(page, facts=facts), article])
    stores.inspections.crawl_finished("early", CODE, at=clock.now())
    judge(stores, clock, "early")
    assert faked(stores, "early") == []
    assert stores.rounds.get("early").state is RoundState.OPEN


def test_a_site_remembers_what_was_read_and_what_is_new_first(stores, clock, play):
    play("spring", SPRING, path="old.html", shown=date(2026, 3, 2))
    number = 250
    items = tuple(
        ItemSeen(title=f"第{n}号", url=f"{HOME}{n}.html", date=SPRING - timedelta(days=n)) for n in range(number)
    )
    front = PageFacts(charset="utf-8", list_items=items, list_state=ListState.LISTED)
    page = msgspec.structs.replace(stores.observations.pages("spring", CODE)[0], url=f"{HOME}dt/", depth=1, facts=front)
    stores.observations.add_pages("spring", CODE, [page])
    judge(stores, clock, "spring", again=True)
    urls = {each.url for each in items}
    known = stores.history.matching(CODE, before=clock.now() + timedelta(1), urls=urls, digests=set())
    assert 0 < len(known) < number
    assert {each.url for each in known} == {f"{HOME}{n}.html" for n in range(len(known))}
