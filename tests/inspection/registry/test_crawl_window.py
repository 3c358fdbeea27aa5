"""Hours of bulk crawling."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from crawler.config import WorkerConfig
from inspection.registry.crawl_window import CrawlWindow, PlaceWindow, PlaceWindows


def at(hour: int, minute: int = 0) -> datetime:
    """A time of day in UTC; China is eight hours ahead."""
    return datetime(2026, 11, 20, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "moment", "expected"),
    [
        ("20:00-06:30", at(11, 59), False),
        ("20:00-06:30", at(12), True),
        ("20:00-06:30", at(20), True),
        ("20:00-06:30", at(22, 29), True),
        ("20:00-06:30", at(22, 30), False),
        ("9:00 - 17:00", at(1), True),
        ("9:00 - 17:00", at(9), False),
    ],
)
def test_windows_are_in_china_time_and_may_pass_midnight(window: str, moment: datetime, expected: bool) -> None:
    assert CrawlWindow.parse(window).is_open(moment) is expected


@pytest.mark.parametrize("text", ["night", "20:00", "25:00-06:00", "08:00-08:00"])
def test_a_wrong_window_says_how_to_write_it(text: str) -> None:
    with pytest.raises(ValidationError, match="time span"):
        WorkerConfig(crawl_window=text)


def test_no_window_means_all_hours() -> None:
    assert WorkerConfig(crawl_window="").crawl_window is None


@pytest.mark.parametrize(
    ("now", "opens"),
    [(at(11, 59), at(12)), (at(12), at(12) + timedelta(days=1)), (at(23), at(12) + timedelta(days=1))],
)
def test_a_window_knows_when_it_opens_next(now: datetime, opens: datetime) -> None:
    # At 23:00 UTC it is the next day in China, at seven in the morning.
    assert CrawlWindow.parse("20:00-06:30").opens_next(now) == opens


def windows(**hours: str) -> PlaceWindows:
    found = [
        PlaceWindow(place=place.removeprefix("p"), window=CrawlWindow.parse(text), set_at=at(0))
        for place, text in hours.items()
    ]
    return PlaceWindows(found)


OPEN, SHUT = "00:00-23:59", "23:00-23:30"


@pytest.mark.parametrize(
    ("hours", "is_closed"),
    [
        ({}, False),
        ({"p370000": SHUT}, True),
        ({"p370000": SHUT, "p370600": OPEN}, False),
        ({"p370600": SHUT, "p370602": OPEN}, False),
        ({"p370602": SHUT, "p3706020001": OPEN}, False),
        ({"p370000": OPEN, "p3706020001": SHUT}, True),
        ({"p3706020002": SHUT, "p370700": SHUT, "p440000": SHUT}, False),
    ],
)
def test_the_nearest_window_counts(hours: dict[str, str], is_closed: bool) -> None:
    found = windows(**hours).closed_until("3706020001", "370602", at(4))
    assert found == (at(15) if is_closed else None)


def test_windows_are_the_same_whenever_they_were_set() -> None:
    assert windows(p370000=SHUT) == windows(p370000=SHUT)
    assert windows(p370000=SHUT) != windows(p370000=OPEN)
