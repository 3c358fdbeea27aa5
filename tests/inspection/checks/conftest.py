"""Builders of observations for the checks' tables."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from inspection.checks import CHECK_PARAMS, CHECKS, Case, Rulebook
from inspection.findings import Finding
from inspection.observation import (
    ColumnLink,
    FetchOutcome,
    ItemSeen,
    PageFacts,
    PageSeen,
    ProbeSeen,
    SiteObservations,
)
from inspection.observation.page import ListState
from inspection.registry import Site, SiteCategory
from inspection.standard import EditionLibrary

AS_OF = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
HOME = "http://www.qingshan.gov.cn/"
ELEMENTS = {
    "conac_mark": True,
    "jiucuo_entry": True,
    "site_code": "3706000001",
    "icp": "鲁ICP备12345678号",
    "police_record": "鲁公网安备37060002000001号",
    "organizer": "青山市人民政府办公室",
    "contact": "0535-1234567",
    "state_council_column": True,
}


def days_ago(days: int) -> date:
    return AS_OF - timedelta(days=days)


def items(days: Iterable[int | None]) -> tuple[ItemSeen, ...]:
    return tuple(
        ItemSeen(title=f"消息{n}", url=f"{HOME}a/{n}.html", date=None if day is None else days_ago(day))
        for n, day in enumerate(days)
    )


def page(url: str, facts: PageFacts | None, *, depth: int = 1, outcome: FetchOutcome = FetchOutcome.OK) -> PageSeen:
    return PageSeen(url=url, final_url=url, depth=depth, fetched_at=NOW, outcome=outcome, status=200, facts=facts)


def list_page(url: str, days: Iterable[int | None], state: ListState = ListState.LISTED) -> PageSeen:
    return page(url, PageFacts(charset="utf-8", list_items=items(days), list_state=state))


def column(name: str) -> ColumnLink:
    return ColumnLink(name=name, url=f"{HOME}{name}/", in_navigation=True)


def probes(total: int, failed: int, outcome: FetchOutcome = FetchOutcome.CONNECT_REFUSED) -> tuple[ProbeSeen, ...]:
    return tuple(
        ProbeSeen(sequence=n, at=NOW + timedelta(hours=n), outcome=outcome if n < failed else FetchOutcome.OK)
        for n in range(total)
    )


@pytest.fixture
def observe() -> Callable[..., SiteObservations]:
    """Observations of a site whose home page shows ``home`` items and names ``columns`` (name -> page)."""

    def make(
        *,
        home: Iterable[int | None] = (1,) * 12,
        columns: dict[str, PageSeen | None] | None = None,
        category: SiteCategory = SiteCategory.CITY_PORTAL,
        facts: dict[str, object] | None = None,
        **rest: object,
    ) -> SiteObservations:
        named = columns or {}
        shown = items(home)
        front = PageFacts(
            **{
                "charset": "utf-8",
                "list_items": shown,
                "list_state": ListState.LISTED if shown else ListState.NONE,
                "columns": tuple(column(name) for name in named),
                **ELEMENTS,
                **(facts or {}),
            }
        )
        pages = [page(HOME, front, depth=0), *(seen for seen in named.values() if seen is not None)]
        site = Site(code="3706000001", name="青山市人民政府", url=HOME, category=category, region="370600")
        return SiteObservations(
            **{"site": site, "as_of": AS_OF, "probes": probes(147, 0), "pages": tuple(pages), **rest}
        )

    return make


@pytest.fixture
def build() -> SimpleNamespace:
    """The builders of single facts."""
    return SimpleNamespace(
        list_page=list_page, page=page, probes=probes, items=items, column=column, home=HOME, now=NOW, as_of=AS_OF
    )


@pytest.fixture
def run() -> Callable[..., list[Finding]]:
    """Run the check behind one indicator of one edition."""

    def call(indicator: str, observations: SiteObservations, edition: str = "2015") -> list[Finding]:
        rules = EditionLibrary(CHECK_PARAMS).get(edition)
        row = next(row for row in rules.indicators if row.id == indicator)
        check = {check.name: check for check in CHECKS}[row.check]
        return check(Case(observations, Rulebook(rules)), row)

    return call
