"""Scrapy's settings: what workers run with, and what Scrapy's own tools see."""

import subprocess
import sys
from pathlib import Path

from crawler.config import WorkerConfig
from crawler.settings import scrapy_settings


def test_a_worker_leaves_judging_answers_to_the_fetcher() -> None:
    settings = scrapy_settings(WorkerConfig(page_concurrency=7))
    assert settings.getint("CONCURRENT_REQUESTS") == 7
    assert settings["SCHEDULER"] == "crawler.frontier.scheduler.Frontier"
    assert not settings.getdict("DOWNLOADER_MIDDLEWARES_BASE")


def test_scrapy_finds_the_project(project_root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"],
        cwd=project_root,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["inspection"]
