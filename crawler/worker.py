"""A worker process: Scrapy's engine and two lanes on one event loop, and three threads that talk to the stores.

Pages are read in a process of its own (:class:`crawler.spiders.page_reader.PageReader`).

::

    feeder ---- leases, due probes ---->  workbench  --> engine (pages), link lane, probe lane
    heartbeat - renews leases                                     |
    writer <--- sink <------------ what the answers brought ------+
      MongoDB first, then Redis (acknowledge, queue what follows)
"""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from datetime import timedelta
from secrets import token_hex
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess

from crawler.collecting import spare_collections
from crawler.config import WorkerConfig
from crawler.extensions.control_targets import ControlTargets
from crawler.extensions.link_lane import LinkLane
from crawler.extensions.platform_lane import PlatformLane
from crawler.extensions.probe_lane import ProbeLane
from crawler.extensions.render_lane import RenderLane
from crawler.fetch.hosts import HostLook
from crawler.fetching import fetcher_of, link_checker_of, paces_of, renderer_of
from crawler.frontier.bridge import Bridge
from crawler.frontier.feeder import Feeder
from crawler.frontier.heartbeat import Heartbeat
from crawler.frontier.host_queues import HostQueues
from crawler.frontier.kit import Kit, limits_of, retries_of
from crawler.frontier.link_targets import LinkTargets
from crawler.frontier.places import Places
from crawler.frontier.platforms import Platforms
from crawler.frontier.scheduler import end_crawl, wake_engine
from crawler.frontier.site_hours import SiteHours
from crawler.frontier.target_lookup import TargetLookup
from crawler.frontier.turns import Turns
from crawler.frontier.workbench import Workbench
from crawler.pipelines.sink import Sink
from crawler.pipelines.writer import Writer
from crawler.settings import scrapy_settings
from crawler.spiders.inspection import InspectionSpider
from inspection.errors import StoreUnavailable
from inspection.ports import Clock
from inspection.registry.crawl_window import PlaceWindows
from inspection.registry.opt_out import OptedOut
from store.redis.allowances import RedisAllowances
from store.redis.brake import RedisBrake
from store.redis.frontier import RedisFrontier
from store.redis.frontier_targets import RedisLinkTargets
from store.redis.probe_queue import RedisProbeQueue
from store.stores import Stores

logger = logging.getLogger(__name__)

_INTERRUPTED = 130
_TALKATIVE = ("scrapy", "twisted", "asyncio")
_TARGETS_KEPT = 100_000


def run_worker(
    config: WorkerConfig,
    stores: Stores,
    *,
    round_id: str | None,
    until_idle: bool,
    clock: Clock,
) -> int:
    """Serve one round, or all that have work, until stopped by a signal or, with ``until_idle``, out of work.

    Returns the exit code: 0, or 1 if the worker failed. What is not stored at the end stays on the frontier.
    """
    process = _quiet_process(config)
    spare_collections()
    loop = asyncio.get_event_loop()
    worker = _Worker(config, stores, clock=clock, round_id=round_id, until_idle=until_idle)
    running = loop.create_task(worker.run(process))
    running.add_done_callback(lambda _: _stop_reactor())
    process.start(stop_after_crawl=False, install_signal_handlers=False)
    return running.result()


def _quiet_process(config: WorkerConfig) -> AsyncCrawlerProcess:
    """Operators need a line of progress and what goes wrong; what the libraries tell of themselves is neither."""
    logging.disable(logging.INFO)
    process = AsyncCrawlerProcess(scrapy_settings(config))
    logging.disable(logging.NOTSET)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return process


def _stop_reactor() -> None:
    from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one; Scrapy has to choose which

    running: Any = reactor
    running.stop()


class _Worker:
    """Builds the parts, runs them, and ends them in order."""

    def __init__(
        self, config: WorkerConfig, stores: Stores, *, clock: Clock, round_id: str | None, until_idle: bool
    ) -> None:
        self._config = config
        self._stores = stores
        self._clock = clock
        self._round_id = round_id
        self._until_idle = until_idle
        self._stopping = asyncio.Event()
        self._exit_code = 0
        self._frontier = RedisFrontier(stores.redis)
        self._probes = RedisProbeQueue(stores.redis, vantage=config.vantage)
        self._name = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
        self._shared = RedisLinkTargets(stores.redis, worker=self._name)
        self._targets = LinkTargets(
            max_age=timedelta(seconds=config.link_cache_s), capacity=_TARGETS_KEPT, now=clock.now
        )

    async def run(self, process: AsyncCrawlerProcess) -> int:
        """Until stopped; returns the exit code."""
        loop = asyncio.get_running_loop()
        platforms = Platforms(
            at_once=self._config.concurrent_per_platform, delay_s=self._config.platform_delay_s, now=loop.time
        )
        kit = self._kit(loop, platforms)
        hosts = HostLook(
            kit.fetcher,
            kit.over_ipv6,
            timeout_s=self._config.link_timeout_s,
            controls=self._config.control_targets,
            shown=platforms.shown,
        )
        links = LinkLane(
            bench=kit.bench, places=kit.places, checker=kit.checker, hosts=hosts, concurrency=kit.limits.links
        )
        renderer = renderer_of(self._config, kit.fetcher, kit.places)
        renders = RenderLane(bench=kit.bench, renderer=renderer, concurrency=kit.limits.renders)
        watching = loop.create_task(kit.watch.run())
        probes = ProbeLane(kit, kit.watch, ControlTargets(kit.fetcher, self._config.control_targets))
        finder = PlatformLane(platforms=platforms, look_up=kit.fetcher.addresses, placed=kit.bench.placed)
        bridge = Bridge(
            loop=loop,
            kit=kit,
            probes=probes,
            max_sites=self._config.sites_at_once,
            idle=self._out_of_work,
            failed=self._fail,
        )
        crawler = process.create_crawler(InspectionSpider)
        crawling = process.crawl(crawler, kit=kit)
        kit.bench.on_work(finder.pump)
        kit.bench.on_work(kit.places.pump)
        kit.bench.on_work(links.pump)
        kit.bench.on_work(renders.pump)
        kit.bench.on_work(wake_engine(crawler))
        writer = self._writer(kit, bridge)
        bridge.writing = lambda: not writer.is_idle
        heartbeat = self._heartbeat(bridge)
        turns = self._turns(kit, bridge, platforms, loop)
        lookup = TargetLookup(
            targets=self._targets, shared=self._shared, lease_s=self._config.lease_s, answer=bridge.target_known
        )
        feeder = self._feeder(
            bridge, turns, lookup, writer.mark_complete, render_budget=kit.limits.render_pages if renderer else 0
        )
        kit.reader.start()
        self._listen_to_signals(loop)
        for thread in (writer, heartbeat, feeder):
            thread.start()
        crawling.add_done_callback(lambda _: self._stopping.set())
        await self._stopping.wait()
        feeder.stop()
        await self._wind_down(kit, links, renders, probes)
        await end_crawl(crawler, crawling)
        await crawling
        await finder.running.cancel()
        await asyncio.to_thread(self._give_back, writer, heartbeat, feeder, kit.sink)
        watching.cancel()
        await kit.reader.close()
        await kit.fetcher.close()
        await kit.over_ipv6.close()
        return self._exit_code

    # -- building --------------------------------------------------------------------------------

    def _kit(self, loop: asyncio.AbstractEventLoop, platforms: Platforms) -> Kit:
        config = self._config
        sink = Sink(capacity=config.write_buffer)
        paces = paces_of(config, now=loop.time)
        queues = HostQueues[Any](per_host=config.concurrent_per_host, paces=paces, now=loop.time, platforms=platforms)
        bench = Workbench(queues=queues, sink=sink, targets=self._targets, call_later=loop.call_later)

        def opted_out(url: str) -> str | None:
            return bench.opted_out.objection(url)

        fetcher = fetcher_of(config, paces=paces, shown=platforms.shown, opted_out=opted_out)
        return Kit(
            bench=bench,
            places=Places(queues, call_later=loop.call_later, freed=bench.wake),
            sink=sink,
            fetcher=fetcher,
            over_ipv6=fetcher_of(
                config, family=socket.AF_INET6, paces=paces, shown=platforms.shown, opted_out=opted_out
            ),
            checker=link_checker_of(config, fetcher),
            limits=limits_of(config),
        )

    def _writer(self, kit: Kit, bridge: Bridge) -> Writer:
        return Writer(
            sink=kit.sink,
            facts=self._stores,
            frontier=self._frontier,
            probes=self._probes,
            shared=self._shared,
            targets=self._targets,
            events=bridge,
            clock=self._clock,
            flush_every_s=self._config.flush_every_s,
            flush_probes_every_s=self._config.flush_probes_every_s,
        )

    def _heartbeat(self, bridge: Bridge) -> Heartbeat:
        return Heartbeat(
            frontier=self._frontier,
            probes_queue=self._probes,
            shared=self._shared,
            sites=bridge.held_sites,
            probes=bridge.held_probes,
            lost=bridge.site_lost,
            lease_s=self._config.lease_s,
        )

    def _turns(self, kit: Kit, bridge: Bridge, platforms: Platforms, loop: asyncio.AbstractEventLoop) -> Turns:
        def granted(keys: list[str], until: float) -> None:
            for key in keys:
                platform = platforms.grant(key, until=until)
                if platform is not None:
                    kit.bench.granted(platform)

        def joined(key: str, whole: str) -> None:
            both = platforms.join(key, whole)
            if both is not None:
                kit.bench.joined(*both)

        return Turns(
            platforms=platforms,
            allowances=RedisAllowances(self._stores.redis, worker=self._name),
            lease_s=self._config.lease_s,
            most_addresses=self._config.platform_addresses,
            now=loop.time,
            call=bridge.call,
            granted=granted,
            joined=joined,
        )

    def _feeder(
        self,
        bridge: Bridge,
        turns: Turns,
        lookup: TargetLookup,
        mark_complete: Callable[[str], None],
        *,
        render_budget: int,
    ) -> Feeder:
        return Feeder(
            rounds=self._rounds,
            opted_out=lambda: OptedOut(self._stores.opt_outs.in_force(self._clock.now())),
            repository=self._stores.rounds,
            frontier=self._frontier,
            probes=self._probes,
            lookup=lookup,
            brake=RedisBrake(self._stores.redis),
            turns=turns,
            is_open=self._is_open,
            hours=SiteHours(
                windows=lambda: PlaceWindows(self._stores.crawl_windows.all()),
                frontier=self._frontier,
                holder=bridge,
                clock=self._clock,
            ),
            intake=bridge,
            mark_complete=mark_complete,
            retries=retries_of(self._config),
            render_budget=render_budget,
            lease_s=self._config.lease_s,
        )

    def _is_open(self) -> bool:
        window = self._config.crawl_window
        return window is None or window.is_open(self._clock.now())

    def _rounds(self) -> list[str]:
        return self._stores.queue.rounds() if self._round_id is None else [self._round_id]

    # -- ending ----------------------------------------------------------------------------------

    def _listen_to_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupted)

    def _interrupted(self) -> None:
        if self._stopping.is_set():
            # Leases run out by themselves; nothing that was acknowledged can be lost.
            os._exit(_INTERRUPTED)
        logger.info("正在停止：等待进行中的请求，再按一次 Ctrl-C 立即退出")
        self._stopping.set()

    def _out_of_work(self) -> None:
        if self._until_idle:
            logger.info("没有剩余的任务")
            self._stopping.set()

    def _fail(self) -> None:
        self._exit_code = 1
        self._stopping.set()

    async def _wind_down(self, kit: Kit, links: LinkLane, renders: RenderLane, probes: ProbeLane) -> None:
        """Start nothing new, wait a little for what is under way, cut the rest off."""
        kit.bench.stop()
        deadline = asyncio.get_running_loop().time() + self._config.stop_grace_s
        running = (links.running, renders.running, probes.running)
        while (kit.fetching or any(map(len, running))) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.05)
        await links.running.cancel()
        await renders.close()
        await probes.running.cancel()
        for fetching in kit.fetching.copy():
            fetching.cancel()

    def _give_back(self, writer: Writer, heartbeat: Heartbeat, feeder: Feeder, sink: Sink) -> None:
        """Store what is in, then give the leases back, so that others need not wait for them."""
        feeder.join(self._config.stop_grace_s)
        if not writer.finish(self._config.stop_patience_s):
            logger.warning("存储未恢复，%d 批结果没有保存，对应请求将由下一个进程重新抓取", len(sink))
        heartbeat.stop()
        try:
            heartbeat.release()
            feeder.give_all_back()
        except StoreUnavailable as error:
            logger.warning("未能归还任务，租期 %.0f 秒后自动转交：%s", self._config.lease_s, error)
