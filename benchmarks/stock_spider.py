"""A spider as scrapy-redis's documentation has it: follows the links of the same site, stores nothing.

    python benchmarks/stock_spider.py REDIS_URL CONCURRENCY SECONDS

Start addresses come from the list ``stock:start_urls``. Prints pages and seconds from the first page to the last.
"""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from scrapy_redis.spiders import RedisSpider

TIMES: list[float] = []


class Stock(RedisSpider):
    """Every page, every link of the same host."""

    name = "stock"
    redis_key = "stock:start_urls"

    def parse(self, response: Response, **kwargs: Any) -> Iterator[scrapy.Request]:
        del kwargs
        TIMES.append(time.perf_counter())
        host = response.url.split("/")[2]
        for href in response.css("a::attr(href)").getall():
            url = response.urljoin(href)
            if url.split("/")[2] == host:
                yield scrapy.Request(url, callback=self.parse)


if __name__ == "__main__":
    process = CrawlerProcess(
        {
            "SCHEDULER": "scrapy_redis.scheduler.Scheduler",
            "DUPEFILTER_CLASS": "scrapy_redis.dupefilter.RFPDupeFilter",
            "REDIS_URL": sys.argv[1],
            "CONCURRENT_REQUESTS": int(sys.argv[2]),
            "CONCURRENT_REQUESTS_PER_DOMAIN": int(sys.argv[2]),
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": False,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
            "CLOSESPIDER_TIMEOUT": float(sys.argv[3]),
            "MAX_IDLE_TIME_BEFORE_CLOSE": 5,
        }
    )
    process.crawl(Stock)
    process.start()
    print(json.dumps({"pages": len(TIMES), "seconds": TIMES[-1] - TIMES[0]}))
