"""Facts of one fetched page. Made by ``crawler.extract`` (pure) and stored beside the snapshot."""

import datetime as dt
from enum import StrEnum

import msgspec

from inspection.observation.outcome import FetchOutcome


class PageLink(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reference of a page, as the page wrote it and as an absolute address.

    ``url`` is absolute and without fragment, or None where the written value is no usable address
    (``raw`` then says what stood there). ``line`` counts from 1 in the decoded source; 0 = not known. The ``attribute``
    of a link in records that only a script shows is ``record``.
    """

    url: str | None
    raw: str
    text: str
    element: str
    attribute: str
    line: int = 0


class Hiding(StrEnum):
    """By what means a link is kept from a reader's eyes."""

    NOT_DISPLAYED = "not_displayed"
    OFF_SCREEN = "off_screen"
    ZERO_SIZE = "zero_size"
    SAME_COLOUR = "same_colour"
    BY_SCRIPT = "by_script"

    @property
    def chinese(self) -> str:
        """As findings name it."""
        return {
            "not_displayed": "不显示",
            "off_screen": "移出屏幕",
            "zero_size": "缩为零大小",
            "same_colour": "与背景同色",
            "by_script": "由脚本写入",
        }[self.value]


class HiddenLink(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A link that a visitor does not see and a search engine does. ``line`` as in :class:`PageLink`."""

    url: str
    text: str
    hiding: Hiding
    line: int = 0


class ItemSeen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class LetterState(StrEnum):
    """Whether a citizen's letter has been answered, as the page shows it."""

    ANSWERED = "answered"
    PENDING = "pending"
    UNKNOWN = "unknown"


class LetterElement(StrEnum):
    """What has to be published with an answered letter (留言公开要素)."""

    ASKED = "asked"
    ANSWERED = "answered"
    UNIT = "unit"
    ANSWER = "answer"

    @property
    def chinese(self) -> str:
        """As the standard names it."""
        return {"asked": "留言时间", "answered": "答复时间", "unit": "答复单位", "answer": "答复内容"}[self.value]


class LetterSeen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One letter or message, in a list or on a page of its own: title, days of asking and answering where shown.

    ``url`` is where a list's entry leads to, ``unit`` who answered or is to answer; ``has_answer``: the text of an
    answer is shown.
    """

    title: str
    asked: dt.date | None = None
    answered: dt.date | None = None
    state: LetterState = LetterState.UNKNOWN
    url: str | None = None
    unit: str | None = None
    has_answer: bool = False

    def shows(self, element: LetterElement) -> bool:
        """Whether an element stands there."""
        return bool(
            {
                LetterElement.ASKED: self.asked,
                LetterElement.ANSWERED: self.answered,
                LetterElement.UNIT: self.unit,
                LetterElement.ANSWER: self.has_answer,
            }[element]
        )


class GuideElement(StrEnum):
    """The ten elements of a service guide (办事指南要素)."""

    NAME = "name"
    BASIS = "basis"
    CONDITIONS = "conditions"
    MATERIALS = "materials"
    PLACE = "place"
    ORGAN = "organ"
    FEE = "fee"
    TIME = "time"
    PHONE = "phone"
    PROCEDURE = "procedure"

    @property
    def chinese(self) -> str:
        """As the standard names it."""
        return {
            "name": "事项名称",
            "basis": "设定依据",
            "conditions": "申请条件",
            "materials": "办理材料",
            "place": "办理地点",
            "organ": "办理机构",
            "fee": "收费标准",
            "time": "办理时间",
            "phone": "联系电话",
            "procedure": "办理流程",
        }[self.value]


class ListState(StrEnum):
    """What the main list of a page looks like to a reader without scripts."""

    LISTED = "listed"
    BLANK = "blank"
    SCRIPT_ONLY = "script_only"
    NONE = "none"


class CharsetFault(StrEnum):
    """What is wrong with the charset that a page declares."""

    UNDECLARED = "undeclared"
    CONTRADICTED = "contradicted"


class PageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What can be read off one page. None = the page does not say.

    ``site_name`` is that of its tag, else the part of the title that is named like a site or an organ.
    ``charset`` is what the bytes are in, ``charset_declared`` what server or page say they are in (empty = nothing).
    ``jiucuo_entry`` is the live entry 我为政府网站找错, ``conac_mark`` the party-and-government mark.
    ``empty_column`` is None where the page is no column page or only a script could tell.
    ``newest_item_date`` of an article is its own publication date.
    ``guide_elements`` is None where the page is no service guide, ``letter`` where it is no page of one single letter.
    ``interpretation_urls`` lead to interpretations of the page, ``original_urls`` to what it interprets, by the words
    around them.
    ``text`` is what a reader sees, a line for each piece, cut at 200,000 characters.
    ``redirect_url`` is the target of a meta refresh or of a script that does nothing but move on.
    """

    charset: str
    charset_declared: str = ""
    charset_fault: CharsetFault | None = None
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
    hidden_links: tuple[HiddenLink, ...] = ()
    letters: tuple[LetterSeen, ...] = ()
    letter: LetterSeen | None = None
    guide_elements: tuple[GuideElement, ...] | None = None
    interpretation_urls: tuple[str, ...] = ()
    original_urls: tuple[str, ...] = ()
    meta: dict[str, str] = {}
    text: str = ""
    script_written: bool = False


class PageSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One page as fetched. ``snapshot`` is the SHA-256 of the body (hex), None where there was none.

    ``depth`` counts clicks from the home page (0 = home). ``elapsed_s`` is the whole answer. ``rendered``: facts and
    snapshot are those of the document that a browser showed after the page's scripts had run. ``packed`` are the facts
    in one piece (:mod:`inspection.observation.packing`), where they are on their way to the store and not needed
    otherwise; ``facts`` is None then. ``links_left`` counts the addresses on it that were
    not checked, since the crawl had looked at as many addresses of the site as it may.
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
    rendered: bool = False
    packed: bytes = b""
    links_left: int = 0
