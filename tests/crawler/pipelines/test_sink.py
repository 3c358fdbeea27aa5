"""The buffer between the event loop and the writer is bounded in entries and in bytes."""

from datetime import date

from crawler.frontier.held_site import HeldSite
from crawler.pipelines.sink import Sink
from crawler.spiders.site_crawl import Retries, SiteCrawl
from crawler.spiders.tasks import Harvest
from inspection.ports import WorkOrder
from store.redis.frontier import Lease

ORDER = WorkOrder(round_id="r", code="1100000001", url="http://a.test/", page_budget=5, probe_count=1, probe_span_s=1)


def held() -> HeldSite:
    return HeldSite(
        Lease(order=ORDER, token=1), SiteCrawl(ORDER, retries=Retries()), as_of=date(2026, 11, 20), known=set()
    )


def test_entries_fill_it() -> None:
    sink, site = Sink(capacity=2), held()
    sink.put(site, Harvest())
    assert sink.has_room
    sink.put(site, Harvest())
    assert not sink.has_room
    assert len(sink.take(10)) == 2
    assert sink.has_room


def test_bodies_fill_it_until_they_are_written() -> None:
    sink, site = Sink(capacity=100, most_bytes=10), held()
    sink.put(site, Harvest(body=b"123456"))
    assert sink.has_room
    sink.put(site, Harvest(body=b"123456"))
    assert not sink.has_room
    sink.take(1)
    assert not sink.has_room
    sink.written()
    assert sink.has_room
