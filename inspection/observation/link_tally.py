"""Links of a site counted apart: on the home page and elsewhere, within the site and outside it (链接可用性)."""

from collections import Counter
from collections.abc import Collection, Iterable

import msgspec

from inspection.observation.site import LinkOutcome, LinkSeen


class LinkTally(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of targets of one kind. A target that the home page refers to is its; ``suspected`` may yet open."""

    on_home: bool
    internal: bool
    targets: int
    broken: int
    suspected: int


def tally_links(links: Iterable[LinkSeen], home_urls: Collection[str]) -> tuple[LinkTally, ...]:
    """The four tallies, the home page and the site's own first; ``home_urls`` are the addresses of the home page.

    A target's source is the page that named it first, and the home page is read before all others.
    """
    counted = Counter((link.source.page in home_urls, link.internal, link.outcome) for link in links)
    return tuple(
        LinkTally(
            on_home=on_home,
            internal=internal,
            targets=sum(number for (*kind, _), number in counted.items() if kind == [on_home, internal]),
            broken=counted[on_home, internal, LinkOutcome.BROKEN],
            suspected=counted[on_home, internal, LinkOutcome.UNDETERMINED],
        )
        for on_home in (True, False)
        for internal in (True, False)
    )
