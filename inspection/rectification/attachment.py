"""Documents that come with a step: scans and pictures, known by what they are made of."""

import hashlib

import msgspec

from inspection.errors import InputRejected

_TYPES = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
"""Kinds of documents that are taken, by their first bytes; what a name or a sender says does not count."""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A document, kept among the snapshots under its SHA-256 (hex). ``size`` in bytes."""

    name: str
    digest: str
    size: int
    media_type: str


def attachment_of(name: str, body: bytes, *, max_bytes: int) -> Attachment:
    """What is to be noted of a document; :class:`InputRejected` for one that is empty, too large or no PDF or image."""
    title = name.strip().replace("\\", "/").rpartition("/")[2]
    if not title:
        raise InputRejected("附件须有文件名")
    if len(body) > max_bytes:
        raise InputRejected(f"附件 {title} 有 {len(body):,} 字节，超过上限 {max_bytes:,} 字节，请压缩或拆分后再交")
    media_type = next((type_ for start, type_ in _TYPES if body.startswith(start)), None)
    if media_type is None:
        raise InputRejected(f"附件 {title} 不是 PDF、JPEG 或 PNG 文件（按内容判断，与扩展名无关），请转换后再交")
    return Attachment(name=title, digest=hashlib.sha256(body).hexdigest(), size=len(body), media_type=media_type)
