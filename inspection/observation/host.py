"""A site's host as the network shows it: its addresses, whether it answers over IPv6 and HTTPS, its certificate."""

from datetime import datetime

import msgspec

from inspection.observation.outcome import FetchOutcome


class CertificateSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The certificate that a host showed, valid or not. ``names`` are those that it is made for; times are in UTC."""

    names: tuple[str, ...]
    issuer: str
    not_before: datetime
    not_after: datetime
    protocol: str


class HostSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One look at the host of a home page.

    ``over_ipv6`` is the outcome of asking for the home page over IPv6: ``DNS_ERROR`` where the name has no IPv6 address
    (``ipv6`` is then empty), ``OUR_NETWORK_DOWN`` where we have no IPv6 ourselves. ``https`` is that of a TLS
    connection on the usual port (or that of the home page), with the fault of the certificate where it has one.
    """

    host: str
    observed_at: datetime
    over_ipv6: FetchOutcome
    https: FetchOutcome
    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    certificate: CertificateSeen | None = None
    detail: str = ""
