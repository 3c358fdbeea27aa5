"""TLS as lenient as old servers need: the finding about an old protocol is not the fetcher's to make.

TLS 1.0 and later, short keys and old ciphers (``SECLEVEL=0``: OpenSSL 3 speaks TLS 1.0 on no higher level) and
servers without secure renegotiation. What a browser of today refuses for its age can so still be read and judged;
whether a certificate is valid, trusted and made for the host is verified all the same.
"""

import ssl
from collections.abc import Callable

Shown = Callable[[str, bytes], None]
"""Told of the certificate of every connection made: the name asked for, the certificate (DER)."""


def tls_context(*, verify: bool, shown: Shown | None = None) -> ssl.SSLContext:
    """A client context; without ``verify`` any certificate will do. ``shown`` hears once per connection."""
    context = ssl.create_default_context() if verify else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    # Python 3.13 checks the form of certificates more strictly than any browser does.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if shown is not None:
        context.sslobject_class = _telling(shown)
    return context


def _telling(shown: Shown) -> type[ssl.SSLObject]:
    class Telling(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()  # raises until the handshake is over
            certificate = self.getpeercert(binary_form=True)
            if certificate and self.server_hostname:
                shown(self.server_hostname, certificate)

    return Telling
