"""Rechecks by the clock: ordered on their day, settled when judged, both the same the second time."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from inspection.errors import StoreUnavailable
from inspection.findings import Evidence, Finding, FindingState, ReviewStatus, finding_id
from inspection.messages import Message, MessageState
from inspection.messages import Step as MessageStep
from inspection.messages.recheck import RecheckRequest, RecheckState
from inspection.observation import FetchOutcome, PageFacts, PageSeen
from inspection.ports import Inspection
from inspection.records import every
from inspection.rectification import CaseState, StepKind
from inspection.rectification.recheck_ids import is_recheck_of, recheck_id
from inspection.rectification.rules import shipped_rules
from inspection.registry import Site, SiteCategory
from inspection.registry.opt_out import OptOut
from inspection.sampling import ProbePlan, Round, RoundState, SampleMember
from inspection.scoring import Scorecard, Verdict, opted_out_scorecard
from inspection.workflows.handle_message import request_recheck
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


def test_a_case_that_may_not_be_rechecked_keeps_no_other_from_it_and_is_tried_again(stores, clock, caplog):
    reported_round(stores, clock, "r2", 3)
    reported_round(stores, clock, "r3", 1)
    clock.advance(days=29)
    for _ in range(2):
        run(rechecks("第1局"), stores, clock)
    r1, r3 = stores.cases.find(f"r1:{code(1)}"), stores.cases.find(f"r3:{code(1)}")
    assert (r1.state, r3.state) == (CaseState.SUBMITTED, CaseState.SUBMITTED)
    assert (states(stores)[code(2)], states(stores)[code(3)]) == (CaseState.RECHECKING, CaseState.RECHECKING)
    assert f"未安排复查：复查须由第三方进行：第1局 是案件 r1:{code(1)} 的主办单位" in caplog.text
    assert "轮次 r3 的复查未能安排：复查须由第三方进行" in caplog.text
    run(rechecks(THIRD_PARTY), stores, clock)
    assert stores.cases.find(f"r1:{code(1)}").recheck_round == "recheck-r1-2"
    assert stores.cases.find(f"r3:{code(1)}").recheck_round == "recheck-r3-1"


def test_a_case_of_the_settling_party_itself_keeps_no_other_from_being_settled(stores, clock, caplog):
    clock.advance(days=29)
    run(rechecks(THIRD_PARTY), stores, clock)
    judged(stores, 1)
    judged(stores, 2)
    run(settlements("第1局", RULES), stores, clock)
    assert states(stores) == {code(1): CaseState.RECHECKING, code(2): CaseState.CLOSED}
    assert f"案件 r1:{code(1)} 的复查结果未能处理：复查须由第三方进行" in caplog.text


def drawn_and_killed(stores, clock, monkeypatch) -> None:
    """The recheck of round r1 is drawn, and its process killed before anything else."""
    clock.advance(days=29)
    with monkeypatch.context() as broken:
        broken.setattr(stores.inspections, "open", _unavailable)
        with pytest.raises(StoreUnavailable):
            run(rechecks(THIRD_PARTY), stores, clock)
    assert [member.code for member in stores.rounds.members("recheck-r1-1")] == [code(1), code(2)]
    clock.advance(hours=1)


def test_a_drawn_recheck_goes_on_without_a_case_that_was_closed_meanwhile(stores, clock, monkeypatch, caplog):
    drawn_and_killed(stores, clock, monkeypatch)
    document = [Document("批复.pdf", b"%PDF-1.4")]
    close = {"by": "第1局", "clock": clock, "note": "并入门户", "documents": document}
    step_case(f"r1:{code(1)}", StepKind.CLOSE_SITE, RULES, stores, **close)
    run(rechecks(THIRD_PARTY), stores, clock)
    assert states(stores) == {code(1): CaseState.SITE_CLOSED, code(2): CaseState.RECHECKING}
    assert f"案件 r1:{code(1)}：复查轮次 recheck-r1-1 抽样后案件已关停并转（2026-12-19，第1局）" in caplog.text
    assert {order.code: order.addresses for order in iter(stores.queue.take, None)} == {
        code(1): (),
        code(2): (COLUMN, "blank"),
    }
    judged(stores, 1)
    judged(stores, 2)
    run(settlements(THIRD_PARTY, RULES), stores, clock)
    assert states(stores)[code(2)] is CaseState.CLOSED
    assert stores.rounds.get("recheck-r1-1").state is RoundState.CLOSED


def test_a_drawn_recheck_of_which_no_case_is_left_holds_up_no_later_one(stores, clock, monkeypatch):
    drawn_and_killed(stores, clock, monkeypatch)
    for n in (1, 2):
        reverse = {"by": "市政府办", "clock": clock, "note": "报错", "reverses": 3}
        step_case(f"r1:{code(n)}", StepKind.REVERSE, RULES, stores, **reverse)
        again = {"by": f"第{n}局", "clock": clock, "documents": [Document("报告.pdf", b"%PDF-1.4")]}
        step_case(f"r1:{code(n)}", StepKind.SUBMIT, RULES, stores, **again)
    run(rechecks(THIRD_PARTY), stores, clock)
    assert {case.recheck_round for case in every(stores.cases)} == {"recheck-r1-2"}, "what was drawn before is too old"


def test_what_falls_due_while_a_recheck_is_broken_off_is_ordered_with_it(stores, clock, monkeypatch):
    late = stores.cases.find(f"r1:{code(2)}")
    put_off = msgspec.structs.replace(late.notices[0], recheck_on=date(2026, 12, 20))
    stores.cases.replace(msgspec.structs.replace(late, notices=(put_off,), revision=late.revision + 1))
    clock.advance(days=29)
    with monkeypatch.context() as broken:
        broken.setattr(stores.inspections, "open", _unavailable)
        with pytest.raises(StoreUnavailable):
            run(rechecks(THIRD_PARTY), stores, clock)
    clock.advance(days=1)
    run(rechecks(THIRD_PARTY), stores, clock)
    assert [case.recheck_round for case in every(stores.cases)] == ["recheck-r1-1", "recheck-r1-2"]


def test_a_site_that_has_opted_out_is_rechecked_when_it_is_back(stores, clock, caplog):
    clock.advance(days=29)
    until = clock.now() + timedelta(days=2)
    stores.opt_outs.add(OptOut(code=code(1), url="http://s.gov.cn/", reason="搬迁", since=clock.now(), until=until))
    run(rechecks(THIRD_PARTY), stores, clock)
    assert states(stores) == {code(1): CaseState.SUBMITTED, code(2): CaseState.RECHECKING}
    assert f"案件 r1:{code(1)}：网站 {code(1)} 已退出检查（搬迁，至 2026-12-21 12:00），恢复后再复查" in caplog.text
    clock.advance(days=3)
    run(rechecks(THIRD_PARTY), stores, clock)
    assert stores.cases.find(f"r1:{code(1)}").recheck_round == "recheck-r1-2"


def test_a_case_tells_why_its_recheck_could_not_look(stores, clock, caplog):
    clock.advance(days=29)
    run(rechecks(THIRD_PARTY), stores, clock)
    card = opted_out_scorecard(stores.editions.get("2019"), "搬迁")
    stores.inspections.save_judgement("recheck-r1-1", code(1), card, [], at=clock.now())
    for _ in range(3):
        run(settlements(THIRD_PARTY, RULES), stores, clock)
    case = stores.cases.find(f"r1:{code(1)}")
    assert (case.state, case.steps[-1].kind) == (CaseState.RECHECKING, StepKind.NOTE)
    assert case.steps[-1].note.endswith("；网站退出检查，不作判定：搬迁")
    assert caplog.text.count(f"案件 r1:{code(1)}：未能判断，须人工核实") == 1


@pytest.mark.parametrize("id_", ["2026年第四季度某市自查", "q" * 54, "市" * 64, "r1-1"])
def test_a_round_of_any_id_is_rechecked_and_settled(clock, id_):
    stores = MemoryStores()
    reported_round(stores, clock, id_, 1)
    clock.advance(days=29)
    for _ in range(2):
        run(rechecks(THIRD_PARTY), stores, clock)
    [case] = every(stores.cases)
    assert len(case.recheck_round) <= 64
    assert case.recheck_round == recheck_id(id_, 1)
    judged(stores, 1, round_id=case.recheck_round)
    run(settlements(THIRD_PARTY, RULES), stores, clock)
    assert stores.rounds.get(case.recheck_round).state is RoundState.CLOSED
    assert [each.state for each in every(stores.cases)] == [CaseState.CLOSED]


def test_ids_of_rechecks_are_plain_where_they_can_be_and_never_the_same():
    assert recheck_id("2026Q4", 2) == "recheck-2026Q4-2"
    ids = ["a-1", "a", "甲", "乙", "甲a", "q" * 60, "q" * 61]
    made = {recheck_id(id_, 1) for id_ in ids}
    assert len(made) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{1,60}", each) for each in made)
    assert all(is_recheck_of(recheck_id(id_, 12), id_) for id_ in ids)
    assert not is_recheck_of(recheck_id("a-1", 1), "a")


def test_a_case_goes_by_the_rules_that_it_was_opened_by(stores, clock):
    city = shipped_rules("city-example")
    own = stores.cases.find(f"r1:{code(2)}")
    stores.cases.replace(msgspec.structs.replace(own, rules=city.id, revision=own.revision + 1))
    clock.advance(days=29)
    run(rechecks(THIRD_PARTY), stores, clock)
    judged(stores, 1, blank(1))
    judged(stores, 2, blank(2))
    run(settlements(THIRD_PARTY, RULES), stores, clock)
    assert [(case.rules, case.due) for case in every(stores.cases)] == [
        ("national", date(2027, 1, 2)),
        ("city-example", date(2026, 12, 26)),
    ]


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


def test_a_message_tells_the_result_of_its_recheck_once_and_may_ask_again(stores, clock, monkeypatch, caplog):
    step = MessageStep(at=clock.now(), by="甲", state=MessageState.HANDLED)
    message = {
        "received_at": clock.now(),
        "channel": "网",
        "text": "空白",
        "state": step.state,
        "due": date(2027, 1, 1),
    }
    stores.messages.add([Message(id="9", rule="national", site=code(1), address=COLUMN, steps=(step,), **message)])
    request_recheck("9", by="甲", stores=stores, clock=clock)
    clock.advance(hours=1)
    run(requests, stores, clock)
    first = request_recheck("9", by="乙", stores=stores, clock=clock)
    assert (first.state, first.asked_by) == (RecheckState.ORDERED, "甲"), "one that is under way is not asked again"
    judged(stores, 1, round_id=first.order)
    with monkeypatch.context() as broken:
        broken.setattr(stores.recheck_requests, "replace", _unavailable)
        with pytest.raises(StoreUnavailable):
            run(requests, stores, clock)
    run(requests, stores, clock)
    told = stores.messages.find("9").steps
    assert [(each.state, each.round_id) for each in told[1:]] == [(MessageState.HANDLED, first.order)]
    assert told[1].note == f"2026-12-20复查：{COLUMN} 正常，该网页未发现问题"
    clock.advance(days=1)
    request_recheck("9", by="乙", stores=stores, clock=clock)
    run(requests, stores, clock)
    second = stores.recheck_requests.find("message:9")
    assert second.order != first.order
    card = opted_out_scorecard(stores.editions.get("2019"), "搬迁")
    stores.inspections.save_judgement(second.order, code(1), card, [], at=clock.now())
    run(requests, stores, clock)
    assert "复查请求 message:9 未能判断，须人工核实" in caplog.text
    told = stores.messages.find("9").steps
    assert [each.round_id for each in told[1:]] == [first.order, second.order]
    assert told[2].note.endswith("未读取（网站退出检查，不作判定：搬迁）")
    assert [each.state.value for each in stores.recheck_requests.find("message:9").steps] == [
        *("open", "ordered", "done"),
        *("open", "ordered", "done"),
    ]


def _unavailable(*_: object) -> None:
    raise StoreUnavailable("断开")
