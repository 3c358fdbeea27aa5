"""The present, as routes that write take it."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

from inspection.ports import Clock


class RealClock:
    """Port ``Clock``."""

    def now(self) -> datetime:
        """Aware time in UTC."""
        return datetime.now(UTC)


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


Present = Annotated[Clock, Depends(_clock)]
