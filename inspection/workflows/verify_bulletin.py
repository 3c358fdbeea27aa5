"""Look whether a published bulletin is what was published."""

import hashlib
from collections.abc import Sequence

import msgspec

from inspection.bulletin.bulletin import Bulletin, BulletinState, digest_source
from inspection.errors import Conflict, NotFound
from inspection.ports import SnapshotStore
from inspection.records import RecordRepository, get
from inspection.workflows.draft_bulletin import WHAT
from inspection.workflows.publish_bulletin import SOURCE


class FileCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One file and what is wrong with it (Chinese); empty where it is as it was published."""

    format: str
    digest: str
    fault: str = ""


def verify_bulletin(
    id_: str, *, bulletins: RecordRepository[Bulletin], snapshots: SnapshotStore
) -> Sequence[FileCheck]:
    """Each file's digest computed anew, and figures and document on record against those kept with the files."""
    bulletin = get(bulletins, id_, WHAT)
    if bulletin.state is not BulletinState.PUBLISHED:
        raise Conflict(f"通报 {id_} 尚未发布，没有可核验的文件")
    return [
        FileCheck(format=file.format, digest=file.digest, fault=_fault(bulletin, file.format, file.digest, snapshots))
        for file in bulletin.files
    ]


def _fault(bulletin: Bulletin, format_: str, digest: str, snapshots: SnapshotStore) -> str:
    try:
        body = snapshots.get(digest)
    except NotFound:
        return "文件已丢失"
    if hashlib.sha256(body).hexdigest() != digest:
        return "文件内容与摘要不符"
    if format_ == SOURCE and digest_source(bulletin) != body:
        return "登记的数据或正文与发布时不符"
    return ""
