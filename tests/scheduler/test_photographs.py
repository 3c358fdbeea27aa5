"""The job that takes pictures: for open rounds alone, and no more once the scheduler is to stop."""

from datetime import UTC, date, datetime
from decimal import Decimal

from inspection.findings import Finding, FindingState
from inspection.ports import Inspection, Photo
from inspection.registry import Site, SiteCategory
from inspection.sampling import Round, RoundState
from inspection.scoring import Scorecard, Verdict
from scheduler.jobs import photographs
from store.memory import MemoryStores

AT = datetime(2026, 11, 20, tzinfo=UTC)


class Camera:
    def photograph(self, orders):
        for order in orders:
            yield order, Photo(taken_at=AT, image=b"picture")


def stores_with(*states: RoundState) -> MemoryStores:
    stores = MemoryStores()
    site = Site(code="3706000001", name="甲", url="http://a.cn/", category=SiteCategory.CITY_PORTAL, region="370600")
    card = Scorecard(edition="2019", verdict=Verdict.FAILED, score=None, deducted=Decimal(0))
    veto = Finding(id="1", indicator="N19-V2", state=FindingState.ESTABLISHED, subject="", message="打不开")
    digests = {"registry_digest": "", "sample_digest": ""}
    for state in states:
        day = date(2026, 11, 20)
        of = Round(
            id=state.value, title="", as_of=day, edition="2019", plan="", seed="", state=state, drawn_at=AT, **digests
        )
        stores.rounds.add(of, (), ())
        stores.inspections.open([Inspection(round_id=of.id, site=site, stratum="37")])
        stores.inspections.save_judgement(of.id, site.code, card, [veto], at=AT)
    return stores


def pictures(stores: MemoryStores, state: RoundState) -> list[str]:
    return [shot.url for shot in stores.observations.screenshots(state.value, "3706000001")]


def test_vetoes_of_open_rounds_are_photographed():
    stores = stores_with(RoundState.OPEN, RoundState.CLOSED)
    photographs(Camera, lambda: False)(stores, None, None)
    assert pictures(stores, RoundState.OPEN) == ["http://a.cn/"]
    assert pictures(stores, RoundState.CLOSED) == []


def test_no_more_are_taken_once_the_scheduler_is_to_stop():
    stores = stores_with(RoundState.OPEN)
    photographs(Camera, lambda: True)(stores, None, None)
    assert pictures(stores, RoundState.OPEN) == []
