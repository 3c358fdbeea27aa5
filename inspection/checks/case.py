"""A case: one site's observations under one edition, with what several checks derive from them."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property

from inspection.checks.mentions import Mentions
from inspection.checks.rulebook import Rulebook
from inspection.checks.terms import TermHit
from inspection.findings import Evidence, Finding, FindingState, finding_id
from inspection.observation import ItemSeen, PageSeen, SiteObservations
from inspection.observation.columns import ColumnSeen, ColumnState, columns_of, home_items, home_pages, scope_of
from inspection.observation.page import ListState
from inspection.observation.site import LinkSource
from inspection.registry.address import SiteScope
from inspection.standard import ColumnClass, Indicator


class Case:
    """Observations of one site, seen under one edition. Derived values are computed once."""

    def __init__(self, observations: SiteObservations, rules: Rulebook) -> None:
        self.observations = observations
        self.edition = rules.edition
        self.terms = rules.terms

    @cached_property
    def columns(self) -> tuple[ColumnSeen, ...]:
        """The site's own columns."""
        return columns_of(self.observations)

    @cached_property
    def home_pages(self) -> list[PageSeen]:
        """The pages that together are the home page; empty if it could not be read."""
        return home_pages(self.observations)

    @cached_property
    def home_may_hold_more(self) -> bool:
        """Whether scripts write the home page, wholly or in part, so that what was not seen may be there."""
        shells = (page.facts.script_written for page in self.home_pages if page.facts is not None)
        return self.home_is_partly_scripted or any(shells)

    @cached_property
    def home_is_partly_scripted(self) -> bool:
        """Whether scripts or frames that were not read would show more of the home page than was seen."""
        facts = [page.facts for page in self.home_pages if page.facts is not None]
        frames = {url for each in facts for url in each.frames}
        fetched = {page.url for page in self.observations.pages}
        return any(each.list_state is ListState.SCRIPT_ONLY for each in facts) or bool(frames - fetched)

    @cached_property
    def home_items(self) -> tuple[ItemSeen, ...]:
        """Items of the home page's lists."""
        return home_items(self.observations)

    @cached_property
    def home_urls(self) -> frozenset[str]:
        """Addresses under which the home page was fetched."""
        return frozenset(page.url for page in self.home_pages)

    @cached_property
    def link_places(self) -> dict[str, list[LinkSource]]:
        """Where each target stands: every page and element that refers to it, by target."""
        places: dict[str, list[LinkSource]] = defaultdict(list)
        for page in self.observations.pages:
            for link in page.facts.links if page.facts is not None else ():
                source = LinkSource(
                    page=page.url, element=link.element, attribute=link.attribute, text=link.text, line=link.line
                )
                places[link.url or link.raw].append(source)
        return places

    @cached_property
    def page_hits(self) -> list[tuple[PageSeen, list[TermHit]]]:
        """Pages on which terms of the edition's lexicons stand, in title or text."""
        scanned = (
            (page, self.terms.hits(f"{page.facts.title or ''}\n{page.facts.text}"))
            for page in self.observations.pages
            if page.facts is not None
        )
        return [(page, hits) for page, hits in scanned if hits]

    @cached_property
    def mentions(self) -> Mentions:
        """Where the site's pages name articles."""
        return Mentions(self.observations.pages)

    @cached_property
    def home_texts(self) -> tuple[str, ...]:
        """All that the home page shows and names: its text, its links and columns."""
        facts = [page.facts for page in self.home_pages if page.facts is not None]
        texts = [text for page in facts for text in (page.text, *(column.name for column in page.columns))]
        return tuple(texts + [link.text for page in facts for link in page.links])

    def name_of(self, page: PageSeen) -> str:
        """What a page is called: by the link that leads to it where one does, with its title."""
        named = next((place.text for place in self.link_places.get(page.url, ()) if place.text), "")
        title = page.facts.title if page.facts is not None else None
        return " ".join(part for part in (named, title) if part) or page.url

    @cached_property
    def target_titles(self) -> dict[str, str]:
        """Titles of the pages that links lead to, where they were read."""
        return {link.url: link.title for link in self.observations.links if link.title}

    @cached_property
    def scope(self) -> SiteScope:
        """The site's bounds."""
        return scope_of(self.observations)

    def column_class(self, column: ColumnSeen) -> ColumnClass | None:
        """The class of a column by its name, else by its page tag ColumnType; None where there is none for it."""
        for class_ in self.edition.column_classes:
            named = any(word in column.name for word in class_.names)
            if named and not any(word in column.name for word in class_.excluded_names):
                return class_
        facts = column.page.facts if column.page is not None else None
        type_ = facts.meta.get("ColumnType", "") if facts is not None else ""
        return next((class_ for class_ in self.edition.column_classes if type_ in class_.column_types), None)

    def is_stale(self, column: ColumnSeen) -> bool:
        """Whether the column has items, a window, and nothing dated within it (undated = not updated)."""
        class_ = self.column_class(column)
        if class_ is None or class_.window_days is None or column.state is not ColumnState.LISTED:
            return False
        if column.newest is None:
            return True
        return (self.observations.as_of - column.newest).days > class_.window_days

    def finding(
        self,
        row: Indicator,
        state: FindingState,
        message: str,
        *,
        subject: str = "site",
        points: Decimal | int = 0,
        evidence: Sequence[Evidence] = (),
    ) -> Finding:
        """A finding of this case; points count only where it is established."""
        return Finding(
            id=finding_id(self.observations.site.code, row.id, subject),
            indicator=row.id,
            state=state,
            subject=subject,
            message=message,
            points=Decimal(points) if state is FindingState.ESTABLISHED else Decimal(0),
            price=Decimal(points),
            evidence=tuple(evidence),
        )


def page_evidence(page: PageSeen, excerpt: str) -> Evidence:
    """Evidence that stands on a fetched page."""
    return Evidence(url=page.final_url, excerpt=excerpt, observed_at=page.fetched_at, snapshot=page.snapshot)


def column_evidence(column: ColumnSeen) -> Evidence:
    """Evidence that shows the state of a column."""
    newest = f"最新日期 {column.newest}" if column.newest else "未见日期"
    described = {
        ColumnState.LISTED: f"共 {column.items} 条，{newest}",
        ColumnState.BLANK: "栏目下没有内容",
        ColumnState.NO_LIST: "页面没有列表",
        ColumnState.UNREACHABLE: "页面打不开",
        ColumnState.SCRIPT_ONLY: "列表由脚本生成，未能读取",
        ColumnState.NOT_SEEN: "未抓取",
    }[column.state]
    excerpt = f"栏目“{column.name}”：{described}"
    if column.page is None:
        return Evidence(url=column.url, excerpt=excerpt)
    return page_evidence(column.page, excerpt)
