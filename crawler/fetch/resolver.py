"""Names become addresses that may be visited.

The addresses checked here are those that the client then connects to, so a DNS answer cannot change in between.
Odd spellings of literal addresses (``127.1``, ``0x7f000001``, ``2130706433``) come here too, as names, and come out
as what they mean.
"""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

from crawler.fetch.network import Reach
from crawler.fetch.policy import AddressPolicy, AddressRefused

_CACHE_SECONDS = 60.0
_CACHE_SIZE = 50_000
_THREADS = 64
"""Lookups at the same time. A dead name server holds one up for tens of seconds; others must not wait behind it."""
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})

_Key = tuple[str, socket.AddressFamily]


class GuardedResolver(AbstractResolver):
    """Resolves names to allowed addresses only. Lives on one event loop.

    ``.localhost`` is this machine and ``.invalid`` never exists (RFC 6761), both without asking anybody. Concurrent
    questions for one name are one lookup. Addresses are kept for a minute; failures are not: who asks again after a
    pause wants to know again. ``reach`` learns from each lookup whether name servers can be reached at all.
    """

    def __init__(self, policy: AddressPolicy) -> None:
        self._policy = policy
        self._cache: dict[_Key, tuple[float, list[str]]] = {}
        self._pending: dict[_Key, asyncio.Task[list[str]]] = {}
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="dns")
        self.reach = Reach()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Allowed addresses of a name; :class:`AddressRefused` where it has others only, ``gaierror`` for none."""
        found = await self._addresses(host.rstrip(".").lower(), family)
        allowed = [address for address in found if self._policy.allows(address)]
        if not allowed:
            raise AddressRefused(f"the address policy does not allow {', '.join(found)}, where {host} leads")
        return [_result(host, port, address) for address in allowed]

    def only_address(self, host: str) -> str | None:
        """The address of a host that was looked up and has one only."""
        name = host.rstrip(".").lower()
        if name == "localhost" or name.endswith(".localhost"):
            return "127.0.0.1"
        _, known = self._cache.get((name, socket.AF_UNSPEC), (0.0, [name] if _is_literal(name) else []))
        return known[0] if len(known) == 1 else None

    async def close(self) -> None:
        """Lookups under way are left to end by themselves."""
        for task in self._pending.values():
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _addresses(self, name: str, family: socket.AddressFamily) -> list[str]:
        if name == "localhost" or name.endswith(".localhost"):
            return ["::1" if family == socket.AF_INET6 else "127.0.0.1"]
        if name == "invalid" or name.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        key = (name, family)
        known = self._cache.get(key)
        if known is not None and known[0] > asyncio.get_running_loop().time():
            return known[1]
        if key not in self._pending:
            self._pending[key] = asyncio.create_task(self._look_up(key))
            self._pending[key].add_done_callback(lambda task: self._looked_up(key, task))
        return await asyncio.shield(self._pending[key])

    async def _look_up(self, key: _Key) -> list[str]:
        name, family = key
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(
                self._threads, lambda: socket.getaddrinfo(name, None, family, socket.SOCK_STREAM)
            )
        except socket.gaierror as error:
            if error.errno in _NO_SUCH_NAME:
                self.reach.came_through(loop.time())
            raise
        self.reach.came_through(loop.time())
        addresses = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
        if len(self._cache) >= _CACHE_SIZE:
            del self._cache[next(iter(self._cache))]
        self._cache[key] = (loop.time() + _CACHE_SECONDS, addresses)
        return addresses

    def _looked_up(self, key: _Key, task: asyncio.Task[list[str]]) -> None:
        self._pending.pop(key, None)
        with suppress(asyncio.CancelledError):
            task.exception()  # seen, whether or not anybody still waits for it


@lru_cache(_CACHE_SIZE)
def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _result(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)
