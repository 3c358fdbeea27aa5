"""How one site is inspected: what to request, what follows from each answer. Only the rest of ``crawler`` imports it.

:mod:`crawler.spiders.site_crawl` is the logic, without any I/O; :mod:`crawler.spiders.inspection` joins it to Scrapy.
"""
