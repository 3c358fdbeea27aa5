"""Checks of external link targets, shared by all sites of a round: a target is asked for once, not per site.

Who is about to check a target claims it; the others wait for the result. A claim names its worker, and all claims of
one worker in a round end together when it is not heard of for the time of a lease: one renewal serves any number.
"""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Any

from redis import Redis

from store.redis.frontier_scripts import Argument, Scripts, milliseconds, redis_errors
from store.redis.keys import RoundKeys


class Claim(Enum):
    """Whose a target is that has no result."""

    OURS = auto()
    THEIRS = auto()


class RedisLinkTargets:
    """Last check of each external target of a round, by fingerprint, and who is about to check it.

    The value is the caller's JSON; ``worker`` is a name that no other has.
    """

    def __init__(self, client: Redis, *, worker: str) -> None:
        self._client: Any = client
        self._scripts = Scripts(client)
        self._worker = worker

    def claim(
        self,
        round_id: str,
        fingerprints: Sequence[bytes],
        *,
        lease_s: float,
        take_over: bool = True,
        anew: bool = False,
    ) -> list[bytes | Claim]:
        """The stored checks, in order; what has none is claimed unless another worker has a claim that lives.

        After an outage of Redis all claims look lapsed until their holders have renewed them: without ``take_over``
        they are left alone. With ``anew`` stored checks do not count.
        """
        if not fingerprints:
            return []
        keys = RoundKeys(round_id).named("targets", "checking", "checkers")
        args: list[Argument] = [self._worker, milliseconds(lease_s), int(take_over), int(anew), *fingerprints]
        answers = self._scripts.run("target_claim", keys, args)
        return [answer if isinstance(answer, bytes) else Claim.OURS if answer else Claim.THEIRS for answer in answers]

    def put(self, round_id: str, checks: Mapping[bytes, bytes]) -> None:
        """Store checks, which ends the claims; a later one replaces an earlier one."""
        if not checks:
            return
        keys = RoundKeys(round_id)
        with redis_errors():
            pipe = self._client.pipeline()
            pipe.hset(keys["targets"], mapping=dict(checks))
            pipe.hdel(keys["checking"], *checks)
            pipe.execute()

    def release(self, round_id: str, fingerprints: Sequence[bytes]) -> None:
        """End claims of ours that brought no result to share: others may check for themselves. Idempotent."""
        self._scripts.run("target_release", RoundKeys(round_id).named("checking"), [self._worker, *fingerprints])

    def renew(self, round_id: str, *, lease_s: float) -> None:
        """Prolong all our claims."""
        self._scripts.run("target_renew", RoundKeys(round_id).named("checkers"), [self._worker, milliseconds(lease_s)])

    def leave(self, round_id: str) -> None:
        """End all our claims at once."""
        with redis_errors():
            self._client.zrem(RoundKeys(round_id)["checkers"], self._worker)
