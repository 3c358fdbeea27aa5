"""Scrapy's settings, as its own tools read them too (``scrapy.cfg``).

What operators may set is in :mod:`crawler.config`; :func:`scrapy_settings` adds what follows from it. Everything
that would follow redirects, retry, decode or judge an answer is off: the fetcher does that, once, for pages,
probes and link checks alike.
"""

from scrapy.settings import Settings

from crawler.config import WorkerConfig

BOT_NAME = "xuncha"
SPIDER_MODULES = ["crawler.spiders"]
SCHEDULER = "crawler.frontier.scheduler.Frontier"
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
DOWNLOADER = "crawler.downloader.PageDownloader"
DOWNLOAD_HANDLERS_BASE: dict[str, str] = {}
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
EXTENSIONS_BASE: dict[str, int] = {}
ITEM_PIPELINES = {"crawler.pipelines.store.StorePipeline": 100}
EXTENSIONS = {"crawler.extensions.progress.Progress": 100}
DOWNLOAD_DELAY = 0
# One item per page; more would only cost: Scrapy makes that many tasks for every response.
CONCURRENT_ITEMS = 1
ROBOTSTXT_OBEY = False
TELNETCONSOLE_ENABLED = False
STATS_DUMP = False
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"
LOG_FORMATTER = "crawler.extensions.progress.QuietLogFormatter"
LOG_ENABLED = False
LOG_INSTALL_ROOT_HANDLER = False
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
REQUEST_FINGERPRINTER_CLASS = "scrapy.utils.request.RequestFingerprinter"


def scrapy_settings(config: WorkerConfig) -> Settings:
    """Settings for :class:`scrapy.crawler.AsyncCrawlerProcess`."""
    settings = Settings()
    settings.setmodule(__name__, priority="project")
    settings.set("CONCURRENT_REQUESTS", config.page_concurrency, priority="project")
    return settings
