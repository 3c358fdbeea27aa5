"""Who carried an event or an article of the State Council: sites and accounts, each counted once per event."""

import hashlib
from datetime import datetime
from enum import StrEnum

from inspection.cells import Cells, choices_of
from inspection.linkage.accounts import Platform, account_id
from inspection.observation.reference import normal_title
from inspection.records import Record


class Carrier(StrEnum):
    """What carried it."""

    SITE = "site"
    ACCOUNT = "account"

    @property
    def chinese(self) -> str:
        """As lists print it."""
        return {"site": "网站", "account": "新媒体账号"}[self.value]


class Carried(Record, frozen=True, kw_only=True):
    """``subject`` (site code or account id) carried the event live or reposted it; ``event`` is :func:`event_key`."""

    event: str
    title: str
    carrier: Carrier
    subject: str
    seen_at: datetime
    url: str = ""


def event_key(title: str) -> str:
    """Identity of an event by its title: 16 hex digits; width, punctuation, marks of reposting make no difference."""
    return hashlib.sha256(normal_title(title).encode()).hexdigest()[:16]


def carried(
    title: str, carrier: Carrier, subject: str, seen_at: datetime, *, url: str = "", region: str = "000000"
) -> Carried:
    """The record; a subject has one per event, however often it was seen."""
    event = event_key(title)
    return Carried(
        id=f"{event}:{carrier.value}:{subject}",
        region=region,
        event=event,
        title=title,
        carrier=carrier,
        subject=subject,
        seen_at=seen_at,
        url=url,
    )


CARRIED_REQUIRED = ("event", "carrier", "subject", "seen_at")
CARRIED_OPTIONAL = ("platform", "region", "url")


def read_carried(cells: Cells) -> Carried | None:
    """The record of a row: ``subject`` is a site code, or the name of an account on ``platform``."""
    title = cells.text("event", required=True, limit=200)
    if title and len(normal_title(title)) < 4:
        cells.refuse("event", "过短，无法与其他事件区分")
    carrier = cells.choice("carrier", choices_of(Carrier), Carrier.SITE)
    cells.text("carrier", required=True)
    subject = cells.text("subject", required=True, limit=100)
    if carrier is Carrier.ACCOUNT:
        cells.text("platform", required=True)
        subject = account_id(cells.choice("platform", choices_of(Platform), Platform.OTHER), subject)
    else:
        subject = subject.lower()
    seen_at = cells.moment("seen_at", required=True)
    region, url = cells.region("region"), cells.text("url", limit=2048)
    if cells.problems or seen_at is None:
        return None
    return carried(title, carrier, subject, seen_at, url=url, region=region)
