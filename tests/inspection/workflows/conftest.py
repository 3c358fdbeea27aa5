"""A small registry in memory, and a clock that stands still until moved."""

from datetime import UTC, date, datetime, timedelta

import pytest

from inspection.registry import Site, SiteCategory
from inspection.sampling import ProbePlan
from inspection.workflows.draw_sample import draw_sample
from store.memory import MemoryStores


class StillClock:
    """Port ``Clock``: moves only by hand."""

    def __init__(self) -> None:
        self.present = datetime(2026, 11, 20, 4, tzinfo=UTC)

    def now(self) -> datetime:
        return self.present

    def advance(self, span: timedelta) -> None:
        self.present += span


PLAN = """
name = "小样本"
[strata]
by = ["province"]
[size]
count = 10
[must_include]
categories = ["city-portal"]
"""


def registered(number: int, region: str, **rest) -> Site:
    fields = {"category": SiteCategory.CITY_DEPARTMENT, **rest}
    return Site(
        code=f"{region}{number:04d}", name=f"第{number}站", url=f"http://s{number}.cn/", region=region, **fields
    )


@pytest.fixture
def clock() -> StillClock:
    """Noon in China on the monitoring date."""
    return StillClock()


@pytest.fixture
def stores(clock) -> MemoryStores:
    """Memory stores with 30 sites in two provinces, one portal among them."""
    stores = MemoryStores()
    sites = [registered(n, "370600") for n in range(20)] + [registered(n, "110105") for n in range(20, 29)]
    sites.append(registered(99, "110100", category=SiteCategory.CITY_PORTAL))
    stores.sites.upsert(sites, at=clock.now(), source="test")
    return stores


@pytest.fixture
def draw_round(stores, clock):
    """Draw a round; keyword arguments replace those of a drill."""

    def draw(**rest):
        arguments = {
            "plan_text": PLAN,
            "round_id": "r1",
            "title": "一轮",
            "as_of": date(2026, 11, 20),
            "edition": "2019",
            "seed": "种子",
            "probes": ProbePlan(span=timedelta(seconds=60)),
            "drill": True,
            **rest,
        }
        return draw_sample(sites=stores.sites, rounds=stores.rounds, clock=clock, **arguments)

    return draw
