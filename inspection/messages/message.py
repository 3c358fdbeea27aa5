"""A message of 我为政府网站找错 and its way from the sender to an approved reply: a state machine with dated steps."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from inspection.errors import Conflict, InputRejected
from inspection.observation.site import china_day
from inspection.records import Record, revised


class MessageState(StrEnum):
    """Where a message stands."""

    UNCLEAR = "unclear"
    ROUTED = "routed"
    REPLIED = "replied"
    RETURNED = "returned"
    HANDLED = "handled"
    INVALID = "invalid"
    DUPLICATE = "duplicate"

    @property
    def chinese(self) -> str:
        """As lists print it."""
        return _CHINESE[self]

    @property
    def is_valid(self) -> bool:
        """Whether it counts as a valid message (有效留言)."""
        return self not in (MessageState.INVALID, MessageState.DUPLICATE)

    @property
    def awaits_reply(self) -> bool:
        """Whether the office still owes an answer, so that its due date runs."""
        return self in (MessageState.UNCLEAR, MessageState.ROUTED, MessageState.RETURNED)


_CHINESE = {
    MessageState.UNCLEAR: "待分派",
    MessageState.ROUTED: "待答复",
    MessageState.REPLIED: "待审核",
    MessageState.RETURNED: "退回重办",
    MessageState.HANDLED: "已办结",
    MessageState.INVALID: "无效",
    MessageState.DUPLICATE: "重复",
}
_SET_ASIDE = frozenset({MessageState.INVALID, MessageState.DUPLICATE})
_ANSWERED = frozenset({MessageState.REPLIED, MessageState.HANDLED})
MOVES: dict[MessageState, frozenset[MessageState]] = {
    MessageState.UNCLEAR: frozenset({MessageState.UNCLEAR, MessageState.ROUTED}) | _SET_ASIDE,
    MessageState.ROUTED: frozenset({MessageState.ROUTED, MessageState.REPLIED, MessageState.HANDLED}) | _SET_ASIDE,
    MessageState.REPLIED: frozenset({MessageState.HANDLED, MessageState.RETURNED}) | _SET_ASIDE,
    MessageState.RETURNED: frozenset({MessageState.ROUTED, MessageState.REPLIED, MessageState.HANDLED}) | _SET_ASIDE,
    MessageState.HANDLED: frozenset({MessageState.RETURNED}),
    MessageState.INVALID: frozenset({MessageState.UNCLEAR, MessageState.ROUTED}),
    MessageState.DUPLICATE: frozenset({MessageState.UNCLEAR, MessageState.ROUTED}),
}
"""Legal moves. A message set aside by mistake is routed again; a handled one can only be returned by the superior."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a message: when (aware), by whom, where it stood then, and what was said.

    ``round_id`` is the round of a recheck whose result it tells.
    """

    at: datetime
    by: str
    state: MessageState
    note: str = ""
    round_id: str = ""


class StepMoment(msgspec.Struct, frozen=True, kw_only=True):
    """When a step was taken, and where the message stood then."""

    at: datetime
    state: MessageState


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a message that figures are counted from: its region, its due date and how it went on, no text."""

    region: str
    state: MessageState
    due: date
    steps: tuple[StepMoment, ...]


class Moment(Protocol):
    """A :class:`Step` or the part of it that figures need."""

    @property
    def at(self) -> datetime: ...

    @property
    def state(self) -> MessageState: ...


class Coursed(Protocol):
    """A :class:`Message` or its :class:`Course`."""

    @property
    def region(self) -> str: ...

    @property
    def state(self) -> MessageState: ...

    @property
    def due(self) -> date: ...

    @property
    def steps(self) -> Sequence[Moment]: ...


def state_on(message: Coursed, day: date) -> MessageState | None:
    """Where it stood at the end of a day in China; None before it came."""
    if china_day(message.steps[-1].at) <= day:
        return message.state
    return next((step.state for step in reversed(message.steps) if china_day(step.at) <= day), None)


def is_overdue(message: Coursed, day: date) -> bool:
    """Whether an answer was due before ``day`` and had not been given at its end."""
    state = state_on(message, day)
    return state is not None and state.awaits_reply and message.due < day


def was_late(message: Coursed, day: date) -> bool:
    """Whether, at the end of ``day``, the first answer had come after the due date or one is overdue.

    What came after ``day`` has no part in it. Set aside on ``day``: no.
    """
    state = state_on(message, day)
    if state is None or not state.is_valid:
        return False
    answered = (china_day(step.at) for step in message.steps if step.state in _ANSWERED)
    first = next(answered, None)
    return (first is not None and message.due < first <= day) or is_overdue(message, day)


class Message(Record, frozen=True, kw_only=True):
    """One message. ``id`` is its number in the national system; ``region`` that of the site, once that is known.

    ``address`` and ``given_code`` say what the sender complained about; ``site`` (code) and ``office`` (id) are where
    it was routed. ``reason`` says why it is invalid or unclear, ``duplicate_of`` the number of the earlier one.
    ``rule`` is the id of the rule that set ``due``. Personal data of the sender are a record of their own
    (:class:`Sender`), so that lists and figures never read them.
    """

    received_at: datetime
    channel: str
    text: str
    state: MessageState
    due: date
    rule: str
    address: str = ""
    given_code: str = ""
    category: str = ""
    site: str = ""
    office: str = ""
    reason: str = ""
    duplicate_of: str = ""
    reply: str = ""
    superior_review: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def received_on(self) -> date:
        """The day in China on which it came."""
        return china_day(self.received_at)

    def state_on(self, day: date) -> MessageState | None:
        """As :func:`state_on`."""
        return state_on(self, day)

    def is_overdue(self, day: date) -> bool:
        """As :func:`is_overdue`."""
        return is_overdue(self, day)

    def was_late(self, day: date) -> bool:
        """As :func:`was_late`."""
        return was_late(self, day)


class Sender(Record, frozen=True, kw_only=True):
    """Who sent a message (``id`` is its number): personal data, shown with that one message alone."""

    name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def is_known(self) -> bool:
        """Whether anything is known of the sender."""
        return bool(self.name or self.phone or self.email)


def moved(message: Message, to: MessageState, *, at: datetime, by: str, note: str = "", **changes: object) -> Message:
    """The message after a step; :class:`Conflict` for a move that is not legal or lies before the last step."""
    if not by.strip():
        raise InputRejected("请说明由谁办理（--by）")
    if to not in MOVES[message.state]:
        legal = "、".join(sorted(state.chinese for state in MOVES[message.state]))
        raise Conflict(f"留言 {message.id} 当前为{message.state.chinese}，不能变为{to.chinese}；可以变为：{legal}")
    if at < message.steps[-1].at:
        raise Conflict(f"留言 {message.id} 的上一步在 {message.steps[-1].at:%Y-%m-%d %H:%M}，新的一步不能更早")
    step = Step(at=at, by=by.strip(), state=to, note=note.strip())
    return revised(message, state=to, steps=(*message.steps, step), **changes)


def rechecked(message: Message, round_id: str, *, at: datetime, by: str, result: str) -> Message:
    """The message with the result of a recheck as a step, which moves it nowhere; itself where that is told already."""
    if any(step.round_id == round_id for step in message.steps):
        return message
    last = message.steps[-1]
    step = Step(at=max(at, last.at), by=by, state=message.state, note=result, round_id=round_id)
    return revised(message, steps=(*message.steps, step))
