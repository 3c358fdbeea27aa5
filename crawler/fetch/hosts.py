"""One look at a host: its addresses, its home page over IPv6, its certificate. Under the fetcher's address policy."""

import asyncio
import socket
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from crawler.fetch.classify import is_temporary, outcome_of_error
from crawler.fetch.fetcher import Fetcher
from crawler.fetch.place import Place
from crawler.fetch.policy import AddressRefused
from crawler.fetch.result import FetchRequest
from crawler.fetch.tls import Shown, tls_context
from inspection.observation import FetchOutcome
from inspection.observation.host import CertificateSeen, HostSeen
from inspection.registry.address import host_of

_HTTPS = 443
_HEARD = frozenset({FetchOutcome.OK, FetchOutcome.EMPTY_PAGE})
_BODY_BYTES = 256 * 1024
_CONTROLS_AGAIN_S = 300.0
_CERTIFICATE_FAULTS = frozenset({FetchOutcome.TLS_EXPIRED, FetchOutcome.TLS_WRONG_HOST, FetchOutcome.TLS_UNTRUSTED})


class HostLook:
    """Looks at hosts. ``over_ipv6`` is a fetcher that knows no other family; both belong to the caller.

    ``controls`` are addresses of sites known to have IPv6: only where some host's has been seen does it mean anything
    that another has none, since there are name servers that leave IPv6 addresses out. ``pause_s`` lies between a
    failed try of HTTPS and the second. ``shown`` is told of every certificate.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        over_ipv6: Fetcher,
        *,
        timeout_s: float,
        controls: Iterable[str] = (),
        pause_s: float = 2.0,
        shown: Shown | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._over_ipv6 = over_ipv6
        self._timeout_s = timeout_s
        self._controls = [host_of(url) for url in controls]
        self._controls_asked_at: float | None = None
        self._has_seen_ipv6 = False
        self._pause_s = pause_s
        self._shown = shown

    @cached_property
    def _verified(self) -> ssl.SSLContext:
        return tls_context(verify=True, shown=self._shown)

    @cached_property
    def _unverified(self) -> ssl.SSLContext:
        return tls_context(verify=False, shown=self._shown)

    async def look(self, url: str, place: Place | None = None) -> HostSeen:
        """Look at the host of a home page, from a place there. Takes up to three time-outs.

        Never raises for anything the web does.
        """
        at = datetime.now(UTC)
        host = host_of(url)
        ipv4, _ = await self._addresses(host, socket.AF_INET)
        ipv6, found = await self._addresses(host, socket.AF_INET6)
        https, certificate = await self._secured(url, host, (*ipv4, *ipv6))
        if ipv6:
            outcome, detail = await self._home_over_ipv6(url, place)
        elif found is FetchOutcome.DNS_ERROR and not await self._sees_ipv6():
            outcome, detail = FetchOutcome.OUR_NETWORK_DOWN, "no IPv6 address of any host has been seen yet"
        else:
            outcome, detail = found, ""
        return HostSeen(
            host=host,
            observed_at=at,
            over_ipv6=outcome,
            https=https,
            ipv4=ipv4,
            ipv6=ipv6,
            certificate=certificate,
            detail=detail,
        )

    async def _addresses(self, host: str, family: socket.AddressFamily) -> tuple[tuple[str, ...], FetchOutcome]:
        """Allowed addresses of one family; without any, why."""
        is_ipv6 = family == socket.AF_INET6
        try:
            async with asyncio.timeout(self._timeout_s):
                found = tuple(await self._fetcher.addresses(host, family))
            self._has_seen_ipv6 |= is_ipv6
            return found, FetchOutcome.OK
        except AddressRefused:
            self._has_seen_ipv6 |= is_ipv6
            return (), FetchOutcome.NOT_ALLOWED
        except socket.gaierror as error:
            return (), FetchOutcome.OUR_NETWORK_DOWN if is_temporary(error) else FetchOutcome.DNS_ERROR
        except (TimeoutError, OSError, ValueError):
            return (), FetchOutcome.OUR_NETWORK_DOWN

    async def _sees_ipv6(self) -> bool:
        """Whether IPv6 addresses can be seen from here at all; the controls are asked again now and then."""
        now = asyncio.get_running_loop().time()
        due = self._controls_asked_at is None or now - self._controls_asked_at > _CONTROLS_AGAIN_S
        if not self._has_seen_ipv6 and due:
            self._controls_asked_at = now
            for host in self._controls:
                await self._addresses(host, socket.AF_INET6)
        return self._has_seen_ipv6

    async def _home_over_ipv6(self, url: str, place: Place | None) -> tuple[FetchOutcome, str]:
        """The home page over IPv6, twice where it fails; a failure counts only where others were heard over IPv6."""
        request = FetchRequest(
            url=url,
            timeout_s=self._timeout_s,
            max_body_bytes=_BODY_BYTES,
            accept_truncated=True,
            max_redirects=5,
            place=place,
        )
        result = await self._over_ipv6.fetch(request)
        if result.outcome not in _HEARD:
            result = await self._over_ipv6.fetch(request)
        if result.outcome not in _HEARD and not self._over_ipv6.has_heard_anybody:
            return FetchOutcome.OUR_NETWORK_DOWN, f"nobody has answered over IPv6 yet; {result.detail}"
        return result.outcome, result.detail

    async def _secured(
        self, url: str, host: str, addresses: tuple[str, ...]
    ) -> tuple[FetchOutcome, CertificateSeen | None]:
        """Twice where it fails, the second time at another address of the same family if there is one."""
        if not addresses:
            return FetchOutcome.DNS_ERROR, None
        first, *others = addresses
        parts = urlsplit(url)
        port = parts.port or _HTTPS if parts.scheme == "https" else _HTTPS
        seen = await self._secured_at(first, port, host)
        if seen[0] is FetchOutcome.OK or seen[0] in _CERTIFICATE_FAULTS:
            return seen
        await asyncio.sleep(self._pause_s)
        other = next((address for address in others if (":" in address) == (":" in first)), first)
        return await self._secured_at(other, port, host)

    async def _secured_at(self, address: str, port: int, host: str) -> tuple[FetchOutcome, CertificateSeen | None]:
        try:
            return FetchOutcome.OK, await self._certificate(address, port, host, self._verified)
        except ssl.SSLCertVerificationError as error:
            fault = outcome_of_error(error)
        except TimeoutError:
            return FetchOutcome.CONNECT_TIMEOUT, None
        except (OSError, ValueError) as error:
            return outcome_of_error(error), None
        try:
            return fault, await self._certificate(address, port, host, self._unverified)
        except (TimeoutError, OSError, ValueError):
            return fault, None

    async def _certificate(self, address: str, port: int, host: str, tls: ssl.SSLContext) -> CertificateSeen | None:
        async with asyncio.timeout(self._timeout_s):
            _, writer = await asyncio.open_connection(address, port, ssl=tls, server_hostname=host)
        try:
            secured: ssl.SSLObject = writer.get_extra_info("ssl_object")
            encoded = secured.getpeercert(binary_form=True)
            return None if encoded is None else _read(encoded, secured.version() or "")
        finally:
            writer.transport.abort()


def _read(encoded: bytes, protocol: str) -> CertificateSeen | None:
    """What a certificate says; None where it is beyond reading."""
    try:
        found = x509.load_der_x509_certificate(encoded)
        return CertificateSeen(
            names=_names(found),
            issuer=found.issuer.rfc4514_string(),
            not_before=found.not_valid_before_utc,
            not_after=found.not_valid_after_utc,
            protocol=protocol,
        )
    except ValueError:
        return None


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
    except x509.ExtensionNotFound:
        return ()
    assert isinstance(extension.value, x509.SubjectAlternativeName)  # by its number
    return tuple(map(str, extension.value.get_values_for_type(x509.DNSName)))
