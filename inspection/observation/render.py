"""What a browser showed: pages after their scripts have run, and pictures taken as evidence."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from inspection.observation.page import PageFacts, PageSeen
from inspection.registry.address import host_of


class RenderSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the crawl as a browser showed it.

    ``url`` is that of the :class:`PageSeen`. ``facts`` are read off the document after the scripts have run, whose
    SHA-256 (hex) is ``snapshot``; both None where the rendering failed. ``complete``: the page came to rest and
    nothing that it needed was missing, so that an empty list in it is empty. ``detail`` says what was wrong.
    ``links_left`` as for the page.
    """

    url: str
    final_url: str
    rendered_at: datetime
    elapsed_s: float
    complete: bool = False
    facts: PageFacts | None = None
    snapshot: str | None = None
    detail: str = ""
    links_left: int = 0


class ScreenshotSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of a whole page, taken as evidence.

    ``image`` is the SHA-256 (hex) of the JPEG, None where none could be taken. ``snapshot`` is that of the stored page
    shown in it, None where the page was asked for again. ``detail`` says what was wrong with the page; ``tries`` counts
    the tries so far.
    """

    url: str
    taken_at: datetime
    image: str | None = None
    snapshot: str | None = None
    detail: str = ""
    tries: int = 1


def with_renders(pages: Iterable[PageSeen], renders: Iterable[RenderSeen]) -> tuple[PageSeen, ...]:
    """The pages with the facts and the snapshot of their rendering, where there is one."""
    by_url = {render.url: render for render in renders if render.facts is not None}
    return tuple(_shown(page, by_url.get(page.url)) for page in pages)


def _left(url: str, shown_at: str) -> bool:
    """Whether scripts led to another host, or from within the site to its home page: what is there is another page."""
    if host_of(url).removeprefix("www.") != host_of(shown_at).removeprefix("www."):
        return True
    return urlsplit(shown_at).path in ("", "/") and urlsplit(url).path not in ("", "/")


def _shown(page: PageSeen, render: RenderSeen | None) -> PageSeen:
    if render is None or _left(page.final_url, render.final_url):
        return page
    left = max(page.links_left, render.links_left)
    return msgspec.structs.replace(page, facts=render.facts, snapshot=render.snapshot, rendered=True, links_left=left)
