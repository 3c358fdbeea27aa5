"""A recheck that something asks for: which site, which address, why; taken up by whoever orders crawls."""

from datetime import datetime
from enum import StrEnum

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
}


class RecheckRequest(Record, frozen=True, kw_only=True):
    """``id`` names what asked (``message:<number>``); ``url`` is the address to look at, at least the home page.

    ``order`` is the id of the round or task that takes it up, ``result`` what that found (Chinese).
    """

    code: str
    url: str
    reason: str
    asked_at: datetime
    asked_by: str
    state: RecheckState = RecheckState.OPEN
    order: str = ""
    result: str = ""


def recheck_moved(request: RecheckRequest, to: RecheckState, *, order: str = "", result: str = "") -> RecheckRequest:
    """The request in its next state; :class:`Conflict` for a move that is not legal. Empty values stay as they were."""
    if to not in _MOVES.get(request.state, ()):
        raise Conflict(f"复查请求 {request.id} 当前为{request.state.chinese}，不能变为{to.chinese}")
    return revised(request, state=to, order=order or request.order, result=result or request.result)
