"""Lua scripts of this package and the one place where failures of Redis become :class:`StoreUnavailable`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from redis import Redis
from redis.exceptions import RedisError

from inspection.errors import StoreUnavailable

Argument: TypeAlias = str | bytes | int | float
Item = TypeVar("Item")
_BATCH = 500


def flat(rows: Iterable[tuple[Argument, ...]]) -> list[Argument]:
    """Rows of arguments, one after the other."""
    return [argument for row in rows for argument in row]


def paired(row: Sequence[Any]) -> Iterable[tuple[Any, Any]]:
    """Names and values, or the like, that an answer gives in turn; the inverse of :func:`flat`."""
    return zip(row[::2], row[1::2], strict=True)


def numbers(fields: Iterable[tuple[bytes, bytes]]) -> Counter[str]:
    """The fields of a hash of numbers."""
    return Counter({name.decode(): int(value) for name, value in fields})


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Items in lists short enough for one script or pipeline."""
    left = iter(items)
    while batch := list(islice(left, _BATCH)):
        yield batch


def milliseconds(seconds: float) -> int:
    """A span of time as scripts take it: at least one millisecond."""
    return max(1, round(seconds * 1000))


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
    """Runs scripts of this package by name; each runs atomically, behind the text of ``prelude`` if there is one."""

    def __init__(self, client: Redis, *, prelude: str = "") -> None:
        self._client = client
        self._prelude = prelude
        self._registered: dict[str, Any] = {}

    def run(self, name: str, keys: Sequence[str], args: Sequence[Argument]) -> Any:
        """Run ``<name>.lua``; :class:`StoreUnavailable` if Redis cannot."""
        with redis_errors():
            return self.registered(name)(keys=keys, args=args)

    def registered(self, name: str) -> Any:
        """The script as redis-py has it, for use in a pipeline; no request is made."""
        script = self._registered.get(name)
        if script is None:
            parts = [part for part in (self._prelude, name) if part]
            text = "\n".join(files("store.redis").joinpath(f"{part}.lua").read_text("utf-8") for part in parts)
            script = self._registered[name] = self._client.register_script(text)
        return script
