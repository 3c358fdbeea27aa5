"""Watches the event loop: a probe during which our own process stood still says nothing about the site."""

import asyncio
from collections import deque

TICK_S = 0.05
_TELLING_S = 0.25
"""Shorter stalls are the usual work of a busy loop, and no probe is repeated for them."""
_KEPT = 400


class LoopWatch:
    """Remembers when the loop was late by a quarter of a second or more, the last 400 times, and its longest stall."""

    def __init__(self) -> None:
        self._late: deque[tuple[float, float]] = deque(maxlen=_KEPT)
        self._longest_s = 0.0

    async def run(self) -> None:
        """Tick until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK_S
            await asyncio.sleep(TICK_S)
            self.note(loop.time(), loop.time() - due)

    def note(self, at: float, late_s: float) -> None:
        """The loop came ``late_s`` too late to a tick at ``at``."""
        self._longest_s = max(self._longest_s, late_s)
        if late_s > _TELLING_S:
            self._late.append((at, late_s))

    def stalled_s(self, since: float, until: float) -> float:
        """How long the loop stood still in all between two times, as far as it matters."""
        return sum(late_s for at, late_s in self._late if since <= at <= until)

    def take_longest_s(self) -> float:
        """The longest stall since this was last asked; true to a tick, which may hide its beginning."""
        longest_s, self._longest_s = self._longest_s, 0.0
        return longest_s
