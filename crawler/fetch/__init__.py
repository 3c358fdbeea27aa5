"""Fetching one address: address policy (SSRF), limits, redirects and the one classification of outcomes."""

from crawler.fetch.result import FetchRequest, FetchResult, Hop

__all__ = ["FetchRequest", "FetchResult", "Hop"]
