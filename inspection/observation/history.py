"""What a site has shown over the rounds: each article as it was first seen, so that an old one is known again."""

import datetime as dt
from collections.abc import Collection

import msgspec


class ItemRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One article of a site as it was first seen: an address with what stood there. Never changed later.

    ``title`` is normalised. ``digest`` is that of the article's text, empty where the article was not read or has too
    little text to be known by. ``date`` is the date shown with it, None where there was none. ``first_seen_at`` is
    when the page that lists it was fetched, ``remembered_at`` when the record was made.
    """

    code: str
    url: str
    title: str
    digest: str = ""
    date: dt.date | None = None
    first_seen_at: dt.datetime
    remembered_at: dt.datetime
    round_id: str

    def matches(self, urls: Collection[str], digests: Collection[str]) -> bool:
        """Whether the record has one of the addresses or one of the digests; an empty digest is none."""
        return self.url in urls or (bool(self.digest) and self.digest in digests)
