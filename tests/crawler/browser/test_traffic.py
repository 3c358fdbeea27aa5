"""The requests of a page that is shown keep to the allowances of the hosts that they go to."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.fetch import FetchRequest, FetchResult
from inspection.observation import FetchOutcome

pytest.importorskip("playwright", reason="the extra 'browser' is not installed")


class Place:
    def __init__(self, given_up: list["Place"]) -> None:
        self.host: str | None = None
        self._given_up = given_up

    async def move_to(self, host: str) -> bool:
        self.host = host
        return True

    def give_up(self) -> None:
        self._given_up.append(self)


class Fetches:
    """Answers everything, but one address with an error of ours."""

    def __init__(self) -> None:
        self.places: list[Any] = []

    async def fetch(self, request: FetchRequest) -> FetchResult:
        self.places.append(request.place)
        if request.url.endswith("/fault"):
            raise RuntimeError
        return FetchResult(
            url=request.url, final_url=request.url, method="GET", outcome=FetchOutcome.OK,
            started_at=datetime(2026, 11, 20, tzinfo=UTC), elapsed_s=0.1, status=200,
        )  # fmt: skip


class Asked:
    """A request of the browser, and the route that it takes."""

    method = "GET"
    resource_type = "script"
    post_data_buffer = None

    def __init__(self, url: str) -> None:
        self.url = url
        self.request = self

    async def all_headers(self) -> dict[str, str]:
        return {}

    def is_navigation_request(self) -> bool:
        return False

    async def fulfill(self, **_: Any) -> None:
        """The browser has its answer."""


def test_each_request_of_a_page_has_a_place_of_its_own_and_gives_it_up() -> None:
    from crawler.browser.traffic import Traffic, TrafficLimits  # noqa: PLC0415 - needs the extra

    fetcher, given_up = Fetches(), list[Place]()

    async def run() -> None:
        traffic = Traffic(
            fetcher,  # type: ignore[arg-type]
            TrafficLimits(),
            pictures=False,
            shelf={},
            visiting=lambda: Place(given_up),
        )
        for path in ("a.js", "b.js"):
            await traffic.answer(Asked(f"http://a.test/{path}"))  # type: ignore[arg-type]
        with pytest.raises(RuntimeError):
            await traffic.answer(Asked("http://a.test/fault"))  # type: ignore[arg-type]

    asyncio.run(run())
    assert len(set(map(id, fetcher.places))) == 3
    assert fetcher.places == given_up
