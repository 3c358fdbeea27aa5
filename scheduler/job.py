"""What a job is."""

from collections.abc import Callable

from inspection.ports import Clock
from scheduler.timetable import Due
from store.memory import MemoryStores
from store.stores import Stores

Repositories = Stores | MemoryStores

Job = Callable[[Repositories, Clock, Due], None]
"""Does one run.

It may be killed anywhere and called again with the same run, so what it does must be the same the second time: new
records take their ids from the run's key or day, and are added, not written over. Raises
:class:`inspection.errors.XunchaError` where it is to be tried again.
"""
