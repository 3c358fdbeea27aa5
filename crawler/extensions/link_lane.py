"""Link checks, beside Scrapy's engine: same politeness and address policy, a fraction of the cost per address."""

import asyncio
import logging

from crawler.extensions.lane import RunningTasks
from crawler.frontier.held_site import Job
from crawler.frontier.host_queues import Lane
from crawler.frontier.workbench import Workbench
from crawler.links.checker import LinkChecker

logger = logging.getLogger(__name__)


class LinkLane:
    """Checks up to ``concurrency`` links at a time."""

    def __init__(self, *, bench: Workbench, checker: LinkChecker, concurrency: int) -> None:
        self._bench = bench
        self._checker = checker
        self._concurrency = concurrency
        self.running = RunningTasks(freed=self.pump)

    def pump(self) -> None:
        """Start what may be started."""
        while len(self.running) < self._concurrency:
            job = self._bench.next(Lane.LINKS)
            if job is None:
                return
            self.running.start(self._check(job))

    async def _check(self, job: Job) -> None:
        task = job.task
        assert task.source is not None  # a link is always referred to
        try:
            seen = await self._checker.check(
                task.url, source=task.source, internal=task.internal, scope=job.site.crawl.scope
            )
        except asyncio.CancelledError:
            self._bench.cancel(job)
            raise
        except Exception:
            logger.exception("检查链接 %s 时程序出错，已放弃", task.url)
            self._bench.fail(job)
        else:
            self._bench.checked(job, seen)
        finally:
            self._bench.answered(job)
