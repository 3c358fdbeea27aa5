"""Scrapy's item pipeline: hands what a page brought to the workbench, and so to the writer."""

from typing import Self

from scrapy.crawler import Crawler

from crawler.frontier.workbench import Workbench
from crawler.spiders.inspection import Visit


class StorePipeline:
    """One item per page; never blocks."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The spider carries the worker's parts."""
        return cls(crawler.spider.kit.bench)  # type: ignore[union-attr]

    def process_item(self, item: Visit) -> Visit:
        """Take the item in."""
        self._bench.done(item.job, item.harvest)
        return item
