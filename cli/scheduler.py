"""``xuncha scheduler``: run what is due."""

import logging
import signal
import threading
from collections.abc import Mapping
from typing import Annotated

import typer

from cli.wiring import SystemClock
from crawler.browser.find import find_chromium
from crawler.config import WorkerConfig
from crawler.fetching import photographer_of
from scheduler.config import SchedulerConfig
from scheduler.jobs import JOBS, Job, photographs, timetable
from scheduler.loop import run_due, run_forever
from store.stores import open_stores

logger = logging.getLogger(__name__)


def scheduler(once: Annotated[bool, typer.Option("--once", help="把到期的任务各执行一次后退出")] = False) -> None:
    """按时执行：找回丢失的任务、判定已抓取完成的网站、汇总合格率、为否决项截图。只需运行一个，按 Ctrl-C 结束。"""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", datefmt="%H:%M:%S", level=logging.INFO)
    config = SchedulerConfig()
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    jobs = _jobs(stopping)
    entries = timetable(config, jobs)
    with open_stores(config) as stores:
        if once:
            run_due(stores, entries, {}, SystemClock(), jobs)
        else:
            run_forever(stores, entries, SystemClock(), stopping.wait, jobs)


def _jobs(stopping: threading.Event) -> Mapping[str, Job]:
    """All jobs; without a browser no pictures are taken, which is said."""
    worker = WorkerConfig()
    if find_chromium(worker.browser_path) is None:
        logger.warning("没有可用的浏览器：否决项不会自动截图，可在装有浏览器的机器上运行 xuncha evidence take")
        return JOBS
    return {**JOBS, "photograph": photographs(lambda: photographer_of(worker), stopping.is_set)}
