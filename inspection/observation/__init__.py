"""What was seen: frozen facts, never verdicts. The crawler makes them, checks read them."""

from inspection.observation.outcome import Fault, FetchOutcome
from inspection.observation.page import ColumnLink, ItemSeen, PageFacts, PageLink, PageSeen
from inspection.observation.render import RenderSeen, ScreenshotSeen
from inspection.observation.site import LinkOutcome, LinkSeen, LinkSource, LinkTry, ProbeSeen, SiteObservations

__all__ = [
    "ColumnLink",
    "Fault",
    "FetchOutcome",
    "ItemSeen",
    "LinkOutcome",
    "LinkSeen",
    "LinkSource",
    "LinkTry",
    "PageFacts",
    "PageLink",
    "PageSeen",
    "ProbeSeen",
    "RenderSeen",
    "ScreenshotSeen",
    "SiteObservations",
]
