"""Policy documents and their interpretations: whether there is one, and whether each leads to the other (政策解读)."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated

import msgspec

from inspection.checks.case import Case, page_evidence
from inspection.checks.check import Params, check
from inspection.findings import Finding, FindingState
from inspection.observation import ItemSeen, PageSeen
from inspection.observation.columns import ColumnSeen, ColumnState
from inspection.observation.page import ListState
from inspection.standard import Indicator

_SHORTEST_NAME = 6
_FRAME_PAGES = 3
"""From so many pages on, a target that more than half of them share belongs to their frame."""
_QUOTED = re.compile(r"《([^《》]{4,80})》")
_IN_BRACKETS = re.compile(r"[(（〔\[【][^)）〕\]】]*[)）〕\]】]")
_MARKS = re.compile(r"[()（）〔〕\[\]【】\s“”\"'‘’《》〈〉、，,。.·:：;；!！?？—_\-…]")
_ISSUED = re.compile(r"印发(.+?)的?通知")


class InterpretationParams(Params, frozen=True, kw_only=True):
    """How many documents are looked at, and where documents and interpretations stand."""

    sample: Annotated[int, msgspec.Meta(ge=1, title="抽查 {} 件政策文件")]
    column_class: Annotated[str, msgspec.Meta(title="文件栏目：{}")]
    interpretation_class: Annotated[str, msgspec.Meta(title="解读栏目：{}")]
    interpretation_words: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, title="解读的标题含：{}")]
    lead_days: Annotated[int, msgspec.Meta(ge=0, title="解读最多早于文件 {} 天")]
    excluded_names: Annotated[tuple[str, ...], msgspec.Meta(title="不含栏目：{}")] = ()
    excluded_title_words: Annotated[tuple[str, ...], msgspec.Meta(title="标题含{}的文件无需解读")] = ()


class _Article(msgspec.Struct, frozen=True, kw_only=True):
    """An article that a list names; ``page`` is None where it was not read."""

    url: str
    title: str
    day: date | None
    page: PageSeen | None

    @property
    def targets(self) -> frozenset[str]:
        """Addresses that it refers to."""
        facts = self.page.facts if self.page is not None else None
        return frozenset(link.url for link in facts.links if link.url is not None) if facts is not None else frozenset()


class _Library:
    """The documents and interpretations of one site, as far as they were seen."""

    def __init__(self, case: Case, params: InterpretationParams) -> None:
        self._case = case
        self._params = params
        fetched = {page.url for page in case.observations.pages}
        self._read = {page.url: page for page in case.observations.pages if _is_article(page, fetched)}

    @cached_property
    def documents(self) -> list[_Article]:
        """Documents that were read, in the order of their lists, at most the sample."""
        columns = self._columns(self._params.column_class, self._params.excluded_names)
        excluded = (*self._params.interpretation_words, *self._params.excluded_title_words)
        read = [
            each
            for each in self._articles(columns)
            if each.page is not None and not any(word in each.title for word in excluded)
        ]
        return read[: self._params.sample]

    @cached_property
    def interpretations(self) -> list[_Article]:
        """Items of columns for interpretations, read or not, and all articles that were read and are titled so."""
        listed = self._articles(self.interpretation_columns)
        known = {each.url for each in (*listed, *self.documents)}
        titled = [
            _Article(url=url, title=_title(page), day=_day(page), page=page)
            for url, page in self._read.items()
            if url not in known and self._is_worded(_title(page))
        ]
        return [*listed, *titled]

    @cached_property
    def interpretation_columns(self) -> list[ColumnSeen]:
        """Columns for interpretations."""
        return self._columns(self._params.interpretation_class, ())

    def interpretation_links(self, document: _Article) -> frozenset[str]:
        """Where a document leads to interpretations, the frame of the pages left out."""
        assert document.page is not None  # documents are read
        assert document.page.facts is not None  # and have facts
        known = {each.url for each in self.interpretations}
        titled = {url for url, title in self._case.target_titles.items() if self._is_worded(title)}
        linked = {*document.page.facts.interpretation_urls, *(document.targets & (known | titled))}
        return frozenset(linked) - self._frame_of_documents

    def original_links(self, interpretation: _Article) -> frozenset[str]:
        """Where an interpretation leads to what it interprets, the frame of the pages left out."""
        facts = interpretation.page.facts if interpretation.page is not None else None
        if facts is None:
            return frozenset()
        linked = {*facts.original_urls, *(interpretation.targets & {each.url for each in self.documents})}
        return frozenset(linked) - self._frame_of_interpretations

    def is_named(self, document: _Article, interpretation: _Article) -> bool:
        """Whether an interpretation's title names a document, remarks like （试行） included."""
        return _names(document.title, interpretation.title, interpretation.title, plain=_plain)

    def is_mentioned(self, document: _Article, interpretation: _Article) -> bool:
        """Whether an interpretation names a document in its title or in its text, with or without its remarks."""
        facts = interpretation.page.facts if interpretation.page is not None else None
        text = f"{interpretation.title} {facts.text}" if facts is not None else interpretation.title
        return _names(document.title, interpretation.title, text, plain=_bare)

    def is_read_for(self, document: _Article) -> bool:
        """Whether an interpretation of the document would have been seen.

        That is so where the lists go back to its day, and each of their later items was read or says by book-title
        marks what it interprets.
        """
        since = document.day - timedelta(days=self._params.lead_days) if document.day is not None else None
        unread = [each for each in self.interpretations if each.page is None and not _QUOTED.search(each.title)]
        if any(since is None or each.day is None or each.day >= since for each in unread):
            return False
        return all(_reaches(column, since) for column in self.interpretation_columns)

    def _columns(self, class_id: str, excluded: tuple[str, ...]) -> list[ColumnSeen]:
        of_class = [each for each in self._case.columns if _class_id(self._case, each) == class_id]
        return [each for each in of_class if not any(word in each.name for word in excluded)]

    def _articles(self, columns: Iterable[ColumnSeen]) -> list[_Article]:
        items = {item.url: item for column in columns for item in _listed(column) if item.url is not None}
        return [
            _Article(
                url=url,
                title=item.title,
                day=item.date or _day(self._read.get(url)),
                page=self._read.get(url),
            )
            for url, item in items.items()
        ]

    def _is_worded(self, title: str) -> bool:
        return any(word in title for word in self._params.interpretation_words)

    @cached_property
    def _frame_of_documents(self) -> frozenset[str]:
        return self._frame(self.documents)

    @cached_property
    def _frame_of_interpretations(self) -> frozenset[str]:
        return self._frame([each for each in self.interpretations if each.page is not None])

    def _frame(self, articles: list[_Article]) -> frozenset[str]:
        """Targets that say nothing of a page: the site's columns, and what more than half of several pages share."""
        shared: Counter[str] = Counter()
        for article in articles:
            shared.update(article.targets)
        often = {url for url, number in shared.items() if number >= _FRAME_PAGES and 2 * number > len(articles)}
        return frozenset({*(column.url for column in self._case.columns), *self._case.home_urls, *often})


@check(InterpretationParams)
def policies_interpreted(case: Case, row: Indicator, params: InterpretationParams) -> list[Finding]:
    """Deduction per policy document without an interpretation (国办秘函〔2019〕19号，解读比例).

    抽查政策文件，未解读的每件扣1分. A document is interpreted if it leads to an interpretation, or if one leads to it
    or names it. Only documents that were read count; where an interpretation may stand on a page that was not read it
    stays open. All is for a person to confirm: not every document needs an interpretation.
    """
    library = _Library(case, params)
    if not library.documents:
        return [case.finding(row, FindingState.NOT_DETERMINED, "未读到政策文件，无法核对解读情况")]
    bare = [each for each in library.documents if not _is_interpreted(library, each)]
    certain = [each for each in bare if library.is_read_for(each)]
    findings = [_not_interpreted(case, row, each, library) for each in certain]
    if len(certain) < len(bare):
        message = f"{len(bare) - len(certain)} 件政策文件未见解读，但解读栏目未能读全"
        findings.append(case.finding(row, FindingState.NOT_DETERMINED, message, subject="unread"))
    return findings


def _is_interpreted(library: _Library, document: _Article) -> bool:
    if library.interpretation_links(document):
        return True
    return any(document.url in each.targets or library.is_mentioned(document, each) for each in library.interpretations)


def _not_interpreted(case: Case, row: Indicator, document: _Article, library: _Library) -> Finding:
    message = f"政策文件“{document.title}”未见解读（抽查 {len(library.documents)} 件）"
    return _suspected(case, row, document, message)


def _suspected(case: Case, row: Indicator, article: _Article, message: str) -> Finding:
    assert article.page is not None  # only what was read is blamed
    evidence = [page_evidence(article.page, message)]
    return case.finding(
        row, FindingState.SUSPECTED, message, subject=article.url, points=row.points or 0, evidence=evidence
    )


@check(InterpretationParams)
def interpretations_linked(case: Case, row: Indicator, params: InterpretationParams) -> list[Finding]:
    """Deduction per document or interpretation that does not lead to the other (国办秘函〔2019〕19号，解读关联).

    政策解读与政策原文应双向关联，未关联的每件扣1分. Looked at are pairs of which both pages were read: one leads to the
    other, or the interpretation's title names the document. A page that leads to another copy or another
    interpretation of the document is not blamed. All is for a person to confirm.
    """
    library = _Library(case, params)
    read = [each for each in library.interpretations if each.page is not None]
    pairs = [(document, each) for document in library.documents for each in read if _are_pair(library, document, each)]
    if not pairs:
        return [case.finding(row, FindingState.NOT_DETERMINED, "未读到成对的政策文件和解读，无法核对关联情况")]
    findings = {}
    for document, interpretation in pairs:
        if not library.interpretation_links(document):
            message = f"政策文件“{document.title}”没有关联其解读“{interpretation.title}”"
            findings[document.url] = _suspected(case, row, document, message)
        if not library.original_links(interpretation):
            message = f"解读“{interpretation.title}”没有关联政策文件“{document.title}”"
            findings[interpretation.url] = _suspected(case, row, interpretation, message)
    return list(findings.values())


def _are_pair(library: _Library, document: _Article, interpretation: _Article) -> bool:
    return (
        interpretation.url in library.interpretation_links(document)
        or document.url in library.original_links(interpretation)
        or library.is_named(document, interpretation)
    )


def _is_article(page: PageSeen, fetched: set[str]) -> bool:
    """Whether a page was read in full and is no list, stub or mere "not found"."""
    facts = page.facts
    if facts is None or page.depth == 0 or facts.list_state is not ListState.NONE:
        return False
    is_stub = facts.soft_404 or facts.redirect_url is not None or facts.script_written
    return not is_stub and set(facts.frames) <= fetched


def _class_id(case: Case, column: ColumnSeen) -> str:
    class_ = case.column_class(column)
    return class_.id if class_ is not None else ""


def _listed(column: ColumnSeen) -> tuple[ItemSeen, ...]:
    """Items of a column's own page; what the home page shows of it may belong to a tab beside it."""
    if column.page is None or column.page.depth == 0 or column.page.facts is None:
        return ()
    return column.page.facts.list_items


def _reaches(column: ColumnSeen, day: date | None) -> bool:
    if column.state is ColumnState.BLANK:
        return True
    if column.state is not ColumnState.LISTED or column.page is None or column.page.facts is None:
        return False
    if column.page.depth == 0:
        return False
    if not column.page.facts.pager_urls:
        return True
    shown = [item.date for item in column.page.facts.list_items if item.date is not None]
    return day is not None and bool(shown) and min(shown) < day


def _title(page: PageSeen) -> str:
    facts = page.facts
    return "" if facts is None else facts.meta.get("ArticleTitle") or facts.title or ""


def _day(page: PageSeen | None) -> date | None:
    return page.facts.newest_item_date if page is not None and page.facts is not None else None


def _names(document: str, title: str, text: str, *, plain: Callable[[str], str]) -> bool:
    """Whether a title, or book-title marks in a text, hold the document's title or what it is called for short."""
    whole = plain(document)
    _, about, rest = whole.partition("关于")
    issued = _ISSUED.search(whole)
    quoted_names = (plain(each) for each in _QUOTED.findall(document))
    called = {whole, about + rest, issued.group(1) if issued else "", *quoted_names}
    names = {each for each in called if len(each) >= _SHORTEST_NAME}
    quoted = {each for found in _QUOTED.findall(text) if len(each := plain(found)) >= _SHORTEST_NAME}
    in_title = any(name in plain(title) for name in names)
    return in_title or any(each in whole or any(name in each for name in names) for each in quoted)


def _plain(text: str) -> str:
    """A title without marks and white space."""
    return _MARKS.sub("", text)


def _bare(text: str) -> str:
    """A title without remarks in brackets, marks and white space."""
    return _plain(_IN_BRACKETS.sub("", text))
