"""Settings of a worker and of the one-shot commands that fetch."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from crawler.fetch.robots import RobotsMode
from inspection.observation.site import DEFAULT_VANTAGE
from inspection.registry.address import canonical
from inspection.registry.crawl_window import CrawlWindow
from store.config import StoreConfig

Network = IPv4Network | IPv6Network


class WorkerConfig(StoreConfig):
    """How the web is visited. Every default is written here, once."""

    allow_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Comma-separated networks (CIDR) to visit although they are private; empty: public addresses only",
    )
    user_agent: str = Field(
        default="Mozilla/5.0 (compatible; Xuncha/0.1; government website inspection)",
        description="User-Agent of all requests",
    )
    tls_lenient: bool = Field(
        default=True,
        description="Read pages behind a bad certificate too (the certificate is a fault of its own)",
    )
    robots: RobotsMode = Field(
        default=RobotsMode.IGNORE,
        description="robots.txt: ignore (visit public pages as any citizen does), obey, or report (visit and note it)",
    )
    link_exclude: Annotated[tuple[re.Pattern[str], ...], NoDecode] = Field(
        default=(),
        description="Regular expressions, one per line or parted by spaces; link targets that match are not checked",
    )
    link_retry_pause_s: float = Field(
        default=5.0, ge=0, description="Seconds between the tries of a link check that failed"
    )
    link_timeout_s: float = Field(default=15.0, gt=0, description="Seconds for one try of a link check")

    concurrent_per_host: int = Field(default=2, ge=1, description="Requests to one host at the same time, probes apart")
    download_delay_s: float = Field(
        default=0.5, ge=0, description="Seconds between the starts of two requests to one host, probes apart"
    )
    concurrent_per_platform: int = Field(
        default=8,
        ge=1,
        description="Requests at the same time to one machine, whatever the number of its sites and workers",
    )
    platform_delay_s: float = Field(
        default=0.05, ge=0, description="Seconds between the starts of two requests to one machine, probes apart"
    )
    platform_addresses: int = Field(
        default=16,
        ge=1,
        description="Addresses that a shared certificate may join into one machine; more belong to a delivery "
        "network and stay apart; 1: certificates join nothing",
    )
    delay_factor: float = Field(
        default=0.5, ge=0, description="A slow host is asked less often: after so many times its mean time to answer"
    )
    longest_delay_s: float = Field(default=10.0, ge=0, description="Longest such delay in seconds")
    backoff_s: float = Field(
        default=30.0,
        gt=0,
        description="Seconds for which a host is left alone that says 429 or keeps saying 503, doubled each time; "
        "Retry-After goes before",
    )
    longest_backoff_s: float = Field(
        default=600.0, gt=0, description="Longest time in seconds for which a host is left alone, Retry-After included"
    )
    crawl_window: Annotated[CrawlWindow | None, NoDecode] = Field(
        default=None,
        description="Hours of bulk crawling in China time, as 20:00-06:30; empty: always. Probes and urgent orders "
        "(rechecks) are made at any time",
    )
    sites_at_once: int = Field(default=48, ge=1, description="Sites that one worker crawls at the same time")
    page_concurrency: int = Field(default=48, ge=1, description="Page requests of one worker at the same time")
    link_concurrency: int = Field(
        default=128,
        ge=1,
        description="Link checks of one worker at the same time, those in the pause between two tries apart",
    )
    probe_concurrency: int = Field(default=512, ge=1, description="Availability probes of one worker at the same time")
    probe_timeout_s: float = Field(
        default=15.0, gt=0, description="Seconds after which a home page counts as not opening (the standard says 15)"
    )
    control_targets: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Comma-separated addresses known to be up; while all of them fail, failed probes are our outage",
    )
    page_timeout_s: float = Field(default=20.0, gt=0, description="Seconds for one page")
    max_page_bytes: int = Field(default=5 * 1024 * 1024, ge=1024, description="Pages are cut at this size")
    home_retries: int = Field(default=2, ge=0, description="Further tries of a home page that does not open")
    page_retries: int = Field(default=1, ge=0, description="Further tries of another page that does not open")
    retry_pause_s: float = Field(
        default=30.0, ge=0, description="Longest pause in seconds before a page is tried again"
    )
    render_pages: int = Field(
        default=12, ge=0, description="Pages of one site shown in a browser where scripts fill the lists; 0: none"
    )
    render_concurrency: int = Field(default=2, ge=1, description="Pages that one worker renders at the same time")
    render_timeout_s: float = Field(default=40.0, gt=0, description="Seconds for rendering one page")
    browser_path: Path | None = Field(
        default=None, description="Chromium to render with; empty: the one installed under its usual name, if any"
    )
    browser_sandbox: bool = Field(
        default=True, description="Chromium's own sandbox; needs user namespaces, which containers often refuse"
    )
    link_cache_s: float = Field(
        default=86_400.0, ge=0, description="Seconds for which the check of an external target serves all sites"
    )
    lease_s: float = Field(
        default=60.0, gt=0, description="Seconds after which the sites of a worker that died go to another one"
    )
    write_buffer: int = Field(
        default=4_000, ge=1, description="Results waiting for the stores before a worker starts no more requests"
    )
    flush_every_s: float = Field(default=0.3, gt=0, description="Seconds between two writes of pages and links")
    flush_probes_every_s: float = Field(default=2.0, gt=0, description="Seconds between two writes of probes")
    stop_grace_s: float = Field(
        default=4.0, ge=0, description="Seconds that a stopping worker waits for requests under way"
    )
    stop_patience_s: float = Field(
        default=20.0, ge=0, description="Seconds that a stopping worker tries to write what it still holds"
    )
    vantage: str = Field(
        default=DEFAULT_VANTAGE,
        min_length=1,
        description="Name of the place that this worker probes from; it makes the probes of rounds that name it",
    )

    @field_validator("crawl_window", mode="before")
    @classmethod
    def _parse_window(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return CrawlWindow.parse(value) if value.strip() else None

    @field_validator("link_exclude", mode="before")
    @classmethod
    def _split_patterns(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator("control_targets", mode="before")
    @classmethod
    def _split_addresses(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        addresses = [canonical(part) for part in value.split(",") if part.strip()]
        if None in addresses:
            raise ValueError("give http or https addresses, parted by commas")
        return tuple(addresses)

    @field_validator("allow_networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip())
