"""A lane: requests that run beside Scrapy's engine, on the same event loop, without its per-request machinery."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class RunningTasks:
    """The tasks of a lane. ``freed`` is called after each that ends."""

    def __init__(self, freed: Callable[[], None] = lambda: None) -> None:
        self._freed = freed
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run one piece of work."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._freed()

    async def cancel(self) -> None:
        """End all of them now."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
