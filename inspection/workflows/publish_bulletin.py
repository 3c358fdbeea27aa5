"""Publish a bulletin: the figures add up, the files are made once and kept by their digest."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from inspection.bulletin.bulletin import (
    SOURCE,
    Bulletin,
    BulletinFile,
    BulletinState,
    digest_source,
    moved,
    require_another,
)
from inspection.bulletin.rules import BulletinRules, shipped_bulletin_rules
from inspection.errors import Conflict, NotFound, RuleBroken
from inspection.observation.site import CHINA
from inspection.ports import BulletinRenderer, Clock, RoundRepository, SnapshotStore
from inspection.records import RecordRepository, get
from inspection.statistics.guard import require_consistent
from inspection.workflows.draft_bulletin import WHAT, corrected_by, corrections, is_drill, rounds_of


def publish_bulletin(
    id_: str,
    *,
    by: str,
    bulletins: RecordRepository[Bulletin],
    rounds: RoundRepository,
    snapshots: SnapshotStore,
    renderers: Sequence[BulletinRenderer],
    clock: Clock,
    rules: BulletinRules | None = None,
) -> Bulletin:
    """Publish a reviewed bulletin for good; ``rules`` are the shipped ones unless given.

    Conflict where nobody has reviewed it, or another has corrected the same issue meanwhile; RuleBroken where its
    reviewer also drafted it or let a conflict stand, where a round was a drill, or where the consistency guard finds a
    conflict that no person has let stand. The files are stored before the record says so: a publication that breaks
    off is simply repeated.
    """
    bulletin = get(bulletins, id_, WHAT)
    if bulletin.state is BulletinState.DRAFT:
        raise Conflict(f"通报 {id_} 尚未审核；请先由另一人审核")
    if bulletin.state is BulletinState.REVIEWED:
        require_another(bulletin, bulletin.steps[-1].by, rules or shipped_bulletin_rules())
    if bulletin.drill or any(is_drill(round_id, rounds) for round_id in rounds_of(bulletin.figures)):
        raise RuleBroken(f"通报 {id_} 依据的是演练轮次，只供练习，不能发布")
    require_consistent(bulletin.figures, bulletin.overrides)
    other = corrections(bulletins).get(bulletin.corrects, id_) if bulletin.corrects else id_
    if other != id_:
        raise corrected_by(bulletin.corrects, other)
    now = _as_stored(clock.now())
    issued_on = bulletin.issued_on or now.astimezone(CHINA).date()
    published = moved(bulletin, to=BulletinState.PUBLISHED, by=by, at=now, issued_on=issued_on)
    files = _kept({renderer.format: renderer.render(published.document) for renderer in renderers}, snapshots)
    published = msgspec.structs.replace(published, files=files)
    source = _kept({SOURCE: digest_source(published)}, snapshots)
    published = msgspec.structs.replace(published, files=(*files, *source))
    bulletins.replace(published)
    return published


def _as_stored(moment: datetime) -> datetime:
    """In whole milliseconds: stores keep no more, and what is kept of the steps is what the record will say."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _kept(bodies: Mapping[str, bytes], snapshots: SnapshotStore) -> tuple[BulletinFile, ...]:
    digests = snapshots.put(bodies.values())
    return tuple(
        BulletinFile(format=format_, digest=digest, size=len(body))
        for (format_, body), digest in zip(bodies.items(), digests, strict=True)
    )


def file_of(bulletin: Bulletin, format_: str) -> BulletinFile:
    """A file of a published bulletin; :class:`NotFound` names those that there are."""
    for file in bulletin.files:
        if file.format == format_:
            return file
    formats = "、".join(file.format for file in bulletin.files) or "无（尚未发布）"
    raise NotFound(f"通报 {bulletin.id} 没有 {format_} 文件；现有：{formats}")
