"""Watches the event loop: a probe during which our own process stood still says nothing about the site."""

import asyncio
from collections import deque

TICK_S = 0.25
_KEPT = 400


class LoopWatch:
    """Remembers when the loop was late, and by how much, for the last minute and a half."""

    def __init__(self) -> None:
        self._late: deque[tuple[float, float]] = deque(maxlen=_KEPT)

    async def run(self) -> None:
        """Tick until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK_S
            await asyncio.sleep(TICK_S)
            self.note(loop.time(), loop.time() - due)

    def note(self, at: float, late_s: float) -> None:
        """The loop came ``late_s`` too late to a tick at ``at``."""
        self._late.append((at, late_s))

    def stalled_s(self, since: float, until: float) -> float:
        """How long the loop stood still in all between two times."""
        return sum(late_s for at, late_s in self._late if since <= at <= until and late_s > TICK_S)
