"""Pages shown in a browser: few at a time, beside Scrapy's engine."""

import asyncio
import logging
from typing import TYPE_CHECKING

from crawler.extensions.lane import RunningTasks
from crawler.frontier.held_site import Job
from crawler.frontier.host_queues import Lane
from crawler.frontier.workbench import Workbench
from crawler.spiders.page_reader import PageReader
from crawler.spiders.tasks import INTERNAL_ERROR, NO_BROWSER
from inspection.errors import XunchaError
from inspection.observation import RenderSeen
from inspection.observation.site import china_day

if TYPE_CHECKING:  # needs the extra ``browser``
    from crawler.browser.renderer import Renderer

logger = logging.getLogger(__name__)


class RenderLane:
    """Renders up to ``concurrency`` pages at a time; without a renderer every rendering is given up at once."""

    def __init__(self, *, bench: Workbench, renderer: "Renderer | None", concurrency: int) -> None:
        self._bench = bench
        self._renderer = renderer
        self._concurrency = concurrency
        self._reader = PageReader()
        self.running = RunningTasks(freed=self.pump)

    def pump(self) -> None:
        """Start what may be started."""
        while len(self.running) < self._concurrency:
            job = self._bench.next(Lane.RENDERS)
            if job is None:
                return
            if self._renderer is None:
                self._bench.fail(job, NO_BROWSER)
                self._bench.answered(job)
            else:
                self.running.start(self._render(job, self._renderer))

    async def close(self) -> None:
        """End what is under way, and the browser."""
        await self.running.cancel()
        await self._reader.close()
        if self._renderer is not None:
            await self._renderer.close()

    async def _render(self, job: Job, renderer: "Renderer") -> None:
        # What the page asks for has places of its own, the page itself included.
        self._bench.answered(job)
        try:
            shown = await renderer.render(job.task.url)
            facts = None
            if shown.html is not None:
                day = max(job.site.as_of, china_day(shown.started_at))
                facts = await self._reader.read_rendered(
                    shown.html, shown.final_url, as_of=day, complete=shown.complete
                )
            seen = RenderSeen(
                url=job.task.url,
                final_url=shown.final_url,
                rendered_at=shown.started_at,
                elapsed_s=shown.elapsed_s,
                complete=shown.complete,
                facts=facts,
                detail=shown.detail,
            )
            self._bench.done(job, job.site.crawl.page_rendered(job.task, seen, shown.html or b""))
        except asyncio.CancelledError:
            self._bench.cancel(job)
            raise
        except XunchaError as error:  # the browser does not start, and says why
            logger.error("未能渲染 %s：%s", job.task.url, error)
            self._bench.fail(job, NO_BROWSER)
        except Exception:
            logger.exception("渲染 %s 时程序出错，已放弃", job.task.url)
            self._bench.fail(job, INTERNAL_ERROR)
