"""``xuncha scheduler``: run what is due."""

import logging
import signal
import threading
from typing import Annotated

import typer

from cli.wiring import SystemClock
from scheduler.config import SchedulerConfig
from scheduler.jobs import timetable
from scheduler.loop import run_due, run_forever
from store.stores import open_stores


def scheduler(once: Annotated[bool, typer.Option("--once", help="把到期的任务各执行一次后退出")] = False) -> None:
    """按时执行：找回丢失的任务、判定已抓取完成的网站、汇总合格率。只需运行一个，按 Ctrl-C 结束。"""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", datefmt="%H:%M:%S", level=logging.INFO)
    config = SchedulerConfig()
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with open_stores(config) as stores:
        if once:
            run_due(stores, timetable(config), {}, SystemClock())
        else:
            run_forever(stores, timetable(config), SystemClock(), stopping.wait)
