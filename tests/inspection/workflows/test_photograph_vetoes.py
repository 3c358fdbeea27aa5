"""Which pages are photographed as evidence, and of what."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from inspection.findings import Evidence, Finding, FindingState
from inspection.observation import FetchOutcome, PageFacts, PageSeen, RenderSeen
from inspection.ports import Inspection, Photo, PhotoOrder
from inspection.registry import Site, SiteCategory
from inspection.scoring import Scorecard, Verdict
from inspection.workflows.photograph_vetoes import photograph_vetoes

AT = datetime(2026, 11, 20, tzinfo=UTC)
CODE = "3706000001"
HOME = "http://www.a.gov.cn/"


class Camera:
    """Photographs anything but what it is told to fail at, and remembers its orders."""

    def __init__(self, *, blind_to: str = "", live: str = "") -> None:
        self.orders: list[PhotoOrder] = []
        self._live = live
        self._blind_to = blind_to

    def photograph(self, orders: Iterable[PhotoOrder]) -> Iterator[tuple[PhotoOrder, Photo]]:
        for order in orders:
            self.orders.append(order)
            failed = order.url == self._blind_to
            image = None if failed else b"\xff\xd8\xff" + order.url.encode()
            stored = order.body is not None and order.url != self._live
            yield order, Photo(taken_at=AT, image=image, detail="crashed" if failed else "", stored=stored)


def finding(id_: str, indicator: str, *evidence: Evidence, state: FindingState = FindingState.ESTABLISHED) -> Finding:
    return Finding(id=id_, indicator=indicator, state=state, subject=id_, message="问题", evidence=evidence)


def proof(path: str, snapshot: str | None) -> Evidence:
    return Evidence(url=f"{HOME}{path}", excerpt="摘", snapshot=snapshot)


@pytest.fixture
def opened(stores, draw_round, clock):
    """A round with one of its sites under inspection."""
    round_ = draw_round()
    site = Site(code=CODE, name="甲", url=HOME, category=SiteCategory.CITY_PORTAL, region="370600")
    stores.inspections.open([Inspection(round_id=round_.id, site=site, stratum="37")])
    return round_


@pytest.fixture
def judged(stores, opened):
    """A judged site with vetoes of all kinds; the digests of its two stored pages."""
    raw, shown = stores.snapshots.put([b"<p>raw", b"<p>shown"])
    stores.observations.add_pages(
        opened.id,
        CODE,
        [
            PageSeen(
                url=HOME,
                final_url=HOME,
                depth=0,
                fetched_at=AT,
                outcome=FetchOutcome.OK,
                content_type="text/html; charset=gbk",
                snapshot=raw,
            )
        ],
    )
    stores.observations.add_renders(
        opened.id,
        CODE,
        [
            RenderSeen(
                url=f"{HOME}col/",
                final_url=f"{HOME}col/",
                rendered_at=AT,
                elapsed_s=1.0,
                facts=PageFacts(charset="utf-8"),
                snapshot=shown,
            )
        ],
    )
    findings = [
        finding("1", "N19-V3", proof("", raw)),
        finding("2", "N19-V4", proof("col/", shown), proof("#要闻", raw)),
        finding("3", "N19-V2"),
        finding("4", "N19-V1", proof("open", raw), state=FindingState.NOT_DETERMINED),
        finding("5", "N19-D17", proof("link", raw)),
        finding("6", "N19-V5", proof("lost", "ab" * 32), state=FindingState.SUSPECTED),
    ]
    card = Scorecard(edition="2019", verdict=Verdict.FAILED, score=None, deducted=Decimal(0))
    stores.inspections.save_judgement(opened.id, CODE, card, findings, at=AT)
    return raw, shown


def take(stores, round_id: str, camera: Camera, **options):
    return photograph_vetoes(
        round_id,
        editions=stores.editions,
        rounds=stores.rounds,
        inspections=stores.inspections,
        observations=stores.observations,
        snapshots=stores.snapshots,
        photographer=camera,
        **options,
    )


def test_each_page_of_a_veto_once_as_it_was_judged(stores, opened, judged):
    raw, _ = judged
    camera = Camera()
    counts = take(stores, opened.id, camera)
    by_url = {order.url: order for order in camera.orders}
    assert sorted(by_url) == [HOME, f"{HOME}col/", f"{HOME}lost"]
    assert (counts.taken, counts.failed) == (3, 0)
    assert by_url[HOME].body == b"<p>raw"
    assert by_url[HOME].content_type == "text/html; charset=gbk"
    assert by_url[HOME].scripts
    assert by_url[f"{HOME}col/"].body == b"<p>shown"
    assert not by_url[f"{HOME}col/"].scripts
    assert by_url[f"{HOME}lost"].body is None
    kept = {shot.url: shot for shot in stores.observations.screenshots(opened.id, CODE)}
    assert kept[HOME].snapshot == raw
    assert kept[f"{HOME}lost"].snapshot is None
    assert stores.snapshots.get(kept[HOME].image) == b"\xff\xd8\xff" + HOME.encode()


def test_nothing_is_taken_twice_and_failures_are_kept_after_three_tries(stores, opened, judged):
    counts = take(stores, opened.id, Camera(blind_to=HOME))
    assert (counts.taken, counts.failed) == (2, 1)
    asked = []
    for _ in range(3):
        camera = Camera(blind_to=HOME)
        take(stores, opened.id, camera)
        asked.append([order.url for order in camera.orders])
    assert asked == [[HOME], [HOME], []]
    failed = next(shot for shot in stores.observations.screenshots(opened.id, CODE) if shot.url == HOME)
    assert (failed.image, failed.detail, failed.tries) == (None, "crashed", 3)


def test_a_picture_of_what_the_site_has_now_is_none_of_the_stored_page(stores, opened, judged):
    take(stores, opened.id, Camera(live=HOME))
    kept = {shot.url: shot.snapshot for shot in stores.observations.screenshots(opened.id, CODE)}
    assert (kept[HOME], kept[f"{HOME}col/"] is None) == (None, False)


def test_a_later_try_takes_the_place_of_a_failed_one(stores, opened, judged):
    take(stores, opened.id, Camera(blind_to=HOME))
    assert take(stores, opened.id, Camera()).taken == 1
    kept = {shot.url: shot for shot in stores.observations.screenshots(opened.id, CODE)}
    assert kept[HOME].image is not None
    assert len(kept) == 3


def test_a_bound_on_the_pages_of_one_finding(stores, opened, judged):
    camera = Camera()
    take(stores, opened.id, camera, per_finding=1)
    assert [order.url for order in camera.orders] == [HOME, f"{HOME}col/", f"{HOME}lost"]


def test_some_at_a_time(stores, opened, judged):
    camera = Camera()
    assert [take(stores, opened.id, camera, at_most=2).taken for _ in range(3)] == [2, 1, 0]
    assert len({order.url for order in camera.orders}) == 3


def test_what_is_settled_is_remembered(stores, opened, judged):
    settled: dict[str, datetime | None] = {}
    assert [take(stores, opened.id, Camera(), settled=settled).taken for _ in range(2)] == [3, 0]
    assert list(settled) == [CODE]


@pytest.mark.parametrize(("judged_again", "taken"), [(False, 0), (True, 3)])
def test_settled_are_sites_as_they_were_judged(stores, opened, judged, judged_again, taken):
    judged_at = None if judged_again else stores.inspections.get(opened.id, CODE).judged_at
    assert take(stores, opened.id, Camera(), settled={CODE: judged_at}).taken == taken


def test_nothing_is_taken_once_it_is_to_stop(stores, opened, judged):
    camera = Camera()
    take(stores, opened.id, camera, stop=lambda: True)
    assert camera.orders == []


def test_what_is_interrupted_goes_on_where_it_stopped(stores, opened, judged):
    class Broken(Camera):
        def photograph(self, orders):
            yield next(super().photograph(orders))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(stores, opened.id, Broken())
    camera = Camera()
    take(stores, opened.id, camera)
    assert len(camera.orders) == 2


def test_sites_that_are_not_judged_are_left_alone(stores, opened):
    camera = Camera()
    seen: list[Inspection] = []
    counts = take(stores, opened.id, camera, progress=seen.append)
    assert (camera.orders, counts.taken) == ([], 0)
    assert len(seen) > 0
