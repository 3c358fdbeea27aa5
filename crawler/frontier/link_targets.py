"""External link targets, which many sites share: each is checked once per round, however many pages refer to it."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from crawler.frontier.held_site import HeldSite
from crawler.spiders.tasks import Task, link_mark
from inspection.observation import LinkOutcome, LinkSeen

_Waiting = list[tuple[HeldSite, Task]]


class LinkTargets:
    """Joins the checks of one target. Lives on the event loop; the feeder looks results of other workers up in Redis.

    Results that another try might change are shared with those who wait for them here, but never kept; nor is what is
    excluded, which settings and operators decide anew. The claims on such targets are released.
    """

    def __init__(self, *, max_age: timedelta, capacity: int, now: Callable[[], datetime]) -> None:
        self._max_age = max_age
        self._capacity = capacity
        self._now = now
        self._kept: dict[tuple[str, bytes], LinkSeen] = {}
        self._under_way: dict[tuple[str, bytes], _Waiting] = {}
        self.questions: deque[tuple[HeldSite, Task]] = deque()
        """Targets for the feeder to look up."""
        self.results: deque[tuple[str, LinkSeen]] = deque()
        """Results, with their round, for the writer to share."""
        self.released: deque[tuple[str, bytes]] = deque()
        """Marks of targets, with their round, whose check has brought no result to share, for the feeder to release."""

    def ask(self, site: HeldSite, task: Task) -> LinkSeen | None:
        """A result that can be used at once; None where the answer comes through the workbench later."""
        key = _key(site.key[0], task.url)
        kept = self._kept.get(key)
        if kept is not None and self.is_fresh(kept):
            return kept
        if key in self._under_way:
            self._under_way[key].append((site, task))
        else:
            self._under_way[key] = []
            self.questions.append((site, task))
        return None

    def is_fresh(self, seen: LinkSeen) -> bool:
        """Whether a result may still be used."""
        return self._now() - seen.checked_at < self._max_age

    def settle(self, round_id: str, seen: LinkSeen) -> _Waiting:
        """A target is checked; returns those who wait for it."""
        key = _key(round_id, seen.url)
        if seen.outcome not in (LinkOutcome.UNDETERMINED, LinkOutcome.EXCLUDED):
            kept = self._kept.get(key)
            if kept is None or kept.checked_at != seen.checked_at:
                self.results.append((round_id, seen))
            self._keep(key, seen)
        elif key in self._under_way:
            self.released.append(key)
        return self._under_way.pop(key, [])

    def learn(self, round_id: str, seen: LinkSeen) -> _Waiting:
        """Another worker has checked a target; returns those who wait for it."""
        key = _key(round_id, seen.url)
        self._keep(key, seen)
        return self._under_way.pop(key, [])

    def abandon(self, round_id: str, url: str) -> tuple[HeldSite, Task] | None:
        """Who was to check a target cannot; returns who is to check it instead, for all that wait."""
        key = _key(round_id, url)
        waiting = self._under_way.get(key)
        if waiting:
            return waiting.pop(0)
        if waiting is not None:
            del self._under_way[key]
            self.released.append(key)
        return None

    def _keep(self, key: tuple[str, bytes], seen: LinkSeen) -> None:
        self._kept[key] = seen
        if len(self._kept) > self._capacity:
            del self._kept[next(iter(self._kept))]


def encode_target(seen: LinkSeen) -> tuple[bytes, bytes]:
    """Mark and JSON of a result, for the store."""
    return link_mark(seen.url), msgspec.json.encode(seen)


def decode_target(text: bytes) -> LinkSeen:
    """A stored result."""
    return msgspec.json.decode(text, type=LinkSeen)


def _key(round_id: str, url: str) -> tuple[str, bytes]:
    return round_id, link_mark(url)
