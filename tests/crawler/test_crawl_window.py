"""Hours of bulk crawling."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from crawler.config import WorkerConfig
from crawler.crawl_window import CrawlWindow


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
