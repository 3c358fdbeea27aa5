"""The queue of what waits for a person: vetoes first, nothing twice, nothing lost."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from inspection.checks import CHECK_PARAMS
from inspection.errors import NotFound, RuleBroken
from inspection.findings import Finding, FindingState, ReviewStatus
from inspection.ports import Inspection
from inspection.registry import Site, SiteCategory
from inspection.scoring import Scorecard, Verdict
from inspection.standard import EditionLibrary, IndicatorKind
from inspection.workflows.review_queue import review_queue
from store.memory import MemoryStores

NOW = datetime(2026, 11, 20, tzinfo=UTC)
EDITION = EditionLibrary(CHECK_PARAMS).get("2019")


def waiting(id_: str, indicator: str) -> Finding:
    return Finding(
        id=id_,
        indicator=indicator,
        state=FindingState.SUSPECTED,
        subject="s",
        message="m",
        review=ReviewStatus.PENDING,
    )


@pytest.fixture
def inspections():
    stores = MemoryStores()
    card = Scorecard(edition="2019", verdict=Verdict.PASSED, score=Decimal(100), deducted=Decimal(0))
    for code, rows in (("3706000001", ("G17-5", "N19-V1")), ("3706000002", ("N19-D14", "N19-V5", "G17-5"))):
        site = Site(code=code, name="某", url=f"http://s{code}.cn/", category=SiteCategory.CITY_PORTAL, region="370600")
        stores.inspections.open([Inspection(round_id="r1", site=site, stratum="37")])
        findings = [waiting(f"f{number}", row) for number, row in enumerate(rows)]
        stores.inspections.save_judgement("r1", code, card, findings, at=NOW)
    return stores.inspections


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ["1 N19-V1", "2 N19-V5", "2 N19-D14", "1 G17-5", "2 G17-5"]),
        ({"kind": IndicatorKind.VETO}, ["1 N19-V1", "2 N19-V5"]),
        ({"indicator": "G17-5"}, ["1 G17-5", "2 G17-5"]),
        ({"indicator": "G17-5", "kind": IndicatorKind.VETO}, []),
        ({"limit": 3}, ["1 N19-V1", "2 N19-V5", "2 N19-D14"]),
    ],
)
def test_by_kind_site_and_finding(inspections, given, expected):
    found = review_queue("r1", EDITION, inspections, **given)
    assert [f"{each.code[-1]} {each.finding.indicator}" for each in found] == expected


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_reading_on_gives_each_once(inspections, size):
    seen, after = [], ""
    while part := review_queue("r1", EDITION, inspections, after=after, limit=size):
        seen += part
        after = part[-1].key
    assert seen == review_queue("r1", EDITION, inspections)


def test_unknown_words_are_refused(inspections):
    with pytest.raises(NotFound, match="N19-D99"):
        review_queue("r1", EDITION, inspections, indicator="N19-D99")
    with pytest.raises(RuleBroken, match="起点"):
        review_queue("r1", EDITION, inspections, after="3706000001:f0")
