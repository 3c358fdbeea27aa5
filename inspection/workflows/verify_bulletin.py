"""Look whether a published bulletin is what was published."""

import hashlib
from collections.abc import Sequence

import msgspec

from inspection.bulletin.bulletin import SOURCE, Bulletin, BulletinState, changed_since
from inspection.errors import Conflict, NotFound
from inspection.ports import SnapshotStore
from inspection.records import RecordRepository, get
from inspection.workflows.draft_bulletin import WHAT


class FileCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One file and what is wrong with it (Chinese); empty where it is as it was published."""

    format: str
    digest: str
    fault: str = ""


def verify_bulletin(
    id_: str, *, bulletins: RecordRepository[Bulletin], snapshots: SnapshotStore
) -> Sequence[FileCheck]:
    """Each file's digest computed anew, and all that the publication fixed as it is on record now.

    Conflict for one that was never published; a published one whose record says otherwise is at fault.
    """
    bulletin = get(bulletins, id_, WHAT)
    if not bulletin.files and not any(step.state is BulletinState.PUBLISHED for step in bulletin.steps):
        raise Conflict(f"通报 {id_} 尚未发布，没有可核验的文件")
    checks = [
        FileCheck(format=file.format, digest=file.digest, fault=_fault(bulletin, file.format, file.digest, snapshots))
        for file in bulletin.files
    ]
    if all(file.format != SOURCE for file in bulletin.files):
        checks.append(FileCheck(format=SOURCE, digest="", fault="登记中没有这一文件，无从核对登记的内容"))
    return checks


def _fault(bulletin: Bulletin, format_: str, digest: str, snapshots: SnapshotStore) -> str:
    try:
        body = snapshots.get(digest)
    except NotFound:
        return "文件已丢失"
    if hashlib.sha256(body).hexdigest() != digest:
        return "文件内容与摘要不符"
    changed = changed_since(bulletin, body) if format_ == SOURCE else []
    return f"登记的{'、'.join(changed)}与发布时不符" if changed else ""
