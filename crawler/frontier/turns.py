"""Claims, renews and gives back machines for the event loop. Runs in the feeder's thread."""

import time
from collections.abc import Callable, Mapping

from crawler.frontier.platforms import Platforms
from store.redis.allowances import RedisAllowances

_AT_ONCE = 500
_RENEW_EVERY_S = 1.0


class Turns:
    """Between :class:`Platforms` (on the event loop, reached by ``call``) and Redis.

    ``now`` is the event loop's clock; ``granted`` hears of the machines that this worker holds from now on, ``joined``
    of one that is part of another. A shared certificate joins up to ``most_addresses`` of them.
    """

    def __init__(
        self,
        *,
        platforms: Platforms,
        allowances: RedisAllowances,
        lease_s: float,
        most_addresses: int,
        now: Callable[[], float],
        call: Callable[[Callable[[], None]], None],
        granted: Callable[[list[str], float], None],
        joined: Callable[[str, str], None],
    ) -> None:
        self._platforms = platforms
        self._allowances = allowances
        self._lease_s = lease_s
        self._most_addresses = most_addresses
        self._now = now
        self._call = call
        self._granted = granted
        self._joined = joined
        self._renewed_at = float("-inf")

    def take(self) -> int:
        """One exchange; returns how many machines were granted. ``StoreUnavailable`` if Redis cannot be reached."""
        self._give_back()
        self._join()
        if time.monotonic() - self._renewed_at >= _RENEW_EVERY_S:
            self._renewed_at = time.monotonic()
            self._call(self._platforms.tidy)
            self._renew()
        wanted = list(self._platforms.wanted.copy())[:_AT_ONCE]
        if not wanted:
            return 0
        until = self._now() + self._lease_s
        ours, moved = self._allowances.claim(wanted, lease_s=self._lease_s)
        if moved:
            self._call(lambda: self._move(moved))
        if ours:
            self._call(lambda: self._granted(ours, until))
        return len(ours)

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

    def _join(self) -> None:
        shown_by = self._platforms.shown_by
        while pairs := [shown_by[place] for place in range(min(len(shown_by), _AT_ONCE))]:
            self._allowances.join(pairs, most=self._most_addresses)
            for _ in pairs:
                shown_by.popleft()

    def _move(self, moved: Mapping[str, str]) -> None:
        for key, whole in moved.items():
            self._joined(key, whole)

    def _renew(self) -> None:
        held = self._platforms.held()
        if not held:
            return
        until = self._now() + self._lease_s
        lost, asked, moved = self._allowances.renew(held, lease_s=self._lease_s)
        kept = [key for key in held if key not in {*lost, *moved}]
        if moved:
            self._call(lambda: self._move(moved))
        self._call(lambda: self._apply(kept, lost, asked, until))

    def _apply(self, kept: list[str], lost: list[str], asked: list[str], until: float) -> None:
        for key in lost:
            self._platforms.lose(key)
        for key in kept:
            self._platforms.prolong(key, until=until)
        for key in asked:
            self._platforms.asked(key)
