"""The requests of a site's crawl, and what one step of the crawl brings."""

from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b

import msgspec

from crawler.spiders.traps import without_session
from inspection.observation import LinkSeen, LinkSource, PageSeen, RenderSeen
from inspection.observation.host import HostSeen

_KEPT_LENGTH = 512
"""Marks of longer addresses are not kept for the next page that names them."""
INTERNAL_ERROR = "internal_error"
"""Given up: a program error of ours."""
NO_BROWSER = "no_browser"
"""Given up: there is no browser to render with, or it does not start."""
OPTED_OUT = "opted_out"
"""Given up: the site is to be left alone."""


class TaskKind(StrEnum):
    """What is to be done with an address."""

    PAGE = "page"
    """Fetch and extract."""
    CANDIDATE = "candidate"
    """Wait until the pages nearer to the home page are in; then be a page or a link check."""
    LINK = "link"
    """Check that the address opens."""
    TO_RENDER = "to_render"
    """Wait until the pages of its depth are in; then be rendered or left as it is."""
    HOST = "host"
    """Look at the host of the home page."""
    ABSENT = "absent"
    """See what the site answers for an address that cannot exist."""
    RENDER = "render"
    """Show a page in a browser that has been read already, since scripts are to write part of it."""

    @property
    def is_waiting(self) -> bool:
        """Whether there is nothing to request yet."""
        return self in (TaskKind.CANDIDATE, TaskKind.TO_RENDER)


class Task(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request, as it waits on the frontier (JSON).

    ``chain`` counts the pages of the same form passed in a row on the way, each found on the one before.
    ``rank`` orders pages: smaller first. ``source`` is where the address was first referred to, None where
    nothing refers to it (the registered address). ``part`` counts the stubs and frames passed on the way
    from the page that this one is a part of. ``attempt`` counts earlier tries.
    """

    kind: TaskKind
    url: str
    depth: int = 0
    rank: int = 0
    internal: bool = True
    part: int = 0
    chain: int = 0
    attempt: int = 0
    referrer: str | None = None
    source: LinkSource | None = None

    @property
    def id(self) -> str:
        """A page, its rendering, the look at its host and the check of a link to it are different requests."""
        return _MARKS.get(self.kind, link_mark)(self.url).hex()


class Harvest(msgspec.Struct, kw_only=True):
    """What one answer brought: facts to store, and how the requests left have changed.

    ``body`` is that of the page or of the rendering. ``changes`` holds the requests left by id as they now are, None
    for those that are over. ``now`` are requests that can be made at once, ``later`` those to be made after a pause
    (s). ``memo`` is empty where unchanged. ``given_up`` says why a request ended without a result.
    """

    page: PageSeen | None = None
    render: RenderSeen | None = None
    host: HostSeen | None = None
    body: bytes = b""
    links: list[LinkSeen] = []
    changes: dict[str, Task | None] = {}
    seen: list[bytes] = []
    now: list[Task] = []
    later: list[tuple[Task, float]] = []
    memo: bytes = b""
    given_up: str = ""


def link_mark(url: str) -> bytes:
    """Eight bytes that stand for a link target, whatever session number its address carries.

    Among a million addresses two share theirs in one of 37 million cases.
    """
    return _link_mark_kept(url) if len(url) <= _KEPT_LENGTH else _link_mark(url)


def _link_mark(url: str) -> bytes:
    return blake2b(without_session(url).encode("utf-8", "surrogatepass"), digest_size=8).digest()


_link_mark_kept = lru_cache(maxsize=32768)(_link_mark)


def page_mark(url: str) -> bytes:
    """Eight bytes that stand for a page to be read."""
    return blake2b(without_session(url).encode("utf-8", "surrogatepass"), digest_size=8, person=b"page").digest()


def render_mark(url: str) -> bytes:
    """Eight bytes that stand for a page to be rendered."""
    return blake2b(url.encode("utf-8", "surrogatepass"), digest_size=8, person=b"render").digest()


def absent_mark(url: str) -> bytes:
    """Eight bytes that stand for the look at what a site answers for an address that cannot exist."""
    return blake2b(url.encode("utf-8", "surrogatepass"), digest_size=8, person=b"absent").digest()


def host_mark(url: str) -> bytes:
    """Eight bytes that stand for the host of a home page to be looked at."""
    return blake2b(url.encode("utf-8", "surrogatepass"), digest_size=8, person=b"host").digest()


_MARKS = {
    TaskKind.PAGE: page_mark,
    TaskKind.TO_RENDER: render_mark,
    TaskKind.RENDER: render_mark,
    TaskKind.HOST: host_mark,
    TaskKind.ABSENT: absent_mark,
}
