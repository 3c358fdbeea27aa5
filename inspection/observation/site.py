"""Probes, link checks, and everything seen of one site in one round."""

from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

import msgspec

from inspection.observation.history import ItemRecord
from inspection.observation.host import HostSeen
from inspection.observation.outcome import FetchOutcome
from inspection.observation.page import PageSeen
from inspection.observation.reference import ReferenceArticle
from inspection.registry.site import Site

DEFAULT_VANTAGE = "default"
"""Name of the vantage point where there is only one."""


CHINA = timezone(timedelta(hours=8), "CST")
"""China Standard Time, in which monitoring dates are given."""


def china_day(moment: datetime) -> date:
    """The day of a moment in China."""
    return moment.astimezone(CHINA).date()


class ProbeSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One visit of the home page for the availability series.

    ``sequence`` numbers the probes of the series from 0; ``elapsed_s`` ends with the last byte of the
    home page (redirects included) or with the failure.
    """

    sequence: int
    at: datetime
    outcome: FetchOutcome
    status: int | None = None
    elapsed_s: float = 0.0
    vantage: str = DEFAULT_VANTAGE
    detail: str = ""


class LinkOutcome(StrEnum):
    """Outcome of a link check; excluded and unsupported are words of their own, never "ok"."""

    OK = "ok"
    BROKEN = "broken"
    UNDETERMINED = "undetermined"
    EXCLUDED = "excluded"
    UNSUPPORTED = "unsupported"


class LinkDefect(StrEnum):
    """In what way a broken link is broken."""

    DEAD = "dead"
    MALFORMED = "malformed"
    REDIRECT_HOME = "redirect_home"
    SOFT_404 = "soft_404"
    CATCH_ALL = "catch_all"
    BAD_ATTACHMENT = "bad_attachment"
    SQUATTED = "squatted"
    CLOSED_SITE = "closed_site"


class LinkSource(msgspec.Struct, frozen=True, kw_only=True):
    """Where a link stands: page, element, attribute, anchor text and line (0 = not known)."""

    page: str
    element: str
    attribute: str
    text: str = ""
    line: int = 0


class LinkTry(msgspec.Struct, frozen=True, kw_only=True):
    """One request of a link check."""

    at: datetime
    method: str
    outcome: FetchOutcome
    status: int | None = None
    elapsed_s: float = 0.0


class LinkSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Result of checking one link target within one site and round.

    ``source`` is the first place where the target was seen; the pages' facts hold all places.
    ``reason`` is the fetch outcome that decided. ``title`` is that of the page that the link leads to, where its
    beginning was read.
    """

    url: str
    internal: bool
    outcome: LinkOutcome
    reason: FetchOutcome
    source: LinkSource
    checked_at: datetime
    defect: LinkDefect | None = None
    status: int | None = None
    final_url: str | None = None
    title: str | None = None
    tries: tuple[LinkTry, ...] = ()
    detail: str = ""


class SiteObservations(msgspec.Struct, frozen=True, kw_only=True):
    """All that was seen of one site in one round, the sole input of the checks besides the edition.

    ``as_of`` is the monitoring date (监测时间点) in China Standard Time; ``references`` are the articles that sites
    were to repost by then. ``history`` is what earlier rounds remembered of articles that this one saw again.
    ``opted_out`` says why the site was left alone for some of the time, so that nothing about it can be said.
    ``finished`` is False while the crawl was cut short, so that "nothing found" must not be read as "nothing there".
    """

    site: Site
    as_of: date
    probes: tuple[ProbeSeen, ...] = ()
    pages: tuple[PageSeen, ...] = ()
    links: tuple[LinkSeen, ...] = ()
    hosts: tuple[HostSeen, ...] = ()
    references: tuple[ReferenceArticle, ...] = ()
    history: tuple[ItemRecord, ...] = ()
    finished: bool = True
    opted_out: str = ""

    @property
    def last_day(self) -> date:
        """The last day (in China) on which anything new could be seen: the monitoring date, or a later visit."""
        return max((self.as_of, *(china_day(page.fetched_at) for page in self.pages)))

    @property
    def home(self) -> PageSeen | None:
        """The home page: that of the registered address, behind its redirect stubs as far as they were followed."""
        by_url = {page.url: page for page in self.pages if page.depth == 0}
        page = by_url.get(self.site.url)
        if page is None:
            return next((page for page in by_url.values() if page.facts is not None), None)
        followed = {page.url}
        while page.facts is not None and page.facts.redirect_url in by_url:
            if page.facts.redirect_url in followed:
                break
            page = by_url[page.facts.redirect_url]
            followed.add(page.url)
        return page
