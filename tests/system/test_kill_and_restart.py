"""Kill a worker, Redis or MongoDB in mid-round: the round ends with the same results as one left in peace."""

import asyncio
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from inspection.observation import FetchOutcome, LinkOutcome
from inspection.observation.site import CHINA
from inspection.ports import Inspection, WorkOrder
from inspection.registry import Site, SiteCategory
from inspection.registry.crawl_window import CrawlWindow, PlaceWindow
from inspection.registry.opt_out import OptOut
from inspection.sampling import Round, RoundState
from store.config import StoreConfig
from store.embedded.processes import down, running, up
from store.mongo.migrate import migrate
from store.redis.brake import RedisBrake
from store.redis.frontier_status import FrontierStatus, RedisFrontierStatus
from store.stores import Stores

pytestmark = [pytest.mark.system, pytest.mark.alone]

SITES = 12
PROBES = 20
COLUMNS = 4
ARTICLES = 3
LATENCY_S = 0.02
STANDSTILL_S = 3.0
NO_STORE = 2
"""Exit code of a worker whose store had just been killed when it started; its supervisor starts it again."""
KILLS = 8
FILLER = "<p>" + "公开信息" * 200 + "</p>"


class Web(threading.Thread):
    """Twelve small sites on loopback, each a host of its own; counts what is asked for."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.asked: Counter[str] = Counter()
        self.under_way: Counter[str] = Counter()
        self.most_at_once: Counter[str] = Counter()
        self.port = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()

    def run(self) -> None:
        self._loop.run_until_complete(self._listen())
        self._loop.close()

    def open(self) -> None:
        self.start()
        assert self._ready.wait(5)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self.join(5)

    async def _listen(self) -> None:
        self._over = asyncio.Event()
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._over.wait()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                method, path, _ = head.split(" ", 2)
                found = re.search(r"host: (\S+?):", head, re.IGNORECASE)
                assert found is not None
                self.asked[f"{method} {found[1]}{path}"] += 1
                self.under_way[found[1]] += 1
                self.most_at_once[found[1]] = max(self.most_at_once[found[1]], self.under_way[found[1]])
                await asyncio.sleep(LATENCY_S)
                self.under_way[found[1]] -= 1
                body = self._page(path)
                status = "200 OK" if body else "404 Not Found"
                content = b"" if method == "HEAD" else body.encode()
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n"
                    f"Content-Length: {len(body.encode())}\r\n\r\n".encode()
                    + content
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _page(self, path: str) -> str:
        if path == "/":
            columns = "".join(f'<li><a href="/c{n}/">栏目{n}</a></li>' for n in range(COLUMNS))
            shared = "".join(f'<a href="http://partner.localhost:{self.port}/{n}">友情链接</a>' for n in range(3))
            return f'<ul>{columns}</ul>{shared}<a href="/missing.html">旧闻</a>{FILLER}'
        if column := re.fullmatch(r"/c(\d+)/", path):
            articles = "".join(
                f'<li><a href="/c{column[1]}/{n}.html">第{n}条</a> 2026-11-1{n}</li>' for n in range(ARTICLES)
            )
            return f'<ul>{articles}</ul><a href="/">首页</a>{FILLER}'
        if re.fullmatch(r"/(c\d+/)?\d+(\.html)?", path):
            return f'<a href="/">首页</a>{FILLER}{path}'
        return ""


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    served = Web()
    served.open()
    yield served
    served.close()


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreConfig]:
    """An embedded pair of this module's own, since it is going to be killed."""
    config = StoreConfig(var_dir=tmp_path_factory.mktemp("stores"))
    for name in ("mongo", "redis"):
        up(config, name)
    with Stores(config) as stores:
        migrate(stores.database, now=datetime.now(UTC))
    yield config
    for name in ("mongo", "redis"):
        down(config, name)


def open_round(stores: Stores, round_id: str, web: Web) -> None:
    stores.rounds.add(
        Round(
            id=round_id,
            title="演练",
            as_of=date(2026, 11, 20),
            edition="2019",
            plan="",
            seed="",
            registry_digest="",
            sample_digest="",
            state=RoundState.OPEN,
            drawn_at=datetime.now(UTC),
            drill=True,
        ),
        [],
        [],
    )
    sites = [
        Site(
            code=f"11000000{n:02}",
            name=f"网站{n}",
            url=f"http://s{n}.localhost:{web.port}/",
            category=SiteCategory.COUNTY_BELOW,
            region="110000",
        )
        for n in range(SITES)
    ]
    stores.inspections.open([Inspection(round_id=round_id, site=site, stratum="s") for site in sites])
    orders = [
        WorkOrder(round_id=round_id, code=site.code, url=site.url, page_budget=12, probe_count=PROBES, probe_span_s=3)
        for site in sites
    ]
    assert stores.queue.submit(orders) == SITES


def start_worker(config: StoreConfig, round_id: str, log: Path, **settings: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "XUNCHA_VAR_DIR": str(config.var_dir),
        "XUNCHA_ALLOW_NETWORKS": "127.0.0.0/8",
        "XUNCHA_DOWNLOAD_DELAY_S": "0.02",
        "XUNCHA_CONCURRENT_PER_HOST": "2",
        "XUNCHA_LINK_RETRY_PAUSE_S": "0.3",
        "XUNCHA_SITES_AT_ONCE": "4",
        "XUNCHA_LEASE_S": "2",
        "XUNCHA_FLUSH_EVERY_S": "0.1",
        "XUNCHA_STORE_TIMEOUT_S": "2",
        **settings,
    }
    with log.open("ab") as output:
        command = [sys.executable, "-m", "cli.main", "worker", "--round", round_id, "--until-idle"]
        return subprocess.Popen(command, env=environment, stdout=output, stderr=output)


@contextmanager
def worker(config: StoreConfig, round_id: str, log: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process; killed at the end if it still runs."""
    process = start_worker(config, round_id, log, **settings)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(condition: Callable[[], bool], timeout_s: float, log: Path) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"did not happen within {timeout_s:.0f} s; the workers said:\n{log.read_text('utf-8')[-4000:]}")
        time.sleep(0.05)


def end_well(workers: Sequence[subprocess.Popen[bytes]], log: Path) -> None:
    until(lambda: all(each.poll() is not None for each in workers), 50, log)
    assert [each.returncode for each in workers] == [0] * len(workers), log.read_text("utf-8")[-4000:]


def results(stores: Stores, round_id: str) -> dict[str, object]:
    """All that a round stored, as far as it may not depend on who fetched it when."""
    found: dict[str, object] = {}
    for inspection in stores.inspections.of_round(round_id):
        code = inspection.site.code
        assert inspection.crawl_finished_at is not None
        found[code] = (
            {(page.url, page.depth, page.outcome, page.snapshot) for page in stores.observations.pages(round_id, code)},
            {(link.url, link.outcome, link.defect) for link in stores.observations.links(round_id, code)},
            [probe.sequence for probe in stores.observations.probes(round_id, code)],
        )
    return found


def half_done(stores: Stores, round_id: str) -> bool:
    return stores.database["pages"].count_documents({"round_id": round_id}) >= SITES * 5


@pytest.fixture(scope="module")
def undisturbed(config: StoreConfig, web: Web, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    log = tmp_path_factory.mktemp("logs") / "worker.log"
    with Stores(config) as stores:
        open_round(stores, "peace", web)
        with worker(config, "peace", log) as first, worker(config, "peace", log) as second:
            end_well([first, second], log)
        found = results(stores, "peace")
    pages = 1 + COLUMNS + ARTICLES * COLUMNS
    for seen, checked, probes in found.values():  # type: ignore[misc]
        assert len(seen) == 12
        assert len(checked) == pages + 4
        assert sum(outcome is LinkOutcome.BROKEN for _, outcome, _ in checked) == 1
        assert probes == list(range(PROBES))
    assert max(web.asked.values()) <= PROBES + 1, "in peace no page is fetched twice"
    assert web.most_at_once["partner.localhost"] <= 2, "the allowance of a host holds for both workers together"
    return found


def assert_balanced(books: FrontierStatus) -> None:
    assert (books.site_balance, books.request_balance, books.sites_open, books.requests_left) == (0, 0, 0, 0)
    assert books.requests_added == books.requests_stored > SITES * 10
    assert books.requests_given_up == {}


def kill_store(config: StoreConfig, name: str) -> None:
    record = running(config, name)
    assert record is not None
    os.kill(record.pid, signal.SIGKILL)


@pytest.mark.parametrize("victim", ["worker", "redis", "mongo"])
def test_a_round_survives(
    victim: str,
    config: StoreConfig,
    web: Web,
    undisturbed: dict[str, object],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    log = tmp_path / "worker.log"
    with Stores(config) as stores:
        open_round(stores, victim, web)
        before = Counter(web.asked)
        with worker(config, victim, log) as first, worker(config, victim, log) as second:
            workers = [first, second]
            until(lambda: half_done(stores, victim), 30, log)
            if victim == "worker":
                first.kill()
                workers = [second]
            else:
                kill_store(config, victim)
                time.sleep(3)
                up(config, victim)
            end_well(workers, log)
        assert results(stores, victim) == undisturbed
        progress = stores.queue.progress(victim)
        assert (progress.queued, progress.leased, progress.done) == (0, 0, SITES)
        assert (progress.requests_queued, progress.requests_in_flight, progress.probes_due) == (0, 0, 0)
        assert_balanced(RedisFrontierStatus(stores.redis).read(victim))
    asked = {key: count for key, count in (web.asked - before).items() if re.search(r"GET s\d+\.\w+/.", key)}
    twice = sum(count - 1 for key, count in asked.items() if "missing" not in key)
    record_property("fetched_twice", f"{victim}: {twice} of {len(asked)} addresses were fetched twice")
    print(f"{victim}: {twice} of {len(asked)} addresses were fetched twice")  # noqa: T201
    assert twice <= len(asked) * 0.25


def test_kills_at_random_lose_nothing(
    config: StoreConfig, web: Web, undisturbed: dict[str, object], tmp_path: Path
) -> None:
    """Workers, and now and then a store, are killed at random while the round goes on; new ones take their place."""
    log = tmp_path / "worker.log"
    chance = random.Random(int(os.environ.get("TEST_KILL_SEED", "0")) or None)
    wanted = int(os.environ.get("TEST_KILLS", str(KILLS)))
    slowly = {"XUNCHA_DOWNLOAD_DELAY_S": "0.3", "XUNCHA_CONCURRENT_PER_HOST": "1"}
    killed: Counter[str] = Counter()
    with Stores(config) as stores:
        open_round(stores, "chaos", web)
        books = RedisFrontierStatus(stores.redis)
        workers = [start_worker(config, "chaos", log, **slowly) for _ in range(3)]
        try:
            while stores.queue.progress("chaos").done < SITES and killed.total() < wanted:
                time.sleep(chance.uniform(0.8, 1.6))
                victim = chance.choices(["worker", "redis", "mongo"], [8, 1, 1])[0]
                killed[victim] += 1
                if victim == "worker":
                    place = chance.randrange(len(workers))
                    workers[place].kill()
                    workers[place].wait()
                    workers[place] = start_worker(config, "chaos", log, **slowly)
                    seen = books.read("chaos")
                    assert (seen.site_balance, seen.request_balance) == (0, 0)
                else:
                    kill_store(config, victim)
                    time.sleep(chance.uniform(0.2, 1.5))
                    up(config, victim)
            until(lambda: all(each.poll() is not None for each in workers), 50, log)
            for place, each in enumerate(workers):
                if each.returncode == NO_STORE:
                    workers[place] = start_worker(config, "chaos", log, **slowly)
            end_well(workers, log)
        finally:
            for process in workers:
                process.kill()
                process.wait()
        print(f"killed: {dict(killed)}")  # noqa: T201
        assert killed["worker"] >= 1
        assert results(stores, "chaos") == undisturbed
        assert_balanced(books.read("chaos"))


@pytest.mark.parametrize("store", ["redis", "mongo"])
def test_no_answer_is_timed_wrongly_while_a_store_stands_still(
    store: str, config: StoreConfig, web: Web, undisturbed: dict[str, object], tmp_path: Path
) -> None:
    """The web answers within milliseconds, and the worker tells of each stall of its event loop.

    A call to the store on the loop would stall it for as long as the store stands still, and the timeout of stores
    is longer. The bound is not the 0.2 s that an idle machine keeps, since one that runs other tests as well
    may not let the worker run for half a second; it is still far below what one such call would cost.
    """
    log = tmp_path / "worker.log"
    slowly = {"XUNCHA_DOWNLOAD_DELAY_S": "0.3", "XUNCHA_SITES_AT_ONCE": "12", "XUNCHA_LEASE_S": "20"}
    patient = {"XUNCHA_STORE_TIMEOUT_S": str(2 * STANDSTILL_S)}
    record = running(config, store)
    assert record is not None
    round_id = f"still-{store}"
    with Stores(config) as stores:
        open_round(stores, round_id, web)
        with worker(config, round_id, log, **slowly, **patient) as only:
            # All home pages and some below them: before those each site is asked for an address that cannot exist.
            until(lambda: stores.database["pages"].count_documents({"round_id": round_id}) >= 2 * SITES, 30, log)
            stopped_at = datetime.now(UTC)
            os.kill(record.pid, signal.SIGSTOP)
            try:
                time.sleep(STANDSTILL_S)
            finally:
                os.kill(record.pid, signal.SIGCONT)
            until_at = datetime.now(UTC)
            end_well([only], log)
        assert results(stores, round_id) == undisturbed
        pages = [page for code in undisturbed for page in stores.observations.pages(round_id, code)]
        during = [page.elapsed_s for page in pages if stopped_at < page.fetched_at < until_at]
    stalls = [float(found) for found in re.findall(r"最长停顿 ([\d.]+) 秒", log.read_text("utf-8"))]
    slowest_s = max(during, default=0.0)
    print(f"{store}: {len(during)} pages meanwhile, slowest {slowest_s:.3f} s; longest stall {max(stalls):.2f} s")  # noqa: T201
    # So many that were timed meanwhile; how many come depends on how busy the machine is.
    assert len(during) >= SITES // 2
    assert slowest_s < STANDSTILL_S / 3
    assert max(stalls) < STANDSTILL_S / 3


def test_the_brake_stops_all_requests_and_release_ends_the_round(
    config: StoreConfig, web: Web, undisturbed: dict[str, object], tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    with Stores(config) as stores:
        brake = RedisBrake(stores.redis)
        open_round(stores, "braked", web)
        before = Counter(web.asked)
        with worker(config, "braked", log) as first, worker(config, "braked", log) as second:
            until(lambda: half_done(stores, "braked"), 30, log)
            brake.pull(reason="演练", at=datetime.now(UTC))
            time.sleep(2)
            asked = web.asked.total()
            time.sleep(2)
            assert web.asked.total() == asked
            assert stores.queue.progress("braked").done < SITES
            brake.release()
            end_well([first, second], log)
        # What all sites link to is asked for once by both workers together.
        assert {number for key, number in (web.asked - before).items() if "partner" in key} == {1}
        assert results(stores, "braked") == undisturbed
        assert_balanced(RedisFrontierStatus(stores.redis).read("braked"))


def test_sites_that_opt_out_in_mid_round_are_asked_nothing_more_and_the_round_adds_up(
    config: StoreConfig, web: Web, undisturbed: dict[str, object], tmp_path: Path
) -> None:
    """One site that is being crawled, one that nobody has begun, and one that all others link to."""
    log = tmp_path / "worker.log"
    slowly = {"XUNCHA_DOWNLOAD_DELAY_S": "0.4", "XUNCHA_SITES_AT_ONCE": "3"}
    with Stores(config) as stores:
        open_round(stores, "left", web)
        leave(stores, "partner", f"http://partner.localhost:{web.port}/")
        before = Counter(web.asked)
        with worker(config, "left", log, **slowly) as first, worker(config, "left", log, **slowly) as second:
            pages = stores.database["pages"]
            until(lambda: pages.count_documents({"round_id": "left"}) >= SITES, 30, log)
            begun = {document["code"] for document in pages.find({"round_id": "left"})}
            done = {code for code in begun if stores.inspections.get("left", code).crawl_finished_at is not None}
            under_way, untouched = min(begun - done), min(set(undisturbed) - begun)
            for code in (under_way, untouched):
                leave(stores, code, stores.inspections.get("left", code).site.url)
            time.sleep(5)
            asked = [asked_of(web, code, before) for code in (under_way, untouched)]
            assert stores.queue.progress("left").done < SITES
            end_well([first, second], log)
        assert [asked_of(web, code, before) for code in (under_way, untouched)] == asked
        assert asked[0] > 0 == asked[1]
        for code in (under_way, untouched, "partner"):
            stores.opt_outs.end(code, at=datetime.now(UTC))
        assert not any("partner" in key for key in web.asked - before)
        found = results(stores, "left")
        books = RedisFrontierStatus(stores.redis).read("left")
        links = [link for code in found for link in stores.observations.links("left", code)]
    assert (books.site_balance, books.request_balance, books.sites_open, books.requests_left) == (0, 0, 0, 0)
    assert set(books.requests_given_up) == {"opted_out"}
    assert books.requests_given_up["opted_out"] > 1
    assert found[untouched] == (set(), set(), list(range(PROBES)))
    to_partner = [link for link in links if "partner" in link.url]
    assert len(to_partner) >= 3 * (SITES - 2)
    assert {(link.outcome, link.reason) for link in to_partner} == {(LinkOutcome.EXCLUDED, FetchOutcome.NOT_ALLOWED)}
    assert {link.url.rpartition("/")[2] for link in links if link.outcome is LinkOutcome.BROKEN} == {"missing.html"}
    for code in set(found) - {under_way, untouched}:
        assert found[code][::2] == undisturbed[code][::2]  # type: ignore[index]


def test_sites_outside_their_crawl_window_wait_for_it_while_the_others_go_on(
    config: StoreConfig, web: Web, undisturbed: dict[str, object], tmp_path: Path
) -> None:
    """One site whose window is closed from the start, and one that is being crawled when it closes."""
    log = tmp_path / "worker.log"
    slowly = {"XUNCHA_DOWNLOAD_DELAY_S": "0.2"}
    with Stores(config) as stores:
        open_round(stores, "hours", web)
        first, second = sorted(undisturbed)[:2]
        shut(stores, first)
        before = Counter(web.asked)
        with worker(config, "hours", log, **slowly) as one, worker(config, "hours", log, **slowly) as other:
            pages = stores.database["pages"]
            until(lambda: pages.count_documents({"round_id": "hours", "code": second}) >= 2, 30, log)
            shut(stores, second)
            until(lambda: stores.queue.progress("hours").done >= SITES - 2, 40, log)
            asked = asked_of(web, second, before, path=".")
            books = RedisFrontierStatus(stores.redis).read("hours")
            assert (books.sites_resting, books.sites_open, books.site_balance, books.request_balance) == (2, 2, 0, 0)
            assert {document["code"] for document in pages.find({"round_id": "hours"})} == set(undisturbed) - {first}
            time.sleep(2)
            assert asked_of(web, second, before, path=".") == asked, "probes of the home page go on"
            assert asked_of(web, first, before, path=".") == 0
            for code in (first, second):
                stores.crawl_windows.remove(code)
            end_well([one, other], log)
        assert results(stores, "hours") == undisturbed
        assert_balanced(RedisFrontierStatus(stores.redis).read("hours"))


def shut(stores: Stores, code: str) -> None:
    """A window that opens in two hours."""
    opens = datetime.now(CHINA) + timedelta(hours=2)
    window = CrawlWindow(opens.time(), (opens + timedelta(hours=1)).time())
    stores.crawl_windows.put(PlaceWindow(place=code, window=window, set_at=datetime.now(UTC)))


def leave(stores: Stores, code: str, url: str) -> None:
    stores.opt_outs.add(OptOut(code=code, url=url, reason="演练", since=datetime.now(UTC)))


def asked_of(web: Web, code: str, before: Counter[str], path: str = "") -> int:
    """Requests to the host of a site since then, whose path begins so (a regular expression)."""
    of_site = re.compile(rf" s{int(code[-2:])}\.localhost/{path}")
    return sum(number for key, number in (web.asked - before).items() if of_site.search(key))
