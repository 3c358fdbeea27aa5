"""Review: what waits, what a decision does, and that none is lost."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from inspection.checks import CHECK_PARAMS
from inspection.errors import RuleBroken
from inspection.findings import Finding, FindingState, ReviewStatus
from inspection.registry import Site, SiteCategory
from inspection.review import Decision, Review, apply_reviews
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
