"""What the answers of a link check mean for the link."""

import asyncio
from collections.abc import Callable, Sequence
from enum import Enum, auto

import msgspec

from crawler.extract import Target, glance_at, likeness, read_glanced, read_target
from crawler.fetch import FetchResult
from crawler.links.attachments import attachment_fault, attachment_type, resource_fault, resource_type
from inspection.observation import FetchOutcome, LinkOutcome, LinkSource
from inspection.observation.site import LinkDefect
from inspection.registry.address import SiteScope, canonical

_DEAD = frozenset({FetchOutcome.NOT_FOUND, FetchOutcome.DNS_ERROR, FetchOutcome.CONNECT_REFUSED})
"""Outcomes that make a link dead when they repeat; all other failures stay suspected."""
_HOME_WORDS = frozenset({"首页", "网站首页", "返回首页", "回到首页", "主页", "返回主页", "主站", "门户首页"})


class Step(Enum):
    """The questions a check asks, each only where the one before left doubt."""

    HEAD = auto()
    GET = auto()
    LIKE_A_BROWSER = auto()
    AGAIN = auto()


class Judged(msgspec.Struct, frozen=True):
    """What the answers so far mean for the link. ``outcome`` UNDETERMINED: ask on, if anything is left to ask."""

    outcome: LinkOutcome
    defect: LinkDefect | None = None
    detail: str = ""
    title: str | None = None


class Link(msgspec.Struct, frozen=True):
    """What is checked. ``absent`` tells, once that is known, what the site shows for whatever it does not have."""

    url: str
    source: LinkSource
    internal: bool
    scope: SiteScope
    absent: Callable[[], bytes | None] = lambda: None

    @property
    def is_embedded(self) -> bool:
        """Whether the page shows or runs the target itself, rather than leading there."""
        return self.source.element not in ("a", "area", "form", "iframe", "frame", "meta")


_GLANCED_BYTES = 48 * 1024
"""Longer ones are not even glanced at on the event loop: of a page in GBK that would take milliseconds."""

IN_DOUBT = Judged(LinkOutcome.UNDETERMINED)
_SETTLED = {
    FetchOutcome.NOT_ALLOWED: Judged(LinkOutcome.EXCLUDED),
    FetchOutcome.BAD_URL: Judged(LinkOutcome.BROKEN, LinkDefect.MALFORMED),
}
"""Outcomes that no other request could change."""


async def judge(link: Link, tries: Sequence[FetchResult], step: Step) -> Judged:
    """What the answers so far mean; ``step`` is the question that the last of them answers."""
    last = tries[-1]
    if last.outcome in _SETTLED:
        return msgspec.structs.replace(_SETTLED[last.outcome], detail=last.detail)
    defect = _defect(link, last)
    if defect is not None:
        repeated = any(_defect(link, earlier) == defect for earlier in tries[:-1])
        return defect if step is Step.AGAIN and repeated else Judged(LinkOutcome.UNDETERMINED, detail=defect.detail)
    if last.outcome is FetchOutcome.EMPTY_PAGE and link.is_embedded and _may_be_empty(last, resource_type(link.url)):
        return Judged(LinkOutcome.OK)
    if last.outcome is not FetchOutcome.OK:
        return IN_DOUBT
    return Judged(LinkOutcome.OK) if last.method == "HEAD" else await _judge_content(link, last)


def _defect(link: Link, result: FetchResult) -> Judged | None:
    """What is wrong for certain, if it repeats."""
    if result.outcome in _DEAD and not result.temporary:
        return Judged(LinkOutcome.BROKEN, LinkDefect.DEAD)
    if result.method == "HEAD" or result.outcome not in (FetchOutcome.OK, FetchOutcome.EMPTY_PAGE):
        return None
    attachment, resource = attachment_type(link.url), resource_type(link.url)
    if attachment is not None:
        fault = attachment_fault(result.body, attachment)
        return None if fault is None else Judged(LinkOutcome.BROKEN, LinkDefect.BAD_ATTACHMENT, fault)
    if resource is not None and link.internal and link.is_embedded:
        fault = resource_fault(result.body, resource)
        return None if fault is None else Judged(LinkOutcome.BROKEN, LinkDefect.DEAD, fault)
    return None


def _may_be_empty(result: FetchResult, resource: str | None) -> bool:
    """Empty scripts and style sheets are legal, and counters answer "no content"."""
    return result.status == 204 or resource in ("js", "css")


async def _judge_content(link: Link, last: FetchResult) -> Judged:
    """A good answer may still be the wrong one."""
    url, scope = link.url, link.scope
    is_detour = (
        link.internal and last.final_url != canonical(url) and scope.is_home(last.final_url) and not scope.is_home(url)
    )
    if is_detour and link.source.text.strip() not in _HOME_WORDS:
        return Judged(LinkOutcome.BROKEN, LinkDefect.REDIRECT_HOME, "redirected to the home page")
    if attachment_type(url) is not None or resource_type(url) is not None:
        return Judged(LinkOutcome.OK)
    target = await _target(last, wants_gone=link.internal)
    for is_so, defect, detail in (
        (target.parked, LinkDefect.SQUATTED, "the domain is for sale or parked"),
        (target.closed, LinkDefect.CLOSED_SITE, "the site says that it is closed"),
        (target.gone and link.internal, LinkDefect.SOFT_404, "the page says that it does not exist"),
    ):
        if is_so:
            return Judged(LinkOutcome.BROKEN, defect, detail, target.title)
    if await _is_absent(link, last):
        detail = "the same page comes for an address that cannot exist"
        return Judged(LinkOutcome.BROKEN, LinkDefect.CATCH_ALL, detail, target.title)
    return Judged(LinkOutcome.OK, title=target.title)


async def _is_absent(link: Link, last: FetchResult) -> bool:
    """Whether a page of the site's own is the one that it shows for whatever it does not have; in doubt it is not."""
    absent = link.absent() if link.internal and not link.is_embedded else None
    if absent is None or last.truncated or link.scope.is_home(link.url):
        return False
    if len(last.body) > _GLANCED_BYTES:
        return await asyncio.to_thread(likeness, last.body, last.final_url) == absent
    return likeness(last.body, last.final_url) == absent


async def _target(last: FetchResult, *, wants_gone: bool) -> Target:
    """What a page says of itself. Without ``wants_gone`` it is not read merely to learn whether it says "not found".

    Parsing takes its time, and must not hold up those that other answers are timed by; a glance at a page of usual
    size takes a tenth of a millisecond, less than a thread costs.
    """
    content_type = last.headers.get("content-type", "")
    if len(last.body) > _GLANCED_BYTES:
        return await asyncio.to_thread(read_target, last.body, last.final_url, content_type)
    seen = glance_at(last.body, content_type)
    if not wants_gone:
        seen = msgspec.structs.replace(seen, may_be_gone=False)
    return Target(title=seen.title) if seen.is_enough else await asyncio.to_thread(read_glanced, seen, last.final_url)
