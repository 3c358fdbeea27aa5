"""What drills on the practice web have in common: stores and settings of their own, commands shown and run, the web."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console

from cli.wiring import SystemClock
from crawler.browser.find import find_chromium
from crawler.config import WorkerConfig
from inspection.errors import XunchaError
from inspection.findings import FindingState
from inspection.ports import JudgingStores
from inspection.review import Decision, Review
from inspection.standard import IndicatorKind
from inspection.workflows.review_finding import review_finding
from inspection.workflows.review_queue import review_queue

_ALL = 10_000
_READY_WITHIN = timedelta(seconds=60)


def end_in_good_order() -> None:
    """Let the servers down whoever ends the drill: Ctrl-C, which shells hide from background jobs, or a SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)


def start_afresh(folder: Path) -> None:
    """Leftovers of an earlier drill go; its stores are let down first, in case it was killed."""
    if (folder / "stores").exists():
        environment = {**os.environ, **drill_environment(folder)}
        subprocess.run([_xuncha(), "stores", "down"], env=environment, check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def drill_environment(folder: Path) -> dict[str, str]:
    """Settings of the drill's processes: own stores, loopback allowed, no politeness towards ourselves."""
    return {
        "XUNCHA_VAR_DIR": str(folder / "stores"),
        "XUNCHA_ALLOW_NETWORKS": "127.0.0.0/8,::1/128",
        "XUNCHA_DOWNLOAD_DELAY_S": "0",
        "XUNCHA_DELAY_FACTOR": "0",
        "XUNCHA_PLATFORM_DELAY_S": "0",
        "XUNCHA_LONGEST_BACKOFF_S": "2",
        "XUNCHA_CONCURRENT_PER_HOST": "8",
        "XUNCHA_LINK_RETRY_PAUSE_S": "1",
        "XUNCHA_RETRY_PAUSE_S": "2",
    }


def _xuncha() -> str:
    return str(Path(sys.executable).with_name("xuncha"))


def run(console: Console, *words: str) -> None:
    """Run one command as a person would, showing it first."""
    console.print(f"\n[bold cyan]$ xuncha {' '.join(words)}[/bold cyan]", highlight=False)
    done = subprocess.run([_xuncha(), *words], check=False)
    if done.returncode != 0:
        raise XunchaError(f"命令 xuncha {' '.join(words)} 失败（退出码 {done.returncode}）")


@contextmanager
def background(console: Console, log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command beside the drill, its output in a log file; stopped in an orderly way at the end."""
    console.print(f"\n[bold cyan]$ xuncha {' '.join(words)} &[/bold cyan]", highlight=False)
    with log.open("wb") as output:
        process = subprocess.Popen([_xuncha(), *words], stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            yield process
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def practice_web(
    console: Console,
    folder: Path,
    *,
    sites: int,
    seed: int,
    port: int,
    as_of: date,
    days_later: int = 0,
    mended: Path | None = None,
) -> Iterator[None]:
    """The web as of a day, or some days later, with sites (a file of their codes) that have mended what was wrong."""
    ready, log = folder / "web.ready", folder / "web.log"
    ready.unlink(missing_ok=True)
    words = ["practice", "serve", "--sites", str(sites), "--seed", str(seed), "--as-of", str(as_of)]
    words += ["--days-later", str(days_later)] if days_later else []
    words += ["--mended", str(mended)] if mended is not None else []
    words += ["--port", str(port), "--out", str(folder / "web"), "--ready-file", str(ready)]
    with background(console, log, *words) as process:
        await_ready(ready.exists, process, log)
        console.print(log.read_text("utf-8").strip(), highlight=False)
        yield


def await_ready(is_ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Until a background process serves; ``XunchaError`` with the end of its log where it does not."""
    deadline = time.monotonic() + _READY_WITHIN.total_seconds()
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise XunchaError(f"后台进程没有就绪，日志见 {log}：\n{log.read_text('utf-8', errors='replace')[-2000:]}")
        time.sleep(0.2)


def crawl(console: Console, folder: Path, round_id: str, workers: int) -> None:
    """Have a round crawled by so many workers, until nothing is left to do."""
    with ExitStack() as running:
        for number in range(1, workers + 1):
            words = ["worker", "--round", round_id, "--until-idle"]
            running.enter_context(background(console, folder / f"worker-{number}.log", *words))
        run(console, "round", "status", round_id, "--watch")


def confirm_vetoes(console: Console, round_id: str, stores: JudgingStores, *, by: str) -> None:
    """A simulated reviewer confirms every veto that the machine has established, and the log says so."""
    clock = SystemClock()
    counts: Counter[str] = Counter()
    edition = stores.editions.get(stores.rounds.get(round_id).edition)
    for each in review_queue(round_id, edition, stores.inspections, kind=IndicatorKind.VETO, limit=_ALL):
        if each.finding.state is not FindingState.ESTABLISHED:
            continue
        review = Review(
            round_id=round_id,
            code=each.code,
            finding=each.finding.id,
            decision=Decision.CONFIRM,
            by=by,
            at=clock.now(),
        )
        review_finding(review, stores, clock=clock)
        counts[each.finding.indicator] += 1
    names = {row.id: row.name for row in edition.indicators}
    console.print(f"\n人工复核（模拟）：{by}确认单项否决问题 {counts.total()} 条", highlight=False)
    for indicator, number in sorted(counts.items()):
        console.print(f"  {indicator} {names[indicator]}　{number} 条", highlight=False)
    console.print(
        f"  实际工作中须逐条核对证据：xuncha review list {round_id} --vetoes，再用 review confirm 或 dismiss 决定",
        highlight=False,
        soft_wrap=True,
    )


def has_browser() -> bool:
    """Whether pages can be rendered here."""
    return find_chromium(WorkerConfig().browser_path) is not None
