"""Facts of one fetched page. Made by ``crawler.extract`` (pure) and stored beside the snapshot."""

import datetime as dt
from enum import StrEnum

import msgspec

from inspection.observation.outcome import FetchOutcome


class PageLink(msgspec.Struct, frozen=True, kw_only=True):
    """One reference of a page, as the page wrote it and as an absolute address.

    ``url`` is absolute and without fragment, or None where the written value is no usable address
    (``raw`` then says what stood there). ``line`` counts from 1 in the decoded source; 0 = not known.
    """

    url: str | None
    raw: str
    text: str
    element: str
    attribute: str
    line: int = 0
    hidden: bool = False


class ItemSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a list: title, absolute address and the publication date shown with it, or None."""

    title: str
    url: str | None
    date: dt.date | None = None


class ColumnLink(msgspec.Struct, frozen=True, kw_only=True):
    """A column (栏目) that a page names: a navigation entry, or the heading of a block with a list.

    ``items`` are the items shown under the heading on this very page; empty for navigation entries.
    """

    name: str
    url: str | None
    in_navigation: bool
    items: tuple[ItemSeen, ...] = ()


class ListState(StrEnum):
    """What the main list of a page looks like to a reader without scripts."""

    LISTED = "listed"
    BLANK = "blank"
    SCRIPT_ONLY = "script_only"
    NONE = "none"


class PageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What can be read off one page. None = the page does not say.

    ``jiucuo_entry`` is the live entry 我为政府网站找错, ``conac_mark`` the party-and-government mark.
    ``empty_column`` is None where the page is no column page or only a script could tell.
    ``newest_item_date`` of an article is its own publication date.
    ``redirect_url`` is the target of a meta refresh or of a script that does nothing but move on.
    """

    charset: str
    title: str | None = None
    site_name: str | None = None
    site_code: str | None = None
    site_code_meta: str | None = None
    icp: str | None = None
    police_record: str | None = None
    organizer: str | None = None
    contact: str | None = None
    jiucuo_entry: bool = False
    conac_mark: bool = False
    state_council_column: bool = False
    site_map: bool = False
    newest_item_date: dt.date | None = None
    list_items: tuple[ItemSeen, ...] = ()
    list_state: ListState = ListState.NONE
    empty_column: bool | None = None
    soft_404: bool = False
    redirect_url: str | None = None
    columns: tuple[ColumnLink, ...] = ()
    frames: tuple[str, ...] = ()
    pager_urls: tuple[str, ...] = ()
    links: tuple[PageLink, ...] = ()
    meta: dict[str, str] = {}
    text_length: int = 0
    script_written: bool = False


class PageSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One page as fetched. ``snapshot`` is the SHA-256 of the body (hex), None where there was none.

    ``depth`` counts clicks from the home page (0 = home). ``elapsed_s`` is the whole answer.
    """

    url: str
    final_url: str
    depth: int
    fetched_at: dt.datetime
    outcome: FetchOutcome
    status: int | None = None
    elapsed_s: float = 0.0
    content_type: str = ""
    snapshot: str | None = None
    referrer: str | None = None
    facts: PageFacts | None = None
