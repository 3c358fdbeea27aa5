"""Which worker may ask which machine: one at a time, so that the allowance of a machine is kept by whoever holds it."""

from collections.abc import Sequence
from typing import NamedTuple

from redis import Redis

from store.redis.frontier_scripts import Scripts, milliseconds
from store.redis.keys import ALLOWANCES


class Renewed(NamedTuple):
    """Claims that another worker has taken over, and those that others wait for."""

    lost: list[str]
    asked: list[str]


class RedisAllowances:
    """Claims of one worker, ``worker`` being a name that no other has. They serve all rounds."""

    def __init__(self, client: Redis, *, worker: str) -> None:
        self._scripts = Scripts(client)
        self._worker = worker

    def claim(self, names: Sequence[str], *, lease_s: float) -> list[str]:
        """Claim machines; returns those that are ours now. For the others we queue while we keep asking."""
        answer = self._scripts.run("allowance_claim", ALLOWANCES, [self._worker, milliseconds(lease_s), *names])
        return [name.decode() for name in answer]

    def renew(self, names: Sequence[str], *, lease_s: float) -> Renewed:
        """Prolong claims."""
        lost, asked = self._scripts.run("allowance_renew", ALLOWANCES, [self._worker, milliseconds(lease_s), *names])
        return Renewed([name.decode() for name in lost], [name.decode() for name in asked])

    def give_back(self, names: Sequence[str]) -> None:
        """End claims; those that we do not hold are left alone."""
        self._scripts.run("allowance_return", ALLOWANCES, [self._worker, *names])
