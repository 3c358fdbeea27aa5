"""The frontier in Redis: which worker crawls which site, and what is left to do there.

A site is leased by one worker at a time. While it holds the lease, the worker alone decides what is
new and what comes next; Redis keeps what a successor needs: every request not stored yet, the
fingerprints of all known addresses and a memo. A request leaves only when its result is stored, so a
killed worker loses nothing. Fencing tokens keep a worker that lost its lease from writing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from redis import Redis

from inspection.errors import Conflict
from inspection.ports import WorkOrder
from store.redis.frontier_scripts import Argument, Scripts, flat, milliseconds, numbers, paired, redis_errors
from store.redis.keys import GIVEN_UP, RoundKeys, SiteKeys
from store.redis.task_book import TaskBook

FINGERPRINT_BYTES = 8


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """The right to crawl one site. ``token`` grows with every lease of the round."""

    order: WorkOrder
    token: int


class SiteWork(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a site's crawl: requests left by id, known fingerprints, and the crawl's own memo."""

    tasks: dict[str, bytes]
    seen: set[bytes]
    memo: bytes


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Progress of a site's crawl, written in one piece after the results are stored.

    ``number`` tells the steps under one lease apart. ``passed`` counts requests that were both added and
    stored since the last step. ``given_up`` counts, by reason, those among ``stored`` and ``passed`` that ended
    without a result.
    """

    number: int
    added: dict[str, bytes]
    stored: Sequence[str]
    seen: bytes = b""
    memo: bytes = b""
    passed: int = 0
    given_up: Mapping[str, int] = {}


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """Requests of a site: every one ever added is stored, given up (by reason) or left."""

    left: int
    added: int
    stored: int
    given_up: Mapping[str, int] = {}


_BookKey = tuple[str, str, int]


class _Page:
    """The book of one lease, and the last step as it was sent: repeated word for word if its answer gets lost."""

    __slots__ = ("args", "book", "number")

    def __init__(self, book: TaskBook) -> None:
        self.book = book
        self.number = -1
        self.args: list[Argument] = []


class RedisFrontier:
    """Leases of a round's sites and the state of their crawls."""

    def __init__(self, client: Redis) -> None:
        self._client: Any = client
        self._scripts = Scripts(client)
        self._books: dict[_BookKey, _Page] = {}

    def lease(
        self, round_id: str, *, limit: int, lease_s: float, take_over: bool = True, urgent_only: bool = False
    ) -> list[Lease]:
        """Lease up to ``limit`` sites; those whose lease expired come first, then by priority.

        After an outage of Redis all leases look expired until their holders have renewed them: without
        ``take_over`` they are left alone. ``urgent_only``: orders with a priority above 0 only.
        """
        names = (
            "orders",
            "queued",
            "leases",
            "owners",
            "flight",
            "fence",
            "starts",
            "vantages",
            "left",
            "totals",
            "resting",
        )
        keys = RoundKeys(round_id)
        args: list[Argument] = [limit, milliseconds(lease_s), int(take_over), keys.due(), int(urgent_only)]
        answer = self._scripts.run("frontier_lease", keys.named(*names), args)
        return [
            Lease(order=msgspec.json.decode(text, type=WorkOrder), token=int(token)) for token, text in paired(answer)
        ]

    def renew(self, round_id: str, held: Iterable[tuple[Lease, int]], *, lease_s: float) -> set[Lease]:
        """Prolong leases and report the requests in flight under each; returns those that are lost."""
        held = list(held)
        args = flat((lease.order.code, lease.token, flight) for lease, flight in held)
        keys = RoundKeys(round_id).named("leases", "owners", "flight")
        tokens = set(map(int, self._scripts.run("frontier_renew", keys, [milliseconds(lease_s), *args])))
        lost = {lease for lease, _ in held if lease.token in tokens}
        self._close(lost)
        return lost

    def release(self, round_id: str, held: Iterable[Lease]) -> None:
        """Give leases back before they expire; nothing can be settled under them any more."""
        held = list(held)
        args = flat((lease.order.code, lease.token) for lease in held)
        keys = RoundKeys(round_id).named("leases", "owners", "flight", "queued")
        self._scripts.run("frontier_release", keys, args)
        self._close(held)

    def defer(self, round_id: str, held: Iterable[tuple[Lease, float]]) -> None:
        """Give leases back; nobody leases the sites before so many seconds are over, or :meth:`reconsider`."""
        held = list(held)
        args = flat((lease.order.code, lease.token, milliseconds(wait_s)) for lease, wait_s in held)
        self._scripts.run("frontier_defer", RoundKeys(round_id).named("leases", "owners", "flight", "resting"), args)
        self._close(lease for lease, _ in held)

    def reconsider(self, round_id: str) -> None:
        """Crawl windows have changed: sites that wait for theirs may be leased, and deferred, anew."""
        key = RoundKeys(round_id)["resting"]
        with redis_errors():
            self._client.zunionstore(key, {key: 0})

    def open(self, lease: Lease) -> SiteWork:
        """Load what is left of a site; from now on older tokens are refused. :class:`Conflict` if ours is old."""
        answer = self._scripts.run("frontier_open", _site_keys(lease), [lease.token])
        if answer is None:
            raise Conflict(_lost(lease))
        memo, seen, segments, ended = answer
        book, tasks = TaskBook.load(_by_name(segments), _by_name(ended))
        self._books[_key(lease)] = _Page(book)
        starts = range(0, len(seen), FINGERPRINT_BYTES)
        return SiteWork(tasks=tasks, seen={seen[start : start + FINGERPRINT_BYTES] for start in starts}, memo=memo)

    def settle(self, lease: Lease, step: Step) -> Balance:
        """Write a step of the crawl; :class:`Conflict` if the site was taken over (then nothing is written).

        Safe to repeat with the same step when the answer got lost.
        """
        page = self._books.get(_key(lease))
        if page is None:
            raise Conflict(_lost(lease))
        if page.number != step.number:
            page.number, page.args = step.number, _settling(lease, step, page.book)
        answer = self._scripts.run("frontier_settle", _site_keys(lease), page.args)
        if answer is None:
            self._close([lease])
            raise Conflict(_lost(lease))
        counts = numbers(paired(answer))
        added, stored = counts.pop("added"), counts.pop("stored")
        given_up = {name.removeprefix(GIVEN_UP): number for name, number in counts.items()}
        return Balance(left=added - stored - counts.total(), added=added, stored=stored, given_up=given_up)

    def crawled(self, lease: Lease, balance: Balance) -> bool:
        """End the lease of a site with nothing left; returns whether the site is complete, probes included."""
        names = ("leases", "owners", "flight", "crawled", "ending", "left", "totals")
        args: list[Argument] = [lease.order.code, lease.token, balance.added, balance.stored]
        args += flat(balance.given_up.items())
        state = self._scripts.run("frontier_crawled", RoundKeys(lease.order.round_id).named(*names), args)
        self._close([lease])
        if state < 0:
            raise Conflict(_lost(lease))
        return bool(state)

    def complete(self, round_id: str) -> list[str]:
        """Codes of sites that are complete and wait for being marked so in MongoDB."""
        with redis_errors():
            return sorted(code.decode() for code in self._client.smembers(RoundKeys(round_id)["ending"]))

    def finish(self, round_id: str, codes: Sequence[str]) -> int:
        """After MongoDB knows: mark complete sites done and free their keys; returns how many were new. Idempotent."""
        with redis_errors():
            pipe = self._client.pipeline(transaction=False)
            for code in codes:
                pipe.unlink(*SiteKeys(round_id, code).all())
            pipe.execute()
        names = ("ending", "done", "orders", "starts", "left")
        return int(self._scripts.run("frontier_finish", RoundKeys(round_id).named(*names), codes))

    def _close(self, leases: Iterable[Lease]) -> None:
        """Nothing can be settled under these leases any more."""
        for lease in leases:
            self._books.pop(_key(lease), None)

    def has_work(self, round_id: str) -> bool:
        """Whether any site of the round is not done."""
        with redis_errors():
            return bool(self._client.hlen(RoundKeys(round_id)["orders"]))


def _by_name(fields: Sequence[bytes]) -> dict[str, bytes]:
    return {name.decode(): value for name, value in paired(fields)}


def _key(lease: Lease) -> _BookKey:
    return lease.order.round_id, lease.order.code, lease.token


def _settling(lease: Lease, step: Step, book: TaskBook) -> list[Argument]:
    """Arguments of the script. Requests that are changed move to the new segment: neither added nor ended."""
    new = sum(key not in book for key in step.added)
    over = sum(key in book for key in step.stored)
    ended = book.end([*step.stored, *step.added])
    segments = book.add(f"{lease.token}.{step.number}", step.added)
    return [
        lease.token,
        step.number,
        step.memo,
        step.seen,
        step.passed + new,
        step.passed + over,
        len(step.given_up),
        len(segments),
        *flat(step.given_up.items()),
        *flat((segment.name, segment.text) for segment in segments),
        *flat((each.name, each.places, int(each.all)) for each in ended),
    ]


def _site_keys(lease: Lease) -> list[str]:
    return SiteKeys(lease.order.round_id, lease.order.code).all()


def _lost(lease: Lease) -> str:
    return f"网站 {lease.order.code} 的抓取已由其他进程接手"
