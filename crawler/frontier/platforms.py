"""Hosts by the machine that serves them, and which of these machines this worker may ask now.

Hundreds of county sites may live on one machine. It has one allowance, whatever the number of sites and workers: a
worker asks only those machines that it holds, and only one worker holds a machine at a time. A machine goes by its
address; those that show the same certificate are one, which is known once some worker has seen both show it. Lives on
the event loop; the feeder claims, renews, joins and gives back over Redis
(:class:`store.redis.allowances.RedisAllowances`).
"""

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from ipaddress import ip_address

_KEPT_S = 600.0
_KEPT_HOSTS = 50_000
_TOLD_AGAIN_S = 3600.0
"""After this a certificate is reported once more, so that a Redis that has lost it learns of it again."""
_SHORTEST_TURN_S = 1.0
"""A worker that others wait for keeps a machine so long, so that not every request changes hands."""


class Platform:
    """One machine (or one host, where its address says nothing) and what this worker does with it."""

    __slots__ = (
        "active",
        "armed",
        "asked_for",
        "blocked",
        "free_at",
        "held_since",
        "held_until",
        "hosts",
        "is_shared",
        "key",
    )

    def __init__(self, key: str) -> None:
        self.key = key
        self.is_shared = key.startswith("ip:")
        self.active = 0
        self.free_at = 0.0
        self.held_since = 0.0
        self.held_until = 0.0
        self.armed = False
        self.asked_for = False
        self.hosts = 0
        self.blocked: dict[str, None] = {}


class Platforms:
    """The machines that this worker has requests for: ``at_once`` at a time to each, ``delay_s`` between starts.

    A claim that is not renewed ends for us no later than it does in Redis.
    """

    def __init__(self, *, at_once: int, delay_s: float, now: Callable[[], float]) -> None:
        self._at_once = at_once
        self._delay_s = delay_s
        self._now = now
        self._keys: dict[str, tuple[float, str]] = {}
        self._platforms: dict[str, Platform] = {}
        self._unplaced: dict[str, None] = {}
        self._looked_up: set[str] = set()
        self._told: dict[tuple[str, bytes], float] = {}
        self.shown_by: deque[tuple[str, str]] = deque()
        """Keys of machines and names of the certificates that they show."""
        self.wanted: dict[str, None] = {}
        """Keys of machines to claim."""
        self.returned: deque[str] = deque()
        """Keys of machines to give back."""

    def of(self, host: str) -> Platform | None:
        """The machine that serves a host; None while nobody has looked it up."""
        kept_until, key = self._keys.get(host, (0.0, ""))
        if kept_until <= self._now():
            if host not in self._looked_up:
                self._unplaced.setdefault(host)
            return None
        return self._platforms.setdefault(key, Platform(key))

    def next_to_place(self) -> str | None:
        """A host to look up, for :meth:`place`; None where there is none."""
        if not self._unplaced:
            return None
        host = next(iter(self._unplaced))
        del self._unplaced[host]
        self._looked_up.add(host)
        return host

    def place(self, host: str, addresses: Sequence[str]) -> None:
        """A host was looked up; without addresses, or on this machine, it stands for itself."""
        self._looked_up.discard(host)
        if len(self._keys) >= _KEPT_HOSTS:
            del self._keys[next(iter(self._keys))]
        self._keys.pop(host, None)
        self._keys[host] = (self._now() + _KEPT_S, key_of(host, addresses))

    def shown(self, host: str, certificate: bytes) -> None:
        """A host has shown this certificate (DER)."""
        kept_until, key = self._keys.get(host, (0.0, ""))
        digest, now = hashlib.sha256(certificate).digest(), self._now()
        if kept_until <= now or self._told.get((key, digest), 0.0) > now:
            return
        if len(self._told) >= _KEPT_HOSTS:
            del self._told[next(iter(self._told))]
        self._told[key, digest] = now + _TOLD_AGAIN_S
        self.shown_by.append((key, f"cert:{digest.hex()}"))

    def join(self, key: str, whole: str) -> tuple[Platform, Platform] | None:
        """A machine is part of another from now on; returns both where this worker has requests for the first."""
        self.wanted.pop(key, None)
        for host, (kept_until, known) in self._keys.items():
            if known == key:
                self._keys[host] = (kept_until, whole)
        part = self._platforms.pop(key, None)
        if part is None:
            return None
        joined = self._platforms.setdefault(whole, Platform(whole))
        joined.is_shared = True
        joined.free_at = max(joined.free_at, part.free_at)
        return part, joined

    def admits(self, platform: Platform) -> bool:
        """Whether a request may go to the machine now; wants it where we do not hold it."""
        now = self._now()
        if platform.asked_for:
            return False
        if now >= platform.held_until:
            self.wanted.setdefault(platform.key)
            return False
        return platform.active < self._at_once and now >= platform.free_at

    def room(self, platform: Platform) -> int:
        """How many requests more the machine takes at the same time."""
        return max(0, self._at_once - platform.active)

    def started(self, platform: Platform) -> None:
        """A request goes to the machine."""
        platform.active += 1
        if platform.is_shared:
            platform.free_at = self._now() + self._delay_s

    def ended(self, platform: Platform) -> None:
        """A request to the machine is over."""
        platform.active -= 1
        self._return_if_due(platform)

    # -- from the feeder -------------------------------------------------------------------------

    def held(self) -> list[str]:
        """Keys of the machines that we hold; may be called from any thread."""
        return [key for key, platform in self._platforms.copy().items() if platform.held_until]

    def grant(self, key: str, *, until: float) -> Platform | None:
        """We hold a machine until then; None, and it goes back, where nothing is wanted of it any more."""
        self.wanted.pop(key, None)
        platform = self._platforms.get(key)
        if platform is None:
            self.returned.append(key)
            return None
        if not platform.held_until:
            platform.held_since = self._now()
        platform.held_until = until
        return platform

    def prolong(self, key: str, *, until: float) -> None:
        """We still hold a machine, unless it went back meanwhile."""
        platform = self._platforms.get(key)
        if platform is not None and platform.held_until:
            platform.held_until = until

    def lose(self, key: str) -> None:
        """Another worker holds the machine."""
        platform = self._platforms.get(key)
        if platform is not None:
            platform.held_until = 0.0
            platform.asked_for = False

    def asked(self, key: str) -> None:
        """Another worker waits for the machine: it gets it once our requests to it are over."""
        platform = self._platforms.get(key)
        if platform is None:
            return
        if not platform.hosts or self._now() - platform.held_since >= _SHORTEST_TURN_S:
            platform.asked_for = True
            self._return_if_due(platform)

    def tidy(self) -> None:
        """Give back, and forget, machines that no host waits for."""
        for key, platform in list(self._platforms.items()):
            if not platform.hosts and not platform.active:
                if platform.held_until:
                    self.returned.append(key)
                self.wanted.pop(key, None)
                del self._platforms[key]

    def _return_if_due(self, platform: Platform) -> None:
        if platform.asked_for and not platform.active:
            platform.asked_for = False
            platform.held_until = 0.0
            self.returned.append(platform.key)
            if platform.blocked:
                self.wanted.setdefault(platform.key)


def key_of(host: str, addresses: Sequence[str]) -> str:
    """What stands for the machine: its lowest address; the name of the host where that is this machine, or none.

    Everything on loopback would be one platform otherwise.
    """
    usual = sorted(address for address in addresses if address not in ("127.0.0.1", "::1"))
    return f"ip:{ip_address(usual[0])}" if usual else f"name:{host}"
