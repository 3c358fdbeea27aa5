"""The fetcher and the link checker as the settings want them: one set for workers and one-shot commands."""

from crawler.config import WorkerConfig
from crawler.fetch.fetcher import Fetcher
from crawler.fetch.policy import AddressPolicy
from crawler.links.checker import LinkChecker


def fetcher_of(config: WorkerConfig) -> Fetcher:
    """A fetcher under the operator's address policy; to be closed by the caller."""
    policy = AddressPolicy(config.allow_networks)
    return Fetcher(policy, user_agent=config.user_agent, tls_lenient=config.tls_lenient, robots=config.robots)


def link_checker_of(config: WorkerConfig, fetcher: Fetcher, *, external: bool = True) -> LinkChecker:
    """A link checker over ``fetcher``; without ``external`` links to other sites are left out."""
    return LinkChecker(
        fetcher,
        retry_pause_s=config.link_retry_pause_s,
        timeout_s=config.link_timeout_s,
        exclude=config.link_exclude,
        external=external,
    )
