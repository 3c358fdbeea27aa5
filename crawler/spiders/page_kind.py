"""Which addresses may be pages, and which answers are."""

import re
from urllib.parse import urlsplit

from crawler.fetch import FetchResult
from inspection.observation import PageLink

_PAGE_ELEMENTS = frozenset({"a", "area", "frame", "iframe", "meta"})
# Addresses that end like a file for download, an image or a resource are link targets only.
_NO_PAGE = re.compile(
    r"\.(jpe?g|png|gif|bmp|webp|svg|ico|tiff?|css|m?js|json|xml|rss|woff2?|ttf|eot|pdf|docx?|xlsx?|pptx?|wps|et|dps|ofd|"
    r"zip|rar|7z|gz|tar|txt|csv|rtf|mp3|mp4|m3u8|avi|wmv|flv|mov|swf|wav|exe|apk|msi|ceb|gd|edc|iso)$",
    re.IGNORECASE,
)
_HTML_TYPES = ("text/html", "application/xhtml", "text/xml", "application/xml", "text/plain")
_FILE_STARTS = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"{\\rtf")


def may_be_page(link: PageLink) -> bool:
    """Whether a reference inside the site may lead to a page of it."""
    if link.url is None or link.element not in _PAGE_ELEMENTS:
        return False
    return _NO_PAGE.search(urlsplit(link.url).path) is None


def is_page(result: FetchResult) -> bool:
    """Whether an answer is a page, by its type and first bytes; a missing type is no objection."""
    content_type = result.headers.get("content-type", "").lower()
    if content_type and not content_type.startswith(_HTML_TYPES):
        return False
    start = result.body[:512].lstrip()
    if start.startswith(_FILE_STARTS):
        return False
    return bool(content_type) or b"<" in start
