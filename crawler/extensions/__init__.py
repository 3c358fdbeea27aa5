"""Scrapy extensions of the worker: the lanes for probes and link checks, and the line of progress."""
