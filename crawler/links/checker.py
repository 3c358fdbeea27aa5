"""Checks one link target, with patience: only what stays dead is called dead."""

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from crawler.extract import likeness_of_absent
from crawler.fetch import FetchRequest, FetchResult
from crawler.fetch.place import PausablePlace
from crawler.fetch.retry_after import retry_after_s
from crawler.links.attachments import FIRST_BYTES, attachment_type, resource_type
from crawler.links.judging import IN_DOUBT, Judged, Link, Step, judge
from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, LinkSource, LinkTry
from inspection.observation.site import LinkDefect
from inspection.registry.address import SiteScope, canonical, host_of, scheme_of

_PAGE_BYTES = 256 * 1024
_BEGINNING_BYTES = 32 * 1024
_WEB = frozenset({"http", "https"})
_LONGEST_WAIT_S = 30.0
"""A server that asks for more patience is not asked again."""

_TIMED_OUT = frozenset({FetchOutcome.READ_TIMEOUT, FetchOutcome.CONNECT_TIMEOUT})
_ASK_LIKE_A_BROWSER = frozenset({401, 403, 405, 406, 412, 429, 451, 501, 503, 999})
_BROWSER_HEADERS = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36",
    "Upgrade-Insecure-Requests": "1",
}


class Fetches(Protocol):
    """What a link check needs of the fetcher."""

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Fetch one address; never raises for anything the web does."""
        ...


class LinkChecker:
    """Checks link targets with one fetcher.

    A target of the site's own is read (up to 256 KB), so that pages that only say "not found" and detours to the
    home page are seen; of others outside gov.cn the beginning is read (32 KB), the rest is asked for its head first.
    ``retry_pause_s`` lies between tries of what failed; others have its place at the host meanwhile. Targets that
    match one of ``exclude``, and without ``external`` those of other sites, are not asked at all.
    """

    def __init__(
        self,
        fetcher: Fetches,
        *,
        retry_pause_s: float = 5.0,
        timeout_s: float = 15.0,
        exclude: Iterable[re.Pattern[str]] = (),
        external: bool = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._fetcher = fetcher
        self._retry_pause_s = retry_pause_s
        self._timeout_s = timeout_s
        self._exclude = tuple(exclude)
        self._external = external
        self._now = now

    async def absent(self, url: str, *, scope: SiteScope, place: PausablePlace | None = None) -> bytes | None:
        """What a site shows for ``url``, at which it cannot have anything: the likeness of that page.

        None where it does not answer with a page of its own, as it ought to. Never raises for anything the web does.
        """
        if self._without_request(url, internal=True) is not None:
            return None
        request = FetchRequest(
            url=url, timeout_s=self._timeout_s, max_body_bytes=_PAGE_BYTES, accept_truncated=True, place=place
        )
        result = await self._fetcher.fetch(request)
        is_own = scope.contains(result.final_url) and not scope.is_home(result.final_url)
        if result.outcome is not FetchOutcome.OK or result.truncated or not is_own:
            return None
        content_type = result.headers.get("content-type", "")
        return await asyncio.to_thread(likeness_of_absent, result.body, result.final_url, content_type)

    async def check(
        self,
        url: str,
        *,
        source: LinkSource,
        internal: bool,
        scope: SiteScope,
        place: PausablePlace | None = None,
        absent: Callable[[], bytes | None] = lambda: None,
    ) -> LinkSeen:
        """The state of ``url``, which stands at ``source``. Never raises for anything the web does.

        ``absent`` tells what :meth:`absent` has found out about the site, if anything.
        """
        unrequested = self._without_request(url, internal)
        if unrequested is not None:
            return self._seen(url, source, internal, unrequested, [])
        link = Link(url, source, internal, scope, absent)
        tries: list[FetchResult] = []
        judged = IN_DOUBT
        for step, request in self._requests(url, internal, source, place):
            wait_s = self._wait_s(step, tries)
            if wait_s is None:
                continue
            if wait_s:
                tries = [_without_page(result) for result in tries]
                await _pause(wait_s, url, place)
            tries.append(await self._fetcher.fetch(request))
            judged = await judge(link, tries, step)
            if judged.outcome is not LinkOutcome.UNDETERMINED:
                break
        return self._seen(url, source, internal, judged, tries)

    def _without_request(self, url: str, internal: bool) -> Judged | None:
        if canonical(url) is None:
            scheme = scheme_of(url)
            if scheme is not None and scheme not in _WEB:
                return Judged(LinkOutcome.UNSUPPORTED, detail=f"scheme {scheme}")
            return Judged(LinkOutcome.BROKEN, LinkDefect.MALFORMED, "not a valid address")
        if not internal and not self._external:
            return Judged(LinkOutcome.EXCLUDED, detail="links to other sites are not checked")
        if any(pattern.search(url) for pattern in self._exclude):
            return Judged(LinkOutcome.EXCLUDED, detail="excluded by setting")
        return None

    def _requests(
        self, url: str, internal: bool, source: LinkSource, place: PausablePlace | None
    ) -> Iterator[tuple[Step, FetchRequest]]:
        """What is asked, in order; later ones only where earlier ones leave doubt."""
        is_file = attachment_type(url) is not None or resource_type(url) is not None
        get = FetchRequest(
            url=url,
            timeout_s=self._timeout_s,
            max_body_bytes=FIRST_BYTES if is_file else _PAGE_BYTES if internal else _BEGINNING_BYTES,
            accept_truncated=True,
            headers={"Referer": source.page} if canonical(source.page) is not None else {},
            place=place,
        )
        if not (internal or attachment_type(url) is not None or _must_be_read(url, source)):
            yield Step.HEAD, msgspec.structs.replace(get, method="HEAD")
        yield Step.GET, get
        yield Step.LIKE_A_BROWSER, msgspec.structs.replace(get, headers={**get.headers, **_BROWSER_HEADERS})
        yield Step.AGAIN, get

    def _wait_s(self, step: Step, tries: list[FetchResult]) -> float | None:
        """Seconds until the next request; None where it could say no more than the last answer did."""
        if not tries:
            return 0.0
        last = tries[-1]
        asked_for = retry_after_s(last.headers.get("retry-after", ""), self._now())
        if step is Step.LIKE_A_BROWSER:
            return 0.0 if last.status in _ASK_LIKE_A_BROWSER and asked_for is None else None
        if last.outcome in _TIMED_OUT:
            return None
        if step is Step.GET:
            return 0.0
        wait_s = max(self._retry_pause_s, asked_for or 0.0)
        return wait_s if wait_s <= max(_LONGEST_WAIT_S, self._retry_pause_s) else None

    def _seen(
        self,
        url: str,
        source: LinkSource,
        internal: bool,
        judged: Judged,
        tries: list[FetchResult],
    ) -> LinkSeen:
        last = tries[-1] if tries else None
        return LinkSeen(
            url=url,
            internal=internal,
            outcome=judged.outcome,
            reason=last.outcome if last is not None else _reason_without_request(judged),
            source=source,
            checked_at=last.started_at if last is not None else self._now(),
            defect=judged.defect,
            status=last.status if last is not None else None,
            final_url=last.final_url if last is not None else None,
            tries=tuple(_try(result) for result in tries),
            title=judged.title,
            detail=judged.detail or (last.detail if last is not None else ""),
        )


async def _pause(wait_s: float, url: str, place: PausablePlace | None) -> None:
    """Wait, while others may ask the host."""
    if place is None:
        await asyncio.sleep(wait_s)
    else:
        await place.rest(wait_s, host_of(url))


def _without_page(result: FetchResult) -> FetchResult:
    """What later answers are compared with: the first bytes of a file. Pages need not be held through a pause."""
    return msgspec.structs.replace(result, body=result.body[:FIRST_BYTES])


def _must_be_read(url: str, source: LinkSource) -> bool:
    """Whether what stands behind an external link matters: domains that lapse are taken over by others.

    Those under gov.cn cannot be bought; what a page embeds is no place to go to.
    """
    return source.element in ("a", "area", "iframe") and not host_of(url).endswith(".gov.cn")


def _reason_without_request(judged: Judged) -> FetchOutcome:
    return FetchOutcome.NOT_ALLOWED if judged.outcome is LinkOutcome.EXCLUDED else FetchOutcome.BAD_URL


def _try(result: FetchResult) -> LinkTry:
    return LinkTry(
        at=result.started_at,
        method=result.method,
        outcome=result.outcome,
        status=result.status,
        elapsed_s=result.elapsed_s,
    )
