"""A page's bytes become facts: pure functions, one parse per page. Imports no Scrapy and no store."""

from crawler.extract.absent import likeness, likeness_of_absent
from crawler.extract.page import extract
from crawler.extract.target import Target, glance_at, read_glanced, read_target

__all__ = ["Target", "extract", "glance_at", "likeness", "likeness_of_absent", "read_glanced", "read_target"]
