"""A page's bytes become facts: pure functions, one parse per page. Imports no Scrapy and no store."""

from crawler.extract.page import extract, is_soft_404

__all__ = ["extract", "is_soft_404"]
