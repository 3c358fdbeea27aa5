"""How fast each host may be asked, learned from how it answers."""

from collections.abc import Callable
from random import Random

import msgspec

_KEPT_HOSTS = 20_000
_NEWEST_SHARE = 0.3
"""Weight of the newest answer in the mean of response times."""
_OVERLOADED = 503
_TOO_MANY = 429
_SILENT_REFUSALS = 3
"""A 503 without Retry-After may be one broken page; so many in a row are a host that cannot keep up."""
_JITTER = 0.2


class PaceRules(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds between the starts of two requests to one host: ``delay_s`` at least, ``longest_delay_s`` at most,
    and ``delay_factor`` times the mean time that the host takes to answer.

    A host that says 429, or 503 with Retry-After or several times in a row, is left alone for as long as it asks,
    otherwise for ``backoff_s``, doubled each time, with jitter; in both cases for ``longest_backoff_s`` at most.
    """

    delay_s: float
    delay_factor: float = 0.0
    longest_delay_s: float = 10.0
    backoff_s: float = 30.0
    longest_backoff_s: float = 600.0


class _Pace(msgspec.Struct):
    mean_s: float = 0.0
    overloads: int = 0
    backoffs: int = 0
    closed_until: float = 0.0


class HostPaces:
    """The pace of every host heard of lately. Lives on the event loop; ``now`` is its clock."""

    def __init__(self, rules: PaceRules, *, now: Callable[[], float]) -> None:
        self._rules = rules
        self._now = now
        self._paces: dict[str, _Pace] = {}
        self._random = Random()  # spreads returns to a host that sent many workers away; nothing is decided by it

    def heard(self, host: str, status: int, first_byte_s: float, retry_after_s: float | None) -> None:
        """The host has answered a request, after ``first_byte_s``, whoever made it."""
        pace = self._paces.pop(host, None) or _Pace(mean_s=first_byte_s)
        self._paces[host] = pace
        if len(self._paces) > _KEPT_HOSTS:
            del self._paces[next(iter(self._paces))]
        pace.mean_s += _NEWEST_SHARE * (first_byte_s - pace.mean_s)
        if status not in (_TOO_MANY, _OVERLOADED):
            pace.overloads = pace.backoffs = 0
            return
        pace.overloads += 1
        if status == _TOO_MANY or retry_after_s is not None or pace.overloads >= _SILENT_REFUSALS:
            self._back_off(pace, retry_after_s)

    def delay_s(self, host: str) -> float:
        """Seconds between the starts of two requests to the host."""
        pace = self._paces.get(host)
        if pace is None:
            return self._rules.delay_s
        wanted = min(pace.mean_s * self._rules.delay_factor, self._rules.longest_delay_s)
        return max(self._rules.delay_s, wanted)

    def closed_until(self, host: str) -> float:
        """Time before which the host is to be left alone; in the past where it is not."""
        pace = self._paces.get(host)
        return 0.0 if pace is None else pace.closed_until

    def _back_off(self, pace: _Pace, retry_after_s: float | None) -> None:
        now = self._now()
        if pace.closed_until > now and retry_after_s is None:
            return  # an answer to what was under way when the host was closed
        spread = 1 + _JITTER * self._random.random()
        own_s = self._rules.backoff_s * 2**pace.backoffs * spread
        wanted_s = own_s if retry_after_s is None else retry_after_s
        pace.backoffs = min(pace.backoffs + 1, 30)
        pace.closed_until = max(pace.closed_until, now + min(wanted_s, self._rules.longest_backoff_s))
