"""The crawl of one site over an imaginary web: complete, bounded, resumable, the same in any order of answers."""

import random
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

import msgspec
import pytest

from crawler.extract import likeness
from crawler.fetch import FetchResult
from crawler.spiders.site_crawl import Retries, SiteCrawl
from crawler.spiders.tasks import Harvest, Task, TaskKind
from inspection.observation import (
    ColumnLink,
    FetchOutcome,
    ItemSeen,
    LinkOutcome,
    LinkSeen,
    PageFacts,
    PageLink,
    PageSeen,
    RenderSeen,
)
from inspection.observation.host import HostSeen
from inspection.observation.page import LetterSeen, LetterState, ListState
from inspection.observation.site import LinkDefect
from inspection.ports import WorkOrder

HOME = "http://www.a.test/"
AT = datetime(2026, 11, 20, tzinfo=UTC)


def page(*targets: str, **fields: object) -> PageFacts:
    links = tuple(
        PageLink(url=None if target.startswith("!") else target, raw=target, text="", element=element, attribute="href")
        for target in targets
        for element in ["img" if target.endswith(".png") else "a"]
    )
    return PageFacts(charset="utf-8", links=links, **fields)


class Web:
    """Answers by address: facts of a page, an outcome, or (final address, facts)."""

    def __init__(self, pages: dict[str, object]) -> None:
        self.pages = pages
        self.shown: dict[str, PageFacts] = {}
        self.shown_at: dict[str, str] = {}
        self.asked: Counter[str] = Counter()

    def fetch(self, task: Task) -> tuple[FetchResult, PageFacts | None]:
        self.asked[task.url] += 1
        found = self.pages.get(task.url, FetchOutcome.NOT_FOUND)
        if isinstance(found, list):
            found = found[min(self.asked[task.url], len(found)) - 1]
        final_url = task.url
        if isinstance(found, tuple):
            final_url, found = found
        if isinstance(found, FetchOutcome):
            return self._result(task, final_url, found, b"", "text/html"), None
        if isinstance(found, bytes):
            return self._result(task, final_url, FetchOutcome.OK, found, "application/pdf"), None
        assert isinstance(found, PageFacts)
        return self._result(task, final_url, FetchOutcome.OK, f"<p>{task.url}".encode(), "text/html"), found

    @staticmethod
    def _result(task: Task, final_url: str, outcome: FetchOutcome, body: bytes, content_type: str) -> FetchResult:
        return FetchResult(
            url=task.url,
            final_url=final_url,
            method="GET",
            outcome=outcome,
            started_at=AT,
            elapsed_s=0.1,
            status=200 if outcome is FetchOutcome.OK else None,
            headers={"content-type": content_type},
            body=body,
        )


class State(msgspec.Struct):
    """What Redis would keep."""

    tasks: dict[str, bytes] = {}
    seen: list[bytes] = []
    memo: bytes = b""


class Run:
    """Drives a crawl; can be cut off and taken up again from what was kept."""

    def __init__(
        self,
        web: Web,
        *,
        budget: int = 50,
        addresses: int | None = None,
        renders: int = 0,
        retries: Retries | None = None,
        seed: int = 0,
        home_only: bool = False,
        wanted: tuple[str, ...] = (),
    ) -> None:
        self.web = web
        self.render_budget = renders
        self.order = WorkOrder(
            round_id="r",
            code="1100000001",
            url=HOME,
            page_budget=budget,
            address_budget=addresses,
            probe_count=0,
            probe_span_s=0,
            home_only=home_only,
            addresses=wanted,
        )
        self.retries = retries or Retries()
        self.random = random.Random(seed)
        self.state = State()
        self.pages: list[PageSeen] = []
        self.links: list[LinkSeen] = []
        self.renders: list[RenderSeen] = []
        self.hosts: list[str] = []
        self.absent: list[str] = []
        self.pauses: list[float] = []
        self.start()

    def start(self) -> None:
        tasks = [msgspec.json.decode(text, type=Task) for text in self.state.tasks.values()]
        self.crawl = SiteCrawl(
            self.order,
            retries=self.retries,
            tasks=tasks,
            seen=self.state.seen,
            memo=self.state.memo,
            render_budget=self.render_budget,
        )
        self.ready: list[Task] = []
        self.take(self.crawl.begin())

    def take(self, harvest: Harvest) -> None:
        for key, task in harvest.changes.items():
            self.state.tasks.pop(key, None)
            if task is not None:
                self.state.tasks[key] = msgspec.json.encode(task)
        self.state.seen += harvest.seen
        self.state.memo = harvest.memo or self.state.memo
        if harvest.page is not None:
            self.pages.append(harvest.page)
        if harvest.render is not None:
            self.renders.append(harvest.render)
        self.links += harvest.links
        self.ready += harvest.now + [task for task, _ in harvest.later]
        self.pauses += [pause for _, pause in harvest.later]

    def step(self) -> None:
        task = self.ready.pop(self.random.randrange(len(self.ready)))
        assert not task.kind.is_waiting
        if task.kind is TaskKind.PAGE:
            result, facts = self.web.fetch(task)
            wanted = self.crawl.wants_facts(task, result)
            self.take(self.crawl.page_answered(task, result, facts if wanted else None))
        elif task.kind is TaskKind.HOST:
            self.hosts.append(task.url)
            host = HostSeen(host="a", observed_at=AT, over_ipv6=FetchOutcome.OK, https=FetchOutcome.OK)
            self.take(self.crawl.host_seen(task, host))
        elif task.kind is TaskKind.ABSENT:
            self.answer_absent(task)
        elif task.kind is TaskKind.RENDER:
            shown = self.web.shown.get(task.url)
            final_url = self.web.shown_at.get(task.url, task.url)
            rendered = RenderSeen(url=task.url, final_url=final_url, rendered_at=AT, elapsed_s=1.0, facts=shown)
            self.take(self.crawl.page_rendered(task, rendered, b"<html>"))
        else:
            self.take(self.crawl.link_checked(task, self.check(task)))

    def look_for_absent(self) -> None:
        task = next(task for task in self.ready if task.kind is TaskKind.ABSENT)
        self.ready.remove(task)
        self.answer_absent(task)

    def answer_absent(self, task: Task) -> None:
        self.absent.append(task.url)
        found, _ = self.web.fetch(task)
        self.take(self.crawl.absent_seen(task, likeness(found.body, task.url) if found.body else None))

    def check(self, task: Task) -> LinkSeen:
        assert task.source is not None
        found = self.web.pages.get(task.url)
        return LinkSeen(
            url=task.url,
            internal=task.internal,
            outcome=LinkOutcome.OK if found is not None else LinkOutcome.BROKEN,
            defect=None if found is not None else LinkDefect.DEAD,
            reason=FetchOutcome.OK if found is not None else FetchOutcome.NOT_FOUND,
            source=task.source,
            checked_at=AT,
        )

    def finish(self) -> "Run":
        for _ in range(5000):
            if not self.ready:
                break
            self.step()
        assert self.crawl.is_complete
        assert self.state.tasks == {}
        return self

    @property
    def page_urls(self) -> set[str]:
        return {seen.url for seen in self.pages}


def big_site() -> Web:
    """A home page with columns, list pages with articles, attachments and external links."""
    columns = [f"{HOME}col{n}/" for n in range(6)]
    named = tuple(ColumnLink(name=f"栏目{n}", url=url, in_navigation=True) for n, url in enumerate(columns[3:]))
    others = [f"{HOME}misc{n}.html" for n in range(5)]
    pages: dict[str, object] = {
        HOME: page(HOME, *others, *columns, "http://ext.test/", f"{HOME}logo.png", "!http:///x", columns=named)
    }
    for n, url in enumerate(columns):
        articles = [f"{url}art{k}.html" for k in range(8)]
        pages[url] = page(HOME, *columns, *articles, f"{url}file.pdf", f"http://ext{n % 2}.test/")
        pages.update({article: page(HOME, url, f"{HOME}dead{n}.html") for article in articles})
        pages[f"{url}file.pdf"] = b"%PDF-"
    pages.update({url: page(HOME) for url in others})
    pages.update(dict.fromkeys(["http://ext.test/", "http://ext0.test/", "http://ext1.test/"], page()))
    pages[f"{HOME}logo.png"] = b"\x89PNG"
    return Web(pages)


def all_targets(run: Run) -> set[str]:
    return {link.url or link.raw for seen in run.pages if seen.facts for link in seen.facts.links}


@pytest.mark.parametrize("budget", [1, 4, 9, 20, 500])
def test_every_target_gets_exactly_one_result_and_the_budget_holds(budget: int) -> None:
    run = Run(big_site(), budget=budget).finish()
    assert Counter(link.url for link in run.links) == Counter(all_targets(run))
    assert len(run.pages) == min(budget, len([url for url in run.web.pages if url.startswith(HOME)]) - 7 + 6)
    assert max(run.web.asked.values()) == 1
    broken = {link.url for link in run.links if link.outcome is LinkOutcome.BROKEN}
    assert broken == {url for url in all_targets(run) if url not in run.web.pages}


def test_of_the_home_page_alone_its_parts_are_read_and_no_link_is_checked() -> None:
    frame = f"{HOME}main.html"
    web = Web({HOME: page("http://ext.test/", f"{HOME}col1/", frame, frames=(frame,)), frame: page(f"{HOME}col2/")})
    run = Run(web, budget=1, home_only=True).finish()
    assert run.page_urls == {HOME, frame}
    assert set(web.asked) == {HOME, frame}


@pytest.mark.parametrize("budget", [5, 12, 25])
def test_the_order_of_answers_does_not_change_what_is_read(budget: int) -> None:
    runs = [Run(big_site(), budget=budget, seed=seed).finish() for seed in range(8)]
    assert len({frozenset(run.page_urls) for run in runs}) == 1
    assert len({frozenset((link.url, link.outcome) for link in run.links) for run in runs}) == 1


def test_named_columns_come_first_then_the_home_page_in_its_order_and_a_quarter_deeper() -> None:
    run = Run(big_site(), budget=6).finish()
    assert run.page_urls == {
        HOME, f"{HOME}col3/", f"{HOME}col4/", f"{HOME}col5/", f"{HOME}misc0.html", f"{HOME}col3/art0.html",
    }  # fmt: skip


def test_some_answered_letters_are_read_before_other_pages_of_their_depth() -> None:
    box, others = f"{HOME}box/", [f"{HOME}a{n}.html" for n in range(9)]
    letters = [f"{HOME}box/letter/{n}.html" for n in range(9)]
    listed = tuple(
        LetterSeen(title="路灯", url=url, state=LetterState.ANSWERED if n else LetterState.PENDING)
        for n, url in enumerate(letters)
    )
    pages = {HOME: page(box), box: page(*others, *letters, letters=listed)}
    pages.update({url: page() for url in (*others, *letters)})
    run = Run(Web(pages), budget=6).finish()
    assert run.page_urls == {HOME, box, *letters[1:4], others[0]}


def test_some_documents_and_interpretations_are_read_before_other_articles() -> None:
    def items(folder: str, number: int) -> tuple[ItemSeen, ...]:
        return tuple(ItemSeen(title="条目", url=f"{HOME}{folder}/{n}.html") for n in range(number))

    news, files, readings = items("news", 9), items("files", 9), items("readings", 9)
    urls = [[str(item.url) for item in each] for each in (news, files, readings)]
    columns = (
        ColumnLink(name="要闻", url=None, in_navigation=False, items=news),
        ColumnLink(name="政策文件", url=None, in_navigation=False, items=files),
        ColumnLink(name="政策解读", url=f"{HOME}jd/", in_navigation=True),
    )
    pages = {
        HOME: page(*urls[0], *urls[1], f"{HOME}jd/", columns=columns),
        f"{HOME}jd/": page(*urls[2], title="政策解读", list_items=readings, list_state=ListState.LISTED),
        **{url: page() for each in urls for url in each},
        urls[1][0]: page(urls[2][8], interpretation_urls=(urls[2][8],)),
    }
    run = Run(Web(pages), budget=16).finish()
    assert run.page_urls == {HOME, f"{HOME}jd/", *urls[0][:5], *urls[1][:5], *urls[2][:3], urls[2][8]}


@pytest.mark.parametrize("seed", range(12))
def test_a_crawl_cut_off_anywhere_goes_on_from_what_was_kept(seed: int) -> None:
    undisturbed = Run(big_site(), budget=20).finish()
    run = Run(big_site(), budget=20, seed=seed)
    cut_at = random.Random(seed).sample(range(150), 4)
    for number in range(5000):
        if number in cut_at:
            run.start()
        if not run.ready:
            break
        run.step()
    assert run.crawl.is_complete
    assert run.page_urls == undisturbed.page_urls
    assert {(link.url, link.outcome) for link in run.links} == {(link.url, link.outcome) for link in undisturbed.links}
    assert len(run.pages) == len(undisturbed.pages)


def test_a_home_page_that_fails_for_a_while_is_tried_again() -> None:
    web = Web({HOME: [FetchOutcome.SERVER_ERROR, FetchOutcome.READ_TIMEOUT, page(HOME)]})
    run = Run(web, retries=Retries(home=2, longest_pause_s=3)).finish()
    assert [seen.outcome for seen in run.pages] == [FetchOutcome.OK]
    assert run.pauses == [3, 3]


@pytest.mark.parametrize(
    ("outcome", "asked"),
    [
        (FetchOutcome.SERVER_ERROR, 3),
        (FetchOutcome.DNS_ERROR, 3),
        (FetchOutcome.BLOCKED, 3),
        (FetchOutcome.TLS_EXPIRED, 1),
        (FetchOutcome.NOT_ALLOWED, 1),
    ],
)
def test_a_home_page_that_stays_away_ends_the_crawl_with_its_outcome(outcome: FetchOutcome, asked: int) -> None:
    run = Run(Web({HOME: outcome})).finish()
    assert [(seen.outcome, seen.facts) for seen in run.pages] == [(outcome, None)]
    assert run.hosts == []
    assert run.web.asked[HOME] == asked
    assert run.links == []


def test_stubs_and_frames_are_parts_of_the_page_outside_the_budget() -> None:
    real, frame, list_frame = f"{HOME}web/index.html", f"{HOME}top.htm", f"{HOME}list.htm"
    column = f"{HOME}col/"
    named = (ColumnLink(name="要闻", url=column, in_navigation=True),)
    web = Web(
        {
            HOME: page(real, redirect_url=real),
            real: page(column, frames=(frame, "http://other.test/widget"), columns=named),
            frame: page(f"{HOME}x.html"),
            column: page(frames=(list_frame,)),
            list_frame: page(f"{HOME}y.html"),
        }
    )
    run = Run(web, budget=2).finish()
    depths = {seen.url: seen.depth for seen in run.pages}
    assert depths == {HOME: 0, real: 0, frame: 0, column: 1, list_frame: 1}
    assert Counter(link.url for link in run.links) == Counter(all_targets(run))


def test_frames_in_a_circle_end() -> None:
    urls = [f"{HOME}f{n}.htm" for n in range(9)]
    chain = {url: page(frames=(following,)) for url, following in pairwise(urls)}
    run = Run(Web({HOME: page(frames=(urls[0], HOME)), **chain, urls[-1]: page(frames=(urls[0],))})).finish()
    assert len(run.pages) == 4


def test_a_home_page_on_another_host_is_followed_and_bounds_the_site() -> None:
    other, column = "http://new.test/", "http://new.test/col/"
    run = Run(Web({HOME: (other, page(column, other)), column: page("http://third.test/")})).finish()
    assert run.hosts == [other]
    assert run.page_urls == {HOME, column}
    assert run.crawl.scope.contains(column)
    internal = {link.url: link.internal for link in run.links}
    assert internal == {column: True, other: True, "http://third.test/": False}


def test_pages_that_lead_elsewhere_are_no_pages_of_the_site_and_their_links_are_checked() -> None:
    gone, away = f"{HOME}gone.html", f"{HOME}away.html"
    web = Web({HOME: page(gone, away), gone: (HOME, page()), away: ("http://other.test/", page())})
    run = Run(web).finish()
    outcomes = {seen.url: seen.outcome for seen in run.pages}
    assert outcomes == {
        HOME: FetchOutcome.OK,
        gone: FetchOutcome.REDIRECT_ELSEWHERE,
        away: FetchOutcome.REDIRECT_ELSEWHERE,
    }
    assert {link.url for link in run.links} == {gone, away}


def test_doubtful_pages_leave_their_links_to_the_checker() -> None:
    soft, broken, file = f"{HOME}soft.html", f"{HOME}broken.html", f"{HOME}download?id=1"
    web = Web({HOME: page(soft, broken, file), soft: page(soft_404=True), file: b"%PDF-1.4"})
    run = Run(web)
    checked: list[str] = []
    check = run.check
    run.check = lambda task: (checked.append(task.url), check(task))[1]  # type: ignore[method-assign]
    run.finish()
    assert sorted(checked) == sorted([soft, broken, file])
    assert {seen.url: seen.outcome for seen in run.pages}[file] is FetchOutcome.NOT_HTML
    assert run.web.asked[broken] == 1


def test_an_error_of_ours_does_not_hold_up_the_crawl() -> None:
    web = Web({HOME: page(f"{HOME}a.html", f"{HOME}b.html"), f"{HOME}a.html": page(), f"{HOME}b.html": page()})
    run = Run(web)
    run.step()
    run.look_for_absent()
    victim = next(task for task in run.ready if task.kind is TaskKind.PAGE)
    run.ready.remove(victim)
    run.take(run.crawl.gave_up(victim, "internal_error"))
    run.finish()
    assert len(run.pages) == 2


def scripted_site(columns: int = 4) -> Web:
    """Columns whose lists only a browser sees: an article each."""
    urls = [f"{HOME}col{n}/" for n in range(columns)]
    named = tuple(ColumnLink(name=f"栏目{n}", url=url, in_navigation=True) for n, url in enumerate(urls))
    web = Web({HOME: page(*urls, f"{HOME}plain.html", columns=named), f"{HOME}plain.html": page()})
    for url in urls:
        web.pages[url] = page(HOME, list_state=ListState.SCRIPT_ONLY)
        web.pages[f"{url}a.html"] = page(list_state=ListState.SCRIPT_ONLY)
        web.shown[url] = page(HOME, f"{url}a.html", list_state=ListState.LISTED)
    return web


@pytest.mark.parametrize(("renders", "rendered"), [(0, 0), (2, 2), (9, 4)])
def test_lists_left_to_scripts_are_rendered_within_their_budget(renders: int, rendered: int) -> None:
    run = Run(scripted_site(), renders=renders).finish()
    assert sorted(seen.url for seen in run.renders) == [f"{HOME}col{n}/" for n in range(rendered)]
    articles = {f"{HOME}col{n}/a.html" for n in range(rendered)}
    assert {url for url in run.page_urls if url.endswith("a.html")} == articles
    assert articles <= {link.url for link in run.links}


def test_rendering_does_not_hang_on_the_order_of_answers() -> None:
    runs = [Run(scripted_site(), budget=7, renders=2, seed=seed).finish() for seed in range(8)]
    assert len({frozenset(run.page_urls) for run in runs}) == 1
    assert len({frozenset(seen.url for seen in run.renders) for run in runs}) == 1


@pytest.mark.parametrize("seed", range(6))
def test_a_crawl_cut_off_between_renderings_goes_on(seed: int) -> None:
    undisturbed = Run(scripted_site(), renders=3).finish()
    run = Run(scripted_site(), renders=3, seed=seed)
    for number in range(500):
        if number % 3 == seed % 3:
            run.start()
        if not run.ready:
            break
        run.step()
    assert run.crawl.is_complete
    assert run.page_urls == undisturbed.page_urls
    assert {seen.url for seen in run.renders} == {seen.url for seen in undisturbed.renders}


def test_a_rendering_given_up_does_not_hold_up_the_crawl() -> None:
    run = Run(scripted_site(columns=1), renders=1)
    while not any(task.kind is TaskKind.RENDER for task in run.ready):
        run.step()
    victim = next(task for task in run.ready if task.kind is TaskKind.RENDER)
    run.ready.remove(victim)
    run.take(run.crawl.gave_up(victim, "internal_error"))
    run.finish()
    assert run.renders == []
    assert f"{HOME}plain.html" in run.page_urls


@pytest.mark.parametrize(
    ("shown_at", "followed"),
    [(f"{HOME}col0/index.html", True), (HOME, False), ("https://weibo.test/login", False)],
)
def test_what_scripts_lead_to_instead_of_a_page_is_not_followed(shown_at: str, followed: bool) -> None:
    web = scripted_site(columns=1)
    web.shown_at[f"{HOME}col0/"] = shown_at
    run = Run(web, renders=1).finish()
    assert len(run.renders) == 1
    assert (f"{HOME}col0/a.html" in run.page_urls) is followed


def test_a_better_place_found_before_a_cut_is_kept() -> None:
    first, second = f"{HOME}1/", f"{HOME}2/"
    named = PageLink(url=f"{HOME}x/", raw="x", text="办事指南", element="a", attribute="href")
    web = Web(
        {
            HOME: page(first, second, f"{HOME}slow/"),
            first: page(f"{HOME}x/"),
            second: PageFacts(charset="utf-8", links=(named,)),
        }
    )
    run = Run(web)
    for url in (HOME, first, second):
        task = next(task for task in run.ready if task.url == url and task.kind is TaskKind.PAGE)
        run.ready.remove(task)
        result, facts = web.fetch(task)
        run.take(run.crawl.page_answered(task, result, facts))
        if url == HOME:
            run.look_for_absent()
    [kept] = [
        task
        for task in (msgspec.json.decode(text, type=Task) for text in run.state.tasks.values())
        if task.url == f"{HOME}x/"
    ]
    assert (kept.kind, kept.rank) == (TaskKind.CANDIDATE, 1)


class EndlessWeb(Web):
    """Columns with articles, and what a careless program makes: a calendar, mirrored folders, session numbers."""

    def fetch(self, task: Task) -> tuple[FetchResult, PageFacts | None]:
        self.pages.setdefault(task.url, self._made_up(task.url.removeprefix(HOME)))
        return super().fetch(task)

    def _made_up(self, path: str) -> object:
        number = len(self.asked)
        if path.startswith("cal?m="):
            month = int(path.removeprefix("cal?m="))
            return page(f"{HOME}cal?m={month + 1}", f"{HOME}cal?m={month - 1}")
        if path.startswith("mirror/"):
            return page(f"{HOME}mirror/{path}")
        if path.startswith("news?PHPSESSID="):
            return page(f"{HOME}news?PHPSESSID={number}", f"{HOME}?PHPSESSID={number}")
        if path.startswith("col"):
            return page(*(f"{HOME}art/{path.strip('/')}-{n}.html" for n in range(4)))
        return page()


def test_traps_do_not_eat_the_budget() -> None:
    columns = [f"{HOME}col{n}/" for n in range(5)]
    traps = [f"{HOME}cal?m=1", f"{HOME}mirror/a.html", f"{HOME}news?PHPSESSID=x"]
    web = EndlessWeb({HOME: page(*traps, *columns)})
    run = Run(web, budget=200).finish()
    articles = {f"{HOME}art/col{n}-{place}.html" for n in range(5) for place in range(4)}
    assert {HOME, *columns, *articles} <= run.page_urls
    rest = run.page_urls - {HOME, *columns, *articles}
    assert sum("PHPSESSID" in url for url in rest) <= 2
    assert sum("mirror" in url for url in rest) <= 3
    assert 3 <= sum("cal?" in url for url in rest) <= 2 * 9
    assert len(run.page_urls) < 60
    assert max(Counter(link.url for link in run.links).values()) == 1


def test_a_page_of_frames_within_frames_is_bounded() -> None:
    class Frames(Web):
        def fetch(self, task: Task) -> tuple[FetchResult, PageFacts | None]:
            frames = tuple(f"{task.url}{n}/" for n in range(50))
            self.pages.setdefault(task.url, page(*frames, frames=frames))
            return super().fetch(task)

    run = Run(Frames({}), budget=5).finish()
    assert 8 < len(run.page_urls) <= 5 + 5 * 2 + 8


def test_a_site_of_endless_links_is_bounded_in_addresses() -> None:
    class Endless(Web):
        def fetch(self, task: Task) -> tuple[FetchResult, PageFacts | None]:
            self.pages.setdefault(task.url, page(*(f"{task.url}{n}/" for n in range(3_000))))
            return super().fetch(task)

    run = Run(Endless({}), budget=5).finish()
    assert len(run.page_urls) <= 5
    assert 2_900 < len({link.url for link in run.links}) <= 5 * 200 + 2_000


@pytest.mark.parametrize("looks", [True, False])
def test_the_host_is_looked_at_where_that_is_wanted(looks: bool) -> None:
    run = Run(Web({HOME: page()}))
    crawl = SiteCrawl(run.order, retries=Retries(), looks_at_host=looks)
    (task,) = crawl.begin().now
    result, facts = run.web.fetch(task)
    follows = crawl.page_answered(task, result, facts).now
    assert (TaskKind.HOST in {task.kind for task in follows}) is looks


def test_the_bounds_follow_the_home_page() -> None:
    new_home = "http://www.b.test/"
    run = Run(Web({HOME: (new_home, page())}))
    crawl = SiteCrawl(run.order, retries=Retries())
    assert crawl.scope.contains(f"{HOME}x")
    assert not crawl.scope.contains(f"{new_home}x")
    (task,) = crawl.begin().now
    crawl.page_answered(task, *run.web.fetch(task))
    assert crawl.scope.contains(f"{new_home}x")
    assert crawl.scope.is_home(HOME)


def test_an_order_may_say_how_many_addresses_are_looked_at() -> None:
    web = Web({HOME: page(*(f"{HOME}{n}.html" for n in range(2_500)))})
    assert len({link.url for link in Run(web, budget=1, addresses=20_000).finish().links}) == 2_500
    assert len({link.url for link in Run(web, budget=1, addresses=100).finish().links}) == 99, "the page is one"


def test_each_page_says_how_many_of_its_addresses_were_left_unchecked() -> None:
    links = [f"http://x{n}.test/" for n in range(8)]
    web = Web({HOME: page(f"{HOME}a/", *links[:4]), f"{HOME}a/": page(*links[2:], *links[2:])})
    run = Run(web, addresses=9).finish()
    checked = {link.url for link in run.links}
    assert checked == {f"{HOME}a/", *links[:6]}
    assert {seen.url: seen.links_left for seen in run.pages} == {HOME: 0, f"{HOME}a/": 2}


class CatchAll(Web):
    """Answers with one page for whatever it does not have; ``shell``: for all pages but the home page."""

    def __init__(self, pages: dict[str, object], *, shell: bool = False, home_too: bool = False) -> None:
        super().__init__(pages)
        self.same = {url for url in pages if (home_too if url == HOME else shell)}

    def fetch(self, task: Task) -> tuple[FetchResult, PageFacts | None]:
        is_there = task.url in self.pages
        self.pages.setdefault(task.url, page())
        result, facts = super().fetch(task)
        if not is_there or task.url in self.same:
            result = msgspec.structs.replace(result, body=b"<p>welcome back")
            self.pages = {url: found for url, found in self.pages.items() if is_there or url != task.url}
        return result, facts


GONE = [f"{HOME}gone/{n}.html" for n in range(3)]
THERE = [f"{HOME}there/{n}.html" for n in range(5)]


@pytest.mark.parametrize("seed", range(5))
def test_pages_that_come_for_whatever_is_not_there_are_left_to_the_link_check(seed: int) -> None:
    web = CatchAll({HOME: page(*THERE, *GONE), **dict.fromkeys(THERE, page())})
    run = Run(web, seed=seed).finish()
    assert len(run.absent) == 1
    assert run.absent[0].startswith(HOME)
    assert {link.url for link in run.links if link.outcome is LinkOutcome.BROKEN} == set(GONE)
    assert run.crawl.absent is not None


def test_pages_are_judged_only_when_it_is_known_what_comes_for_those_that_are_not_there() -> None:
    run = Run(CatchAll({HOME: page(*THERE, *GONE), **dict.fromkeys(THERE, page())}))
    run.step()
    assert [seen.url for seen in run.pages] == [HOME]
    assert not any(task.kind is TaskKind.PAGE for task in run.ready)
    run.look_for_absent()
    assert {task.url for task in run.ready if task.kind is TaskKind.PAGE} == {*THERE, *GONE}


def test_an_error_of_ours_in_the_look_does_not_hold_up_the_crawl() -> None:
    run = Run(Web({HOME: page(*THERE), **dict.fromkeys(THERE, page())}))
    run.step()
    task = next(task for task in run.ready if task.kind is TaskKind.ABSENT)
    run.ready.remove(task)
    run.take(run.crawl.gave_up(task, "internal_error"))
    assert len(run.finish().pages) == 6


@pytest.mark.parametrize("options", [{"home_too": True}, {"shell": True}])
def test_a_page_that_comes_for_what_is_there_too_says_nothing(options: dict[str, bool]) -> None:
    web = CatchAll({HOME: page(*THERE, *GONE), **dict.fromkeys(THERE, page())}, **options)
    run = Run(web).finish()
    assert run.crawl.absent is None


def test_what_comes_for_pages_that_are_not_there_is_known_to_a_successor() -> None:
    run = Run(CatchAll({HOME: page(*THERE, *GONE), **dict.fromkeys(THERE, page())}))
    while not run.absent:
        run.step()
    before = run.crawl.absent
    run.start()
    assert run.crawl.absent == before is not None
    assert not any(task.kind is TaskKind.ABSENT for task in run.ready)
    run.finish()
    assert len(run.absent) == 1


def test_of_a_closed_site_nothing_but_the_home_page_is_asked() -> None:
    assert Run(Web({HOME: page(*THERE)}), home_only=True).finish().absent == []


def test_links_of_a_page_alone_are_checked_when_it_is_known_what_comes_for_what_is_not_there() -> None:
    run = Run(CatchAll({HOME: page(*THERE, *GONE), **dict.fromkeys(THERE, page())}), budget=1)
    run.step()
    assert not any(task.kind is TaskKind.LINK for task in run.ready)
    run.look_for_absent()
    assert {task.url for task in run.ready if task.kind is TaskKind.LINK} == {*THERE, *GONE}


def test_an_order_with_addresses_looks_at_nothing_else():
    """A column that the home page names, a page below others with a dead link on it, and a link that is gone."""
    column, deep, dead = f"{HOME}tzgg/", f"{HOME}a/b/c.htm", "http://x.test/dead"
    pages = {
        HOME: page(column, f"{HOME}other/", "http://x.test/"),
        column: page(f"{HOME}tzgg/1.htm"),
        f"{HOME}other/": page(deep),
        deep: page(dead, f"{HOME}a/b/d.htm"),
    }
    wanted = (column, deep, dead, "http://x.test/gone", "site")
    for seed in range(3):
        run = Run(Web(pages), budget=2 * (len(wanted) + 1), wanted=wanted, seed=seed)
        run.finish()
        assert {seen.url for seen in run.pages} == {HOME, column, deep}
        assert {link.url for link in run.links if link.url not in (HOME, column)} == {dead}


def test_a_successor_goes_on_with_the_addresses_of_an_order():
    deep = f"{HOME}a/b/c.htm"
    run = Run(Web({HOME: page(), deep: page(f"{HOME}x.htm")}), budget=4, wanted=(deep,))
    run.step()
    run.start()
    run.finish()
    assert [seen.url for seen in run.pages] == [HOME, deep]
    assert run.web.asked[deep] == 1
