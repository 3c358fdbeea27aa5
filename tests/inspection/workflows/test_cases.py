"""Cases from the notice to the recheck that closes or escalates them, over memory stores."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from inspection.errors import Conflict, InputRejected, NotFound, RuleBroken
from inspection.findings import Evidence, Finding, FindingState, ReviewStatus, finding_id
from inspection.observation import FetchOutcome, PageFacts, PageSeen, ScreenshotSeen
from inspection.offices import Office, OfficeLevel
from inspection.ports import Inspection
from inspection.records import every, revised
from inspection.rectification import CaseState, Problem, StepKind
from inspection.rectification.figures import rectification_figures
from inspection.rectification.ledger import HEADINGS, ledger_row
from inspection.rectification.recheck import Errand
from inspection.rectification.rules import parse_rules, shipped_rules
from inspection.rectification.steps import Fate
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.sampling import ProbePlan, Round, RoundState, SampleMember
from inspection.scoring import Scorecard, Verdict
from inspection.workflows.open_cases import Occasion, ReportedFailure, open_cases, open_reported_cases
from inspection.workflows.open_round import open_round
from inspection.workflows.recheck_cases import recheck_cases
from inspection.workflows.settle_cases import settle_cases
from inspection.workflows.step_case import Document, escalate_case, step_case
from inspection.workflows.watch_repeats import watch_repeats
from store.memory import MemoryStores

RULES = shipped_rules("national")
START = datetime(2017, 2, 9, 2, tzinfo=UTC)
PDF = Document("整改报告.pdf", b"%PDF-1.4 report")
COLUMN = "http://s1.gov.cn/tzgg/"
SNAPSHOT, PICTURE = "ab" * 32, "cd" * 32


class MovingClock:
    """Port ``Clock``: moves only by hand."""

    def __init__(self) -> None:
        self.present = START

    def now(self) -> datetime:
        return self.present

    def at(self, day: date) -> None:
        self.present = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def site(n: int, **rest) -> Site:
    fields = {"organizer": f"青岚市第{n}局", "supervisor": "青岚市人民政府办公室", **rest}
    return Site(
        code=f"370600{n:04d}",
        name=f"第{n}站",
        url=f"http://s{n}.gov.cn/",
        category=SiteCategory.CITY_DEPARTMENT,
        region="370600",
        **fields,
    )


def finding(n: int, indicator: str, subject: str, *, points: int = 0, url: str = COLUMN, **rest) -> Finding:
    code = f"370600{n:04d}"
    fields = {"state": FindingState.ESTABLISHED, "message": f"{indicator} {subject}", **rest}
    evidence = (Evidence(url=url, excerpt="摘录", snapshot=SNAPSHOT, line=3),)
    return Finding(
        id=finding_id(code, indicator, subject),
        indicator=indicator,
        subject=subject,
        points=Decimal(points),
        evidence=evidence,
        **fields,
    )


def card(verdict: Verdict = Verdict.FAILED, *, provisional: bool = False, vetoes=("N19-V4",)) -> Scorecard:
    return Scorecard(
        edition="2019",
        verdict=verdict,
        score=None,
        deducted=Decimal(0),
        provisional=provisional,
        vetoes=vetoes,
        reasons=("单项否决 N19-V4 栏目不更新：空白栏目 5 个",),
    )


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def stores() -> MemoryStores:
    """Round r1, closed: site 1 fails by blank columns and a dead link, 2 provisionally, 3 has no owner, 4 passes."""
    stores = MemoryStores()
    sites = [site(1), site(2), site(3, organizer=""), site(4), site(5)]
    stores.sites.upsert(sites, at=START, source="t")
    stores.offices.add(
        [
            Office(id="37", name="某省政府办公厅", level=OfficeLevel.PROVINCIAL, region="370000"),
            Office(id="3706", name="青岚市政府办公室", level=OfficeLevel.MUNICIPAL, region="370600"),
        ]
    )
    add_round(stores, "r1", date(2017, 1, 31))
    stores.inspections.open([Inspection(round_id="r1", site=each, stratum="all") for each in sites])
    found = [
        finding(1, "N19-V4", "blank", review=ReviewStatus.CONFIRMED),
        finding(1, "N19-D17", "http://x.cn/dead", points=1, url="http://s1.gov.cn/"),
        finding(1, "N19-D19", "PubDate", state=FindingState.SUSPECTED),
        finding(1, "G17-5", "report"),
    ]
    stores.observations.add_screenshots("r1", "3706000001", [ScreenshotSeen(url=COLUMN, taken_at=START, image=PICTURE)])
    judge(stores, "r1", 1, found)
    judge(stores, "r1", 2, [], card(provisional=True))
    judge(stores, "r1", 3, [])
    judge(stores, "r1", 4, [], card(Verdict.PASSED, vetoes=()))
    judge(stores, "r1", 5, [finding(5, "N19-V2", "site", url="http://s5.gov.cn/")])
    return stores


def add_round(stores: MemoryStores, id_: str, as_of: date, state: RoundState = RoundState.CLOSED, **rest) -> None:
    round_ = Round(
        id=id_,
        title="2017年第一季度抽查",
        as_of=as_of,
        edition="2019",
        plan="",
        seed="s",
        registry_digest="",
        sample_digest="",
        state=state,
        drawn_at=START,
        probes=ProbePlan(count=147),
        **rest,
    )
    members = [SampleMember(code=f"370600{n:04d}", stratum="all", inclusion_probability=1.0) for n in range(1, 6)]
    stores.rounds.add(round_, members, ())


def judge(stores, round_id, n, findings, scorecard=None) -> None:
    stores.inspections.save_judgement(round_id, f"370600{n:04d}", scorecard or card(), findings, at=START)


@pytest.fixture
def opened(stores, clock):
    done = open_cases("r1", RULES, stores, by="市政府办公室", clock=clock)
    assert [case.id for case in done.cases] == ["r1:3706000001", "r1:3706000005"]
    return done


def step(stores, clock, kind, **rest):
    arguments = {"by": "青岚市第1局", **rest}
    return step_case("r1:3706000001", kind, RULES, stores, clock=clock, **arguments)


def report(stores, clock) -> None:
    step(stores, clock, StepKind.RECEIVE)
    step(stores, clock, StepKind.SUBMIT, documents=[PDF])


class TestOpening:
    def test_confirmed_failures_get_a_case_and_others_are_named(self, opened):
        assert opened.new == 2
        assert opened.provisional == ("3706000002",)
        assert opened.refused == ("网站 3706000003 没有登记主办单位，无法通知，请先在登记中补上 organizer",)

    def test_the_case_holds_what_was_found_with_its_evidence(self, opened):
        case = opened.cases[0]
        assert [(each.indicator, each.veto, each.probed) for each in case.problems] == [
            ("N19-V4", True, False),
            ("N19-D17", False, False),
        ]
        exhibit = case.problems[0].evidence[0]
        assert (exhibit.url, exhibit.line, exhibit.snapshot, exhibit.screenshot) == (COLUMN, 3, SNAPSHOT, PICTURE)
        assert opened.cases[1].problems[0].probed is True
        assert (case.office, case.unit, case.state) == ("3706", "青岚市第1局", CaseState.NOTICED)

    def test_the_notice_goes_above_and_to_the_head(self, opened):
        notice = opened.cases[0].notices[0]
        assert notice.recipients == ("青岚市人民政府办公室", "青岚市第1局主要负责人")
        assert (notice.day, notice.due, notice.recheck_on) == (
            date(2017, 2, 9),
            date(2017, 3, 9),
            date(2017, 3, 10),
        )
        for words in (notice.number, "2017年3月9日前报送", "2017年3月10日起", "N19-V4", SNAPSHOT, PICTURE, "共 2 项"):
            assert words in notice.text

    def test_again_changes_nothing(self, stores, clock, opened):
        step(stores, clock, StepKind.RECEIVE)
        again = open_cases("r1", RULES, stores, by="别人", clock=clock)
        assert again.new == 0
        assert again.cases[0].state is CaseState.CORRECTING

    def test_again_with_other_days_says_what_is_on_file(self, stores, clock, opened):
        again = open_cases("r1", RULES, stores, by="x", clock=clock, due=date(2017, 3, 1), recheck_on=date(2017, 3, 2))
        assert again.ignored == tuple(
            f"r1:370600000{n} 已于 2017-02-09 立案，期限 2017-03-09，保持不变；"
            "未采用所给期限 2017-03-01、所给复查日期 2017-03-02（在案 2017-03-10）"
            for n in (1, 5)
        )
        assert again.cases == opened.cases
        clock.at(date(2017, 2, 20))
        assert open_cases("r1", RULES, stores, by="x", clock=clock).ignored == (), "nothing else was asked for"
        same = open_cases("r1", RULES, stores, by="x", clock=clock, due=date(2017, 3, 9), recheck_on=date(2017, 3, 10))
        assert same.ignored == ()

    def test_a_changed_report_says_what_is_on_file(self, stores, clock):
        occasion = Occasion(round_id="city-q1", title="某市一季度检查", edition="2019", by="省办公厅")
        problem = Problem(finding="f", indicator="N19-V3", message="首页不更新", veto=True)
        failures = [ReportedFailure(code=f"370600000{n}", reasons=("首页不更新",), problems=(problem,)) for n in (4, 5)]
        assert open_reported_cases(occasion, failures, RULES, stores, clock).ignored == ()
        more = msgspec.structs.replace(problem, finding="g", message="栏目空白")
        changed = [msgspec.structs.replace(failures[0], problems=(problem, more))]
        again = open_reported_cases(occasion, changed, RULES, stores, clock)
        assert again.ignored == (
            "city-q1:3706000004 已于 2017-02-09 立案，期限 2017-03-09，保持不变；"
            "未采用与在案不同的问题（此次 2 项，在案 1 项）",
            "city-q1:3706000005 在案，但不在此次立案的网站之中，保持不变",
        )

    def test_only_closed_rounds(self, stores, clock):
        add_round(stores, "r2", date(2017, 2, 1), RoundState.OPEN)
        with pytest.raises(Conflict, match="结束后才能立案"):
            open_cases("r2", RULES, stores, by="x", clock=clock)

    def test_rules_without_days_ask_for_a_deadline(self, stores, clock):
        city = shipped_rules("city-example")
        with pytest.raises(InputRejected, match="--due"):
            open_cases("r1", city, stores, by="x", clock=clock)
        done = open_cases("r1", city, stores, by="x", clock=clock, due=date(2017, 3, 9))
        assert done.cases[0].notices[0].recheck_on == date(2017, 3, 10)
        assert not done.refused[1:]

    def test_days_in_the_wrong_order_are_refused(self, stores, clock):
        with pytest.raises(InputRejected, match="先后有误"):
            open_cases("r1", RULES, stores, by="x", clock=clock, due=date(2017, 2, 8))
        with pytest.raises(InputRejected, match="先后有误"):
            open_cases("r1", RULES, stores, by="x", clock=clock, recheck_on=date(2017, 2, 10))

    def test_a_reported_round_needs_no_crawl(self, stores, clock):
        occasion = Occasion(round_id="city-q1", title="某市一季度检查", edition="2019", by="省办公厅")
        problem = Problem(finding="f", indicator="N19-V3", message="首页不更新", veto=True)
        failure = ReportedFailure(code="3706000004", reasons=("首页不更新",), problems=(problem,), vetoes=("N19-V3",))
        done = open_reported_cases(occasion, [failure], RULES, stores, clock)
        assert [case.id for case in done.cases] == ["city-q1:3706000004"]
        assert "首页不更新" in done.cases[0].notices[0].text
        with pytest.raises(NotFound):
            open_reported_cases(occasion, [msgspec.structs.replace(failure, code="3706009999")], RULES, stores, clock)
        for bad in ("", "a b", "2017/1", "季度?", "x" * 65):
            with pytest.raises(InputRejected, match="轮次编号"):
                open_reported_cases(msgspec.structs.replace(occasion, round_id=bad), [failure], RULES, stores, clock)


class TestSteps:
    def test_illegal_moves_say_what_is_possible(self, stores, clock, opened):
        with pytest.raises(Conflict, match=r"已通知.*不能报送整改报告.*签收、升级.*关停并转"):
            step(stores, clock, StepKind.SUBMIT, documents=[PDF])

    def test_a_report_needs_its_document_which_is_kept(self, stores, clock, opened):
        step(stores, clock, StepKind.RECEIVE)
        with pytest.raises(RuleBroken, match="整改报告"):
            step(stores, clock, StepKind.SUBMIT)
        with pytest.raises(InputRejected, match="不是 PDF、JPEG 或 PNG"):
            step(stores, clock, StepKind.SUBMIT, documents=[Document("a.pdf", b"PK\x03\x04")])
        with pytest.raises(InputRejected, match="超过上限"):
            step(stores, clock, StepKind.SUBMIT, documents=[Document("a.pdf", b"%PDF-" + bytes(15_000_000))])
        with pytest.raises(InputRejected, match="文件名"):
            step(stores, clock, StepKind.SUBMIT, documents=[Document("dir/", PDF.body)])
        case = step(stores, clock, StepKind.SUBMIT, documents=[Document("..\\x\\报告.pdf", PDF.body)])
        [kept] = case.steps[-1].attachments
        assert (kept.name, kept.media_type, kept.size) == ("报告.pdf", "application/pdf", len(PDF.body))
        assert stores.snapshots.get(kept.digest) == PDF.body
        assert case.steps[-1].late_days == 0

    def test_late_reports_are_noted_and_missing_ones_overdue(self, stores, clock, opened):
        case = step(stores, clock, StepKind.RECEIVE)
        assert (case.overdue_days(date(2017, 3, 9)), case.overdue_days(date(2017, 3, 12))) == (0, 3)
        clock.at(date(2017, 3, 11))
        case = step(stores, clock, StepKind.SUBMIT, documents=[PDF])
        assert case.steps[-1].late_days == 2
        assert case.overdue_days(date(2017, 3, 12)) == 0
        assert dict(zip(HEADINGS, ledger_row(case, date(2017, 3, 12)), strict=True))["迟报天数"] == 2

    def test_only_the_last_step_is_reversed_and_by_a_step(self, stores, clock, opened):
        report(stores, clock)
        with pytest.raises(Conflict, match="现在可以撤销第 3 步"):
            step(stores, clock, StepKind.REVERSE, reverses=2, note="误")
        with pytest.raises(RuleBroken, match="没有第 9 步"):
            step(stores, clock, StepKind.REVERSE, reverses=9, note="误")
        case = step(stores, clock, StepKind.REVERSE, reverses=3, note="交错文件")
        assert (case.state, len(case.steps)) == (CaseState.CORRECTING, 4)
        case = step(stores, clock, StepKind.REVERSE, reverses=4, note="其实没错")
        assert (case.state, [each.number for each in case.standing]) == (CaseState.SUBMITTED, [1, 2, 3])

    def test_the_notice_itself_stays(self, stores, clock, opened):
        with pytest.raises(Conflict, match="不能撤销立案"):
            step(stores, clock, StepKind.REVERSE, reverses=1, note="误")

    def test_sites_are_closed_with_a_document_and_reopened_by_a_step(self, stores, clock, opened):
        with pytest.raises(RuleBroken, match="批复"):
            step(stores, clock, StepKind.CLOSE_SITE, note="并入门户")
        case = step(stores, clock, StepKind.CLOSE_SITE, note="并入门户", documents=[PDF])
        assert (case.state, case.state.is_open) == (CaseState.SITE_CLOSED, False)
        with pytest.raises(Conflict, match="此时可以：重新立案"):
            step(stores, clock, StepKind.RECEIVE)
        clock.at(date(2017, 4, 1))
        case = step(stores, clock, StepKind.REOPEN, note="仍在运行")
        assert (case.state, case.due) == (CaseState.CORRECTING, date(2017, 4, 29))

    def test_closing_the_site_closes_it_in_the_registry_until_that_is_undone(self, stores, clock, opened):
        def status() -> SiteStatus:
            return stores.sites.get("3706000001").status

        stores.sites.upsert([site(1, status=SiteStatus.SUSPENDED)], at=START, source="登记表")
        step(stores, clock, StepKind.CLOSE_SITE, note="并入门户", documents=[PDF])
        assert status() is SiteStatus.CLOSED
        assert stores.sites.history("3706000001")[-1].source == "整改案件 r1:3706000001"
        step(stores, clock, StepKind.REVERSE, reverses=2, note="误")
        assert status() is SiteStatus.SUSPENDED, "as it was before, not normal"
        step(stores, clock, StepKind.REVERSE, reverses=3, note="没错")
        assert status() is SiteStatus.CLOSED
        step(stores, clock, StepKind.REOPEN, note="仍在运行")
        assert status() is SiteStatus.SUSPENDED
        assert stores.sites.get("3706000002").status is SiteStatus.NORMAL

    def test_what_the_registry_itself_has_closed_stays_closed(self, stores, clock, opened):
        stores.sites.upsert([site(1, status=SiteStatus.CLOSED)], at=START, source="登记表")
        step(stores, clock, StepKind.CLOSE_SITE, note="并入门户", documents=[PDF])
        step(stores, clock, StepKind.REOPEN, note="仍在运行")
        assert stores.sites.get("3706000001").status is SiteStatus.CLOSED
        assert [change.source for change in stores.sites.history("3706000001")] == ["t", "登记表"]

    def test_the_registry_keeps_its_word_where_the_case_was_changed_meanwhile(self, stores, clock, opened, monkeypatch):
        [case] = [case for case in every(stores.cases) if case.code == "3706000001"]
        monkeypatch.setattr(stores.cases, "find", lambda _id: case)
        stores.cases.replace(revised(case, site_name="改名"))
        with pytest.raises(Conflict, match="已被他人修改"):
            step(stores, clock, StepKind.CLOSE_SITE, note="并入门户", documents=[PDF])
        assert stores.sites.get("3706000001").status is SiteStatus.NORMAL

    def test_nobody_goes_back_in_time_or_unnamed(self, stores, clock, opened):
        clock.present -= timedelta(days=1)
        with pytest.raises(RuleBroken, match="早于上一步"):
            step(stores, clock, StepKind.RECEIVE)
        with pytest.raises(RuleBroken, match="署名"):
            step(stores, clock, StepKind.RECEIVE, by=" ")

    def test_escalation_only_of_what_is_overdue_and_it_is_due_again(self, stores, clock, opened):
        id_ = opened.cases[0].id
        escalate = {"rules": RULES, "stores": stores, "by": "市政府办公室", "clock": clock}
        with pytest.raises(RuleBroken, match="未过"):
            escalate_case(id_, reason="逾期", **escalate)
        clock.at(date(2017, 3, 10))
        case = escalate_case(id_, reason="逾期未报", **escalate)
        assert (case.state, case.due, case.escalations) == (CaseState.ESCALATED, date(2017, 3, 24), 1)
        assert "督办" in case.notices[1].text
        assert "2017年3月24日前" in case.notices[1].text
        case = step(stores, clock, StepKind.INTERVIEW, by="市政府办公室", note="约谈局长")
        assert "约谈局长" in ledger_row(case, date(2017, 3, 11))[HEADINGS.index("约谈")]
        assert step(stores, clock, StepKind.SUBMIT, documents=[PDF]).state is CaseState.SUBMITTED


def recheck(stores, clock, **rest):
    arguments = {"by": "第三方检测", **rest}
    return recheck_cases("r1", stores, clock=clock, **arguments)


def see(stores, url: str, outcome: FetchOutcome = FetchOutcome.OK) -> None:
    facts = PageFacts(charset="utf-8") if outcome is FetchOutcome.OK else None
    page = PageSeen(url=url, final_url=url, depth=1, fetched_at=START, outcome=outcome, facts=facts)
    stores.observations.add_pages("recheck-r1-1", "3706000001", [page])


def settle(stores, clock, **rest):
    arguments = {"by": "第三方检测", **rest}
    [done] = settle_cases("recheck-r1-1", RULES, stores, clock=clock, **arguments)
    return done


@pytest.fixture
def rechecked(stores, clock, opened):
    """The recheck of case 1 is ordered."""
    report(stores, clock)
    clock.at(date(2017, 3, 10))
    recheck(stores, clock)


class TestRecheck:
    def test_it_waits_for_its_day_and_looks_at_what_was_found_first_of_all(self, stores, clock, opened):
        report(stores, clock)
        with pytest.raises(NotFound, match="未到复查日期的 1 件，尚未报送的 1 件"):
            recheck(stores, clock)
        clock.at(date(2017, 3, 10))
        done = recheck(stores, clock)
        assert (done.round.id, done.round.state, done.problems, done.probed) == (
            "recheck-r1-1",
            RoundState.OPEN,
            2,
            0,
        )
        order = stores.queue.take()
        assert order is not None
        assert order.addresses == (COLUMN, "blank", "http://s1.gov.cn/", "http://x.cn/dead")
        assert (order.code, order.priority, order.probe_count) == ("3706000001", 1, 0)
        assert stores.queue.take() is None, "no other site is drawn"
        assert next(every(stores.cases)).state is CaseState.RECHECKING

    def test_a_lost_order_is_filled_in_as_it_was(self, stores, clock, rechecked):
        lost = stores.queue.take()
        open_round(
            "recheck-r1-1",
            stores.editions.get("2019"),
            rounds=stores.rounds,
            sites=stores.sites,
            inspections=stores.inspections,
            queue=stores.queue,
            clock=clock,
        )
        assert stores.queue.take() == lost

    def test_probes_only_where_availability_failed(self, stores, clock, opened):
        id_ = opened.cases[1].id
        for kind, documents in ((StepKind.RECEIVE, ()), (StepKind.SUBMIT, (PDF,))):
            step_case(id_, kind, RULES, stores, by="第5局", clock=clock, documents=documents)
        done = recheck(stores, clock, codes=["3706000005"])
        order = stores.queue.take()
        assert (done.probed, order.probe_count) == (1, 147)

    def test_the_unit_does_not_recheck_itself(self, stores, clock, opened):
        report(stores, clock)
        with pytest.raises(RuleBroken, match="第三方"):
            recheck(stores, clock, by=" 青岚市第1局 ", early=True)
        assert [round_.id for round_ in stores.rounds.page()] == ["r1"]

    def test_a_case_without_a_report_is_not_rechecked(self, stores, clock, opened):
        with pytest.raises(Conflict, match="不能安排复查"):
            recheck(stores, clock, codes=["3706000001"])
        assert [round_.id for round_ in stores.rounds.page()] == ["r1"]

    def test_an_interrupted_order_is_gone_on_with(self, stores, clock, opened):
        report(stores, clock)
        for kind, documents in ((StepKind.RECEIVE, ()), (StepKind.SUBMIT, (PDF,))):
            step_case(opened.cases[1].id, kind, RULES, stores, by="第5局", clock=clock, documents=documents)
        kept = stores.cases.find("r1:3706000001")
        assert len(recheck(stores, clock, early=True).cases) == 2
        stores.cases._records["r1:3706000001"] = kept  # the process ended before the case was told
        again = recheck(stores, clock, early=True)
        assert (again.round.id, [case.code for case in again.cases]) == ("recheck-r1-1", ["3706000001"])

    def test_closed_where_nothing_remains_whatever_else_is_new(self, stores, clock, rechecked):
        see(stores, COLUMN)
        see(stores, "http://s1.gov.cn/")
        judge(stores, "recheck-r1-1", 1, [finding(1, "N19-D17", "http://x.cn/new", points=1), finding(1, "G17-5", "x")])
        done = settle(stores, clock)
        assert done.case.state is CaseState.CLOSED
        assert [each.subject for each in done.result.new] == ["http://x.cn/new"]
        assert "已整改 2 项" in done.case.steps[-1].note

    def test_escalated_where_anything_remains(self, stores, clock, rechecked):
        see(stores, COLUMN)
        see(stores, "http://s1.gov.cn/")
        judge(stores, "recheck-r1-1", 1, [finding(1, "N19-D17", "http://x.cn/dead", points=1)])
        done = settle(stores, clock)
        assert (done.case.state, done.case.due) == (CaseState.ESCALATED, date(2017, 3, 24))
        assert "http://x.cn/dead" in done.case.notices[-1].text
        assert "blank" not in done.case.notices[-1].text, "what is gone is not asked for again"
        with pytest.raises(NotFound, match="没有案件在等待"):
            settle(stores, clock)
        clock.at(date(2017, 3, 20))
        step(stores, clock, StepKind.SUBMIT, documents=[PDF])
        assert recheck(stores, clock, early=True).round.id == "recheck-r1-2"

    @pytest.mark.parametrize(
        ("outcome", "fate"),
        [
            (FetchOutcome.NOT_FOUND, Fate.GONE),
            (FetchOutcome.BLOCKED, Fate.UNCLEAR),
            (FetchOutcome.READ_TIMEOUT, Fate.UNCLEAR),
        ],
    )
    def test_what_could_not_be_read_stays_open(self, stores, clock, rechecked, outcome, fate):
        see(stores, COLUMN, outcome)
        see(stores, "http://s1.gov.cn/")
        judge(stores, "recheck-r1-1", 1, [])
        done = settle(stores, clock)
        assert done.result.fates[0].fate is fate
        assert done.case.state is (CaseState.CLOSED if fate is Fate.GONE else CaseState.RECHECKING)

    def test_a_column_that_scripts_hide_is_not_put_right(self, stores, clock, rechecked):
        see(stores, COLUMN)
        see(stores, "http://s1.gov.cn/")
        open_question = finding(1, "N19-V4", "site", state=FindingState.NOT_DETERMINED)
        judge(stores, "recheck-r1-1", 1, [open_question])
        assert settle(stores, clock).result.fates[0].fate is Fate.UNCLEAR

    def test_a_veto_waits_for_review_and_a_dismissed_one_is_gone(self, stores, clock, rechecked):
        see(stores, COLUMN)
        see(stores, "http://s1.gov.cn/")
        again = finding(1, "N19-V4", "blank", review=ReviewStatus.PENDING)
        judge(stores, "recheck-r1-1", 1, [again])
        first = settle(stores, clock)
        assert (first.case.state, "待人工复核" in first.result.fates[0].why) == (CaseState.RECHECKING, True)
        steps = len(first.case.steps)
        assert len(settle(stores, clock).case.steps) == steps, "the same result is noted once"
        dismissed = msgspec.structs.replace(again, state=FindingState.DISMISSED, review=ReviewStatus.DISMISSED)
        judge(stores, "recheck-r1-1", 1, [dismissed])
        assert settle(stores, clock).case.state is CaseState.CLOSED

    def test_people_tell_what_the_recheck_cannot(self, stores, clock, rechecked):
        see(stores, "http://s1.gov.cn/")
        judge(stores, "recheck-r1-1", 1, [])
        blank = finding_id("3706000001", "N19-V4", "blank")
        with pytest.raises(NotFound, match="nix"):
            settle(stores, clock, seen={"3706000001": {"nix": Fate.GONE}})
        done = settle(stores, clock, seen={"3706000001": {blank: Fate.REMAINS}})
        assert done.case.state is CaseState.ESCALATED
        assert done.result.fates[0].why == "第三方检测人工核实"

    def test_a_site_that_is_not_judged_yet_waits(self, stores, clock, rechecked):
        assert settle(stores, clock).result is None

    def test_the_unit_does_not_settle_its_own_case(self, stores, clock, rechecked):
        with pytest.raises(RuleBroken, match="第三方"):
            settle(stores, clock, by="青岚市第1局")

    def test_errands_are_kept_with_the_inspection(self, stores, rechecked):
        errand = stores.inspections.get("recheck-r1-1", "3706000001").errand
        assert errand == Errand(addresses=(COLUMN, "blank", "http://s1.gov.cn/", "http://x.cn/dead"))


def test_figures_count_each_case_once(stores, clock, opened):
    figures = rectification_figures(every(stores.cases))
    assert (figures.failing, figures.open) == (2, 2)
    clock.at(date(2017, 3, 10))
    escalate_case("r1:3706000005", RULES, stores, by="市政府办公室", reason="逾期", clock=clock)
    step(stores, clock, StepKind.CLOSE_SITE, note="并入门户", documents=[PDF])
    figures = rectification_figures(every(stores.cases))
    counted = (figures.rectified, figures.open, figures.escalated, figures.closed)
    assert (counted, sum(counted)) == ((0, 0, 1, 1), figures.failing)


class TestRepeats:
    def test_failing_twice_in_four_rounds_is_watched_once(self, stores, clock, opened):
        occasion = Occasion(round_id="r2", title="二季度", edition="2019", by="x")
        add_round(stores, "r2", date(2017, 3, 31))
        failure = ReportedFailure(code="3706000001", reasons=("首页不更新",))
        open_reported_cases(occasion, [failure], RULES, stores, clock)
        found = watch_repeats(RULES.repeat, stores, by="市政府办公室", day=date(2017, 4, 20))
        assert found.periods == ("r2", "r1")
        assert [(each.code, each.rounds) for each in found.repeats] == [("3706000001", ("r2", "r1"))]
        [key] = every(stores.key_sites)
        assert (key.code, key.reason) == ("3706000001", "最近 2 轮检查中 2 轮不合格")
        assert (key.is_in_force(date(2017, 4, 19)), key.is_in_force(date(2018, 1, 1))) == (False, True)
        assert watch_repeats(RULES.repeat, stores, by="市政府办公室", day=date(2017, 5, 20)).added == ()
        stores.key_sites.replace(revised(key, until=date(2017, 6, 1)))
        again = watch_repeats(RULES.repeat, stores, by="市政府办公室", day=date(2017, 7, 1))
        assert again.added == ("3706000001",)
        assert [each.since for each in every(stores.key_sites)] == [date(2017, 4, 20), date(2017, 7, 1)]

    def test_an_escalated_site_is_watched_and_old_rounds_count_no_more(self, stores, clock, opened):
        clock.at(date(2017, 3, 10))
        escalate_case("r1:3706000005", RULES, stores, by="市政府办公室", reason="逾期", clock=clock)
        found = watch_repeats(RULES.repeat, stores, by="市政府办公室", day=date(2017, 4, 20), register=False)
        assert [(each.code, each.escalations) for each in found.repeats] == [("3706000005", 1)]
        assert stores.key_sites.count() == 0
        for n in range(4):
            add_round(stores, f"q{n}", date(2018, n + 1, 1))
        add_round(stores, "recheck-q3-1", date(2018, 4, 2), recheck=True)
        add_round(stores, "monitor-20180403-5min", date(2018, 4, 3), monitoring=True)
        add_round(stores, "practice", date(2018, 4, 2), drill=True)
        found = watch_repeats(RULES.repeat, stores, by="市政府办公室", day=date(2018, 4, 20))
        assert (found.periods, found.repeats) == (("q3", "q2", "q1", "q0"), ())


def test_wrong_rules_are_named():
    good = """
id = "a"
name = "甲"
report = {days = 20, source = "x"}
recheck = {days_after_due = 0, source = "x"}
escalation = {report_days = 7, source = "x"}
notice = {number = "{year}-{serial}", source = "x"}
attachments = {max_bytes = 10, source = "x"}
repeat = {failed = 1, periods = 2, source = "x"}
"""
    assert parse_rules(good, origin="a.toml").number_of(year=2017, round_id="r", serial=3) == "2017-3"
    for wrong, told in (
        (good.replace("{serial}", "{no}"), "notice.number"),
        (good.replace("days = 20", "days = 0"), "days"),
        (good.replace(', source = "x"}\nrecheck', "}\nrecheck"), "source"),
        (good + "extra = 1", "extra"),
        ("id =", "TOML"),
    ):
        with pytest.raises(InputRejected, match=told):
            parse_rules(wrong, origin="a.toml")
    with pytest.raises(NotFound, match="city-example"):
        shipped_rules("nix")


def test_a_site_closed_meanwhile_is_visited_as_closed(stores, clock, opened):
    report(stores, clock)
    closed = msgspec.structs.replace(stores.sites.get("3706000001"), status=SiteStatus.CLOSED)
    stores.sites.upsert([closed], at=START, source="t")
    recheck(stores, clock, early=True)
    order = stores.queue.take()
    assert (order.home_only, order.addresses) == (True, ())
