"""A recheck that something asks for: which site, which address, why; taken up by whoever orders crawls."""

from datetime import datetime
from enum import StrEnum

import msgspec

from inspection.errors import Conflict
from inspection.records import Record, revised


class RecheckState(StrEnum):
    """How far a request is."""

    OPEN = "open"
    ORDERED = "ordered"
    DONE = "done"
    DROPPED = "dropped"

    @property
    def chinese(self) -> str:
        """As lists print it."""
        return {"open": "待安排", "ordered": "已安排", "done": "已完成", "dropped": "已撤销"}[self.value]


_MOVES = {
    RecheckState.OPEN: {RecheckState.ORDERED, RecheckState.DROPPED},
    RecheckState.ORDERED: {RecheckState.DONE, RecheckState.OPEN, RecheckState.DROPPED},
    RecheckState.DONE: {RecheckState.OPEN},
    RecheckState.DROPPED: {RecheckState.OPEN},
}


class RequestStep(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a request: when (aware), by whom, where it stood then; round or result, where it had one."""

    at: datetime
    by: str
    state: RecheckState
    order: str = ""
    result: str = ""


class RecheckRequest(Record, frozen=True, kw_only=True):
    """``id`` names what asked (``message:<number>``); ``url`` is the address to look at, at least the home page.

    ``order`` is the id of the round or task that takes it up, ``result`` what that found (Chinese). One that is done
    or dropped may be asked again: what was before stays in ``steps``.
    """

    code: str
    url: str
    reason: str
    asked_at: datetime
    asked_by: str
    state: RecheckState = RecheckState.OPEN
    order: str = ""
    result: str = ""
    steps: tuple[RequestStep, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Whether nobody is at it any more, so that it may be asked again."""
        return self.state in (RecheckState.DONE, RecheckState.DROPPED)

    @property
    def message(self) -> str:
        """The number of the message that asked; empty where something else did."""
        kind, _, number = self.id.partition(":")
        return number if kind == "message" else ""


def recheck_moved(
    request: RecheckRequest, to: RecheckState, *, at: datetime, by: str, order: str = "", result: str = ""
) -> RecheckRequest:
    """The request in its next state; :class:`Conflict` for a move that is not legal. Empty values stay as they were."""
    if to not in _MOVES.get(request.state, ()):
        raise Conflict(f"复查请求 {request.id} 当前为{request.state.chinese}，不能变为{to.chinese}")
    step = RequestStep(at=at, by=by, state=to, order=order, result=result)
    steps = (*request.steps, step)
    return revised(request, state=to, order=order or request.order, result=result or request.result, steps=steps)


def asked_again(request: RecheckRequest, again: RecheckRequest) -> RecheckRequest:
    """A finished request, open once more as it is asked for now (``again``); :class:`Conflict` for one under way."""
    if not request.is_finished:
        raise Conflict(f"复查请求 {request.id} {request.state.chinese}，完成后才能再次提出")
    opened = recheck_moved(request, RecheckState.OPEN, at=again.asked_at, by=again.asked_by)
    return msgspec.structs.replace(again, revision=opened.revision, steps=opened.steps)
