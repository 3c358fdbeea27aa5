"""The global brake: while it is on, no worker starts a request of any round, and nothing queued is lost."""

from datetime import datetime
from typing import Any

import msgspec
from redis import Redis

from store.redis.frontier_scripts import redis_errors
from store.redis.keys import BRAKE


class Brake(msgspec.Struct, frozen=True, kw_only=True):
    """Why and since when all crawling is halted."""

    reason: str
    since: datetime


class RedisBrake:
    """Pulled by operators, looked at by every worker about once a second."""

    def __init__(self, client: Redis) -> None:
        self._client: Any = client

    def pull(self, *, reason: str, at: datetime) -> Brake:
        """Halt all crawling; one that is halted already keeps its first reason and time."""
        brake = Brake(reason=reason, since=at)
        with redis_errors():
            self._client.set(BRAKE, msgspec.json.encode(brake), nx=True)
        return self.find() or brake

    def release(self) -> bool:
        """Let crawling go on; returns whether it was halted."""
        with redis_errors():
            return bool(self._client.delete(BRAKE))

    def find(self) -> Brake | None:
        """The brake while it is on."""
        with redis_errors():
            text = self._client.get(BRAKE)
        return None if text is None else msgspec.json.decode(text, type=Brake)
