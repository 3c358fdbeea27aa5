"""A case (整改台账中的一项): one failing site, what was found, and every step taken on it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from urllib.parse import urldefrag

import msgspec

from inspection.errors import Conflict, InputRejected, RuleBroken
from inspection.observation.site import china_day
from inspection.records import Record, revised
from inspection.rectification.attachment import Attachment
from inspection.rectification.steps import CaseState, Fate, Step, StepKind, standing, state_after
from inspection.registry import SiteCategory

RECORDED = "recorded:"
"""Subjects of findings that people have recorded begin so: no machine finds them again."""
_ADDRESS = re.compile(r"https?://\S+")
_NEEDS_NOTE = {
    StepKind.CLOSE: "销号的依据",
    StepKind.ESCALATE: "升级的理由",
    StepKind.INTERVIEW: "约谈的对象和内容",
    StepKind.CLOSE_SITE: "关停并转的情况",
    StepKind.REOPEN: "重新立案的理由",
    StepKind.REVERSE: "撤销的理由",
}
_SETS_DEADLINE = (StepKind.ESCALATE, StepKind.REOPEN)
_NEEDS_DOCUMENT = {StepKind.SUBMIT: "整改报告", StepKind.CLOSE_SITE: "关停并转的批复或说明"}


class Exhibit(msgspec.Struct, frozen=True, kw_only=True):
    """Where a problem was seen, as the notice shows it.

    ``snapshot`` and ``screenshot`` are SHA-256 (hex), None where there is none.
    """

    url: str
    excerpt: str = ""
    line: int = 0
    snapshot: str | None = None
    screenshot: str | None = None


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One finding that the unit is to put right.

    ``finding`` is the finding's id, which is the same in every round; ``subject`` what it is about; ``name`` the
    indicator's. ``veto``: it alone fails the site; else it cost ``points``. ``probed``: only a series of probes can
    tell whether it is gone.
    """

    finding: str
    indicator: str
    message: str
    name: str = ""
    subject: str = ""
    veto: bool = False
    points: Decimal = Decimal(0)
    probed: bool = False
    evidence: tuple[Exhibit, ...] = ()

    @property
    def pages(self) -> tuple[str, ...]:
        """Addresses of the pages that the problem was seen on, without fragments."""
        return tuple(dict.fromkeys(urldefrag(each.url).url for each in self.evidence if _is_address(each.url)))

    @property
    def addresses(self) -> tuple[str, ...]:
        """What is to be looked at again: those pages, and the addresses that the problem is about.

        The subject itself stands among them, since a malformed link is known by what the page wrote.
        """
        if self.subject.startswith(RECORDED):
            return self.pages
        about = (urldefrag(found).url for found in _ADDRESS.findall(self.subject))
        return tuple(dict.fromkeys((*self.pages, *about, self.subject)))


def _is_address(url: str) -> bool:
    return _ADDRESS.match(url) is not None


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as it was sent. ``recipients``: the supervising unit, and the head of the unit that owns the site."""

    number: str
    day: date
    due: date
    recheck_on: date | None
    recipients: tuple[str, ...]
    text: str


class RectificationCase(Record, frozen=True, kw_only=True):
    """A case. ``id`` is ``<round>:<site code>``; ``state`` and ``due`` are what the standing steps lead to.

    ``unit`` (主办单位) owns the site; ``supervisor`` (主管单位) answers for it; ``office`` is the id of the office that
    supervises both, empty where none is registered, ``office_name`` its name. ``reasons`` explain the verdict in
    Chinese, ``vetoes`` are the indicators that failed the site, ``score`` is None where a veto stopped the scoring.
    ``rules`` is the id of the rules of rectification that it was opened by, empty where that was not kept.
    """

    round_id: str
    code: str
    site_name: str
    url: str
    category: SiteCategory
    unit: str
    supervisor: str = ""
    office: str = ""
    office_name: str = ""
    edition: str
    reasons: tuple[str, ...] = ()
    vetoes: tuple[str, ...] = ()
    score: Decimal | None = None
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...]
    steps: tuple[Step, ...]
    state: CaseState = CaseState.NOTICED
    due: date
    rules: str = ""

    @property
    def standing(self) -> list[Step]:
        """Steps that have not been undone."""
        return standing(self.steps)

    @property
    def escalations(self) -> int:
        """How often it was escalated."""
        return len(self.of_kind(StepKind.ESCALATE))

    @property
    def recheck_round(self) -> str:
        """The round of the last recheck; empty where there was none."""
        rechecks = self.of_kind(StepKind.RECHECK)
        return rechecks[-1].round_id if rechecks else ""

    @property
    def digests(self) -> set[str]:
        """SHA-256 (hex) of all that its notices and steps refer to: pages, pictures, documents."""
        exhibits = [each for problem in self.problems for each in problem.evidence]
        shown = {digest for each in exhibits for digest in (each.snapshot, each.screenshot) if digest}
        return shown | {each.digest for step in self.steps for each in step.attachments}

    def of_kind(self, kind: StepKind) -> list[Step]:
        """Standing steps of a kind, oldest first."""
        return [step for step in self.standing if step.kind is kind]

    def overdue_days(self, day: date) -> int:
        """By how many days the report owed is overdue on a day; 0 where none is owed or it is not due yet."""
        return max(0, (day - self.due).days) if self.state.awaits_report else 0

    def is_due_for_recheck(self, day: date) -> bool:
        """Whether a recheck is to be ordered: a report is in and the day for it, where one was set, has come."""
        return self.state is CaseState.SUBMITTED and (self.notices[-1].recheck_on or day) <= day


def opened(case: RectificationCase) -> RectificationCase:
    """A new case as it may be put on file; InputRejected where nobody owns the site or nothing was found."""
    if not case.unit.strip():
        raise InputRejected(f"网站 {case.code} 没有登记主办单位，无法通知，请先在登记中补上 organizer")
    if not case.problems and not case.reasons:
        raise InputRejected(f"网站 {case.code} 没有列出任何问题，不能立案")
    return case


def take_step(
    case: RectificationCase,
    kind: StepKind,
    *,
    at: datetime,
    by: str,
    note: str = "",
    due: date | None = None,
    round_id: str = "",
    reverses: int = 0,
    attachments: Sequence[Attachment] = (),
    fates: Mapping[str, Fate] = MappingProxyType({}),
    notice: Notice | None = None,
) -> RectificationCase:
    """The case with one step more.

    :class:`Conflict` where the state does not allow it (the message says what is possible), :class:`RuleBroken`
    without a name, a needed note or document. ``due`` sets a new deadline.
    """
    _refuse_incomplete(kind, by, note, attachments)
    if (due is not None) is not (kind in _SETS_DEADLINE):
        raise RuleBroken(f"{kind.chinese}{'须' if due is None else '不能'}定下新的整改期限（--due）")
    if at < case.steps[-1].at:
        raise RuleBroken(f"步骤的时间早于上一步（{china_day(case.steps[-1].at)}），请核对")
    late = (china_day(at) - case.due).days if kind is StepKind.SUBMIT else 0
    step = Step(
        number=len(case.steps) + 1,
        kind=kind,
        at=at,
        by=by.strip(),
        note=note.strip(),
        due=due,
        late_days=max(0, late),
        round_id=round_id,
        reverses=reverses,
        attachments=tuple(attachments),
        fates=dict(fates),
    )
    if kind is StepKind.REVERSE:
        _refuse_reversal(case, reverses)
    steps = (*case.steps, step)
    kept = standing(steps)
    notices = case.notices if notice is None else (*case.notices, notice)
    return revised(case, steps=steps, state=state_after(kept), due=_due(kept), notices=notices)


def refuse_own(case: RectificationCase, by: str) -> None:
    """:class:`RuleBroken` where who is to recheck or to decide is the unit itself, or who reported for it."""
    name = by.strip()
    own = {case.unit.strip(), *(step.by for step in case.steps if step.kind in (StepKind.RECEIVE, StepKind.SUBMIT))}
    if name in own:
        raise RuleBroken(f"复查须由第三方进行：{name} 是案件 {case.id} 的主办单位或整改报告的报送人，请换一个账号")


def _due(steps: Iterable[Step]) -> date:
    return [step.due for step in steps if step.due is not None][-1]


def _refuse_incomplete(kind: StepKind, by: str, note: str, attachments: Sequence[Attachment]) -> None:
    if not by.strip():
        raise RuleBroken(f"{kind.chinese}须署名，请用 --by 给出经办人或单位")
    if kind in _NEEDS_NOTE and not note.strip():
        raise RuleBroken(f"{kind.chinese}须用 --note 写明{_NEEDS_NOTE[kind]}")
    if kind in _NEEDS_DOCUMENT and not attachments:
        raise RuleBroken(f"{kind.chinese}须附上{_NEEDS_DOCUMENT[kind]}（PDF 或图片），请用 --file 给出")


def _refuse_reversal(case: RectificationCase, number: int) -> None:
    """Only the last step that stands can be undone, so that none after it loses its ground."""
    if not 1 <= number <= len(case.steps):
        raise RuleBroken(f"案件 {case.id} 没有第 {number} 步，共 {len(case.steps)} 步")
    last = case.standing[-1]
    restored = case.steps[-1]
    if restored.kind is StepKind.REVERSE and restored.number == number:
        return
    if number != last.number:
        raise Conflict(
            f"只能撤销最后一个有效步骤：案件 {case.id} 现在可以撤销第 {last.number} 步（{last.kind.chinese}），"
            f"不能撤销第 {number} 步"
        )
