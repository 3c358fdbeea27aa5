"""The Chromium process: started when first needed, started again after a crash or many pages."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Playwright, async_playwright
from playwright.async_api import Error as BrowserError

from inspection.errors import XunchaError

_PAGES_PER_PROCESS = 200
"""Browsers leak; a new process now and then is cheaper than to find out where."""
_CLOSE_WITHIN_S = 5.0
_CAUSE_LENGTH = 600
_ARGUMENTS = (
    # No name resolves and no proxy answers: what is not fulfilled by the fetcher reaches nobody, loopback included.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://0.0.0.0:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--js-flags=--max-old-space-size=256",
    "--lang=zh-CN",
)


class BrowserNotStarted(XunchaError):
    """Chromium cannot be started on this machine; no page is to blame."""


class Chromium:
    """One browser process on the running event loop. :meth:`close` when done.

    ``sandbox``: Chromium shuts its pages in by means of its own; not as root, for whom these do not work.
    """

    def __init__(self, path: Path, *, user_agent: str, sandbox: bool = True) -> None:
        self._path = path
        self._sandbox = sandbox and os.geteuid() != 0
        self._user_agent = user_agent
        self._client: Playwright | None = None
        self._browser: Browser | None = None
        self._pages = 0
        self._open: dict[BrowserContext, Browser] = {}
        self._starting = asyncio.Lock()

    async def context(self, *, scripts: bool) -> BrowserContext:
        """A fresh profile: no cookies, no cache, nothing of another page; :class:`BrowserNotStarted` without Chromium.

        To be given back by :meth:`discard`.
        """
        async with self._starting:
            browser = await self._running()
        context = await browser.new_context(
            user_agent=self._user_agent,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": 1280, "height": 900},
            accept_downloads=False,
            java_script_enabled=scripts,
            ignore_https_errors=True,
            service_workers="block",
        )
        self._pages += 1
        self._open[context] = browser
        return context

    async def discard(self, context: BrowserContext) -> None:
        """End a profile with its page; a page that will not end takes its browser with it.

        So does the last page of a browser that has shown enough.
        """
        browser = self._open.pop(context)
        try:
            await asyncio.wait_for(context.close(), _CLOSE_WITHIN_S)
        except (BrowserError, TimeoutError):
            await self._end(browser)
        if browser is not self._browser and browser not in self._open.values():
            await self._end(browser)

    async def close(self) -> None:
        """End the browser and its client."""
        for browser in {*self._open.values(), *([self._browser] if self._browser is not None else [])}:
            await self._end(browser)
        self._open.clear()
        if self._client is not None:
            await self._client.stop()
            self._client = None

    async def _running(self) -> Browser:
        if self._browser is not None and self._pages >= _PAGES_PER_PROCESS:
            retired, self._browser = self._browser, None
            if retired not in self._open.values():
                await self._end(retired)
        if self._browser is None or not self._browser.is_connected():
            await self._start()
        assert self._browser is not None  # just started
        return self._browser

    async def _start(self) -> None:
        if self._client is None:
            self._client = await async_playwright().start()
        self._pages = 0
        try:
            self._browser = await self._client.chromium.launch(
                executable_path=self._path,
                chromium_sandbox=self._sandbox,
                args=list(_ARGUMENTS),
                # The browser's own error pages are evidence for Chinese readers; its language package decides.
                env={**os.environ, "LANGUAGE": "zh_CN"},
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
            )
        except BrowserError as error:
            cause = " ".join(error.message.split())[:_CAUSE_LENGTH]
            raise BrowserNotStarted(
                f"浏览器 {self._path} 无法启动：{cause}。请确认已安装 chromium 且 XUNCHA_BROWSER_PATH 正确；"
                "容器不允许创建用户命名空间时，请放宽其 seccomp 配置，或设 XUNCHA_BROWSER_SANDBOX=false"
            ) from error

    async def _end(self, browser: Browser) -> None:
        if browser is self._browser:
            self._browser = None
        with suppress(BrowserError, TimeoutError):
            await asyncio.wait_for(browser.close(), _CLOSE_WITHIN_S)
