"""Review: what waits, what a decision does, and that none is lost."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from inspection.checks import CHECK_PARAMS
from inspection.errors import RuleBroken
from inspection.findings import Finding, FindingState, ReviewStatus
from inspection.registry import Site, SiteCategory
from inspection.review import Decision, Review, apply_reviews, record
from inspection.scoring import Verdict, score
from inspection.standard import EditionLibrary

AT = datetime(2026, 11, 20, tzinfo=UTC)
SITE = Site(
    code="3706000001", name="样例", url="http://www.a.gov.cn/", category=SiteCategory.CITY_PORTAL, region="370600"
)
SURE, MAYBE, OPEN, GONE = FindingState
NONE, PENDING, CONFIRMED, DISMISSED, CORRECTED = ReviewStatus
C, D, X = Decision.CONFIRM, Decision.DISMISS, Decision.CORRECT


def ruling(veto_reviewers: int = 1):
    own = f'id = "2015"\nextends = "2015"\nveto_reviewers = {veto_reviewers}\n'
    return EditionLibrary(CHECK_PARAMS, {"own.toml": own}).get("2015").ruling(SITE, date(2017, 1, 1))


def finding(indicator: str, state: FindingState, price: str = "0") -> Finding:
    cost = Decimal(price)
    points = cost if state is SURE else Decimal(0)
    return Finding(id="f", indicator=indicator, state=state, subject="s", message="m", points=points, price=cost)


def review(decision: Decision, by: str = "甲", minutes: int = 0, **of) -> Review:
    at = AT + timedelta(minutes=minutes)
    given = {"reason": "" if decision is C else "看过", **of}
    return Review(round_id="r", code=SITE.code, finding="f", decision=decision, by=by, at=at, **given)


@pytest.mark.parametrize(
    ("indicator", "state", "status"),
    [
        ("C15-V1", SURE, PENDING),
        ("C15-V4", MAYBE, PENDING),
        ("C15-V1", OPEN, NONE),
        ("C15-D5", MAYBE, PENDING),
        ("C15-D2", SURE, NONE),
        ("C15-D2", MAYBE, NONE),
    ],
)
def test_what_waits_for_a_person(indicator, state, status):
    [seen] = apply_reviews([finding(indicator, state)], [], ruling())
    assert seen.review is status


@pytest.mark.parametrize(
    ("reviews", "state", "status", "points"),
    [
        ([review(C)], SURE, CONFIRMED, 5),
        ([review(D)], GONE, DISMISSED, 0),
        ([review(X, points=Decimal(2))], SURE, CORRECTED, 2),
        ([review(X, message="另有说明")], SURE, CORRECTED, 5),
        ([review(C), review(D, minutes=1)], GONE, DISMISSED, 0),
        ([review(D, minutes=1), review(C)], GONE, DISMISSED, 0),
        ([review(D), review(C, by="乙", minutes=1)], SURE, CONFIRMED, 5),
    ],
)
def test_the_effect_of_decisions(reviews, state, status, points):
    [seen] = apply_reviews([finding("C15-D5", MAYBE, "5")], reviews, ruling())
    assert (seen.state, seen.review, seen.points) == (state, status, points)


@pytest.mark.parametrize(
    ("reviews", "status"),
    [
        ([review(C)], PENDING),
        ([review(C), review(C, minutes=1)], PENDING),
        ([review(C), review(C, by="乙", minutes=1)], CONFIRMED),
        ([review(C), review(D, by="乙", minutes=1)], PENDING),
        ([review(C), review(D, by="乙", minutes=1), review(C, by="丙", minutes=2)], CONFIRMED),
    ],
)
def test_two_persons_must_agree_on_a_veto(reviews, status):
    [seen] = apply_reviews([finding("C15-V4", MAYBE)], reviews, ruling(veto_reviewers=2))
    assert seen.review is status
    [other] = apply_reviews([finding("C15-D5", MAYBE, "5")], reviews[:1], ruling(veto_reviewers=2))
    assert other.review is CONFIRMED


@pytest.mark.parametrize(
    ("state", "reviews", "verdict", "provisional"),
    [
        (SURE, [], Verdict.FAILED, True),
        (SURE, [review(C)], Verdict.FAILED, False),
        (SURE, [review(D)], Verdict.PASSED, False),
        (MAYBE, [], Verdict.NOT_DETERMINED, False),
        (MAYBE, [review(C)], Verdict.FAILED, False),
        (MAYBE, [review(D)], Verdict.PASSED, False),
    ],
)
def test_a_verdict_on_vetoes_nobody_confirmed_is_provisional(state, reviews, verdict, provisional):
    rules = ruling()
    card = score(apply_reviews([finding("C15-V4", state)], reviews, rules), rules)
    assert (card.verdict, card.provisional) == (verdict, provisional)
    assert ("待复核" in card.shown_verdict) is provisional


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (review(C, by=" "), "--by"),
        (review(D, reason=""), "--reason"),
        (review(X), "--points"),
        (review(X, points=Decimal(-1)), "不能为负"),
    ],
)
def test_a_decision_must_be_answered_for(bad, told):
    with pytest.raises(RuleBroken, match=told):
        bad.check()


def row(id_: str, edition: str = "2019"):
    return next(row for row in EditionLibrary(CHECK_PARAMS).get(edition).indicators if row.id == id_)


def own(id_: str, by: str = "甲", minutes: int = 0, **of) -> Review:
    given = {"reason": "简历缺失", **of}
    return record(row(id_), round_id="r", code=SITE.code, by=by, at=AT + timedelta(minutes=minutes), **given)


def rules_of_2019(veto_reviewers: int = 1):
    text = f'id = "2019"\nextends = "2019"\nveto_reviewers = {veto_reviewers}\n'
    return EditionLibrary(CHECK_PARAMS, {"own.toml": text}).get("2019").ruling(SITE, date(2020, 1, 1))


@pytest.mark.parametrize(
    ("indicator", "given", "points"),
    [("N19-D03", Decimal(1), 1), ("N19-D11", None, 5), ("N19-D11", Decimal(2), 2), ("N19-D13", Decimal(3), 3)],
)
def test_a_recorded_finding_counts_in_the_score(indicator, given, points):
    rules = rules_of_2019()
    findings = apply_reviews([], [own(indicator, points=given)], rules)
    [found] = findings
    assert (found.indicator, found.state, found.review, found.points) == (indicator, SURE, CONFIRMED, points)
    assert score(findings, rules).deducted == points


def test_recorded_findings_stand_in_table_order_each_once():
    records = [own("N19-D12", points=Decimal(1)), own("N19-D03", points=Decimal(1), evidence_url="http://a.gov.cn/1")]
    again = own("N19-D03", minutes=1, points=Decimal(2), evidence_url="http://a.gov.cn/1")
    found = apply_reviews([finding("N19-D09", SURE, "2")], [*records, again], rules_of_2019())
    assert [(each.indicator, each.points) for each in found] == [("N19-D03", 2), ("N19-D09", 2), ("N19-D12", 1)]
    assert found[0].evidence[0].url == "http://a.gov.cn/1"
    elsewhere = own("N19-D03", points=Decimal(1), evidence_url="http://a.gov.cn/2")
    assert len(apply_reviews([], [*records, elsewhere], rules_of_2019())) == 3


@pytest.mark.parametrize(
    ("later", "state", "points"),
    [
        ({"decision": D}, GONE, 0),
        ({"decision": D, "by": "乙"}, GONE, 0),
        ({"decision": X, "points": Decimal(4)}, SURE, 4),
        ({"decision": C, "by": "乙"}, SURE, 1),
    ],
)
def test_a_recorded_finding_can_be_withdrawn_or_corrected(later, state, points):
    first = own("N19-D03", points=Decimal(1))
    then = msgspec.structs.replace(review(minutes=1, **later), finding=first.finding)
    [found] = apply_reviews([], [first, then], rules_of_2019())
    assert (found.state, found.points) == (state, points)


def test_a_recorded_veto_fails_the_site_once_enough_persons_agree():
    first = own("N19-V1")
    rules = rules_of_2019()
    card = score(apply_reviews([], [first], rules), rules)
    assert (card.verdict, card.provisional, card.vetoes) == (Verdict.FAILED, False, ("N19-V1",))
    strict = rules_of_2019(veto_reviewers=2)
    [waiting] = apply_reviews([], [first], strict)
    assert (waiting.state, waiting.review) == (MAYBE, PENDING)
    confirmed = msgspec.structs.replace(review(C, by="乙", minutes=1), finding=first.finding)
    assert score(apply_reviews([], [first, confirmed], strict), strict).vetoes == ("N19-V1",)


def test_a_record_does_not_bind_under_an_edition_without_its_indicator():
    assert apply_reviews([], [own("N19-D03", points=Decimal(1))], ruling()) == []


@pytest.mark.parametrize(
    ("indicator", "given", "told"),
    [
        ("N19-D16", {}, "由机器检查"),
        ("N19-D13", {}, "--points"),
        ("N19-V1", {"points": Decimal(1)}, "不计分"),
        ("N19-D13", {"points": Decimal(-1)}, "不能为负"),
        ("N19-D13", {"points": Decimal("NaN")}, "须是一个数"),
        ("N19-D13", {"points": Decimal("Infinity")}, "须是一个数"),
        ("N19-D11", {"reason": " "}, "--reason"),
        ("N19-D11", {"by": ""}, "--by"),
    ],
)
def test_what_cannot_be_recorded(indicator, given, told):
    with pytest.raises(RuleBroken, match=told):
        own(indicator, **given).check()
