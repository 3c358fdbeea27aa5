"""What is asked of the fetcher and what it answers. An answer is always a value, never an exception."""

from datetime import datetime

import msgspec

from crawler.fetch.place import Place
from inspection.observation import FetchOutcome


class FetchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One address to fetch. ``timeout_s`` bounds everything together, redirects included.

    A body longer than ``max_body_bytes`` is cut there: ``FetchResult.truncated`` where
    ``accept_truncated`` is set, :attr:`FetchOutcome.BODY_TOO_LARGE` otherwise. ``content`` is sent along; a redirect
    turns such a request into a GET without it, unless it is a 307 or 308. Of a body longer than ``kept_bytes`` only
    the beginning is kept, though all of it is waited for: what is timed need not be held. Before a host is asked
    ``place`` is moved there; the time that takes is nobody's.
    """

    url: str
    method: str = "GET"
    timeout_s: float = 15.0
    max_body_bytes: int = 5 * 1024 * 1024
    accept_truncated: bool = False
    kept_bytes: int | None = None
    max_redirects: int = 10
    headers: dict[str, str] = {}
    content: bytes = b""
    place: Place | None = None


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """One redirect: the address that redirected, its status and the absolute target."""

    url: str
    status: int
    location: str


class FetchResult(msgspec.Struct, frozen=True, kw_only=True):
    """How the request ended. ``headers`` have lower-case names; ``body`` is decoded from its transfer coding.

    ``temporary`` marks a DNS error that is no "does not exist": the name servers gave no usable answer, and a later
    one may be better. ``address`` is the IP address spoken to, None where there was no connection. ``detail`` is a
    short English explanation for operators.
    """

    url: str
    final_url: str
    method: str
    outcome: FetchOutcome
    started_at: datetime
    elapsed_s: float
    status: int | None = None
    headers: dict[str, str] = {}
    body: bytes = b""
    truncated: bool = False
    redirects: tuple[Hop, ...] = ()
    first_byte_s: float | None = None
    address: str | None = None
    detail: str = ""
    temporary: bool = False
