"""Retention over both kinds of stores: what nothing refers to goes, in two steps; all else stays."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from inspection.errors import InputRejected, NotFound
from inspection.findings import Evidence, Finding, FindingState
from inspection.observation import FetchOutcome, PageSeen, ProbeSeen
from inspection.ports import Inspection
from inspection.rectification import Attachment, CaseState, Exhibit, Problem, RectificationCase, Step, StepKind
from inspection.registry import Site, SiteCategory
from inspection.retention import Periods, parse_periods, shipped_periods
from inspection.sampling import Round, RoundState
from inspection.scoring import Scorecard, Verdict
from inspection.workflows.retain import retain
from store.memory import MemoryStores

CLOSED = datetime(2026, 1, 10, tzinfo=UTC)
PERIODS = Periods(snapshots_days=100, monitoring_probes_days=30)
LATER = CLOSED + timedelta(days=200)


@pytest.fixture(params=["memory", "mongo"])
def both(request):
    return MemoryStores() if request.param == "memory" else request.getfixturevalue("mongo_stores")


def add_round(
    stores, id_: str, *, closed: datetime | None, sites: int = 2, monitoring: bool = False, recheck: bool = False
) -> None:
    digests = {"registry_digest": "", "sample_digest": "", "plan": "", "seed": ""}
    round_ = Round(
        id=id_,
        title="",
        as_of=date(2026, 1, 1),
        edition="2019",
        state=RoundState.DRAWN,
        drawn_at=CLOSED,
        monitoring=monitoring,
        recheck=recheck,
        **digests,
    )
    stores.rounds.add(round_, (), ())
    stores.rounds.move(id_, to=RoundState.OPEN, at=CLOSED)
    if closed is not None:
        stores.rounds.move(id_, to=RoundState.CLOSED, at=closed)
    inspections = [
        Inspection(
            round_id=id_,
            site=Site(code=code(n), name="甲", url="http://a.cn/", category=SiteCategory.CITY_PORTAL, region="370600"),
            stratum="37",
        )
        for n in range(sites)
    ]
    stores.inspections.open(inspections)


def code(number: int) -> str:
    return f"370600{number:04d}"


def show(stores, round_id: str, number: int, body: str) -> str:
    [digest] = stores.snapshots.put([body.encode()])
    page = PageSeen(
        url=f"http://a.cn/{body}",
        final_url="x",
        depth=1,
        fetched_at=CLOSED,
        outcome=FetchOutcome.OK,
        snapshot=digest,
    )
    stores.observations.add_pages(round_id, code(number), [page])
    return digest


def find(stores, round_id: str, number: int, digest: str) -> None:
    evidence = (Evidence(url="x", excerpt="y", snapshot=digest),)
    finding = Finding(
        id="1", indicator="N19-V2", state=FindingState.ESTABLISHED, subject="", message="", evidence=evidence
    )
    card = Scorecard(edition="2019", verdict=Verdict.FAILED, score=None, deducted=Decimal(0))
    stores.inspections.save_judgement(round_id, code(number), card, [finding], at=CLOSED)


def run(stores, now: datetime = LATER, **rest):
    return retain(PERIODS, now=now, rounds=stores.rounds, details=stores.details, cases=stores.cases, **rest)


def kept(stores, digest: str) -> bool:
    try:
        stores.snapshots.get(digest)
    except NotFound:
        return False
    return True


def test_only_what_nothing_refers_to_goes_and_only_with_the_second_run(both):
    add_round(both, "old", closed=CLOSED)
    add_round(both, "young", closed=LATER - timedelta(days=99))
    add_round(both, "open", closed=None)
    free = show(both, "old", 0, "free")
    shared = show(both, "old", 0, "shared")
    show(both, "old", 1, "shared")
    found, found_elsewhere = show(both, "old", 0, "found"), show(both, "old", 0, "found elsewhere")
    find(both, "old", 0, found)
    show(both, "old", 1, "found elsewhere")
    find(both, "old", 1, found_elsewhere)
    again, now_open = show(both, "old", 0, "again"), show(both, "old", 0, "open")
    show(both, "young", 1, "again")
    show(both, "open", 1, "open")
    attachment = both.snapshots.put([b"a signed scan"])[0]
    assert run(both, dry_run=True).snapshots == 2
    assert run(both).snapshots == 0
    assert all(kept(both, digest) for digest in (free, shared))
    assert run(both, LATER + timedelta(hours=23)).snapshots == 0
    assert run(both, LATER + timedelta(days=1)).snapshots == 2
    assert [kept(both, digest) for digest in (free, shared)] == [False, False]
    assert all(kept(both, digest) for digest in (found, found_elsewhere, again, now_open, attachment))
    assert run(both, LATER + timedelta(days=9)).snapshots == 1  # since the younger round is over its period, too
    assert not kept(both, again)


def test_a_body_that_is_stored_again_between_the_runs_stays(both):
    add_round(both, "old", closed=CLOSED)
    digest = show(both, "old", 0, "body")
    run(both)
    both.snapshots.put([b"body"])  # by a worker that has not yet written the page which shows it
    run(both, LATER + timedelta(days=1))
    assert kept(both, digest)


def test_what_a_case_or_a_recheck_shows_stays_without_a_finding(both):
    add_round(both, "old", closed=CLOSED)
    add_round(both, "recheck-old-1", closed=CLOSED, recheck=True)
    noticed, handed_in, free = (show(both, "old", 0, body) for body in ("noticed", "handed in", "free"))
    rechecked = show(both, "recheck-old-1", 0, "rechecked")
    attachment = Attachment(name="a.pdf", digest=handed_in, size=9, media_type="application/pdf")
    step = Step(number=1, kind=StepKind.NOTICE, at=CLOSED, by="x", attachments=(attachment,))
    problem = Problem(finding="f", indicator="N19-V2", message="m", evidence=(Exhibit(url="x", snapshot=noticed),))
    case = RectificationCase(
        **{"id": "old:1", "round_id": "old", "code": code(0), "site_name": "甲", "url": "http://a.cn/", "unit": "某局"},
        **{"category": SiteCategory.CITY_PORTAL, "edition": "2019", "notices": (), "due": date(2026, 2, 1)},
        state=CaseState.CLOSED,
        problems=(problem,),
        steps=(step,),
    )
    both.cases.add([case])
    assert run(both, dry_run=True).snapshots == 1
    for days in range(3):
        run(both, LATER + timedelta(days=days))
    assert [kept(both, each) for each in (noticed, handed_in, rechecked, free)] == [True, True, True, False]


def test_a_round_within_its_period_is_left_alone(both):
    add_round(both, "old", closed=CLOSED)
    digest = show(both, "old", 0, "body")
    for days in (98, 99):
        run(both, CLOSED + timedelta(days=days))
    assert kept(both, digest)


def test_probes_of_the_daily_monitoring_go_and_those_of_rounds_stay(both):
    probes = [ProbeSeen(sequence=n, at=CLOSED, outcome=FetchOutcome.OK) for n in range(5)]
    for id_, monitoring in (("monitor-20260108-5min", True), ("r1", False)):
        add_round(both, id_, closed=CLOSED, monitoring=monitoring)
        both.observations.add_probes(id_, code(0), probes)
    now = CLOSED + timedelta(days=30)
    assert run(both, now, dry_run=True).probes == 5
    assert run(both, now - timedelta(seconds=1)).probes == 0
    assert run(both, now).probes == 5
    assert both.observations.probes("monitor-20260108-5min", code(0)) == []
    assert len(both.observations.probes("r1", code(0))) == 5


def test_many_sites_are_gone_through(both):
    add_round(both, "old", closed=CLOSED, sites=45)
    for number in range(45):
        show(both, "old", number, f"body {number}")
    assert run(both, dry_run=True).snapshots == 45


def test_periods_are_data():
    assert shipped_periods().snapshots_days >= 365
    with pytest.raises(InputRejected, match=r"own\.toml"):
        parse_periods("snapshots_days = 0\nmonitoring_probes_days = 1", "own.toml")
