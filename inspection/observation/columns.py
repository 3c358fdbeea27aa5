"""The columns (栏目) of a site, put together from its home page and the pages behind it."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from inspection.observation.outcome import Fault
from inspection.observation.page import ColumnLink, ItemSeen, ListState, PageSeen
from inspection.observation.site import SiteObservations
from inspection.registry.address import SiteScope

_CLOCK_TOLERANCE = timedelta(days=1)


class ColumnState(StrEnum):
    """What is known of a column's list."""

    LISTED = "listed"
    BLANK = "blank"
    NO_LIST = "no_list"
    UNREACHABLE = "unreachable"
    SCRIPT_ONLY = "script_only"
    NOT_SEEN = "not_seen"

    @property
    def is_known(self) -> bool:
        """Whether the column could be looked at; otherwise nothing may be concluded from it."""
        return self not in (ColumnState.SCRIPT_ONLY, ColumnState.NOT_SEEN)


class ColumnSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a site, as its home page names it and as its own page shows it.

    ``url`` is the column's address; ``page`` the page whose list was read, None if there was none.
    ``newest`` is the newest date shown in the list up to the monitoring date, None if none is shown.
    """

    name: str
    url: str
    state: ColumnState
    items: int = 0
    newest: date | None = None
    page: PageSeen | None = None


def newest_date(items: Iterable[ItemSeen], last_day: date) -> date | None:
    """Newest shown date of the items; dates after ``last_day`` (one day of clock difference allowed) do not count."""
    limit = last_day + _CLOCK_TOLERANCE
    return max((item.date for item in items if item.date is not None and item.date <= limit), default=None)


def home_pages(observations: SiteObservations) -> list[PageSeen]:
    """The pages that together are the home page: the page itself, its frames, and redirect stubs before it."""
    return [page for page in observations.pages if page.depth == 0 and page.facts is not None]


def home_items(observations: SiteObservations) -> tuple[ItemSeen, ...]:
    """Items of all lists on the home page, each once."""
    seen: dict[tuple[str, str | None, date | None], ItemSeen] = {}
    for page in home_pages(observations):
        assert page.facts is not None  # home_pages filters
        lists = [page.facts.list_items, *(column.items for column in page.facts.columns)]
        for item in (item for items in lists for item in items):
            seen.setdefault((item.title, item.url, item.date), item)
    return tuple(seen.values())


def columns_of(observations: SiteObservations) -> tuple[ColumnSeen, ...]:
    """The site's own columns that its home page names, each address once, in page order.

    Entries that lead to other sites are no columns of this site. A block without an address of its own
    counts by the items it shows.
    """
    scope = scope_of(observations)
    by_url = _pages_by_address(observations.pages)
    columns: dict[str, ColumnSeen] = {}
    last_day = observations.last_day
    for page in home_pages(observations):
        assert page.facts is not None  # home_pages filters
        for entry in page.facts.columns:
            column = _column(entry, page, by_url, scope, last_day)
            if column is not None and column.url not in columns:
                columns[column.url] = column
    return tuple(columns.values())


def scope_of(observations: SiteObservations) -> SiteScope:
    """The site's bounds: those of its registered address, or of where that leads if it leads out of them."""
    registered = SiteScope.of(observations.site.url)
    home = observations.home
    if home is None:
        return registered
    scope = registered if registered.contains(home.final_url) else SiteScope.of(home.final_url)
    return msgspec.structs.replace(scope, also_home=frozenset((home.url, home.final_url)))


def _pages_by_address(pages: Iterable[PageSeen]) -> dict[str, PageSeen]:
    by_url: dict[str, PageSeen] = {}
    for page in pages:
        by_url.setdefault(page.final_url, page)
    by_url.update((page.url, page) for page in pages)
    return by_url


def _column(
    entry: ColumnLink, home: PageSeen, by_url: dict[str, PageSeen], scope: SiteScope, as_of: date
) -> ColumnSeen | None:
    if entry.url is None:
        return _block_without_address(entry, home, as_of) if entry.items else None
    if not scope.contains(entry.url) or scope.is_home(entry.url):
        return None
    page = by_url.get(entry.url)
    if page is None:
        return ColumnSeen(name=entry.name, url=entry.url, state=ColumnState.NOT_SEEN)
    return _column_from_page(entry, page, by_url, as_of)


def _block_without_address(entry: ColumnLink, home: PageSeen, as_of: date) -> ColumnSeen:
    return ColumnSeen(
        name=entry.name,
        url=f"{home.final_url}#{entry.name}",
        state=ColumnState.LISTED,
        items=len(entry.items),
        newest=newest_date(entry.items, as_of),
        page=home,
    )


def _column_from_page(entry: ColumnLink, page: PageSeen, by_url: dict[str, PageSeen], as_of: date) -> ColumnSeen:
    assert entry.url is not None  # the caller looked the page up by it
    page = _list_page(page, by_url)
    if page.facts is None:
        fault = page.outcome.policy.fault
        state = ColumnState.UNREACHABLE if fault is Fault.SITE else ColumnState.NOT_SEEN
        return ColumnSeen(name=entry.name, url=entry.url, state=state, page=page)
    return ColumnSeen(
        name=entry.name,
        url=entry.url,
        state=_state(page, by_url),
        items=len(page.facts.list_items),
        newest=newest_date(page.facts.list_items, as_of),
        page=page,
    )


def _list_page(page: PageSeen, by_url: dict[str, PageSeen]) -> PageSeen:
    """The page that carries the column's list: the page, the target of its redirect stub, or one of its frames."""
    if page.facts is None:
        return page
    if page.facts.redirect_url is not None and page.facts.redirect_url in by_url:
        return by_url[page.facts.redirect_url]
    if page.facts.list_state is not ListState.LISTED:
        for url in page.facts.frames:
            frame = by_url.get(url)
            if frame is not None and frame.facts is not None and frame.facts.list_state is not ListState.NONE:
                return frame
    return page


def _state(page: PageSeen, by_url: dict[str, PageSeen]) -> ColumnState:
    assert page.facts is not None  # the caller checked
    if page.facts.list_state is ListState.LISTED:
        return ColumnState.LISTED
    if any(url not in by_url for url in page.facts.frames):
        return ColumnState.NOT_SEEN
    return {
        ListState.BLANK: ColumnState.BLANK,
        ListState.SCRIPT_ONLY: ColumnState.SCRIPT_ONLY,
        ListState.NONE: ColumnState.NO_LIST,
    }[page.facts.list_state]
