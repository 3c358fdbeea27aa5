"""The extraction of one page, put together."""

import re
from datetime import date

import msgspec

from crawler.extract import elements, hints, kinds
from crawler.extract.charset import declaration, decode
from crawler.extract.columns import columns_of
from crawler.extract.dates import YearRule, date_alone, dates_within
from crawler.extract.document import Document
from crawler.extract.guides import guide_elements
from crawler.extract.hidden_links import hidden_links_of
from crawler.extract.interpretations import interpretation_urls, labelled_anchors, original_urls
from crawler.extract.letter_pages import letter_of
from crawler.extract.letters import letters_of
from crawler.extract.limits import within_limits
from crawler.extract.links import links_of
from crawler.extract.lists import ItemList, joined, lists_of
from crawler.extract.published import is_clock, published
from inspection.observation import ItemSeen, PageFacts, PageLink
from inspection.observation.page import ListState

_RECORD_OPENS = re.compile(r"<record>\s*<!\[CDATA\[", re.IGNORECASE)
_RECORD_ENDS = "]]>"
_PAGER = re.compile(r"^(?:下一页|下页|后一页|末页|尾页|\d{1,3})$")
_PAGER_LENGTH = 3
_SHELL_TEXT = 80
_TEXT_LIMIT = 200_000


def extract(
    body: bytes, url: str, *, as_of: date | None, content_type: str = "", scripts_ran: bool = False
) -> PageFacts:
    """Facts of one page.

    ``url`` is the address it came from (after redirects), ``as_of`` the day of the visit, by which dates without
    a year are completed; without it the page's own latest full date serves. ``scripts_ran``: the document is that of a
    browser in which all scripts have run, so that nothing more is to come. Never raises for any bytes.
    """
    text, charset = decode(body, content_type)
    declared, fault = declaration(body, content_type, charset) if not scripts_ran else ("", None)
    document = Document(text, url)
    rule = YearRule(as_of, _own_latest(document) if as_of is None else None)
    records = _records(document)
    lists = joined(lists_of(document, rule)) + joined(lists_of(records, rule) if records is not None else [])
    redirect = kinds.redirect_url(document)
    home, article = kinds.is_home(url), kinds.is_article(document)
    items = _items(lists, home=home, article=article)
    columns = columns_of(document, lists) if not article else ()
    is_text = article or redirect is not None or any(each.is_plain for each in lists)
    state = _list_state(document, items, is_text=is_text, scripts_ran=scripts_ran)
    anchors = [] if home else labelled_anchors(document)
    facts = PageFacts(
        charset=charset,
        charset_declared=declared,
        charset_fault=fault,
        title=document.title,
        site_name=elements.site_name(document),
        site_code=elements.site_code(document),
        site_code_meta=elements.site_code_meta(document),
        icp=elements.icp(document),
        police_record=elements.police_record(document),
        organizer=elements.organizer(document),
        contact=elements.contact(document),
        jiucuo_entry=elements.jiucuo_entry(document),
        conac_mark=elements.conac_mark(document),
        state_council_column=elements.state_council_column(document),
        site_map=elements.site_map(document),
        newest_item_date=_newest(document, items, rule, article=article),
        list_items=items,
        list_state=state,
        empty_column=_empty_column(state, home=home, article=article),
        soft_404=kinds.soft_404(document),
        redirect_url=redirect,
        columns=columns,
        frames=_frames(document),
        pager_urls=_pager(document),
        links=links_of(document) + _record_links(records, document),
        hidden_links=hidden_links_of(document),
        guide_elements=None if home else guide_elements(document),
        letters=letters_of(document, rule) if not article else (),
        letter=None if home else letter_of(document),
        interpretation_urls=interpretation_urls(document, anchors),
        original_urls=original_urls(document, anchors),
        meta=document.meta,
        text=document.visible[:_TEXT_LIMIT],
        script_written=not scripts_ran and _is_script_written(document, redirect),
    )
    return within_limits(facts, written=len(text) + len(facts.links) * len(document.base))


def _own_latest(document: Document) -> date | None:
    """Latest full date in the page's text outside footers, by which dates without a year are understood."""
    found = [day for text in document.texts if not text.spot.foot for day in dates_within(text.value)]
    return max(found, default=None)


def _records(document: Document) -> Document | None:
    """The list whose records stand in the page for a script to show (``<record><![CDATA[…]]></record>``)."""
    if not document.may_hold(hints.RECORDS):
        return None
    parts = _RECORD_OPENS.split(document.source)[1:]
    records = [part.partition(_RECORD_ENDS)[0] for part in parts if _RECORD_ENDS in part]
    return Document(f"<ul>{''.join(records)}</ul>", document.base) if records else None


def _record_links(records: Document | None, document: Document) -> tuple[PageLink, ...]:
    """Links of the records, which only a script shows, with their lines in the page."""
    found = links_of(records, shown_in=document.source) if records is not None else ()
    return tuple(msgspec.structs.replace(link, attribute="record") for link in found)


def _items(lists: list[ItemList], *, home: bool, article: bool) -> tuple[ItemSeen, ...]:
    """A home page's items are those of all its lists; another page's are those of its main list."""
    content = [each for each in lists if each.is_content]
    if article or not content:
        return ()
    if home:
        return tuple(item.seen() for each in content for item in each.items)
    main = [each for each in content if not (each.on_side or each.in_navigation or each.in_footer)] or content
    dated = [each for each in main if each.dated]
    best = max(dated or main, key=lambda each: (each.dated, len(each.items) * each.title_length))
    return tuple(item.seen() for item in best.items)


def _list_state(document: Document, items: tuple[ItemSeen, ...], *, is_text: bool, scripts_ran: bool) -> ListState:
    if items:
        return ListState.LISTED
    return ListState.NONE if is_text else kinds.empty_list_state(document, scripts_ran=scripts_ran)


def _empty_column(state: ListState, *, home: bool, article: bool) -> bool | None:
    if home or article or state in (ListState.NONE, ListState.SCRIPT_ONLY):
        return False if article and not home else None
    return state is ListState.BLANK


def _newest(document: Document, items: tuple[ItemSeen, ...], rule: YearRule, *, article: bool) -> date | None:
    if article:
        return published(document, rule)
    limit = rule.as_of
    dates = [item.date for item in items if item.date is not None]
    newest = max((day for day in dates if limit is None or day <= limit), default=max(dates, default=None))
    return newest if items else _signed(document, rule)


def _signed(document: Document, rule: YearRule) -> date | None:
    """The full date that stands alone under a notice, as a letter is dated."""
    pieces = (text for text in document.visible_texts if not (text.spot.foot or text.spot.nav or is_clock(text.value)))
    days = [date_alone(text.value, rule) for text in pieces if len(dates_within(text.value)) == 1]
    return next((day for day in reversed(days) if day is not None), None)


def _frames(document: Document) -> tuple[str, ...]:
    """Addresses of visible frames."""
    found = (
        document.resolve(spot.get("src"))
        for spot in document.all("frame", "iframe")
        if spot.get("src") and not spot.hidden and not spot.get("src").startswith(("about:", "javascript:"))
    )
    return tuple(dict.fromkeys(url for url in found if url is not None))


def _pager(document: Document) -> tuple[str, ...]:
    found = (
        document.resolve(spot.get("href"))
        for spot, text in zip(document.all("a"), document.link_texts, strict=True)
        if len(text) <= _PAGER_LENGTH and spot.get("href") and _PAGER.match(text)
    )
    return tuple(dict.fromkeys(url for url in found if url is not None))[:20]


def _is_script_written(document: Document, redirect: str | None) -> bool:
    """Whether there is next to nothing to read until scripts have run."""
    if redirect is not None or document.all("frame"):
        return False
    return len(document.visible) < _SHELL_TEXT and bool(document.scripts)
