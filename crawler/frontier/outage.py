"""How a thread that needs a store waits while the store is away."""

import logging
import threading

from inspection.errors import StoreUnavailable

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0


class Outage:
    """Growing pauses, one log line when a store goes and one when it is back."""

    def __init__(self, logger: logging.Logger, what: str) -> None:
        self._logger = logger
        self._what = what
        self._pause_s = 0.0

    def over(self) -> None:
        """The store answered."""
        if self._pause_s:
            self._logger.warning("存储已恢复，继续%s", self._what)
        self._pause_s = 0.0

    def wait(self, error: StoreUnavailable, stop: threading.Event) -> None:
        """The store did not answer: pause before the next try, at most until ``stop``."""
        if not self._pause_s:
            self._logger.warning("%s暂停，等待存储恢复：%s", self._what, error)
        self._pause_s = min(max(self._pause_s * 2, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
        stop.wait(self._pause_s)
