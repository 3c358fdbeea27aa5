"""The frontier: what a worker requests next. Scrapy's and scrapy-redis's scheduler interface is spoken only here.

:mod:`workbench` holds the leased sites and lives on the event loop; :mod:`feeder` and :mod:`heartbeat` are
threads that talk to Redis for it. Only the rest of ``crawler`` imports this package.
"""
