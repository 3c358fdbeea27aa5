"""Rechecks by the clock: ordered on their day, settled when judged, both the same the second time."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from inspection.errors import StoreUnavailable
from inspection.findings import Evidence, Finding, FindingState, ReviewStatus, finding_id
from inspection.messages.recheck import RecheckRequest, RecheckState
from inspection.observation import FetchOutcome, PageFacts, PageSeen
from inspection.ports import Inspection
from inspection.records import every
from inspection.rectification import CaseState, StepKind
from inspection.rectification.rules import shipped_rules
from inspection.registry import Site, SiteCategory
from inspection.sampling import ProbePlan, Round, RoundState, SampleMember
from inspection.scoring import Scorecard, Verdict
from inspection.workflows.open_cases import open_cases
from inspection.workflows.step_case import Document, step_case
from scheduler.jobs.rechecks import rechecks, requests, settlements
from scheduler.timetable import Due
from store.memory import MemoryStores

RULES = shipped_rules("national")
COLUMN = "http://s.gov.cn/tzgg/"
FAILED = Scorecard(
    edition="2019", verdict=Verdict.FAILED, score=None, deducted=Decimal(0), vetoes=("N19-V4",), reasons=("空白栏目",)
)
THIRD_PARTY = "第三方检测"


def code(n: int) -> str:
    return f"370600{n:04d}"


def blank(n: int, review: ReviewStatus = ReviewStatus.CONFIRMED) -> Finding:
    return Finding(
        id=finding_id(code(n), "N19-V4", "blank"),
        indicator="N19-V4",
        subject="blank",
        state=FindingState.ESTABLISHED,
        message="栏目空白",
        points=Decimal(0),
        review=review,
        evidence=(Evidence(url=COLUMN, excerpt="摘录"),),
    )


def reported_round(stores, clock, id_: str, *numbers: int) -> None:
    """A closed round whose sites have failed, and have reported that all is put right."""
    round_ = Round(
        id=id_,
        title="抽查",
        as_of=date(2026, 11, 1),
        edition="2019",
        plan="",
        seed="s",
        registry_digest="",
        sample_digest="",
        state=RoundState.CLOSED,
        drawn_at=clock.now(),
        probes=ProbePlan(count=147),
    )
    sites = [
        Site(
            code=code(n),
            name=f"第{n}站",
            url="http://s.gov.cn/",
            category=SiteCategory.CITY_DEPARTMENT,
            region="370600",
            organizer=f"第{n}局",
            supervisor="市政府办",
        )
        for n in numbers
    ]
    stores.sites.upsert(sites, at=clock.now(), source="test")
    stores.rounds.add(
        round_, [SampleMember(code=code(n), stratum="all", inclusion_probability=1.0) for n in numbers], ()
    )
    stores.inspections.open([Inspection(round_id=id_, site=site, stratum="all") for site in sites])
    for n in numbers:
        stores.inspections.save_judgement(id_, code(n), FAILED, [blank(n)], at=clock.now())
    open_cases(id_, RULES, stores, by="市政府办", clock=clock)
    for n in numbers:
        step = {"rules": RULES, "stores": stores, "by": f"第{n}局", "clock": clock}
        step_case(f"{id_}:{code(n)}", StepKind.RECEIVE, **step)
        step_case(f"{id_}:{code(n)}", StepKind.SUBMIT, documents=[Document("报告.pdf", b"%PDF-1.4")], **step)


@pytest.fixture
def stores(clock):
    stores = MemoryStores()
    reported_round(stores, clock, "r1", 1, 2)
    return stores


def run(job, stores, clock) -> None:
    job(stores, clock, Due(job="x", at=clock.now(), first=clock.now()))


def states(stores) -> dict[str, CaseState]:
    return {case.code: case.state for case in every(stores.cases)}


def judged(stores, n: int, *findings: Finding, round_id: str = "recheck-r1-1") -> None:
    """The crawl of a recheck has read the column, and was judged."""
    at = datetime(2026, 12, 20, tzinfo=UTC)
    page = PageSeen(
        url=COLUMN, final_url=COLUMN, depth=1, fetched_at=at, outcome=FetchOutcome.OK, facts=PageFacts(charset="utf-8")
    )
    stores.observations.add_pages(round_id, code(n), [page])
    verdict = Verdict.FAILED if findings else Verdict.PASSED
    card = msgspec.structs.replace(FAILED, verdict=verdict)
    stores.inspections.save_judgement(round_id, code(n), card, list(findings), at=at)


def test_nothing_is_ordered_before_its_day_and_on_it_once(stores, clock):
    order = rechecks(THIRD_PARTY)
    run(order, stores, clock)
    assert set(states(stores).values()) == {CaseState.SUBMITTED}
    clock.advance(days=29)
    for _ in range(3):
        run(order, stores, clock)
    assert set(states(stores).values()) == {CaseState.RECHECKING}
    assert [round_.id for round_ in stores.rounds.page()] == ["r1", "recheck-r1-1"]
    assert len(stores.queue.queued) == 2


def test_without_a_third_party_it_says_what_is_due(stores, clock, caplog):
    clock.advance(days=29)
    run(rechecks(""), stores, clock)
    assert set(states(stores).values()) == {CaseState.SUBMITTED}
    assert "轮次 r1 有案件到期应复查" in caplog.text
    assert "XUNCHA_RECHECK_BY" in caplog.text


def test_a_round_that_cannot_be_rechecked_keeps_no_other_from_it(stores, clock, caplog):
    reported_round(stores, clock, "r2", 3)
    clock.advance(days=29)
    run(rechecks("第1局"), stores, clock)
    assert states(stores)[code(1)] is CaseState.SUBMITTED
    assert states(stores)[code(3)] is CaseState.RECHECKING
    assert "轮次 r1 的复查未能安排" in caplog.text


def test_what_is_certain_is_settled_and_the_rest_waits_for_people(stores, clock):
    clock.advance(days=29)
    run(rechecks(THIRD_PARTY), stores, clock)
    settle = settlements(THIRD_PARTY, RULES)
    run(settle, stores, clock)
    assert set(states(stores).values()) == {CaseState.RECHECKING}, "nothing is judged yet"
    judged(stores, 1)
    judged(stores, 2, blank(2, ReviewStatus.PENDING))
    for _ in range(2):
        run(settle, stores, clock)
    assert states(stores) == {code(1): CaseState.CLOSED, code(2): CaseState.RECHECKING}
    assert stores.rounds.get("recheck-r1-1").state is RoundState.OPEN, "the veto awaits its review"
    judged(stores, 2, blank(2))
    for _ in range(2):
        run(settle, stores, clock)
    assert states(stores) == {code(1): CaseState.CLOSED, code(2): CaseState.ESCALATED}
    assert stores.rounds.get("recheck-r1-1").state is RoundState.CLOSED
    [escalated] = [case for case in every(stores.cases) if case.state is CaseState.ESCALATED]
    assert escalated.escalations == 1


def test_a_recheck_of_which_a_case_was_not_told_is_not_closed(stores, clock):
    clock.advance(days=29)
    run(rechecks(THIRD_PARTY), stores, clock)
    untold = next(case for case in every(stores.cases) if case.code == code(2))
    killed = msgspec.structs.replace(untold, state=CaseState.SUBMITTED, steps=untold.steps[:-1])
    stores.cases.replace(msgspec.structs.replace(killed, revision=untold.revision + 1))
    judged(stores, 1)
    judged(stores, 2)
    run(settlements(THIRD_PARTY, RULES), stores, clock)
    assert stores.rounds.get("recheck-r1-1").state is RoundState.OPEN
    run(rechecks(THIRD_PARTY), stores, clock)
    run(settlements(THIRD_PARTY, RULES), stores, clock)
    assert set(states(stores).values()) == {CaseState.CLOSED}
    assert stores.rounds.get("recheck-r1-1").state is RoundState.CLOSED


def ask(stores, clock, number: str, n: int) -> None:
    request = RecheckRequest(
        id=f"message:{number}", code=code(n), url=COLUMN, reason="栏目空白", asked_at=clock.now(), asked_by="甲"
    )
    stores.recheck_requests.add([request])


def asked(stores) -> dict[str, RecheckState]:
    return {each.id: each.state for each in every(stores.recheck_requests)}


def test_what_messages_ask_for_is_looked_at_and_told(stores, clock):
    ask(stores, clock, "1", 1)
    ask(stores, clock, "2", 2)
    ask(stores, clock, "3", 99)
    for _ in range(2):
        run(requests, stores, clock)
    assert asked(stores) == {
        "message:1": RecheckState.ORDERED,
        "message:2": RecheckState.ORDERED,
        "message:3": RecheckState.DROPPED,
    }
    [round_id] = [round_.id for round_ in stores.rounds.page() if round_.id != "r1"]
    orders = [stores.queue.take(), stores.queue.take()]
    assert [(order.code, order.addresses, order.probe_count) for order in orders] == [
        (code(1), (COLUMN,), 0),
        (code(2), (COLUMN,), 0),
    ]
    assert stores.queue.take() is None
    judged(stores, 1, round_id=round_id)
    run(requests, stores, clock)
    assert stores.rounds.get(round_id).state is RoundState.OPEN
    judged(stores, 2, blank(2), round_id=round_id)
    run(requests, stores, clock)
    assert asked(stores)["message:2"] is RecheckState.DONE
    results = {each.id: each.result for each in every(stores.recheck_requests)}
    assert results["message:1"] == f"2026-12-20复查：{COLUMN} 正常，该网页未发现问题"
    assert results["message:2"] == f"2026-12-20复查：{COLUMN} 正常，发现问题 1 项：栏目空白"
    assert stores.rounds.get(round_id).state is RoundState.CLOSED


def test_a_request_whose_order_broke_off_is_not_ordered_twice(stores, clock, monkeypatch):
    ask(stores, clock, "1", 1)
    with monkeypatch.context() as broken:
        broken.setattr(stores.recheck_requests, "replace", _unavailable)
        with pytest.raises(StoreUnavailable):
            run(requests, stores, clock)
    clock.advance(minutes=10)
    ask(stores, clock, "2", 1)
    run(requests, stores, clock)
    orders = {each.id: each.order for each in every(stores.recheck_requests)}
    assert len(set(orders.values())) == 2, "what was asked later is looked at later"
    assert len(stores.queue.queued) == 2


def _unavailable(*_: object) -> None:
    raise StoreUnavailable("断开")
