"""``xuncha scheduler``: run what is due."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Mapping
from typing import Annotated
from uuid import uuid4

import typer

from cli.wiring import SystemClock
from crawler.browser.find import find_chromium
from crawler.config import WorkerConfig
from crawler.fetching import photographer_of
from scheduler.config import SchedulerConfig
from scheduler.entries import timetable
from scheduler.job import Job
from scheduler.jobs import jobs_of, photographs
from scheduler.loop import Scheduler
from scheduler.rules import rules_of
from store.stores import open_stores

logger = logging.getLogger(__name__)


def scheduler(once: Annotated[bool, typer.Option("--once", help="执行已到期的任务后退出")] = False) -> None:
    """按时刻表执行任务（见 xuncha timetable）。运行一个即可，多个也不会重复执行；中断后补做，按 Ctrl-C 结束。"""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", datefmt="%H:%M:%S", level=logging.INFO)
    config = SchedulerConfig()
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    entries, jobs = timetable(config), _jobs(config, stopping)
    with open_stores(config) as stores:
        process = Scheduler(stores, entries, SystemClock(), jobs, by=_own_name(), stop=stopping.is_set)
        if once:
            process.run_due()
        else:
            process.run_forever(stopping.wait)


def _own_name() -> str:
    """A name that no other process has, so that none takes this one's claims for its own."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"


def _jobs(config: SchedulerConfig, stopping: threading.Event) -> Mapping[str, Job]:
    """All jobs; without a browser no pictures are taken, which is said."""
    jobs, worker = jobs_of(rules_of(config)), WorkerConfig()
    if find_chromium(worker.browser_path) is None:
        logger.warning("没有可用的浏览器：否决项不会自动截图，可在装有浏览器的机器上运行 xuncha evidence take")
        return jobs
    return {**jobs, "photograph": photographs(lambda: photographer_of(worker), stopping.is_set)}
