"""The steps of a case, and which may follow on which: one table.

::

    noticed ──receive──> correcting ──submit──> submitted ──recheck──> rechecking ──close──> closed
       │                     │                      ^                     │  ^ │
       └────── escalate ─────┴──> escalated ─submit─┘      escalate ──────┘  └─┘ recheck again
    any open state ──close site──> site_closed;  closed, site_closed ──reopen──> correcting

A step is undone only by a further step that names it; the state is what the steps that stand lead to.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

import msgspec

from inspection.errors import Conflict
from inspection.rectification.attachment import Attachment


class CaseState(StrEnum):
    """How far a case is."""

    NOTICED = "noticed"
    CORRECTING = "correcting"
    SUBMITTED = "submitted"
    RECHECKING = "rechecking"
    ESCALATED = "escalated"
    CLOSED = "closed"
    SITE_CLOSED = "site_closed"

    @property
    def chinese(self) -> str:
        """As the ledger prints it."""
        return _STATES[self]

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self not in (CaseState.CLOSED, CaseState.SITE_CLOSED)

    @property
    def awaits_report(self) -> bool:
        """Whether the unit owes a rectification report."""
        return self in (CaseState.NOTICED, CaseState.CORRECTING, CaseState.ESCALATED)


class Fate(StrEnum):
    """What became of a problem."""

    GONE = "gone"
    REMAINS = "remains"
    UNCLEAR = "unclear"

    @property
    def chinese(self) -> str:
        """As the ledger prints it."""
        return {"gone": "已整改", "remains": "仍存在", "unclear": "未能判断"}[self.value]


_STATES = {
    CaseState.NOTICED: "已通知",
    CaseState.CORRECTING: "整改中",
    CaseState.SUBMITTED: "已报整改",
    CaseState.RECHECKING: "复查中",
    CaseState.ESCALATED: "已升级",
    CaseState.CLOSED: "已销号",
    CaseState.SITE_CLOSED: "关停并转",
}


class StepKind(StrEnum):
    """What somebody did."""

    NOTICE = "notice"
    RECEIVE = "receive"
    SUBMIT = "submit"
    RECHECK = "recheck"
    CLOSE = "close"
    ESCALATE = "escalate"
    INTERVIEW = "interview"
    CLOSE_SITE = "close_site"
    REOPEN = "reopen"
    NOTE = "note"
    REVERSE = "reverse"

    @property
    def chinese(self) -> str:
        """As the ledger prints it."""
        return _KINDS[self]


_KINDS = {
    StepKind.NOTICE: "发出整改通知",
    StepKind.RECEIVE: "签收",
    StepKind.SUBMIT: "报送整改报告",
    StepKind.RECHECK: "安排复查",
    StepKind.CLOSE: "销号",
    StepKind.ESCALATE: "升级（加重一档扣分）",
    StepKind.INTERVIEW: "约谈",
    StepKind.CLOSE_SITE: "关停并转",
    StepKind.REOPEN: "重新立案",
    StepKind.NOTE: "记录复查情况",
    StepKind.REVERSE: "撤销步骤",
}

_S, _K = CaseState, StepKind
MOVES: Mapping[CaseState, Mapping[StepKind, CaseState]] = MappingProxyType(
    {
        _S.NOTICED: {_K.RECEIVE: _S.CORRECTING, _K.ESCALATE: _S.ESCALATED, _K.CLOSE_SITE: _S.SITE_CLOSED},
        _S.CORRECTING: {_K.SUBMIT: _S.SUBMITTED, _K.ESCALATE: _S.ESCALATED, _K.CLOSE_SITE: _S.SITE_CLOSED},
        _S.SUBMITTED: {_K.RECHECK: _S.RECHECKING, _K.CLOSE_SITE: _S.SITE_CLOSED},
        _S.RECHECKING: {
            _K.CLOSE: _S.CLOSED,
            _K.ESCALATE: _S.ESCALATED,
            _K.RECHECK: _S.RECHECKING,
            _K.NOTE: _S.RECHECKING,
            _K.CLOSE_SITE: _S.SITE_CLOSED,
        },
        _S.ESCALATED: {
            _K.SUBMIT: _S.SUBMITTED,
            _K.INTERVIEW: _S.ESCALATED,
            _K.ESCALATE: _S.ESCALATED,
            _K.CLOSE_SITE: _S.SITE_CLOSED,
        },
        _S.CLOSED: {_K.REOPEN: _S.CORRECTING},
        _S.SITE_CLOSED: {_K.REOPEN: _S.CORRECTING},
    }
)
"""Where each step leads from each state; what is not here is refused."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step. ``number`` counts from 1.

    ``due`` is the day by which a report is owed from now on; ``late_days`` how long after the day then due a report
    came; ``round_id`` the round of a recheck; ``reverses`` the number of the step that this one undoes; ``fates`` what
    became of each problem, by finding id.
    """

    number: int
    kind: StepKind
    at: datetime
    by: str
    note: str = ""
    due: date | None = None
    late_days: int = 0
    round_id: str = ""
    reverses: int = 0
    attachments: tuple[Attachment, ...] = ()
    fates: dict[str, Fate] = {}


def standing(steps: Sequence[Step]) -> list[Step]:
    """The steps that stand, those that undo others and those undone left out; oldest first."""
    undone: set[int] = set()
    kept = []
    for step in reversed(steps):
        if step.number in undone:
            continue
        if step.kind is StepKind.REVERSE:
            undone.add(step.reverses)
        else:
            kept.append(step)
    return kept[::-1]


def state_after(steps: Sequence[Step]) -> CaseState:
    """The state that these standing steps lead to; :class:`Conflict` says which is not possible, and what is."""
    state = CaseState.NOTICED
    if not steps or steps[0].kind is not StepKind.NOTICE:
        raise Conflict("整改通知已发出，不能撤销立案；如网站已关停并转，请用 xuncha case close-site 登记")
    for step in steps[1:]:
        reached = MOVES[state].get(step.kind)
        if reached is None:
            raise Conflict(_refusal(state, step))
        state = reached
    return state


def _refusal(state: CaseState, step: Step) -> str:
    possible = "、".join(kind.chinese for kind in MOVES[state])
    return f"当前状态为“{state.chinese}”，不能{step.kind.chinese}（第 {step.number} 步）；此时可以：{possible}"
