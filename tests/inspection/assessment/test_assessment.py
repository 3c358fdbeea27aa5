"""Daily assessment: published deductions reproduced from events; each point leads to what happened."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

import pytest

from inspection.assessment import AssessmentEvent, deductions, evaluate
from inspection.assessment.from_cases import events_of_cases
from inspection.assessment.scoring_rules import parse_rules, shipped_rules
from inspection.errors import InputRejected, NotFound
from inspection.rectification import Attachment, Notice, RectificationCase, Step, StepKind
from inspection.rectification.case import take_step
from inspection.registry import SiteCategory
from inspection.workflows.assess import assess
from store.memory import MemoryStores

CITY = shipped_rules("city-example")
NOTICED, DUE = date(2017, 2, 20), date(2017, 3, 9)
PAPER = Attachment(name="a.pdf", digest="ab" * 32, size=1, media_type="application/pdf")
numbers = count()


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def case(supervisor: str, vetoes: tuple[str, ...] = (), **rest) -> RectificationCase:
    code = f"370500{next(numbers):04d}"
    notice = Notice(number="1", day=NOTICED, due=DUE, recheck_on=None, recipients=(), text="")
    fields = {
        "id": f"q1:{code}",
        "region": "370500",
        "round_id": "q1",
        "code": code,
        "site_name": f"站{code}",
        "url": "http://a.gov.cn/",
        "category": SiteCategory.CITY_DEPARTMENT,
        "unit": f"{supervisor}网站办",
        "supervisor": supervisor,
        "edition": "2015",
        "reasons": ("不合格",),
        "vetoes": vetoes,
        "notices": (notice,),
        "steps": (Step(number=1, kind=StepKind.NOTICE, at=noon(NOTICED), by="市政府", due=DUE),),
        "due": DUE,
        **rest,
    }
    return RectificationCase(**fields)


def test_the_deductions_of_a_published_municipal_bulletin():
    """Eight failing sites: a department loses 2, two districts 1 each, one 2 (its site was tampered with), one 3."""
    failing = [
        *(case("市某局"), case("市某局", ("C15-V3",))),
        *(case("甲区", ("C15-V1",)), case("乙县")),
        case("丙区", ("C15-V4",)),
        *(case("丁县"), case("丁县", ("C15-V2",)), case("丁县", ("C15-V3",))),
    ]
    last = date(2017, 2, 28)
    table = evaluate(CITY, events_of_cases(failing, CITY, last), date(2017, 2, 1), last)
    published = {"市某局": 2.0, "甲区": 1.0, "乙县": 1.0, "丙区": 2.0, "丁县": 3.0}
    assert {each.unit: each.points for each in deductions(table)} == published
    assert [row.unit for row in table] == ["丁县", "丙区", "市某局", "乙县", "甲区"]
    for row in table:
        assert row.points == sum(line.rule.points for line in row.lines)
        assert all(line.event.reference in {each.id for each in failing} for line in row.lines)
    [reason] = deductions(table)[1].reasons
    assert "被篡改" in reason
    assert reason.endswith("，2017年2月20日"), "a bulletin prints days, and no ids"


def steps(of: RectificationCase, *given) -> RectificationCase:
    for kind, day, rest in given:
        documents = (PAPER,) if kind in (StepKind.SUBMIT, StepKind.CLOSE_SITE) else ()
        of = take_step(of, kind, at=noon(day), by="某人", note="事由", attachments=documents, **rest)
    return of


def rules_of(of: RectificationCase, until: date) -> list[tuple[str, date]]:
    return [(event.rule, event.day) for event in events_of_cases([of], CITY, until)]


FAILED = ("failed-score", NOTICED)
MISSED = ("late-rectification", date(2017, 3, 10))


@pytest.mark.parametrize(
    ("given", "until", "events"),
    [
        ((), date(2017, 2, 19), []),
        ((), DUE, [FAILED]),
        ((), date(2017, 3, 10), [FAILED, MISSED]),
        ([(StepKind.RECEIVE, NOTICED, {}), (StepKind.SUBMIT, DUE, {})], date(2017, 4, 1), [FAILED]),
        (
            [(StepKind.RECEIVE, NOTICED, {}), (StepKind.SUBMIT, date(2017, 3, 20), {})],
            date(2017, 4, 1),
            [FAILED, MISSED],
        ),
        (
            [(StepKind.ESCALATE, date(2017, 3, 15), {"due": date(2017, 3, 22)})],
            date(2017, 3, 31),
            [FAILED, ("escalated", date(2017, 3, 15)), MISSED, ("late-rectification", date(2017, 3, 23))],
        ),
        ([(StepKind.CLOSE_SITE, date(2017, 3, 1), {})], date(2017, 4, 1), [FAILED]),
        (
            [
                (StepKind.RECEIVE, NOTICED, {}),
                (StepKind.SUBMIT, DUE, {}),
                (StepKind.RECHECK, DUE, {"round_id": "recheck-q1-1"}),
                (StepKind.ESCALATE, date(2017, 3, 12), {"due": date(2017, 3, 20)}),
                (StepKind.REVERSE, date(2017, 3, 12), {"reverses": 5}),
            ],
            date(2017, 4, 1),
            [FAILED],
        ),
    ],
)
def test_what_a_case_makes_of_itself(given, until, events):
    assert rules_of(steps(case("甲"), *given), until) == events


def event(rule: str = "late-reply", **rest) -> AssessmentEvent:
    return AssessmentEvent(**{"unit": "甲", "rule": rule, "day": NOTICED, "reference": "留言1", **rest})


def test_events_count_once_and_within_the_period():
    given = [
        event(),
        event(note="again"),
        event(day=date(2017, 1, 31)),
        event(reference="留言2", day=date(2017, 2, 28)),
    ]
    [row] = evaluate(CITY, given, date(2017, 2, 1), date(2017, 2, 28))
    assert (row.points, [line.event.reference for line in row.lines]) == (Decimal(1), ["留言1", "留言2"])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [(event("nix"), "nix"), (event(unit=" "), "责任单位"), (event(reference=""), "无从追溯")],
)
def test_untraceable_events_are_refused(wrong, told):
    with pytest.raises(InputRejected, match=told):
        evaluate(CITY, [wrong], date(2017, 2, 1), date(2017, 2, 28))
    with pytest.raises(InputRejected, match="晚于"):
        evaluate(CITY, [], date(2017, 3, 1), date(2017, 2, 28))


def test_the_annual_items():
    annual = shipped_rules("annual")
    given = [
        event("message-unhandled", reference="1"),
        event("message-unhandled", reference="2"),
        event("message-over-a-month", reference="3"),
        event("all-on-one-platform", unit="乙", reference="批复"),
    ]
    table = evaluate(annual, given, date(2017, 1, 1), date(2017, 12, 31))
    assert [(row.unit, row.points, row.score) for row in table] == [("甲", 8, 92), ("乙", -5, 105)]
    assert [each.unit for each in deductions(table)] == ["甲"]


def test_cases_on_file_and_other_providers_come_together():
    stores = MemoryStores()
    stores.cases.add([case("甲"), case("乙", region="370600")])
    period = {"first": date(2017, 2, 1), "last": date(2017, 2, 28)}
    table = assess(CITY, stores.cases, **period, region="3705", providers=[lambda rules, first, last: [event()]])
    assert [(row.unit, row.points) for row in table] == [("甲", Decimal("1.5"))]
    assert len(assess(CITY, stores.cases, **period)) == 2


GOOD = """
id = "a"
name = "甲"
[[rules]]
id = "r"
name = "不合格"
points = 1
source = "found"
clause = "x"
on = "failed"
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id =", "TOML"),
        (GOOD.replace("points = 1", "point = 1"), "point"),
        (GOOD.replace('"found"', '"rumour"'), "rumour"),
        (GOOD + GOOD.partition('甲"')[2], "r 出现 2 次.*扣分不明"),
        (GOOD.replace('"failed"', '"escalated"\nseverity = "veto"'), "severity 只用于"),
        (GOOD.replace('clause = "x"', 'clause = ""'), "依据"),
        ('id = "a"\nname = "甲"\nrules = []', "没有一条"),
    ],
)
def test_wrong_rules_are_named(text, told):
    assert parse_rules(GOOD, origin="a.toml").rules[0].points == 1
    with pytest.raises(InputRejected, match=told):
        parse_rules(text, origin="a.toml")


def test_unknown_shipped_rules():
    with pytest.raises(NotFound, match="city-example"):
        shipped_rules("nix")
