"""Which addresses may be visited at all: protection against being led into private networks (SSRF).

Pure rules; :mod:`crawler.fetch.resolver` applies them to names, on the very addresses that are connected to.
"""

import re
import socket
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit, urlunsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_GLOBAL_IPV6 = IPv6Network("2000::/3")
"""What is assigned to the Internet; all other IPv6 is local, embeds IPv4 (mapped, translated, NAT64), or is nothing."""

_REFUSED = tuple(
    ip_network(text)
    for text in (
        "100.64.0.0/10",  # carrier-grade NAT
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "2002::/16",  # 6to4 embeds an IPv4 address
        "2001::/32",  # Teredo does, too
        "3fff::/20",  # documentation
    )
)

# Ports that no browser opens (Fetch standard, "bad ports"): other protocols, which a crafted URL could speak to.
_BAD_PORTS = frozenset(
    (
        *(1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95),
        *(101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179),
        *(389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636),
        *(989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566),
        *(6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
    )
)

_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)$")


_AUTHORITIES = 16_384
"""Hosts with their ports whose judgement is remembered."""


class AddressRefused(OSError):
    """The policy does not allow this address."""


class AddressPolicy:
    """Public addresses and the networks that the operator allows by name, on ports that browsers open.

    ``opted_out`` says why a URL belongs to a site that must be left alone, None where it does not.
    """

    def __init__(
        self, allowed: Iterable[Network] = (), *, opted_out: Callable[[str], str | None] = lambda _: None
    ) -> None:
        self._allowed = tuple(allowed)
        self._opted_out = opted_out
        # Thousands of addresses have few hosts and ports.
        self._objection_to = lru_cache(_AUTHORITIES)(self._judge)

    def allows(self, address: str) -> bool:
        """Whether an IP address in its usual spelling may be visited."""
        try:
            parsed: Address = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
        return _is_within(parsed, self._allowed) or _is_public(parsed)

    def objection(self, url: str) -> str | None:
        """Why a canonical address must not be asked, as far as it shows without DNS. English, for operators."""
        return self._objection_to(_origin(url)) or self._opted_out(url)

    def _judge(self, origin: str) -> str | None:
        parts = urlsplit(origin)
        if parts.port in _BAD_PORTS:
            return f"the address policy does not allow port {parts.port}"
        host = parts.hostname or ""
        try:
            ip_address(host)
        except ValueError:
            return None
        return None if self.allows(host) else f"the address policy does not allow {host}"


def with_plain_host(url: str) -> str | None:
    """The canonical address with a host like ``127.1``, ``0x7f000001`` or ``2130706433`` spelled the usual way.

    As browsers do: a host whose last part is a number is an IPv4 address. None where it is none that exists.
    """
    origin = _origin(url)
    plain = _plain_origin(origin)
    return None if plain is None else plain + url[len(origin) :]


def _origin(url: str) -> str:
    """Scheme, host and port of a canonical address, as it writes them."""
    end = url.find("/", url.find("//") + 2)
    return url if end < 0 else url[:end]


@lru_cache(_AUTHORITIES)
def _plain_origin(origin: str) -> str | None:
    parts = urlsplit(origin)
    host = (parts.hostname or "").rstrip(".")
    if ":" in host or not _ENDS_IN_NUMBER.search(host):
        return origin
    try:
        plain = socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None
    netloc = plain if parts.port is None else f"{plain}:{parts.port}"
    return urlunsplit((parts.scheme, netloc, "", "", ""))


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _GLOBAL_IPV6:
        return False
    return address.is_global and not address.is_multicast and not _is_within(address, _REFUSED)


def _is_within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)
