"""Lua scripts of this package and the one place where failures of Redis become :class:`StoreUnavailable`."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, TypeAlias

from redis import Redis
from redis.exceptions import RedisError

from inspection.errors import StoreUnavailable

Argument: TypeAlias = str | bytes | int | float


def flat(rows: Iterable[tuple[Argument, ...]]) -> list[Argument]:
    """Rows of arguments, one after the other."""
    return [argument for row in rows for argument in row]


@contextmanager
def redis_errors() -> Iterator[None]:
    """Turn what redis-py raises into one line for operators."""
    try:
        yield
    except RedisError as error:
        reason = str(error) or type(error).__name__
        raise StoreUnavailable(
            f"Redis 无法使用（{reason}）；请运行 xuncha stores up 或检查 XUNCHA_REDIS_URL"
        ) from error


class Scripts:
    """Runs scripts of this package by name; each runs atomically."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._registered: dict[str, Any] = {}

    def run(self, name: str, keys: Sequence[str], args: Sequence[Argument]) -> Any:
        """Run ``<name>.lua``; :class:`StoreUnavailable` if Redis cannot."""
        with redis_errors():
            return self.registered(name)(keys=keys, args=args)

    def registered(self, name: str) -> Any:
        """The script as redis-py has it, for use in a pipeline; no request is made."""
        script = self._registered.get(name)
        if script is None:
            text = files("store.redis").joinpath(f"{name}.lua").read_text("utf-8")
            script = self._registered[name] = self._client.register_script(text)
        return script
