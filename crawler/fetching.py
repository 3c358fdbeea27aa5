"""Fetcher, link checker and renderer as the settings want them: one set for workers and one-shot commands."""

import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.browser.find import find_chromium
from crawler.config import WorkerConfig
from crawler.fetch.fetcher import Fetcher
from crawler.fetch.policy import AddressPolicy
from crawler.fetch.tls import Shown
from crawler.frontier.pace import HostPaces, PaceRules
from crawler.frontier.places import Places
from crawler.links.checker import LinkChecker
from inspection.errors import InputRejected

if TYPE_CHECKING:
    from crawler.browser.photographer import BrowserPhotographer
    from crawler.browser.renderer import Renderer
    from crawler.browser.traffic import Visiting

logger = logging.getLogger(__name__)


def fetcher_of(
    config: WorkerConfig,
    *,
    family: socket.AddressFamily = socket.AF_UNSPEC,
    paces: HostPaces | None = None,
    shown: Shown | None = None,
    opted_out: Callable[[str], str | None] = lambda _: None,
) -> Fetcher:
    """A fetcher under the operator's address policy; to be closed by the caller.

    It tells ``paces`` of answers and ``shown`` of certificates, and leaves alone what has ``opted_out``.
    """
    return Fetcher(
        AddressPolicy(config.allow_networks, opted_out=opted_out),
        user_agent=config.user_agent,
        tls_lenient=config.tls_lenient,
        robots=config.robots,
        family=family,
        heard=None if paces is None else paces.heard,
        shown=shown,
    )


def paces_of(config: WorkerConfig, *, now: Callable[[], float]) -> HostPaces:
    """How fast hosts may be asked, as the settings want it."""
    rules = PaceRules(
        delay_s=config.download_delay_s,
        delay_factor=config.delay_factor,
        longest_delay_s=config.longest_delay_s,
        backoff_s=config.backoff_s,
        longest_backoff_s=config.longest_backoff_s,
    )
    return HostPaces(rules, now=now)


def link_checker_of(config: WorkerConfig, fetcher: Fetcher, *, external: bool = True) -> LinkChecker:
    """A link checker over ``fetcher``; without ``external`` links to other sites are left out."""
    return LinkChecker(
        fetcher,
        retry_pause_s=config.link_retry_pause_s,
        timeout_s=config.link_timeout_s,
        exclude=config.link_exclude,
        external=external,
    )


def renderer_of(config: WorkerConfig, fetcher: Fetcher, places: Places) -> "Renderer | None":
    """A renderer over ``fetcher`` that asks from ``places``.

    None where the settings want none or there is no browser, which is said once.

    ``InputRejected`` where the settings name a browser that is none. To be closed by the caller.
    """
    if not config.render_pages:
        return None
    path = find_chromium(config.browser_path)
    if path is None:
        logger.warning("没有可用的浏览器（需安装可选组件 browser 和 Chromium）：由脚本生成的列表将记为“未判定”")
        return None
    return _renderer(path, config, fetcher, places.visiting)


def photographer_of(config: WorkerConfig) -> "BrowserPhotographer":
    """A photographer as the settings want it; ``InputRejected`` where there is no browser."""
    path = find_chromium(config.browser_path)
    if path is None:
        raise InputRejected(
            "没有可用的浏览器，无法截图。请安装可选组件 browser（pip install 'xuncha[browser]'）和 Chromium"
            "（Debian：apt-get install chromium fonts-noto-cjk），或用 XUNCHA_BROWSER_PATH 指定浏览器"
        )
    from crawler.browser.photographer import BrowserPhotographer  # noqa: PLC0415 - needs the extra ``browser``

    fetcher = fetcher_of(config)
    return BrowserPhotographer(_renderer(path, config, fetcher), fetcher, at_once=config.render_concurrency)


def _renderer(path: Path, config: WorkerConfig, fetcher: Fetcher, visiting: "Visiting | None" = None) -> "Renderer":
    from crawler.browser.renderer import Renderer, RenderLimits  # noqa: PLC0415 - needs the extra ``browser``

    limits = RenderLimits(timeout_s=config.render_timeout_s, max_page_bytes=config.max_page_bytes)
    return Renderer(
        path, fetcher, user_agent=config.user_agent, limits=limits, sandbox=config.browser_sandbox, visiting=visiting
    )
