"""Servers that answer every address with the same page: what they show for one that cannot exist, and what is alike.

Two pages are alike only where their whole source is the same but for what an error page may say of the moment and of
the address asked for. A page that differs in anything else may be a good one.
"""

import re
from hashlib import blake2b
from urllib.parse import urlsplit

from crawler.extract import kinds
from crawler.extract.charset import decode
from crawler.extract.document import Document

_OF_THE_MOMENT = re.compile(
    rb"(?<![0-9])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])"  # a time
    rb"|(?<![0-9])20[0-9]{2}[^0-9]{1,3}[0-9]{1,2}[^0-9]{1,3}[0-9]{1,2}(?![0-9])"  # a date
    rb"|(?<![0-9A-Za-z])(?:[0-9]{10,19}|[0-9A-Fa-f]{16,128}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})"
    rb"(?![0-9A-Za-z])"  # a count of seconds, a token
)
_SHORTEST_PATH = 3
"""Shorter ones (``/a``) stand in a page for other reasons."""
_LEAST_TEXT = 4
_LEAST_TEXT_WITH_SCRIPTS = 80
"""A page that says less, and has scripts, may be the frame in which they show any page of the site."""


def likeness(body: bytes, url: str) -> bytes:
    """Sixteen bytes that are the same for pages that are alike; ``url`` is the address that the page stands at."""
    path = urlsplit(url).path.encode()
    own = [url.encode(), *([path] if len(path) >= _SHORTEST_PATH else [])]
    for each in own:
        body = body.replace(each, b"")
    return blake2b(_OF_THE_MOMENT.sub(b"", body), digest_size=16).digest()


def likeness_of_absent(body: bytes, url: str, content_type: str = "") -> bytes | None:
    """Likeness of the page that came for an address that cannot exist.

    None where it says nothing about others: it is no page, or scripts and frames may make any page of it. Never raises
    for any bytes.
    """
    if content_type and "html" not in content_type.lower():
        return None
    document = Document(decode(body, content_type)[0], url)
    if document.all("frame", "iframe") or kinds.redirect_url(document) is not None:
        return None
    least = _LEAST_TEXT_WITH_SCRIPTS if document.scripts else _LEAST_TEXT
    if len(document.visible) < least or kinds.is_written_by_scripts(document):
        return None
    return likeness(body, url)
