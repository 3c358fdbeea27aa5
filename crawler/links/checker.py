"""Checks one link target, with patience: only what stays dead is called dead."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum, auto

import msgspec

from crawler.extract import is_soft_404
from crawler.fetch import FetchRequest, FetchResult
from crawler.fetch.fetcher import Fetcher
from crawler.links.attachments import FIRST_BYTES, attachment_fault, attachment_type
from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, LinkSource, LinkTry
from inspection.observation.site import LinkDefect
from inspection.registry.address import SiteScope, canonical, scheme_of

_PAGE_BYTES = 256 * 1024
_WEB = frozenset({"http", "https"})

_DEAD = frozenset({FetchOutcome.NOT_FOUND, FetchOutcome.DNS_ERROR, FetchOutcome.CONNECT_REFUSED})
"""Outcomes that make a link dead when they repeat; all other failures stay suspected."""

_ASK_LIKE_A_BROWSER = frozenset({401, 403, 405, 406, 412, 429, 451, 501, 503, 999})
_BROWSER_HEADERS = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36",
    "Upgrade-Insecure-Requests": "1",
}


class _Step(Enum):
    """The questions a check asks, each only where the one before left doubt."""

    HEAD = auto()
    GET = auto()
    LIKE_A_BROWSER = auto()
    AGAIN = auto()


class _Judged(msgspec.Struct, frozen=True):
    """What one answer means for the link."""

    outcome: LinkOutcome
    defect: LinkDefect | None = None
    detail: str = ""


class LinkChecker:
    """Checks link targets with one fetcher.

    A target of the site's own is read (up to 256 KB), so that pages that only say "not found" and detours to the
    home page are seen; others are asked for their head first. ``retry_pause_s`` lies between tries of what failed.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        retry_pause_s: float = 5.0,
        timeout_s: float = 15.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._fetcher = fetcher
        self._retry_pause_s = retry_pause_s
        self._timeout_s = timeout_s
        self._now = now

    async def check(self, url: str, *, source: LinkSource, internal: bool, scope: SiteScope) -> LinkSeen:
        """The state of ``url``, which stands at ``source``. Never raises for anything the web does."""
        unrequested = self._without_request(url)
        if unrequested is not None:
            return self._seen(url, source, internal, unrequested, [])
        tries: list[FetchResult] = []
        judged = _Judged(LinkOutcome.UNDETERMINED)
        for step, request in self._requests(url, internal, source):
            if tries and not _is_worth_asking(step, tries[-1]):
                continue
            if step is _Step.AGAIN:
                await asyncio.sleep(self._retry_pause_s)
            tries.append(await self._fetcher.fetch(request))
            # Some answers are parsed to be judged, which must not hold up those that others are timed by.
            judged = await asyncio.to_thread(_judge, url, tries[-1], step, internal, scope)
            if judged.outcome is not LinkOutcome.UNDETERMINED:
                break
        return self._seen(url, source, internal, judged, tries)

    def _without_request(self, url: str) -> _Judged | None:
        if canonical(url) is not None:
            return None
        scheme = scheme_of(url)
        if scheme is not None and scheme not in _WEB:
            return _Judged(LinkOutcome.UNSUPPORTED, detail=f"scheme {scheme}")
        return _Judged(LinkOutcome.BROKEN, LinkDefect.MALFORMED, "not a valid address")

    def _requests(self, url: str, internal: bool, source: LinkSource) -> list[tuple[_Step, FetchRequest]]:
        """What is asked, in order; later ones only where earlier ones leave doubt."""
        get = FetchRequest(
            url=url,
            timeout_s=self._timeout_s,
            max_body_bytes=_PAGE_BYTES if internal and attachment_type(url) is None else FIRST_BYTES,
            accept_truncated=True,
            headers={"Referer": source.page} if source.page else {},
        )
        steps = [
            (_Step.GET, get),
            (_Step.LIKE_A_BROWSER, msgspec.structs.replace(get, headers={**get.headers, **_BROWSER_HEADERS})),
            (_Step.AGAIN, get),
        ]
        if internal or attachment_type(url) is not None:
            return steps
        return [(_Step.HEAD, msgspec.structs.replace(get, method="HEAD")), *steps]

    def _seen(
        self,
        url: str,
        source: LinkSource,
        internal: bool,
        judged: _Judged,
        tries: list[FetchResult],
    ) -> LinkSeen:
        last = tries[-1] if tries else None
        return LinkSeen(
            url=url,
            internal=internal,
            outcome=judged.outcome,
            reason=last.outcome if last is not None else FetchOutcome.BAD_URL,
            source=source,
            checked_at=last.started_at if last is not None else self._now(),
            defect=judged.defect,
            status=last.status if last is not None else None,
            final_url=last.final_url if last is not None else None,
            tries=tuple(_try(result) for result in tries),
            detail=judged.detail or (last.detail if last is not None else ""),
        )


def _is_worth_asking(step: _Step, last: FetchResult) -> bool:
    """Whether the next request can say more than the last answer did."""
    if step is _Step.LIKE_A_BROWSER:
        return last.status in _ASK_LIKE_A_BROWSER
    return last.outcome not in (FetchOutcome.READ_TIMEOUT, FetchOutcome.CONNECT_TIMEOUT)


def _judge(url: str, last: FetchResult, step: _Step, internal: bool, scope: SiteScope) -> _Judged:
    if last.outcome is FetchOutcome.NOT_ALLOWED:
        return _Judged(LinkOutcome.EXCLUDED, detail=last.detail)
    if last.outcome is FetchOutcome.BAD_URL:
        return _Judged(LinkOutcome.BROKEN, LinkDefect.MALFORMED, last.detail)
    if last.outcome in _DEAD and step is _Step.AGAIN:
        return _Judged(LinkOutcome.BROKEN, LinkDefect.DEAD)
    if last.outcome is FetchOutcome.EMPTY_PAGE and attachment_type(url) is not None:
        return _Judged(LinkOutcome.BROKEN, LinkDefect.BAD_ATTACHMENT, "the file is empty")
    if last.outcome is not FetchOutcome.OK:
        return _Judged(LinkOutcome.UNDETERMINED)
    return _judge_answer(url, last, internal, scope)


def _judge_answer(url: str, last: FetchResult, internal: bool, scope: SiteScope) -> _Judged:
    """A good answer may still be the wrong one."""
    type_ = attachment_type(url)
    if type_ is not None and last.method != "HEAD":
        fault = attachment_fault(last.body, type_)
        if fault is not None:
            return _Judged(LinkOutcome.BROKEN, LinkDefect.BAD_ATTACHMENT, fault)
    if internal and last.final_url != last.url and scope.is_home(last.final_url) and not scope.is_home(url):
        return _Judged(LinkOutcome.BROKEN, LinkDefect.REDIRECT_HOME, "redirected to the home page")
    if internal and type_ is None and is_soft_404(last.body, last.final_url, last.headers.get("content-type", "")):
        return _Judged(LinkOutcome.BROKEN, LinkDefect.SOFT_404, "the page says that it does not exist")
    return _Judged(LinkOutcome.OK)


def _try(result: FetchResult) -> LinkTry:
    return LinkTry(
        at=result.started_at,
        method=result.method,
        outcome=result.outcome,
        status=result.status,
        elapsed_s=result.elapsed_s,
    )
