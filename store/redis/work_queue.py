"""The leased work queue as those see it who put work in and read progress."""

import zlib
from collections.abc import Sequence
from typing import Any

import msgspec
from redis import Redis

from inspection.ports import RoundProgress, StaleWork, WorkOrder
from store.redis.frontier_scripts import Scripts, batches, flat, numbers, redis_errors
from store.redis.keys import ROUNDS, RoundKeys, SiteKeys

_BY_VANTAGE = "probes_left:"


class RedisWorkQueue:
    """:class:`inspection.ports.WorkQueue` over Redis; see :class:`store.redis.keys.RoundKeys` for the states."""

    def __init__(self, client: Redis) -> None:
        self._client: Any = client
        self._scripts = Scripts(client)

    def submit(self, orders: Sequence[WorkOrder]) -> int:
        """Queue orders that are neither queued, leased nor done; returns how many were new. Idempotent."""
        return self._submit(orders, also_done=False)

    def resubmit(self, orders: Sequence[WorkOrder]) -> int:
        """Queue orders whose completion was lost (done in Redis but not finished in MongoDB)."""
        return self._submit(orders, also_done=True)

    def rounds(self) -> list[str]:
        """Rounds that have work, by id."""
        with redis_errors():
            return sorted(name.decode() for name in self._client.smembers(ROUNDS))

    def progress(self, round_id: str) -> RoundProgress:
        """Live counters; ``leased`` are sites being worked on, ``probes_due`` the probes still to come of these.

        Sites that wait for their crawl window are queued.
        """
        keys = RoundKeys(round_id)
        with redis_errors():
            pipe = self._client.pipeline(transaction=False)
            pipe.zcard(keys["queued"])
            pipe.zcard(keys["resting"])
            pipe.zcard(keys["leases"])
            pipe.scard(keys["crawled"])
            pipe.scard(keys["ending"])
            pipe.scard(keys["done"])
            pipe.hvals(keys["flight"])
            pipe.hgetall(keys["totals"])
            queued, resting, leases, crawled, ending, done, flight, totals = pipe.execute()
            waiting = self._requests_waiting(round_id)
        in_flight = min(sum(map(int, flight)), waiting)
        return RoundProgress(
            queued=queued + resting,
            leased=leases + crawled + ending,
            done=done,
            requests_queued=waiting - in_flight,
            requests_in_flight=in_flight,
            probes_due=int(totals.get(b"probes_left", 0)),
            probes_due_by_vantage={
                name.decode().removeprefix(_BY_VANTAGE): int(number)
                for name, number in sorted(totals.items())
                if name.decode().startswith(_BY_VANTAGE)
            },
        )

    def stale(self, *, over_s: float) -> list[StaleWork]:
        """By the time of Redis, by which leases expire."""
        found = []
        for round_id in self.rounds():
            keys = RoundKeys(round_id)
            with redis_errors():
                vantages = [name.decode() for name in self._client.smembers(keys["vantages"])]
                seconds, micros = self._client.time()
                last = (seconds - over_s) * 1000 + micros // 1000
                sites = self._client.zcount(keys["leases"], "-inf", last)
                probes = sum(self._client.zcount(keys.claims(name), "-inf", last) for name in vantages)
            if sites or probes:
                found.append(StaleWork(round_id=round_id, sites=sites, probes=probes))
        return found

    def drop_round(self, round_id: str) -> None:
        """Free all keys of a closed round."""
        keys = RoundKeys(round_id)
        with redis_errors():
            self._client.srem(ROUNDS, round_id)
            for codes in batches(self._client.hkeys(keys["orders"])):
                pipe = self._client.pipeline(transaction=False)
                for code in codes:
                    pipe.unlink(*SiteKeys(round_id, code.decode()).all())
                pipe.execute()
            vantages = [name.decode() for name in self._client.smembers(keys["vantages"])]
            probes = [name for vantage in vantages for name in (keys.due(vantage), keys.claims(vantage))]
            self._client.unlink(*keys.named(*RoundKeys.NAMES), *probes)

    def _submit(self, orders: Sequence[WorkOrder], *, also_done: bool) -> int:
        new = 0
        by_round: dict[str, list[WorkOrder]] = {}
        for order in orders:
            by_round.setdefault(order.round_id, []).append(order)
        for round_id, members in by_round.items():
            keys = RoundKeys(round_id).named("orders", "queued", "done")
            for batch in batches(members):
                args = flat((order.code, _rank(order), msgspec.json.encode(order)) for order in batch)
                new += self._scripts.run("work_queue_submit", keys, ["1" if also_done else "0", *args])
            with redis_errors():
                self._client.sadd(ROUNDS, round_id)
        return new

    def _requests_waiting(self, round_id: str) -> int:
        """Requests not stored yet, of sites that have been leased and are not crawled."""
        keys = RoundKeys(round_id)
        pipe = self._client.pipeline(transaction=False)
        pipe.hkeys(keys["starts"])
        pipe.smembers(keys["crawled"])
        pipe.smembers(keys["ending"])
        started, *crawled = pipe.execute()
        for code in set(started).difference(*crawled):
            pipe.hgetall(SiteKeys(round_id, code.decode()).counts)
        counts = [numbers(found.items()) for found in pipe.execute()]
        return sum(2 * each["added"] - each.total() for each in counts)  # added without what was stored or given up


def _rank(order: WorkOrder) -> float:
    """Place in the queue: higher priority first; within one, shuffled, so that neighbours in the code,
    which often share a platform, are not crawled at the same time."""
    return -order.priority + zlib.crc32(order.code.encode()) / 2**32
