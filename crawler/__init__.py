"""The web becomes observations: Scrapy spiders, fetching, extraction and the frontier.

Knows ``inspection`` and ``store``; only the command line may import it.
"""
