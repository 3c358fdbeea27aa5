"""Is it them or us? Some failures mean a dead site or a dead line of our own; what came through lately tells."""

_MEMORY_S = 60.0


class Reach:
    """Whether something came through within the last minute. Times are those of the event loop, in seconds."""

    def __init__(self, *, memory_s: float = _MEMORY_S) -> None:
        self._memory_s = memory_s
        self._last: float | None = None

    def came_through(self, now: float) -> None:
        """Somebody out there answered, however unkindly."""
        self._last = now

    def works(self, now: float) -> bool:
        """Whether our side can be taken to be in order."""
        return self._last is not None and now - self._last <= self._memory_s
