"""A clock that moves by hand."""

from datetime import UTC, datetime, timedelta

import pytest


class StillClock:
    """Port ``Clock``: moves only by hand."""

    def __init__(self) -> None:
        self.present = datetime(2026, 11, 20, 4, tzinfo=UTC)

    def now(self) -> datetime:
        return self.present

    def advance(self, **span: float) -> None:
        self.present += timedelta(**span)


@pytest.fixture
def clock() -> StillClock:
    """Noon in China on a Friday."""
    return StillClock()
