"""The crawl of one site: from each answer to the facts seen and the requests that follow. No I/O, no clock.

Pages are taken in breadth: only when all pages of one depth are in is it decided which of the addresses
found there are read as pages (columns that the home page names first, then the others by their place, while
the page budget lasts, a quarter of it kept for what stands deeper) and which are only checked as links. So the
same site gives the same set of pages whatever the order in which it answers. Mirrored paths and the far end of
calendars and pagers (:mod:`crawler.spiders.traps`) are checked as links, but not read.

Stubs that redirect by meta refresh or script, and frames, are parts of the page that has them: same depth, outside
the budget. Pages near the home page that leave their lists to scripts are shown in a browser as well, within a budget
of their own; what they refer to then belongs to their depth. Every address that a page refers to gets exactly one
link result, up to a number that only traps exceed; what is left out is counted on its page.

An order that names addresses (a recheck) wants nothing else: they are looked at where pages lead to them, and asked
for outright where none does.
"""

import re
from collections.abc import Iterable
from hashlib import blake2b

import msgspec

from crawler.extract import likeness
from crawler.fetch import FetchResult
from crawler.spiders.page_kind import is_page, may_be_page
from crawler.spiders.tasks import Harvest, Task, TaskKind, link_mark, page_mark, render_mark
from crawler.spiders.traps import CHAIN_OF_TRUST, LONGEST_CHAIN, form_of, is_mirrored
from inspection.observation import (
    FetchOutcome,
    ItemSeen,
    LinkOutcome,
    LinkSeen,
    LinkSource,
    LinkTry,
    PageFacts,
    PageLink,
    PageSeen,
    RenderSeen,
)
from inspection.observation.host import HostSeen
from inspection.observation.page import LetterState, ListState
from inspection.ports import WorkOrder
from inspection.registry.address import SiteScope, canonical, resolve

_MAX_PARTS = 3
_MOST_FRAMES = 8
_MOST_FRAMES_WITHIN = 2
"""Frames that are read as parts of a page, and of such a part; the others are addresses like any."""
_PARTS_PER_PAGE = 2
"""So many parts for each page of the budget are read in all, which only a trap exceeds."""
_ADDRESSES_PER_PAGE = 200
_ADDRESSES_OF_A_MAP = 2_000
"""So many addresses for each page of the budget are looked at in all, and so many besides, for home pages that are one
large map, where the order does not say how many. Only a trap exceeds that.
"""
_RANKS_PER_DEPTH = 100_000
_COLUMN_RANKS = 10_000
_LETTER_PAGES = 6
_LETTERS_READ = 3
_DOCUMENTS_READ = 5
_INTERPRETATIONS_READ = 3
_SAMPLED_RANK = 2
_DOCUMENTS = re.compile(r"(?<!国务院)(?:政策(?!解读|图解|问答|咨询)|规范性文件|政府文件|本级文件|部门文件)")
_INTERPRETATIONS = re.compile(r"解读|图解")
_DEPTH_OF_WANTED = 1
_RENDERED_DEPTH = 1
"""The home page and its columns: what the standard looks for stands there."""
_HOLDING = (TaskKind.PAGE, TaskKind.RENDER, TaskKind.ABSENT)
"""What may still bring addresses of the next depth, or tells by what they are to be judged."""
_COMPARED_BYTES = 256 * 1024
"""Longer pages are compared with no other: link checks do not read more."""
_RESERVED_SHARE = 4
"""One page in four of the budget."""
_CHAINED_SHARE = 10
"""One page in ten of the budget may come from deep in calendars and pagers."""
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
    one leads to. ``absent`` is the likeness (hex) of what the site answers for an address that cannot exist, where that
    is a page; ``like_absent`` and ``unlike_absent`` count the pages below the home page by it; ``home_likeness`` are
    those of the home page and its parts.
    """

    homes: list[str] = []
    home_urls: list[str] = []
    budget_used: int = 0
    rendered: int = 0
    chained: int = 0
    parts: int = 0
    absent: str = ""
    like_absent: int = 0
    unlike_absent: int = 0
    home_likeness: list[str] = []


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
        render_budget: int = 0,
        looks_at_host: bool = True,
    ) -> None:
        self.order = order
        self._retries = retries
        self._render_budget = render_budget
        self._looks_at_host = looks_at_host
        self._wanted = frozenset(order.addresses)
        self._open = {task.id: task for task in tasks}
        self._seen = set(seen)
        self._memo = msgspec.json.decode(memo, type=_Memo) if memo else _Memo()
        self._pages_open = sum(task.kind in _HOLDING for task in self._open.values())
        self._scopes = [SiteScope.of(url) for url in (order.url, *self._memo.homes)]
        self._scope: SiteScope | None = None
        self._opened: dict[str, FetchResult] = {}

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to request."""
        return not self._open

    @property
    def renders(self) -> bool:
        """Whether pages may have to be rendered."""
        return self._render_budget > 0

    @property
    def scope(self) -> SiteScope:
        """The site's bounds: those of the page that its registered address led to."""
        if self._scope is None:
            self._scope = msgspec.structs.replace(self._scopes[-1], also_home=frozenset(self._memo.home_urls))
        return self._scope

    @property
    def absent(self) -> bytes | None:
        """Likeness of the page that the site shows for whatever it does not have; None where none is known to be that.

        Where most pages of the site are like it, it is no such page, but a frame that scripts fill.
        """
        memo = self._memo
        return bytes.fromhex(memo.absent) if memo.absent and memo.like_absent <= memo.unlike_absent else None

    def begin(self) -> Harvest:
        """First request of a new crawl, or those a predecessor left."""
        harvest = Harvest()
        if not self._seen and not self._open:
            self._add_page(Task(kind=TaskKind.PAGE, url=self.order.url), harvest)
            self._use_budget(harvest)
        else:
            harvest.now += [task for task in self._open.values() if not task.kind.is_waiting]
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
        page = _page_seen(task, result, outcome, facts)
        harvest.body = b"" if outcome is FetchOutcome.NOT_HTML else result.body
        if outcome is FetchOutcome.OK and task.depth == 0:
            self._note_home(task, result, harvest)
        is_clear = outcome is FetchOutcome.OK and not (facts is not None and facts.soft_404)
        is_clear = is_clear and not self._is_like_absent(task, result, harvest)
        self._answer_links_to(task, result, harvest, is_clear=is_clear)
        if facts is not None:
            page = msgspec.structs.replace(page, links_left=self._follow(task, facts, harvest))
            self._mark_for_browser(task, facts, harvest)
        harvest.page = page
        self._decide_if_depth_is_in(harvest)
        return harvest

    def page_rendered(self, task: Task, seen: RenderSeen, html: bytes) -> Harvest:
        """A page that has been read before as a browser showed it, with the document that was shown.

        What scripts lead to instead of the page is another page; nothing is followed from there.
        """
        harvest = Harvest(render=seen, body=html)
        self._close(task, harvest)
        if seen.facts is not None and not self._leads_elsewhere(task.url, seen.final_url):
            left = self._follow(task, seen.facts, harvest)
            harvest.render = msgspec.structs.replace(seen, links_left=left)
        self._decide_if_depth_is_in(harvest)
        return harvest

    def link_checked(self, task: Task, seen: LinkSeen) -> Harvest:
        """The result of a link check."""
        harvest = Harvest(links=[seen])
        self._close(task, harvest)
        return harvest

    def host_seen(self, task: Task, seen: HostSeen) -> Harvest:
        """The result of a look at the home page's host."""
        harvest = Harvest(host=seen)
        self._close(task, harvest)
        return harvest

    def absent_seen(self, task: Task, seen: bytes | None) -> Harvest:
        """Likeness of the page that came for an address that cannot exist, None where no such page came."""
        harvest = Harvest()
        self._close(task, harvest)
        if seen is not None and seen.hex() not in self._memo.home_likeness:
            self._memo.absent = seen.hex()
            harvest.memo = msgspec.json.encode(self._memo)
        self._decide_if_depth_is_in(harvest)
        return harvest

    def gave_up(self, task: Task, reason: str) -> Harvest:
        """A request that ended without a result, for a reason of ours; the crawl goes on without it."""
        harvest = Harvest(given_up=reason)
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

    def _note_home(self, task: Task, result: FetchResult, harvest: Harvest) -> None:
        final_url = result.final_url
        if not self._is_internal(final_url):
            self._memo.homes.append(final_url)
            self._scopes.append(SiteScope.of(final_url))
        if task.part == 0:
            if self._looks_at_host:
                self._add(Task(kind=TaskKind.HOST, url=final_url), harvest)
            self._ask_for_absent(final_url, harvest)
        self._note_likeness(result)
        if task.part == 0 or task.url in self._memo.home_urls:
            self._memo.home_urls += [url for url in (task.url, final_url) if url not in self._memo.home_urls]
        self._scope = None
        harvest.memo = msgspec.json.encode(self._memo)

    def _ask_for_absent(self, home: str, harvest: Harvest) -> None:
        """Beside the home page, under a name that only round and site decide, and before all else that waits there."""
        if self.order.home_only:
            return
        name = blake2b(f"{self.order.round_id}:{self.order.code}:{home}".encode(), digest_size=8).hexdigest()
        url = resolve(home, f"{name}.html")
        if url is not None:
            self._pages_open += 1
            self._add(Task(kind=TaskKind.ABSENT, url=url, rank=-1), harvest)

    def _note_likeness(self, result: FetchResult) -> None:
        """What the home page is like, no page that does not exist is like."""
        if len(result.body) > _COMPARED_BYTES:
            return
        seen = likeness(result.body, result.final_url).hex()
        self._memo.home_likeness.append(seen)
        if self._memo.absent == seen:
            self._memo.absent = ""

    def _is_like_absent(self, task: Task, result: FetchResult, harvest: Harvest) -> bool:
        """Whether a page below the home page is the one that the site shows for whatever it does not have."""
        if not self._memo.absent or task.depth == 0 or not result.body:
            return False
        is_whole = not result.truncated and len(result.body) <= _COMPARED_BYTES
        is_like = is_whole and likeness(result.body, result.final_url).hex() == self._memo.absent
        self._memo.like_absent += is_like
        self._memo.unlike_absent += not is_like
        harvest.memo = msgspec.json.encode(self._memo)
        return is_like

    def _answer_links_to(self, task: Task, result: FetchResult, harvest: Harvest, *, is_clear: bool) -> None:
        """The fetch of a page answers for the links to it, unless anything about it is in doubt."""
        if is_clear and task.depth == 0:
            self._opened[task.url] = self._opened[result.final_url] = msgspec.structs.replace(result, body=b"")
        if task.source is None:
            return
        if is_clear:
            harvest.links.append(_link_seen(task.url, task.source, result))
        else:
            self._add(Task(kind=TaskKind.LINK, url=task.url, source=task.source), harvest)

    # -- what follows ----------------------------------------------------------------------------

    def _follow(self, task: Task, facts: PageFacts, harvest: Harvest) -> int:
        """Take in what a page refers to; returns how many addresses are beyond the bound and left unchecked."""
        self._add_parts(task, facts, harvest)
        if self.order.home_only:
            return 0
        left: set[bytes] = set()
        ranks = _home_ranks(facts) if task.depth == 0 else _deeper_ranks(task, facts)
        form = form_of(task.url)
        for place, link in enumerate(facts.links):
            url = _target_of(link)
            if self._wanted and url not in self._wanted:
                continue
            mark = link_mark(url)
            if mark in self._seen:
                known = self._open.get(mark.hex())
                if known is not None:
                    self._prefer(known, task, ranks.get(url, _rank_of(task, place)), harvest)
                continue
            if len(self._seen) >= self._address_budget:
                left.add(mark)
                continue
            self._mark(mark, harvest)
            if url in self._opened:
                harvest.links.append(_link_seen(url, _source(task.url, link), self._opened[url]))
            else:
                rank = ranks.get(url, _rank_of(task, place))
                self._add(self._target(task, link, rank, form), harvest)
        return len(left)

    def _mark_for_browser(self, task: Task, facts: PageFacts, harvest: Harvest) -> None:
        """What only scripts can show is left to a browser."""
        is_column = task.depth == 0 or task.rank % _RANKS_PER_DEPTH < _COLUMN_RANKS
        by_script = facts.list_state is ListState.SCRIPT_ONLY or facts.script_written
        known = render_mark(task.url) in self._seen
        if by_script and is_column and not known and task.depth <= _RENDERED_DEPTH:
            self._mark(render_mark(task.url), harvest)
            self._add(msgspec.structs.replace(task, kind=TaskKind.TO_RENDER, attempt=0, source=None), harvest)

    def _add_parts(self, task: Task, facts: PageFacts, harvest: Harvest) -> None:
        if task.part >= _MAX_PARTS:
            return
        stub = (facts.redirect_url,) if facts.redirect_url is not None else ()
        frames = facts.frames[: _MOST_FRAMES if task.part == 0 else _MOST_FRAMES_WITHIN]
        for url in (*stub, *frames):
            if self._memo.parts >= self.order.page_budget * _PARTS_PER_PAGE + _MOST_FRAMES:
                return
            if page_mark(url) in self._seen or not (self._is_internal(url) or (task.depth == 0 and url in stub)):
                continue
            source = _first_source(task.url, url, facts.links) if link_mark(url) not in self._seen else None
            if source is not None:
                self._mark(link_mark(url), harvest)
            if task.depth == 0 and url in stub:
                self._memo.home_urls.append(url)
                self._scope = None
            part = msgspec.structs.replace(
                task, url=url, part=task.part + 1, attempt=0, referrer=task.url, source=source
            )
            self._memo.parts += 1
            harvest.memo = msgspec.json.encode(self._memo)
            self._add_page(part, harvest)

    def _target(self, task: Task, link: PageLink, rank: int, form: str) -> Task:
        """What a reference on the page of ``task``, which has this form, is to be."""
        url = _target_of(link)
        internal = link.url is not None and self._is_internal(url)
        # Beside the home page it is not known yet what absent pages are like: even checks wait for that.
        is_awaited = bool(self._budget_left) or task.depth == 0
        may_be_read = internal and may_be_page(link) and is_awaited and page_mark(url) not in self._seen
        chain = task.chain + 1 if may_be_read and form_of(url) == form else 0
        is_trap = chain > LONGEST_CHAIN or (may_be_read and is_mirrored(url))
        return Task(
            kind=TaskKind.CANDIDATE if may_be_read and not is_trap else TaskKind.LINK,
            url=url,
            depth=task.depth + 1,
            rank=rank,
            internal=internal,
            chain=chain,
            referrer=task.url,
            source=_source(task.url, link),
        )

    def _prefer(self, known: Task, task: Task, rank: int, harvest: Harvest) -> None:
        """An address that several pages of one depth name takes its best place, whichever page came first."""
        if known.kind is TaskKind.CANDIDATE and known.depth == task.depth + 1 and rank < known.rank:
            self._open[known.id] = harvest.changes[known.id] = msgspec.structs.replace(known, rank=rank)

    def _decide_if_depth_is_in(self, harvest: Harvest) -> None:
        """With no page left at this depth, some are rendered; then candidates become pages, else link checks."""
        if not self._pages_open:
            self._render_as_budget_allows(harvest)
        if self._pages_open:
            return
        candidates = [task for task in self._open.values() if task.kind is TaskKind.CANDIDATE]
        for task in sorted(candidates, key=_preference):
            self._close(task, harvest)
            if self._budget_left > self._reserve_from(task) and not self._is_endless(task):
                self._memo.chained += task.chain > CHAIN_OF_TRUST
                self._use_budget(harvest)
                rank = task.depth * _RANKS_PER_DEPTH + task.rank
                self._add_page(msgspec.structs.replace(task, kind=TaskKind.PAGE, rank=rank), harvest)
            else:
                self._add(msgspec.structs.replace(task, kind=TaskKind.LINK), harvest)
        if not self._pages_open:
            self._ask_for_wanted(harvest)

    def _ask_for_wanted(self, harvest: Harvest) -> None:
        """Addresses of the order that no page has led to are read as pages, where they are the site's own."""
        for url in self.order.addresses:
            known = page_mark(url) in self._seen or link_mark(url) in self._seen
            if not known and canonical(url) == url and self._is_internal(url) and not self._is_home(url):
                self._add_page(Task(kind=TaskKind.PAGE, url=url, depth=_DEPTH_OF_WANTED), harvest)

    def _render_as_budget_allows(self, harvest: Harvest) -> None:
        wanted = [task for task in self._open.values() if task.kind is TaskKind.TO_RENDER]
        for task in sorted(wanted, key=_preference):
            self._close(task, harvest)
            if self._memo.rendered < self._render_budget:
                self._memo.rendered += 1
                harvest.memo = msgspec.json.encode(self._memo)
                self._pages_open += 1
                self._add(msgspec.structs.replace(task, kind=TaskKind.RENDER), harvest)

    def _is_endless(self, task: Task) -> bool:
        """Whether a page lies so deep in a chain of its own form that others have the first call on the budget."""
        return task.chain > CHAIN_OF_TRUST and self._memo.chained >= self.order.page_budget // _CHAINED_SHARE

    def _reserve_from(self, task: Task) -> int:
        """Pages kept back from the articles on the home page for what stands deeper: letters, guides, columns."""
        is_column = task.rank < _COLUMN_RANKS
        return 0 if task.depth > 1 or is_column else self.order.page_budget // _RESERVED_SHARE

    # -- bookkeeping -----------------------------------------------------------------------------

    @property
    def _budget_left(self) -> int:
        return max(0, self.order.page_budget - self._memo.budget_used)

    @property
    def _address_budget(self) -> int:
        if self.order.address_budget is not None:
            return self.order.address_budget
        return self.order.page_budget * _ADDRESSES_PER_PAGE + _ADDRESSES_OF_A_MAP

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
        if not task.kind.is_waiting:
            harvest.now.append(task)

    def _close(self, task: Task, harvest: Harvest) -> None:
        if self._open.pop(task.id, None) is not None and task.kind in _HOLDING:
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
    """Below the home page: the next pages of a list of letters; what is named after letters or services, no dated item
    of a list unless it is a guide; then some letters, interpretations and policy documents.
    """
    ranks = _sampled_ranks(facts)
    dated = {item.url for item in facts.list_items if item.date is not None}
    wanted = {link.url: link.text for link in facts.links if link.url is not None and _WANTED.search(link.text)}
    ranks.update((url, 1) for url, text in wanted.items() if url not in dated or _SERVICES.search(text))
    if _SERVICES.search(facts.title or ""):
        ranks.update((item.url, 1) for item in facts.list_items if item.url is not None)
    if facts.letters and task.depth == 1:
        ranks.update((url, 0) for url in facts.pager_urls[:_LETTER_PAGES])
    return ranks


def _sampled_ranks(facts: PageFacts) -> dict[str, int]:
    """Of letters, interpretations and policy documents a few of each page are read, the first of each list first."""
    title = facts.title or ""
    letters = [letter.url for letter in facts.letters if letter.state is not LetterState.PENDING]
    samples = [
        _items_of([facts.list_items], _DOCUMENTS_READ) if _DOCUMENTS.search(title) else [],
        _items_of([facts.list_items], _INTERPRETATIONS_READ) if _INTERPRETATIONS.search(title) else [],
        facts.interpretation_urls[:_INTERPRETATIONS_READ] if facts.list_state is ListState.NONE else [],
        [url for url in letters if url is not None][:_LETTERS_READ],
    ]
    return {url: _SAMPLED_RANK + place for urls in samples for place, url in enumerate(urls)}


def _home_ranks(facts: PageFacts) -> dict[str, int]:
    """Columns that the home page names, in its order; then some documents and interpretations of those columns."""
    ranks: dict[str, int] = {}
    for column in facts.columns:
        if column.url is not None:
            ranks.setdefault(column.url, min(len(ranks), _COLUMN_RANKS - 1))
    for words, number in ((_DOCUMENTS, _DOCUMENTS_READ), (_INTERPRETATIONS, _INTERPRETATIONS_READ)):
        for url in _items_of((column.items for column in facts.columns if words.search(column.name)), number):
            ranks.setdefault(url, _COLUMN_RANKS)
    return ranks


def _items_of(lists: Iterable[Iterable[ItemSeen]], number: int) -> list[str]:
    """Addresses of the first items."""
    return [item.url for items in lists for item in items if item.url is not None][:number]


def _target_of(link: PageLink) -> str:
    """What a reference leads to; malformed ones go by what the page wrote."""
    return link.url if link.url is not None else link.raw


def _source(page: str, link: PageLink) -> LinkSource:
    return LinkSource(page=page, element=link.element, attribute=link.attribute, text=link.text, line=link.line)


def _first_source(page: str, url: str, links: Iterable[PageLink]) -> LinkSource | None:
    """Where a page first refers to an address; None where it does not."""
    return next((_source(page, link) for link in links if _target_of(link) == url), None)


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
