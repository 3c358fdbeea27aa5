"""The fetcher: one address in, one :class:`FetchResult` out, whatever the web does."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import aiohttp
import msgspec
from aiohttp.http_exceptions import HttpProcessingError

from crawler.fetch.answers import REDIRECTS, Answer, read_answer
from crawler.fetch.asking import Asker
from crawler.fetch.classify import is_temporary, outcome_of_answer, outcome_of_error
from crawler.fetch.decode import BadCoding, decode_body
from crawler.fetch.network import Reach
from crawler.fetch.noted import PROGRESS, NotedConnector, NotedResolver, Progress
from crawler.fetch.plain import PlainRequest, ask_plainly
from crawler.fetch.policy import AddressPolicy, with_plain_host
from crawler.fetch.resolver import GuardedResolver
from crawler.fetch.result import FetchRequest, FetchResult, Hop
from crawler.fetch.retry_after import retry_after_s
from crawler.fetch.robots import Robots, RobotsMode
from crawler.fetch.sockets import Sockets
from crawler.fetch.tls import Shown, tls_context
from inspection.observation import FetchOutcome
from inspection.registry.address import canonical, host_of

logger = logging.getLogger(__name__)

ROBOTS_AGENT = "Xuncha"
"""The name that robots.txt may address us by."""

_CERTIFICATE_FAULTS = frozenset({FetchOutcome.TLS_EXPIRED, FetchOutcome.TLS_WRONG_HOST, FetchOutcome.TLS_UNTRUSTED})
_HEARD_SOMEBODY = frozenset({FetchOutcome.CONNECT_REFUSED, FetchOutcome.CONNECTION_RESET, *_CERTIFICATE_FAULTS})
_DETAIL_LENGTH = 300
_WEB_ERRORS = (aiohttp.ClientError, HttpProcessingError, OSError, ValueError, asyncio.IncompleteReadError)

Heard = Callable[[str, int, float, float | None], None]
"""Told of every answer: host, status, seconds from the request to the first byte, seconds that Retry-After asks for."""

_Fields = dict[str, Any]
"""Some of the fields of a :class:`FetchResult`."""


class Fetcher:
    """Fetches addresses over HTTP and HTTPS. Lives on one event loop; :meth:`close` when done.

    Sends no cookies from one fetch to the next, keeps connections alive, and reads at most what is asked for.
    How many fetches run at the same time is the caller's business: waiting for a connection would falsify times.
    With ``tls_lenient`` a page behind a bad certificate is read all the same, and ``detail`` names the fault.
    ``heard`` is told of every answer, redirects included; ``shown`` of every certificate.
    ``family`` bounds the addresses to IPv4 or IPv6; ``has_heard_anybody``: some server has answered since the start.
    """

    def __init__(
        self,
        policy: AddressPolicy,
        *,
        user_agent: str,
        tls_lenient: bool = True,
        robots: RobotsMode = RobotsMode.IGNORE,
        family: socket.AddressFamily = socket.AF_UNSPEC,
        heard: Heard | None = None,
        shown: Shown | None = None,
    ) -> None:
        self._policy = policy
        self._heard = heard
        self._family = family
        self._tls_lenient = tls_lenient
        self._robots_mode = robots
        self._robots = Robots(ask=self._fetch_without_robots, agent=ROBOTS_AGENT)
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        }
        self.has_heard_anybody = False
        self._asker: Asker | None = None
        self._sockets = Sockets()
        self._resolver = GuardedResolver(policy)
        self._reach = Reach()
        self._shown = shown

    @cached_property
    def _verified(self) -> ssl.SSLContext:
        return tls_context(verify=True, shown=self._shown)  # when first wanted: authorities take their time to load

    @cached_property
    def _unverified(self) -> ssl.SSLContext:
        return tls_context(verify=False, shown=self._shown)

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Fetch one address, redirects included. Never raises for anything the web does."""
        return await self._fetch(request, robots=self._robots_mode)

    async def addresses(self, host: str, family: socket.AddressFamily) -> list[str]:
        """Allowed addresses of a host; ``AddressRefused`` where it has others only, ``socket.gaierror`` for none."""
        return [found["host"] for found in await self._resolver.resolve(host.strip("[]"), family=family)]

    async def close(self) -> None:
        """Close all connections."""
        if self._asker is not None:
            await self._asker.close()
            self._asker = None
        await self._resolver.close()
        await self._sockets.close()

    async def _fetch_without_robots(self, request: FetchRequest) -> FetchResult:
        return await self._fetch(request, robots=RobotsMode.IGNORE)

    async def _fetch(self, request: FetchRequest, *, robots: RobotsMode) -> FetchResult:
        started_at = datetime.now(UTC)
        loop = asyncio.get_running_loop()
        progress = Progress(request.url, loop.time())
        try:
            async with asyncio.timeout(request.timeout_s) as budget:
                fields = await self._follow(request, progress, robots, budget)
        except TimeoutError:
            fields = self._timed_out(request, progress)
        except _WEB_ERRORS as error:
            fields = self._failed(error)
        except Exception as error:
            # A fault of ours, or one of a library that hostile input woke: a worker must not stop, nor a site pay.
            logger.exception("抓取 %s 时程序出错", request.url)
            fields = {"outcome": FetchOutcome.OUR_NETWORK_DOWN, "detail": f"internal error: {type(error).__name__}"}
        if progress.status is not None or fields["outcome"] in _HEARD_SOMEBODY:
            self._reach.came_through(loop.time())
            self.has_heard_anybody = True
        return FetchResult(
            url=request.url,
            final_url=progress.url,
            method=request.method,
            started_at=started_at,
            elapsed_s=round(loop.time() - progress.start, 4),
            redirects=tuple(progress.hops),
            first_byte_s=progress.first_byte_s,
            address=progress.address,
            detail=_joined(fields.pop("detail", ""), *progress.notes),
            **fields,
        )

    def _timed_out(self, request: FetchRequest, progress: Progress) -> _Fields:
        limit = f"within {request.timeout_s:g} s"
        if progress.resolving:
            works = self._resolver.reach.works(asyncio.get_running_loop().time())
            outcome = FetchOutcome.DNS_ERROR if works else FetchOutcome.OUR_NETWORK_DOWN
            return {"outcome": outcome, "temporary": True, "detail": f"the name servers did not answer {limit}"}
        if not progress.connected:
            return {"outcome": FetchOutcome.CONNECT_TIMEOUT, "detail": f"no connection {limit}"}
        what = "no answer" if progress.status is None else f"status {progress.status}, but no complete body"
        return {"outcome": FetchOutcome.READ_TIMEOUT, "detail": f"{what} {limit}"}

    def _failed(self, error: Exception) -> _Fields:
        now = asyncio.get_running_loop().time()
        outcome = outcome_of_error(
            error, names_work=self._resolver.reach.works(now), network_works=self._reach.works(now)
        )
        return {"outcome": outcome, "temporary": is_temporary(error), "detail": f"{type(error).__name__}: {error}"}

    async def _follow(
        self, request: FetchRequest, progress: Progress, robots: RobotsMode, budget: asyncio.Timeout
    ) -> _Fields:
        """Ask, and go where redirects lead."""
        target = canonical(request.url)
        if target is None:
            return {"outcome": FetchOutcome.BAD_URL, "detail": "not an http or https address"}
        seen: set[tuple[str, str]] = set()
        while True:
            url = with_plain_host(target)
            if url is None:
                return {"outcome": FetchOutcome.BAD_URL, "detail": "not an IP address that exists"}
            progress.url, progress.status, progress.address = url, None, None
            refusal = await self._refusal(request, url, progress, robots, budget)
            if refusal is not None:
                return refusal
            answer, target = await self._ask(request, url, progress)
            if target is None:
                return answer
            request = _redirected(request, answer["status"])
            state = (target, str(sorted(progress.cookies.items())))
            if state in seen or len(progress.hops) > request.max_redirects:
                return {**answer, "outcome": FetchOutcome.TOO_MANY_REDIRECTS}
            seen.add(state)

    async def _refusal(
        self, request: FetchRequest, url: str, progress: Progress, robots: RobotsMode, budget: asyncio.Timeout
    ) -> _Fields | None:
        """Why this address is not asked."""
        objection = self._policy.objection(url)
        if objection is None and request.place is not None and request.place.host != host_of(url):
            with _time_off(progress, budget):
                has_room = await request.place.move_to(host_of(url))
            if not has_room:
                return {"outcome": FetchOutcome.RATE_LIMITED, "detail": f"{host_of(url)} had no room for a request"}
        objection = objection or await self._objection_of_robots(url, progress, robots, budget)
        return None if objection is None else {"outcome": FetchOutcome.NOT_ALLOWED, "detail": objection}

    async def _objection_of_robots(
        self, url: str, progress: Progress, mode: RobotsMode, budget: asyncio.Timeout
    ) -> str | None:
        """What robots.txt has against the address. Reading it takes nothing off the site's time."""
        if mode is RobotsMode.IGNORE:
            return None
        with _time_off(progress, budget):
            allowed = await self._robots.allows(url)
        if allowed:
            return None
        if mode is RobotsMode.OBEY:
            return "robots.txt does not allow this address"
        progress.notes.append("robots.txt does not allow this address")
        return None

    async def _ask(self, request: FetchRequest, url: str, progress: Progress) -> tuple[_Fields, str | None]:
        """One request; the answer's fields, and where it redirects to."""
        host = host_of(url)
        jar = progress.cookies.setdefault(host, {})
        answer = await self._ask_leniently(request, url, progress, jar)
        progress.status = answer.status
        headers = answer.headers
        if self._heard is not None:
            asked_for = headers.get("retry-after", "")
            wait_s = retry_after_s(asked_for, datetime.now(UTC)) if asked_for else None
            self._heard(host, answer.status, progress.answered_s, wait_s)
        progress.address = progress.address or self._resolver.only_address(host)
        jar.update(answer.cookies)
        target = answer.redirect_target(url)
        if target is not None:
            progress.hops.append(Hop(url=url, status=answer.status, location=target))
            return {"status": answer.status, "headers": headers}, target
        return _judged(request, answer, headers), None

    async def _ask_leniently(self, request: FetchRequest, url: str, progress: Progress, jar: dict[str, str]) -> Answer:
        """Once more without regard to a bad certificate, where that is wanted."""
        try:
            return await self._ask_patiently(request, url, progress, jar, self._verified)
        except aiohttp.ClientConnectorCertificateError as error:
            outcome = outcome_of_error(error)
            if not self._tls_lenient or outcome not in _CERTIFICATE_FAULTS:
                raise
            progress.notes.append(f"certificate fault: {outcome}")
            return await self._ask_patiently(request, url, progress, jar, self._unverified)

    async def _ask_patiently(
        self, request: FetchRequest, url: str, progress: Progress, jar: dict[str, str], tls: ssl.SSLContext
    ) -> Answer:
        """Once more with the forgiving reader, where the answer is malformed."""
        headers = {**self._headers, **request.headers}
        if jar:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        try:
            return await self._ask_once(request, url, progress, headers, tls)
        except HttpProcessingError as error:
            (first, *_) = await self._resolver.resolve(host_of(url).strip("[]"), family=self._family)
            plain = PlainRequest(
                request.method, url, first["host"], headers, request.max_body_bytes, tls, request.content
            )
            answer = await ask_plainly(plain)
            progress.notes.append(f"malformed answer: {error.message.partition(chr(10))[0]}")
            return answer

    async def _ask_once(
        self, request: FetchRequest, url: str, progress: Progress, headers: dict[str, str], tls: ssl.SSLContext
    ) -> Answer:
        progress.connected = False
        PROGRESS.set(progress)
        began = asyncio.get_running_loop().time()
        exchange = await self._opened().ask(request.method, url, headers, tls=tls, content=request.content)
        try:
            answered = asyncio.get_running_loop().time()
            progress.first_byte_s = round(answered - progress.start, 4)
            progress.answered_s = answered - began
            progress.address, progress.status = exchange.peer, exchange.status
            head = Answer(exchange.status, exchange.raw_headers)
            # The body of a redirect is nobody's business, and may be without end.
            if head.redirect_target(url):
                return head
            return await read_answer(exchange, request.max_body_bytes, _kept_bytes(request))
        finally:
            exchange.end()

    def _opened(self) -> Asker:
        if self._asker is None:
            self._asker = _asker(self._resolver, self._sockets, self._family)
        return self._asker


@contextmanager
def _time_off(progress: Progress, budget: asyncio.Timeout) -> Iterator[None]:
    """What happens within takes nothing off the site's time."""
    loop = asyncio.get_running_loop()
    began, deadline = loop.time(), budget.when()
    budget.reschedule(None)
    try:
        yield
    finally:
        waited = loop.time() - began
        progress.start += waited
        budget.reschedule(None if deadline is None else deadline + waited)


def _redirected(request: FetchRequest, status: int) -> FetchRequest:
    """What is asked of the target: as browsers do, without the content unless the status says to send it again."""
    if status in (307, 308) or not request.content:
        return request
    headers = {name: value for name, value in request.headers.items() if name.lower() != "content-type"}
    return msgspec.structs.replace(request, method="GET", content=b"", headers=headers)


def _kept_bytes(request: FetchRequest) -> int:
    return min(request.max_body_bytes, request.kept_bytes or request.max_body_bytes)


def _judged(request: FetchRequest, answer: Answer, headers: dict[str, str]) -> _Fields:
    """Outcome and content of a complete answer that leads nowhere else."""
    damage, limit = answer.damage, _kept_bytes(request)
    try:
        body = decode_body(answer.body, headers.get("content-encoding", ""), limit)
    except BadCoding as error:
        body, damage = answer.body, f"bad content coding: {error}"
    truncated = answer.truncated or len(body) > limit
    body = body[:limit]
    outcome = outcome_of_answer(answer.status, body, method=request.method)
    if outcome in (FetchOutcome.OK, FetchOutcome.EMPTY_PAGE):
        if answer.is_reset:
            outcome = FetchOutcome.CONNECTION_RESET
        elif damage and not body:
            outcome = FetchOutcome.MALFORMED_ANSWER
        elif truncated and not request.accept_truncated:
            outcome = FetchOutcome.BODY_TOO_LARGE
    if answer.status in REDIRECTS:
        damage = damage or "a redirect that does not say where to"
    return {
        "outcome": outcome,
        "status": answer.status,
        "headers": headers,
        "body": body,
        "truncated": truncated,
        "detail": damage,
    }


def _asker(resolver: GuardedResolver, sockets: Sockets, family: socket.AddressFamily) -> Asker:
    return Asker(
        NotedConnector(
            resolver=NotedResolver(resolver),
            family=family,
            socket_factory=sockets.make,
            use_dns_cache=False,
            limit=0,
            limit_per_host=0,
            keepalive_timeout=10,
        )
    )


def _joined(*texts: str) -> str:
    """Texts as one line that any encoder takes; hostile headers end up in error messages."""
    text = "; ".join(part for part in texts if part)[:_DETAIL_LENGTH]
    return text.encode("utf-8", "replace").decode("utf-8")
