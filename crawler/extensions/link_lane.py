"""Checks of links and looks at hosts, beside Scrapy's engine: same politeness, a fraction of its cost per address."""

import asyncio
import logging

from crawler.extensions.lane import RunningTasks
from crawler.fetch.hosts import HostLook
from crawler.frontier.held_site import Job
from crawler.frontier.host_queues import Lane
from crawler.frontier.places import HeldPlace, Places
from crawler.frontier.workbench import Workbench
from crawler.links.checker import LinkChecker
from crawler.spiders.tasks import INTERNAL_ERROR, TaskKind

logger = logging.getLogger(__name__)


class LinkLane:
    """Checks up to ``concurrency`` links or hosts at a time; as many again may be in the pause between two tries."""

    def __init__(
        self, *, bench: Workbench, places: Places, checker: LinkChecker, hosts: HostLook, concurrency: int
    ) -> None:
        self._bench = bench
        self._places = places
        self._checker = checker
        self._hosts = hosts
        self._concurrency = concurrency
        self.running = RunningTasks(freed=self.pump)

    def pump(self) -> None:
        """Start what may be started."""
        while self._has_room:
            job = self._bench.next(Lane.LINKS)
            if job is None:
                return
            self.running.start(self._answer(job))

    @property
    def _has_room(self) -> bool:
        resting = min(self._places.resting, self._concurrency)
        return len(self.running) - resting < self._concurrency

    async def _answer(self, job: Job) -> None:
        place = self._places.held(job.host)
        try:
            await _BY_KIND.get(job.task.kind, LinkLane._check)(self, job, place)
        except asyncio.CancelledError:
            self._bench.cancel(job)
            raise
        except Exception:
            logger.exception("检查 %s 时程序出错，已放弃", job.task.url)
            self._bench.fail(job, INTERNAL_ERROR)
        finally:
            place.give_up()

    async def _check(self, job: Job, place: HeldPlace) -> None:
        task = job.task
        assert task.source is not None  # a link is always referred to
        seen = await self._checker.check(
            task.url,
            source=task.source,
            internal=task.internal,
            scope=job.site.crawl.scope,
            place=place,
            absent=lambda: job.site.crawl.absent,
        )
        self._bench.checked(job, seen)

    async def _look(self, job: Job, place: HeldPlace) -> None:
        seen = await self._hosts.look(job.task.url, place)
        self._bench.done(job, job.site.crawl.host_seen(job.task, seen))

    async def _ask_for_absent(self, job: Job, place: HeldPlace) -> None:
        crawl = job.site.crawl
        seen = await self._checker.absent(job.task.url, scope=crawl.scope, place=place)
        self._bench.done(job, crawl.absent_seen(job.task, seen))


_BY_KIND = {TaskKind.HOST: LinkLane._look, TaskKind.ABSENT: LinkLane._ask_for_absent}
"""All others are checks."""
