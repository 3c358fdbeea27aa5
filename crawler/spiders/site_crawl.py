"""The crawl of one site: from each answer to the facts seen and the requests that follow. No I/O, no clock.

Pages are taken in breadth: only when all pages of one depth are in is it decided which of the addresses
found there are read as pages (columns that the home page names first, then the others by their place, while
the page budget lasts, a quarter of it kept for what stands deeper) and which are only checked as links. So the
same site gives the same set of pages whatever the order in which it answers.

Stubs that redirect by meta refresh or script, and frames, are parts of the page that has them: same depth, outside
the budget. Every address that a page refers to gets exactly one link result.
"""

import re
from collections.abc import Iterable

import msgspec

from crawler.fetch import FetchResult
from crawler.spiders.page_kind import is_page, may_be_page
from crawler.spiders.tasks import Harvest, Task, TaskKind, link_mark, page_mark
from inspection.observation import (
    FetchOutcome,
    LinkOutcome,
    LinkSeen,
    LinkSource,
    LinkTry,
    PageFacts,
    PageLink,
    PageSeen,
)
from inspection.ports import WorkOrder
from inspection.registry.address import SiteScope

_MAX_PARTS = 3
_RANKS_PER_DEPTH = 100_000
_COLUMN_RANKS = 10_000
_LETTER_PAGES = 6
_RESERVED_SHARE = 4
"""One page in four of the budget."""
_WANTED = re.compile(r"信箱|留言|来信|咨询|访谈|征集|调查|办事指南|服务指南|办理指南|办事服务")
_SERVICES = re.compile(r"办事|服务指南|服务事项|办理指南")


class Retries(msgspec.Struct, frozen=True, kw_only=True):
    """How often a failed page is asked for again and after how long, at most; the outcome may ask for less."""

    home: int = 2
    other: int = 1
    longest_pause_s: float = 60.0


class _Memo(msgspec.Struct):
    """What a successor must know besides the requests left and the known addresses.

    ``homes`` are home pages outside the bounds known until then, ``home_urls`` all addresses that the registered
    one leads to.
    """

    homes: list[str] = []
    home_urls: list[str] = []
    budget_used: int = 0


class SiteCrawl:
    """The crawl of one site: :meth:`begin` once, then :meth:`page_answered` or :meth:`link_checked` per request."""

    def __init__(
        self,
        order: WorkOrder,
        *,
        retries: Retries,
        tasks: Iterable[Task] = (),
        seen: Iterable[bytes] = (),
        memo: bytes = b"",
    ) -> None:
        self.order = order
        self._retries = retries
        self._open = {task.id: task for task in tasks}
        self._seen = set(seen)
        self._memo = msgspec.json.decode(memo, type=_Memo) if memo else _Memo()
        self._pages_open = sum(task.kind is TaskKind.PAGE for task in self._open.values())
        self._scopes = [SiteScope.of(url) for url in (order.url, *self._memo.homes)]
        self._opened: dict[str, FetchResult] = {}

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to request."""
        return not self._open

    @property
    def scope(self) -> SiteScope:
        """The site's bounds: those of the page that its registered address led to."""
        return msgspec.structs.replace(self._scopes[-1], also_home=frozenset(self._memo.home_urls))

    def begin(self) -> Harvest:
        """First request of a new crawl, or those a predecessor left."""
        harvest = Harvest()
        if not self._seen and not self._open:
            self._add_page(Task(kind=TaskKind.PAGE, url=self.order.url), harvest)
            self._use_budget(harvest)
        else:
            harvest.now += [task for task in self._open.values() if task.kind is not TaskKind.CANDIDATE]
        self._decide_if_depth_is_in(harvest)
        return harvest

    def wants_facts(self, task: Task, result: FetchResult) -> bool:
        """Whether the answer's body should be read for facts."""
        return self._page_outcome(task, result) is FetchOutcome.OK

    def page_answered(self, task: Task, result: FetchResult, facts: PageFacts | None) -> Harvest:
        """An answer to a page request, with its facts where :meth:`wants_facts` said so.

        ``facts`` None on such an answer means that they could not be read; the page counts as fetched without facts.
        """
        harvest = Harvest()
        outcome = self._page_outcome(task, result)
        if self._is_repeated(task, outcome, harvest):
            return harvest
        self._close(task, harvest)
        harvest.page = _page_seen(task, result, outcome, facts)
        harvest.body = b"" if outcome is FetchOutcome.NOT_HTML else result.body
        if outcome is FetchOutcome.OK and task.depth == 0:
            self._note_home(task, result.final_url, harvest)
        self._answer_links_to(task, result, outcome, facts, harvest)
        if facts is not None:
            self._follow(task, facts, harvest)
        self._decide_if_depth_is_in(harvest)
        return harvest

    def link_checked(self, task: Task, seen: LinkSeen) -> Harvest:
        """The result of a link check."""
        harvest = Harvest(links=[seen])
        self._close(task, harvest)
        return harvest

    def gave_up(self, task: Task) -> Harvest:
        """A request that could not be made because of an error of ours; the crawl goes on without it."""
        harvest = Harvest()
        self._close(task, harvest)
        self._decide_if_depth_is_in(harvest)
        return harvest

    # -- answers ---------------------------------------------------------------------------------

    def _page_outcome(self, task: Task, result: FetchResult) -> FetchOutcome:
        if result.outcome is not FetchOutcome.OK:
            return result.outcome
        if task.depth > 0 and self._leads_elsewhere(task.url, result.final_url):
            return FetchOutcome.REDIRECT_ELSEWHERE
        return FetchOutcome.OK if is_page(result) else FetchOutcome.NOT_HTML

    def _leads_elsewhere(self, url: str, final_url: str) -> bool:
        """Whether another page came than the one asked for: of another site, or the home page."""
        if url == final_url:
            return False
        return not self._is_internal(final_url) or (self._is_home(final_url) and not self._is_home(url))

    def _is_repeated(self, task: Task, outcome: FetchOutcome, harvest: Harvest) -> bool:
        pause = outcome.policy.retry_after
        allowed = self._retries.home if task.depth == 0 else self._retries.other
        # A page that is not there is left to the link check, which asks again in its own time.
        left_to_check = outcome is FetchOutcome.NOT_FOUND and task.source is not None
        if outcome is FetchOutcome.OK or left_to_check or pause is None or task.attempt >= allowed:
            return False
        again = msgspec.structs.replace(task, attempt=task.attempt + 1)
        self._open[again.id] = again
        harvest.changes[again.id] = again
        harvest.later.append((again, min(pause.total_seconds(), self._retries.longest_pause_s)))
        return True

    def _note_home(self, task: Task, final_url: str, harvest: Harvest) -> None:
        if not self._is_internal(final_url):
            self._memo.homes.append(final_url)
            self._scopes.append(SiteScope.of(final_url))
        if task.part == 0 or task.url in self._memo.home_urls:
            self._memo.home_urls += [url for url in (task.url, final_url) if url not in self._memo.home_urls]
        harvest.memo = msgspec.json.encode(self._memo)

    def _answer_links_to(
        self, task: Task, result: FetchResult, outcome: FetchOutcome, facts: PageFacts | None, harvest: Harvest
    ) -> None:
        """The fetch of a page answers for the links to it, unless anything about it is in doubt."""
        clear = outcome is FetchOutcome.OK and not (facts is not None and facts.soft_404)
        if clear and task.depth == 0:
            self._opened[task.url] = self._opened[result.final_url] = msgspec.structs.replace(result, body=b"")
        if task.source is None:
            return
        if clear:
            harvest.links.append(_link_seen(task.url, task.source, result))
        else:
            self._add(Task(kind=TaskKind.LINK, url=task.url, source=task.source), harvest)

    # -- what follows ----------------------------------------------------------------------------

    def _follow(self, task: Task, facts: PageFacts, harvest: Harvest) -> None:
        sources = _sources(task.url, facts.links)
        self._add_parts(task, facts, sources, harvest)
        if self.order.home_only:
            return
        ranks = _column_ranks(facts) if task.depth == 0 else _deeper_ranks(task, facts)
        for place, link in enumerate(facts.links):
            url = link.url if link.url is not None else link.raw
            mark = link_mark(url)
            if mark in self._seen:
                self._prefer(url, task, ranks.get(url, _rank_of(task, place)))
                continue
            self._mark(mark, harvest)
            if url in self._opened:
                harvest.links.append(_link_seen(url, sources[url], self._opened[url]))
            else:
                rank = ranks.get(url, _rank_of(task, place))
                self._add(self._target(task, link, sources[url], rank), harvest)

    def _add_parts(self, task: Task, facts: PageFacts, sources: dict[str, LinkSource], harvest: Harvest) -> None:
        if task.part >= _MAX_PARTS:
            return
        stub = (facts.redirect_url,) if facts.redirect_url is not None else ()
        for url in (*stub, *facts.frames):
            if page_mark(url) in self._seen or not (self._is_internal(url) or (task.depth == 0 and url in stub)):
                continue
            known = link_mark(url) in self._seen
            if url in sources and not known:
                self._mark(link_mark(url), harvest)
            if task.depth == 0 and url in stub:
                self._memo.home_urls.append(url)
                harvest.memo = msgspec.json.encode(self._memo)
            source = None if known else sources.get(url)
            part = msgspec.structs.replace(
                task, url=url, part=task.part + 1, attempt=0, referrer=task.url, source=source
            )
            self._add_page(part, harvest)

    def _target(self, task: Task, link: PageLink, source: LinkSource, rank: int) -> Task:
        url = link.url if link.url is not None else link.raw
        internal = link.url is not None and self._is_internal(url)
        may_be_read = internal and may_be_page(link) and self._budget_left and page_mark(url) not in self._seen
        return Task(
            kind=TaskKind.CANDIDATE if may_be_read else TaskKind.LINK,
            url=url,
            depth=task.depth + 1,
            rank=rank,
            internal=internal,
            referrer=task.url,
            source=source,
        )

    def _prefer(self, url: str, task: Task, rank: int) -> None:
        """An address that several pages of one depth name takes its best place, whichever page came first."""
        known = self._open.get(link_mark(url).hex())
        if (
            known is not None
            and known.kind is TaskKind.CANDIDATE
            and known.depth == task.depth + 1
            and rank < known.rank
        ):
            self._open[known.id] = msgspec.structs.replace(known, rank=rank)

    def _decide_if_depth_is_in(self, harvest: Harvest) -> None:
        """With no page left at this depth, candidates become pages while the budget lasts, else link checks."""
        if self._pages_open:
            return
        candidates = [task for task in self._open.values() if task.kind is TaskKind.CANDIDATE]
        for task in sorted(candidates, key=_preference):
            self._close(task, harvest)
            if self._budget_left > self._reserve_from(task):
                self._use_budget(harvest)
                rank = task.depth * _RANKS_PER_DEPTH + task.rank
                self._add_page(msgspec.structs.replace(task, kind=TaskKind.PAGE, rank=rank), harvest)
            else:
                self._add(msgspec.structs.replace(task, kind=TaskKind.LINK), harvest)

    def _reserve_from(self, task: Task) -> int:
        """Pages kept back from the articles on the home page for what stands deeper: letters, guides, columns."""
        is_column = task.rank < _COLUMN_RANKS
        return 0 if task.depth > 1 or is_column else self.order.page_budget // _RESERVED_SHARE

    # -- bookkeeping -----------------------------------------------------------------------------

    @property
    def _budget_left(self) -> int:
        return max(0, self.order.page_budget - self._memo.budget_used)

    def _use_budget(self, harvest: Harvest) -> None:
        self._memo.budget_used += 1
        harvest.memo = msgspec.json.encode(self._memo)

    def _add_page(self, task: Task, harvest: Harvest) -> None:
        self._mark(page_mark(task.url), harvest)
        self._pages_open += 1
        self._add(task, harvest)

    def _add(self, task: Task, harvest: Harvest) -> None:
        self._open[task.id] = task
        harvest.changes[task.id] = task
        if task.kind is not TaskKind.CANDIDATE:
            harvest.now.append(task)

    def _close(self, task: Task, harvest: Harvest) -> None:
        if self._open.pop(task.id, None) is not None and task.kind is TaskKind.PAGE:
            self._pages_open -= 1
        harvest.changes[task.id] = None

    def _mark(self, mark: bytes, harvest: Harvest) -> None:
        self._seen.add(mark)
        harvest.seen.append(mark)

    def _is_internal(self, url: str) -> bool:
        return any(scope.contains(url) for scope in self._scopes)

    def _is_home(self, url: str) -> bool:
        return url in self._memo.home_urls or any(scope.is_home(url) for scope in self._scopes)


def _preference(task: Task) -> tuple[int, int, int, str]:
    """Nearer first; then by rank, which below the home page does not hang on who answers first; then by address."""
    return task.depth, task.rank, task.url.count("/"), task.url


def _rank_of(task: Task, place: int) -> int:
    """Rank of an address that has none of its own: by its place on the home page; deeper all alike."""
    return _COLUMN_RANKS + (place if task.depth == 0 else 0)


def _deeper_ranks(task: Task, facts: PageFacts) -> dict[str, int]:
    """Below the home page: the next pages of a list of letters, then what is named after letters or services."""
    ranks = {link.url: 1 for link in facts.links if link.url is not None and _WANTED.search(link.text)}
    if _SERVICES.search(facts.title or ""):
        ranks.update((item.url, 1) for item in facts.list_items if item.url is not None)
    if facts.letters and task.depth == 1:
        ranks.update((url, 0) for url in facts.pager_urls[:_LETTER_PAGES])
    return ranks


def _column_ranks(facts: PageFacts) -> dict[str, int]:
    """Columns that the home page names come before everything else, in its order."""
    ranks: dict[str, int] = {}
    for column in facts.columns:
        if column.url is not None:
            ranks.setdefault(column.url, min(len(ranks), _COLUMN_RANKS - 1))
    return ranks


def _sources(page: str, links: Iterable[PageLink]) -> dict[str, LinkSource]:
    """First place of each target on a page; malformed references go by what the page wrote."""
    sources: dict[str, LinkSource] = {}
    for link in links:
        url = link.url if link.url is not None else link.raw
        if url not in sources:
            sources[url] = LinkSource(
                page=page, element=link.element, attribute=link.attribute, text=link.text, line=link.line
            )
    return sources


def _page_seen(task: Task, result: FetchResult, outcome: FetchOutcome, facts: PageFacts | None) -> PageSeen:
    return PageSeen(
        url=task.url,
        final_url=result.final_url,
        depth=task.depth,
        fetched_at=result.started_at,
        outcome=outcome,
        status=result.status,
        elapsed_s=result.elapsed_s,
        content_type=result.headers.get("content-type", ""),
        referrer=task.referrer,
        facts=facts,
    )


def _link_seen(url: str, source: LinkSource, result: FetchResult) -> LinkSeen:
    tried = LinkTry(
        at=result.started_at,
        method=result.method,
        outcome=result.outcome,
        status=result.status,
        elapsed_s=result.elapsed_s,
    )
    return LinkSeen(
        url=url,
        internal=True,
        outcome=LinkOutcome.OK,
        reason=FetchOutcome.OK,
        source=source,
        checked_at=result.started_at,
        status=result.status,
        final_url=result.final_url,
        tries=(tried,),
    )
