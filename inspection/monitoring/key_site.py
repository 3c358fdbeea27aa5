"""The register of key sites (重点监测): looked at every day, in a round of that day."""

from datetime import date
from typing import Self

from inspection.records import Record


class KeySite(Record, frozen=True, kw_only=True):
    """A site is watched more closely from ``since`` on, up to and including ``until`` where that is given.

    ``id`` is ``<code>:<since>``: a site that is listed again has a record for each time. ``every_min`` is the time
    between two visits in minutes, None for what the rules say of its class. ``by`` put it on the register or took it
    off, empty where a rule did.
    """

    code: str
    reason: str
    since: date
    until: date | None = None
    by: str = ""
    every_min: int | None = None

    @classmethod
    def of(cls, code: str, region: str, *, reason: str, since: date, until: date | None = None) -> Self:
        """The record of a site from a day on."""
        return cls(id=f"{code}:{since}", region=region, code=code, reason=reason, since=since, until=until)

    def is_in_force(self, day: date) -> bool:
        """Whether the site is to be watched on a day."""
        return self.since <= day and (self.until is None or day <= self.until)
