"""Claims, renews and gives back machines for the event loop. Runs in the feeder's thread."""

import time
from collections.abc import Callable

from crawler.frontier.platforms import Platforms
from store.redis.allowances import RedisAllowances

_AT_ONCE = 500
_RENEW_EVERY_S = 1.0


class Turns:
    """Between :class:`Platforms` (on the event loop, reached by ``call``) and Redis.

    ``now`` is the event loop's clock; ``granted`` hears of each machine that this worker holds from now on.
    """

    def __init__(
        self,
        *,
        platforms: Platforms,
        allowances: RedisAllowances,
        lease_s: float,
        now: Callable[[], float],
        call: Callable[[Callable[[], None]], None],
        granted: Callable[[list[str], float], None],
    ) -> None:
        self._platforms = platforms
        self._allowances = allowances
        self._lease_s = lease_s
        self._now = now
        self._call = call
        self._granted = granted
        self._renewed_at = float("-inf")

    def take(self) -> int:
        """One exchange; returns how many machines were granted. ``StoreUnavailable`` if Redis cannot be reached."""
        self._give_back()
        if time.monotonic() - self._renewed_at >= _RENEW_EVERY_S:
            self._renewed_at = time.monotonic()
            self._call(self._platforms.tidy)
            self._renew()
        wanted = list(self._platforms.wanted.copy())[:_AT_ONCE]
        if not wanted:
            return 0
        until = self._now() + self._lease_s
        claimed = self._allowances.claim(wanted, lease_s=self._lease_s)
        if claimed:
            self._call(lambda: self._granted(claimed, until))
        return len(claimed)

    def give_all_back(self) -> None:
        """At the end, so that others need not wait for the claims to run out."""
        self._give_back()
        held = self._platforms.held()
        if held:
            self._allowances.give_back(held)

    def _give_back(self) -> None:
        returned = self._platforms.returned
        while names := [returned.popleft() for _ in range(min(len(returned), _AT_ONCE))]:
            self._allowances.give_back(names)

    def _renew(self) -> None:
        held = self._platforms.held()
        if not held:
            return
        until = self._now() + self._lease_s
        lost, asked = self._allowances.renew(held, lease_s=self._lease_s)
        kept = [key for key in held if key not in set(lost)]
        self._call(lambda: self._apply(kept, lost, asked, until))

    def _apply(self, kept: list[str], lost: list[str], asked: list[str], until: float) -> None:
        for key in lost:
            self._platforms.lose(key)
        for key in kept:
            self._platforms.prolong(key, until=until)
        for key in asked:
            self._platforms.asked(key)
