"""``xuncha worker``: crawl the sites of open rounds."""

import logging
from typing import Annotated

import typer

from cli.wiring import SystemClock
from crawler.config import WorkerConfig
from crawler.worker import run_worker
from store.stores import open_stores


def worker(
    round_id: Annotated[str | None, typer.Option("--round", help="只处理这一轮次；默认处理所有有任务的轮次")] = None,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="没有剩余任务时自行退出")] = False,
    sites: Annotated[int | None, typer.Option("--sites", min=1, help="同时抓取的网站数")] = None,
    concurrency: Annotated[int | None, typer.Option("--concurrency", min=1, help="同时进行的链接检查数")] = None,
    per_host: Annotated[int | None, typer.Option("--per-host", min=1, help="同一主机的并发请求数")] = None,
    delay: Annotated[float | None, typer.Option("--delay", min=0, help="同一主机两次请求的间隔（秒）")] = None,
) -> None:
    """抓取进程：领取网站、抓取页面、检查链接、探测可用性；可在任意多台机器上启动任意多个。

    按 Ctrl-C 后完成进行中的请求并保存再退出，再按一次立即退出；未完成的任务由其他进程接手。
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", datefmt="%H:%M:%S", level=logging.INFO)
    given = {
        "sites_at_once": sites,
        "link_concurrency": concurrency,
        "concurrent_per_host": per_host,
        "download_delay_s": delay,
    }
    config = WorkerConfig().model_copy(update={name: value for name, value in given.items() if value is not None})
    with open_stores(config) as stores:
        code = run_worker(config, stores, round_id=round_id, until_idle=until_idle, clock=SystemClock())
    raise typer.Exit(code)
