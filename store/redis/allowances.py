"""Which worker may ask which machine: one at a time, so that the allowance of a machine is kept by whoever holds it.

Machines go by an address. Those that show the same certificate, and those with one address, are joined: all workers
hear that of the very scripts that let them claim.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from redis import Redis

from store.redis.frontier_scripts import Scripts, flat, milliseconds, paired
from store.redis.keys import ALLOWANCES

_REMEMBERED_S = 30 * 24 * 3600
"""So long after the last one joined machines are known as such; workers that see them so report it again."""


class Claimed(NamedTuple):
    """Machines that are ours now, and those that are part of another one, which is to be claimed instead."""

    ours: list[str]
    moved: dict[str, str]


class Renewed(NamedTuple):
    """Claims that another worker has taken over, those that others wait for, and those that are part of another."""

    lost: list[str]
    asked: list[str]
    moved: dict[str, str]


class RedisAllowances:
    """Claims of one worker, ``worker`` being a name that no other has. They serve all rounds."""

    def __init__(self, client: Redis, *, worker: str) -> None:
        self._scripts = Scripts(client, prelude="allowances")
        self._worker = worker

    def claim(self, names: Sequence[str], *, lease_s: float) -> Claimed:
        """Claim machines. For those that others hold we queue while we keep asking."""
        ours, moved = self._scripts.run("allowance_claim", ALLOWANCES, [self._worker, milliseconds(lease_s), *names])
        return Claimed(_names(ours), _moved(moved))

    def renew(self, names: Sequence[str], *, lease_s: float) -> Renewed:
        """Prolong claims."""
        answer = self._scripts.run("allowance_renew", ALLOWANCES, [self._worker, milliseconds(lease_s), *names])
        lost, asked, moved = answer
        return Renewed(_names(lost), _names(asked), _moved(moved))

    def join(self, shown: Iterable[tuple[str, str]], *, most: int) -> int:
        """Machines and the certificates that they show, by names: those that show one certificate become one machine.

        Unless it had more than ``most`` addresses. Returns how many became part of another. Idempotent.
        """
        return int(self._scripts.run("allowance_join", ALLOWANCES, [most, _REMEMBERED_S, *flat(shown)]))

    def give_back(self, names: Sequence[str]) -> None:
        """End claims; those that we do not hold are left alone."""
        self._scripts.run("allowance_return", ALLOWANCES, [self._worker, *names])


def _names(answer: Sequence[bytes]) -> list[str]:
    return [name.decode() for name in answer]


def _moved(answer: Sequence[bytes]) -> dict[str, str]:
    return {name.decode(): whole.decode() for name, whole in paired(answer)}
