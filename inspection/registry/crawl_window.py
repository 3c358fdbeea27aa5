"""The hours in which sites are crawled in bulk, so that citizens have theirs: of all, of a region, of one site."""

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
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

    def opens_next(self, now: datetime) -> datetime:
        """The next moment at which it opens, after ``now`` (an aware time)."""
        today = datetime.combine(now.astimezone(CHINA).date(), self.opens, CHINA)
        return today if today > now else today + timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"


class PlaceWindow(msgspec.Struct, frozen=True, kw_only=True):
    """The window of one site, or of all sites of a region. ``place`` is its code (identity)."""

    place: str
    window: CrawlWindow
    set_at: datetime


class PlaceWindows:
    """Those that are set, as they are asked about for every site. The nearest counts: site, county, city, province."""

    def __init__(self, windows: Iterable[PlaceWindow] = ()) -> None:
        self._windows = {each.place: each.window for each in windows}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlaceWindows) and self._windows == other._windows

    __hash__ = None  # type: ignore[assignment]

    def closed_until(self, code: str, region: str, now: datetime) -> datetime | None:
        """When the site may be crawled next, None if it may be now."""
        window = self._of(code, region)
        return None if window is None or window.is_open(now) else window.opens_next(now)

    def _of(self, code: str, region: str) -> CrawlWindow | None:
        places = (code, region, f"{region[:4]}00", f"{region[:2]}0000")
        return next((self._windows[place] for place in places if place in self._windows), None)
