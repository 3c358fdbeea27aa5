"""Checks of external link targets, shared by all sites of a round: a target is asked for once, not per site."""

from collections.abc import Mapping, Sequence
from typing import Any

from redis import Redis

from store.redis.frontier_scripts import redis_errors
from store.redis.keys import RoundKeys


class RedisLinkTargets:
    """Last check of each external target of a round, by fingerprint; the value is the caller's JSON."""

    def __init__(self, client: Redis) -> None:
        self._client: Any = client

    def find(self, round_id: str, fingerprints: Sequence[bytes]) -> list[bytes | None]:
        """The stored checks, in order; None where there is none."""
        if not fingerprints:
            return []
        with redis_errors():
            return list(self._client.hmget(RoundKeys(round_id)["targets"], list(fingerprints)))

    def put(self, round_id: str, checks: Mapping[bytes, bytes]) -> None:
        """Store checks; a later one replaces an earlier one."""
        if checks:
            with redis_errors():
                self._client.hset(RoundKeys(round_id)["targets"], mapping=dict(checks))
