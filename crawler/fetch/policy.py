"""Which addresses may be visited at all: protection against being led into private networks (SSRF).

Literal addresses are checked before a request; names are checked when they are resolved, on the very addresses
that are then connected to, so that a DNS answer cannot change in between. Each redirect is a request of its own.
"""

import asyncio
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NEVER_GLOBAL = tuple(
    ip_network(text)
    for text in (
        "100.64.0.0/10",  # carrier-grade NAT
        "64:ff9b::/96",  # NAT64 leads to any IPv4 address
        "64:ff9b:1::/48",
        "2002::/16",  # 6to4 embeds an IPv4 address
        "fec0::/10",  # site-local, deprecated
    )
)
_CACHE_SECONDS = 60.0
_CACHE_SIZE = 50_000


class AddressRefused(OSError):
    """The policy does not allow this address."""


class AddressPolicy:
    """Public addresses, and the networks that the operator allows by name."""

    def __init__(self, allowed: Iterable[Network] = ()) -> None:
        self._allowed = tuple(allowed)

    def allows(self, address: str) -> bool:
        """Whether an IP address in its usual spelling may be visited."""
        try:
            parsed: Address = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
        if any(parsed in network for network in self._allowed if network.version == parsed.version):
            return True
        refused = any(parsed in network for network in _NEVER_GLOBAL if network.version == parsed.version)
        return parsed.is_global and not parsed.is_multicast and not refused

    def refuses_literal(self, url: str) -> bool:
        """Whether the host of a URL is a literal IP address that must not be visited."""
        host = urlsplit(url).hostname or ""
        try:
            ip_address(host)
        except ValueError:
            return False
        return not self.allows(host)


class GuardedResolver(AbstractResolver):
    """Resolves names to allowed addresses only.

    ``.localhost`` is this machine and ``.invalid`` never exists (RFC 6761), both without asking anybody.
    """

    def __init__(self, policy: AddressPolicy) -> None:
        self._policy = policy
        self._cache: dict[tuple[str, int], tuple[float, list[str]]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Allowed addresses of a name; :class:`AddressRefused` where it has others only, ``gaierror`` for none."""
        found = await self._addresses(host, family)
        allowed = [address for address in found if self._policy.allows(address)]
        if not allowed:
            raise AddressRefused(f"{host} leads to {', '.join(found)}, which the address policy does not allow")
        return [_result(host, port, address) for address in allowed]

    async def close(self) -> None:
        """Nothing is held open."""

    async def _addresses(self, host: str, family: socket.AddressFamily) -> list[str]:
        name = host.rstrip(".").lower()
        if name == "localhost" or name.endswith(".localhost"):
            return ["127.0.0.1"]
        if name == "invalid" or name.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        loop = asyncio.get_running_loop()
        known = self._cache.get((name, family))
        if known is not None and known[0] > loop.time():
            return known[1]
        answers = await loop.getaddrinfo(name, None, type=socket.SOCK_STREAM, family=family)
        addresses = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
        if len(self._cache) >= _CACHE_SIZE:
            del self._cache[next(iter(self._cache))]
        self._cache[name, family] = (loop.time() + _CACHE_SECONDS, addresses)
        return addresses


def _result(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)
