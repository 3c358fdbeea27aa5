"""Where a fetch may ask: its place in the allowance of a host, which it gives up for another when it is led away."""

from typing import Protocol


class Place(Protocol):
    """One request's place. Whoever made it gives it up in the end."""

    @property
    def host(self) -> str | None:
        """The host that may be asked now; None while the place is nowhere."""
        ...

    async def move_to(self, host: str) -> bool:
        """Leave the host, and wait until there is room at another; False where there is none for long."""
        ...


class PausablePlace(Place, Protocol):
    """A place that is not kept through a pause."""

    async def rest(self, pause_s: float, host: str) -> None:
        """Leave the host for a pause, then wait for room at ``host``; the place is nowhere where there is none."""
        ...
