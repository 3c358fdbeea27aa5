"""A bulletin on file: drafted, reviewed, published; the published one never changes."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import get_type_hints

import msgspec

from inspection.bulletin.document import Document
from inspection.bulletin.figures import BulletinFigures
from inspection.bulletin.prose import Correction, compose
from inspection.bulletin.rules import BulletinRules
from inspection.bulletin.wording import Wording
from inspection.errors import Conflict, InputRejected, RuleBroken
from inspection.observation.site import CHINA
from inspection.offices import OfficeLevel
from inspection.records import Record, revised
from inspection.statistics.guard import Override, conflicts


class BulletinState(StrEnum):
    """draft -> reviewed -> published; a change of a draft or a reviewed one makes it a draft."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"

    @property
    def chinese(self) -> str:
        """As tables print it."""
        return {"draft": "草稿", "reviewed": "已审核", "published": "已发布"}[self.value]


class BulletinStep(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what, when; ``state`` is the one that it led to; ``conflict`` the digest of the one let stand."""

    state: BulletinState
    by: str
    at: datetime
    note: str = ""
    conflict: str = ""


class BulletinFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the published bulletin in the snapshot store, by its SHA-256 (hex); ``size`` in bytes."""

    format: str
    digest: str
    size: int


class Bulletin(Record, frozen=True, kw_only=True):
    """``id`` is chosen by the office: 2017Q1-national. ``drill``: of a round in compressed time, never published.

    ``overrides`` are decisions to let conflicts of the figures stand; the document prints them as notes.
    ``copies_to`` are those that get copies (抄送), empty for those that the wording names.
    ``correction`` names the issue that this one corrects, whose id is ``corrects``. ``issued_on`` is None until it is
    published, unless an office gives another day. ``files`` are empty until then.
    """

    state: BulletinState
    level: OfficeLevel
    office: str
    figures: BulletinFigures
    document: Document
    wording: Wording
    steps: tuple[BulletinStep, ...]
    number: str = ""
    issued_on: date | None = None
    copies_to: str = ""
    drill: bool = False
    corrects: str = ""
    correction: Correction | None = None
    overrides: tuple[Override, ...] = ()
    files: tuple[BulletinFile, ...] = ()


_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NUMBER = re.compile(r"\S{1,20}〔\d{4}〕\d{1,5}号")


def require_usable(id_: str, number: str) -> None:
    """:class:`InputRejected` for an id or a document number of another form."""
    if not _ID.fullmatch(id_):
        raise InputRejected(
            f"通报编号 {id_!r} 无效：用字母、数字、点、下划线和连字符，最多 64 个字符，例如 2017Q1-national"
        )
    if number and not _NUMBER.fullmatch(number):
        raise InputRejected(f"文号 {number!r} 无效，请写成 国办秘函〔2017〕23号 的形式（六角括号〔〕）")


def person(by: str) -> str:
    """The name of who takes a step; :class:`InputRejected` where there is none."""
    if not by.strip():
        raise InputRejected("没有写明经办人（by）：请给出姓名")
    return by.strip()


def require_another(bulletin: Bulletin, reviewer: str, rules: BulletinRules) -> None:
    """:class:`RuleBroken` where the rules want a reviewer other than this one for the bulletin as it stands."""
    done = own_part(bulletin, reviewer, rules)
    if done:
        raise RuleBroken(
            f"通报 {bulletin.id} 由{reviewer}{'、'.join(done)}，不得由本人审核：起草、核定与审核须由两人分别办理"
            f"（规则 bulletin.toml 的 review.persons = {rules.review.persons}）；请由另一人审核"
        )


def own_part(bulletin: Bulletin, reviewer: str, rules: BulletinRules) -> list[str]:
    """What a person has done to the bulletin as it stands that bars from reviewing it (Chinese)."""
    if rules.review.persons == 1:
        return []
    return list(dict.fromkeys(what for who, what in _authors(bulletin) if who == reviewer))


def _authors(bulletin: Bulletin) -> Iterator[tuple[str, str]]:
    """(person, what was done) of its last drafter and of who let the conflicts stand that are there."""
    drafted = [step for step in bulletin.steps if step.state is BulletinState.DRAFT and not step.conflict]
    yield from ((step.by, "起草") for step in drafted[-1:])
    yield from ((each.by, "核定不一致") for each in _standing(bulletin))


def _standing(bulletin: Bulletin) -> list[Override]:
    """Overrides of conflicts that are still there."""
    found = {conflict.digest for conflict in conflicts(bulletin.figures)}
    return [each for each in bulletin.overrides if each.conflict.digest in found]


def require_unpublished(bulletin: Bulletin) -> None:
    """:class:`Conflict` for a published one: it never changes."""
    if bulletin.state is BulletinState.PUBLISHED:
        raise Conflict(
            f"通报 {bulletin.id} 已经发布，不能更改；如有错误，请另行起草更正通报（corrects 为 {bulletin.id}）"
        )


def moved(
    bulletin: Bulletin,
    *,
    to: BulletinState,
    by: str,
    at: datetime,
    note: str = "",
    conflict: str = "",
    **changes: object,
) -> Bulletin:
    """The bulletin after a further step, with its document as it reads then. Refuses any change of a published one."""
    require_unpublished(bulletin)
    step = BulletinStep(state=to, by=person(by), at=at, note=note, conflict=conflict)
    return recomposed(revised(bulletin, state=to, steps=(*bulletin.steps, step), **changes))


def recomposed(bulletin: Bulletin) -> Bulletin:
    """The bulletin with the document that its figures, wording and state make.

    Overrides of conflicts that are there no more are not printed.
    """
    notes = [each.note for each in _standing(bulletin)]
    document = compose(
        msgspec.structs.replace(bulletin.figures, notes=(*bulletin.figures.notes, *notes)),
        bulletin.wording,
        number=bulletin.number,
        issued_on=bulletin.issued_on,
        mark=_mark(bulletin),
        correction=bulletin.correction,
        copies_to=bulletin.copies_to,
        printed_on=_printed_on(bulletin),
    )
    return msgspec.structs.replace(bulletin, document=document)


def _printed_on(bulletin: Bulletin) -> date | None:
    """The day of its publication in China."""
    published = (step.at for step in bulletin.steps if step.state is BulletinState.PUBLISHED)
    return next((at.astimezone(CHINA).date() for at in published), None)


def _mark(bulletin: Bulletin) -> str:
    marks = ["演练"] if bulletin.drill else []
    if bulletin.state is not BulletinState.PUBLISHED:
        marks.append("送审稿" if bulletin.state is BulletinState.REVIEWED else "草稿")
    return f"{'·'.join(marks)}，不得对外发布" if marks else ""


SOURCE = "json"
"""Format of the file that keeps all that is fixed with the publication, with the digests of the other files."""

FIXED = {
    "id": "编号",
    "state": "状态",
    "level": "级别",
    "office": "发布单位",
    "region": "地区",
    "number": "文号",
    "issued_on": "成文日期",
    "copies_to": "抄送机关",
    "drill": "演练标记",
    "corrects": "所更正的通报",
    "correction": "更正说明",
    "figures": "数据",
    "document": "正文",
    "wording": "措辞",
    "overrides": "核定",
    "steps": "办理记录",
    "files": "文件摘要",
}
"""What never changes once a bulletin is published, by the names under which a person is told of a change."""


def digest_source(bulletin: Bulletin) -> bytes:
    """All that is fixed with the publication, as bytes that depend on nothing else, for the digest that is kept."""
    return msgspec.json.encode({name: _fixed(bulletin, name) for name in FIXED}, order="deterministic")


def changed_since(bulletin: Bulletin, source: bytes) -> list[str]:
    """Chinese names of what is not as the bytes of :func:`digest_source` say.

    Values are compared, not bytes: what the bytes of earlier issues do not have is not looked at.
    """
    hints = get_type_hints(Bulletin)
    kept = msgspec.json.decode(source, type=dict[str, msgspec.Raw])
    return [
        chinese
        for name, chinese in FIXED.items()
        if name in kept and msgspec.json.decode(kept[name], type=hints[name]) != _fixed(bulletin, name)
    ]


def _fixed(bulletin: Bulletin, name: str) -> object:
    if name == "files":
        return tuple(file for file in bulletin.files if file.format != SOURCE)
    return getattr(bulletin, name)
