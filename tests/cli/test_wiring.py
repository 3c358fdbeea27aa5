"""What commands share."""

from datetime import UTC, datetime, timedelta

import pytest

from cli.wiring import SystemClock


def test_in_a_drill_the_clock_runs_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(minutes=1)
    monkeypatch.setenv("XUNCHA_CLOCK_AHEAD_DAYS", "28")
    assert abs(SystemClock().now() - datetime.now(UTC) - timedelta(days=28)) < timedelta(minutes=1)
