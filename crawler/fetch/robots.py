"""robots.txt, as far as the operator wants it heeded. The default, and why, is in ``docs/fetching.md``."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from urllib.parse import urlsplit

from protego import Protego

from crawler.fetch.result import FetchRequest, FetchResult
from inspection.observation import FetchOutcome
from inspection.registry.address import resolve

_KEPT_SECONDS = 3600.0
_KEPT_SITES = 10_000
_KEPT_BYTES = 2 * 1024 * 1024
"""Text whose rules are kept; they take sixty times as much memory where they are hostile."""
_TIMEOUT_S = 10.0
_MAX_BYTES = 500 * 1024
"""RFC 9309 asks to read at least that much."""

Ask = Callable[[FetchRequest], Awaitable[FetchResult]]


class RobotsMode(StrEnum):
    """What robots.txt means to the inspection."""

    IGNORE = "ignore"
    OBEY = "obey"
    REPORT = "report"


class Robots:
    """The robots.txt files of the hosts visited, each read once an hour at most. Lives on one event loop.

    ``ask`` fetches without asking robots.txt in turn; ``agent`` is the product token that rules name us by.
    """

    def __init__(self, *, ask: Ask, agent: str) -> None:
        self._ask = ask
        self._agent = agent
        self._known: dict[str, tuple[float, asyncio.Task[Protego | bool]]] = {}
        self._sizes: dict[str, int] = {}

    async def allows(self, url: str) -> bool:
        """Whether the rules of the host of ``url`` let us ask for it (RFC 9309).

        No such file: everything is allowed. A host that answers with an error of its own: nothing, for now. A host
        that does not answer: the request itself may go out, and will show that.
        """
        rules = await asyncio.shield(self._rules(url))
        return rules if isinstance(rules, bool) else rules.can_fetch(url, self._agent)

    def _rules(self, url: str) -> asyncio.Task[Protego | bool]:
        parts = urlsplit(url)
        key = f"{parts.scheme}://{parts.netloc}"
        now = asyncio.get_running_loop().time()
        known = self._known.get(key)
        if known is None or known[0] < now:
            if len(self._known) >= _KEPT_SITES:
                self._forget(next(iter(self._known)))
            known = (now + _KEPT_SECONDS, asyncio.create_task(self._load(key, url)))
            self._known[key] = known
        return known[1]

    def _forget(self, key: str) -> None:
        self._known.pop(key, None)
        self._sizes.pop(key, None)

    def _make_room(self, key: str, size: int) -> None:
        """For the rules of one more file, at the cost of the oldest."""
        self._sizes[key] = size
        while sum(self._sizes.values()) > _KEPT_BYTES:
            self._forget(next(iter(self._sizes)))

    async def _load(self, key: str, url: str) -> Protego | bool:
        address = resolve(url, "/robots.txt")
        if address is None:
            return True
        result = await self._ask(
            FetchRequest(
                url=address,
                timeout_s=_TIMEOUT_S,
                max_body_bytes=_MAX_BYTES,
                accept_truncated=True,
                max_redirects=5,
            )
        )
        if result.outcome is FetchOutcome.OK:
            self._make_room(key, len(result.body))
            # A file of half a megabyte takes its time, and must not hold up those that answers are timed by.
            return await asyncio.to_thread(Protego.parse, result.body.decode("utf-8-sig", "replace"))
        return result.status is None or (result.status < 500 and result.status != 429)
