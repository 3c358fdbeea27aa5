"""The hours in which sites are crawled in bulk, so that citizens have theirs."""

import re
from datetime import datetime, time
from typing import Self

import msgspec

from inspection.observation.site import CHINA

_FORM = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)")


class CrawlWindow(msgspec.Struct, frozen=True):
    """From ``opens`` (inclusive) to ``closes`` (exclusive) every day, China time; over midnight if it closes first."""

    opens: time
    closes: time

    @classmethod
    def parse(cls, text: str) -> Self:
        """``HH:MM-HH:MM``; ``ValueError`` for anything else."""
        match = _FORM.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is no time span; write it as 20:00-06:30")
        hours = [int(part) for part in match.groups()]
        if hours[:2] == hours[2:]:
            raise ValueError(f"{text!r} is an empty time span; leave it out to crawl at all hours")
        return cls(time(hours[0], hours[1]), time(hours[2], hours[3]))

    def is_open(self, now: datetime) -> bool:
        """Whether bulk crawling may go on at this moment (an aware time)."""
        clock = now.astimezone(CHINA).time()
        if self.opens < self.closes:
            return self.opens <= clock < self.closes
        return clock >= self.opens or clock < self.closes
