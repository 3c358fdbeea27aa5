"""The fetcher: one address in, one :class:`FetchResult` out, whatever the web does."""

import asyncio
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from types import SimpleNamespace
from typing import Any

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDictProxy
from yarl import URL

from crawler.fetch.classify import outcome_of_answer, outcome_of_error
from crawler.fetch.decode import BadCoding, decode_body
from crawler.fetch.policy import AddressPolicy, GuardedResolver
from crawler.fetch.result import FetchRequest, FetchResult, Hop
from inspection.observation import FetchOutcome
from inspection.registry.address import canonical, host_of, resolve

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024
_CERTIFICATE_FAULTS = frozenset({FetchOutcome.TLS_EXPIRED, FetchOutcome.TLS_WRONG_HOST, FetchOutcome.TLS_UNTRUSTED})
_ERRORS = (aiohttp.ClientError, HttpProcessingError, OSError, ValueError, asyncio.IncompleteReadError)


class _Progress(SimpleNamespace):
    """How far a fetch has come; filled in as it goes, so that a time-out knows what it interrupted."""

    def __init__(self, url: str) -> None:
        super().__init__(url=url, connected=False, hops=[], cookies={}, first_byte_s=None, address=None, notes=[])


class Fetcher:
    """Fetches addresses over HTTP and HTTPS. Lives on one event loop; :meth:`close` when done.

    Sends no cookies from one fetch to the next, keeps connections alive, and reads at most what is asked for.
    How many fetches run at the same time is the caller's business: waiting for a connection would falsify times.
    """

    def __init__(self, policy: AddressPolicy, *, user_agent: str, tls_lenient: bool = True) -> None:
        self._policy = policy
        self._tls_lenient = tls_lenient
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        }
        self._session: aiohttp.ClientSession | None = None
        self._verified = _tls_context(verify=True)
        self._unverified = _tls_context(verify=False)

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Fetch one address, redirects included. Never raises for anything the web does."""
        started_at = datetime.now(UTC)
        loop = asyncio.get_running_loop()
        start = loop.time()
        progress = _Progress(request.url)
        try:
            async with asyncio.timeout(request.timeout_s):
                partial = await self._follow(request, progress, start)
        except TimeoutError:
            outcome = FetchOutcome.READ_TIMEOUT if progress.connected else FetchOutcome.CONNECT_TIMEOUT
            partial = {"outcome": outcome, "detail": f"no complete answer within {request.timeout_s:g} s"}
        except _ERRORS as error:
            partial = {"outcome": outcome_of_error(error), "detail": f"{type(error).__name__}: {error}"[:300]}
        notes = [text for text in (partial.pop("detail", ""), *progress.notes) if text]
        return FetchResult(
            url=request.url,
            final_url=progress.url,
            method=request.method,
            started_at=started_at,
            elapsed_s=round(loop.time() - start, 4),
            redirects=tuple(progress.hops),
            first_byte_s=progress.first_byte_s,
            address=progress.address,
            detail="; ".join(notes),
            **partial,
        )

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _follow(self, request: FetchRequest, progress: _Progress, start: float) -> dict[str, Any]:
        """Ask, and go where redirects lead."""
        url = canonical(request.url)
        if url is None:
            return {"outcome": FetchOutcome.BAD_URL, "detail": "not an http or https address"}
        seen: set[tuple[str, str]] = set()
        while True:
            progress.url = url
            if self._policy.refuses_literal(url):
                return {"outcome": FetchOutcome.NOT_ALLOWED, "detail": "the address policy does not allow this address"}
            answer, target = await self._ask(request, url, progress, start)
            if target is None:
                return answer
            state = (target, str(sorted(progress.cookies.items())))
            if state in seen or len(progress.hops) > request.max_redirects:
                return {**answer, "outcome": FetchOutcome.TOO_MANY_REDIRECTS, "body": b""}
            seen.add(state)
            url = target

    async def _ask(
        self, request: FetchRequest, url: str, progress: _Progress, start: float
    ) -> tuple[dict[str, Any], str | None]:
        """One request; the answer's fields, and where it redirects to."""
        try:
            return await self._ask_once(request, url, progress, start, self._verified)
        except aiohttp.ClientConnectorCertificateError as error:
            outcome = outcome_of_error(error)
            if not self._tls_lenient or outcome not in _CERTIFICATE_FAULTS:
                raise
            progress.notes.append(f"certificate fault: {outcome}")
            return await self._ask_once(request, url, progress, start, self._unverified)

    async def _ask_once(
        self, request: FetchRequest, url: str, progress: _Progress, start: float, tls: ssl.SSLContext
    ) -> tuple[dict[str, Any], str | None]:
        headers = {**self._headers, **request.headers}
        cookies = progress.cookies.get(host_of(url))
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        async with self._opened().request(
            request.method, _as_is(url), headers=headers, allow_redirects=False, ssl=tls, trace_request_ctx=progress
        ) as answer:
            progress.first_byte_s = round(asyncio.get_running_loop().time() - start, 4)
            progress.address = _peer(answer)
            _keep_cookies(answer, progress, url)
            target = _redirect_target(answer, url)
            if target is not None and request.max_redirects > 0:
                progress.hops.append(Hop(url=url, status=answer.status, location=target))
                return {"status": answer.status, "headers": _headers(answer.headers)}, target
            return await self._read(request, answer), None

    async def _read(self, request: FetchRequest, answer: aiohttp.ClientResponse) -> dict[str, Any]:
        raw, truncated, damage = await _read_body(answer, request.max_body_bytes)
        try:
            body = decode_body(raw, answer.headers.get("Content-Encoding", ""), request.max_body_bytes)
        except BadCoding as error:
            body, damage = raw, f"bad content coding: {error}"
        truncated = truncated or len(body) > request.max_body_bytes
        body = body[: request.max_body_bytes]
        outcome = outcome_of_answer(answer.status, body, method=request.method)
        if damage and not body:
            outcome = FetchOutcome.MALFORMED_ANSWER
        if truncated and not request.accept_truncated and outcome is FetchOutcome.OK:
            outcome = FetchOutcome.BODY_TOO_LARGE
        return {
            "outcome": outcome,
            "status": answer.status,
            "headers": _headers(answer.headers),
            "body": body,
            "truncated": truncated,
            "detail": damage,
        }

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            tracing = aiohttp.TraceConfig()
            tracing.on_connection_create_end.append(_note_connected)
            tracing.on_connection_reuseconn.append(_note_connected)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=GuardedResolver(self._policy),
                    use_dns_cache=False,
                    limit=0,
                    limit_per_host=0,
                    keepalive_timeout=10,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                auto_decompress=False,
                trace_configs=[tracing],
                max_line_size=16 * 1024,
                max_field_size=32 * 1024,
            )
        return self._session


async def _note_connected(_session: object, context: Any, _params: object) -> None:
    context.trace_request_ctx.connected = True


async def _read_body(answer: aiohttp.ClientResponse, limit: int) -> tuple[bytes, bool, str]:
    """(body, whether it goes on behind ``limit``, what was wrong with its end)."""
    parts: list[bytes] = []
    size = 0
    try:
        async for part in answer.content.iter_chunked(_CHUNK):
            parts.append(part)
            size += len(part)
            if size > limit:
                answer.close()
                return b"".join(parts)[:limit], True, ""
    except (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError, HttpProcessingError, OSError) as error:
        if not parts:
            raise
        # Browsers show what has arrived of an answer with a wrong length or a cut end; so do we.
        return b"".join(parts), False, f"incomplete body: {type(error).__name__}"
    return b"".join(parts), False, ""


def _redirect_target(answer: aiohttp.ClientResponse, url: str) -> str | None:
    """Absolute target of a redirect; None where the answer is none or names no usable target."""
    if answer.status not in _REDIRECTS:
        return None
    raw = next((value for name, value in answer.raw_headers if name.lower() == b"location"), b"")
    for charset in ("utf-8", "gb18030", "latin-1"):
        with suppress(UnicodeDecodeError):
            return resolve(url, raw.decode(charset)) if raw else None
    return None


def _keep_cookies(answer: aiohttp.ClientResponse, progress: _Progress, url: str) -> None:
    """Cookies live within one fetch: some sites set one and redirect to the same address until it is sent."""
    for header in answer.headers.getall("Set-Cookie", []):
        with suppress(CookieError):
            jar = progress.cookies.setdefault(host_of(url), {})
            jar.update({name: morsel.value for name, morsel in SimpleCookie(header).items()})


def _peer(answer: aiohttp.ClientResponse) -> str | None:
    transport = answer.connection.transport if answer.connection is not None else None
    peer = transport.get_extra_info("peername") if transport is not None else None
    return str(peer[0]) if peer else None


def _headers(headers: CIMultiDictProxy[str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _as_is(url: str) -> URL:
    """The canonical address, not encoded once more."""
    return URL(url, encoded=True)


def _tls_context(*, verify: bool) -> ssl.SSLContext:
    """TLS as lenient as old servers need: the finding about an old protocol is not the fetcher's to make."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
