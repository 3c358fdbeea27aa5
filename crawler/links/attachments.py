"""Files by their first bytes: does one open as what its address says it is?"""

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

FIRST_BYTES = 4096
"""How much of an attachment is read to tell."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

# Office files are often saved in a sibling's format; each listed start opens in the usual programs.
_STARTS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF",),
    "doc": (_OLE, *_ZIP, b"{\\rtf", b"%PDF", b"<?xml"),
    "docx": (*_ZIP, _OLE),
    "xls": (_OLE, *_ZIP, b"\x09\x08", b"<?xml"),
    "xlsx": (*_ZIP, _OLE),
    "ppt": (_OLE, *_ZIP),
    "pptx": (*_ZIP, _OLE),
    "wps": (_OLE, *_ZIP),
    "et": (_OLE, *_ZIP),
    "dps": (_OLE, *_ZIP),
    "ofd": _ZIP,
    "zip": _ZIP,
    "rar": (b"Rar!", *_ZIP),
    "7z": (b"7z\xbc\xaf\x27\x1c",),
    "rtf": (b"{\\rtf", _OLE),
}
_IMAGES = frozenset({"jpg", "jpeg", "png", "gif", "bmp", "webp", "ico"})
_TEXTS = frozenset({"js", "css"})
_PDF_JUNK = 1024
"""Readers accept that many bytes before ``%PDF``."""

_ASKED_AGAIN = 4096
"""Addresses whose type is remembered: one check asks several times."""

_HTML = re.compile(rb"^\s*(\xef\xbb\xbf)?\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|script|meta)", re.I | re.S)


@lru_cache(_ASKED_AGAIN)
def attachment_type(url: str) -> str | None:
    """Lower-case type that the address promises, None where it is no attachment."""
    name = unquote(urlsplit(url).path).rpartition("/")[2]
    suffix = name.rpartition(".")[2].lower()
    return suffix if suffix in _STARTS else None


@lru_cache(_ASKED_AGAIN)
def resource_type(url: str) -> str | None:
    """Lower-case type of an image, script or style sheet by its address, None where it is none."""
    suffix = urlsplit(url).path.rpartition("/")[2].rpartition(".")[2].lower()
    return suffix if suffix in _IMAGES or suffix in _TEXTS else None


def resource_fault(start: bytes, type_: str) -> str | None:
    """Why an image, script or style sheet certainly cannot be shown or run; None where nothing speaks against it.

    An empty script is a script; an image in another format than its name says is shown all the same.
    """
    if not start.strip(b"\0") and type_ in _IMAGES:
        return "the image is empty"
    return f"a web page came instead of a {type_} file" if is_html(start) else None


def is_html(start: bytes) -> bool:
    """Whether a body is a web page by its first bytes."""
    return _HTML.match(start[:FIRST_BYTES]) is not None


def attachment_fault(start: bytes, type_: str) -> str | None:
    """What is wrong with an attachment of this type that starts so; None where it opens. English, for operators."""
    if not start.strip(b"\0\r\n\t "):
        return "the file is empty"
    if is_html(start) and type_ not in ("doc", "xls"):
        return f"a web page came instead of a {type_} file"
    if type_ == "pdf" and b"%PDF" in start[:_PDF_JUNK]:
        return None
    if start.startswith(_STARTS[type_]):
        return None
    if is_html(start):
        # Some systems save HTML under a Word or Excel name on purpose; it opens there.
        return None if b"office" in start[:FIRST_BYTES].lower() else f"a web page came instead of a {type_} file"
    return f"the content is not a {type_} file"
