"""What is counted of messages up to a day, for the nation or a region."""

from collections.abc import Iterable
from datetime import date

import msgspec

from inspection.bulletin.figures import MessageFigures
from inspection.messages.message import Coursed, MessageState, is_overdue, state_on, was_late


class MessageTally(msgspec.Struct, frozen=True, kw_only=True):
    """Messages by where they stood at the end of a day; tallies of disjoint messages add up."""

    valid: int = 0
    handled: int = 0
    overdue: int = 0
    late: int = 0
    invalid: int = 0
    duplicate: int = 0

    def __add__(self, other: "MessageTally") -> "MessageTally":
        """Of both together."""
        return MessageTally(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})

    @property
    def handled_share(self) -> float | None:
        """办结率; None where there is no valid message."""
        return self.handled / self.valid if self.valid else None


def tally_by_area(messages: Iterable[Coursed], until: date, *, digits: int) -> dict[str, MessageTally]:
    """Tallies by the first ``digits`` (0, 2, 4 or 6) of the region; only messages received by ``until`` count."""
    counted: dict[tuple[str, MessageState, bool, bool], int] = {}
    for message in messages:
        state = state_on(message, until)
        if state is not None:
            key = (message.region[:digits], state, is_overdue(message, until), was_late(message, until))
            counted[key] = counted.get(key, 0) + 1
    tallies: dict[str, MessageTally] = {}
    for (area, state, overdue, late), number in counted.items():
        tallies[area] = tallies.get(area, MessageTally()) + MessageTally(
            valid=number * state.is_valid,
            handled=number * (state is MessageState.HANDLED),
            overdue=number * overdue,
            late=number * late,
            invalid=number * (state is MessageState.INVALID),
            duplicate=number * (state is MessageState.DUPLICATE),
        )
    return dict(sorted(tallies.items()))


def message_figures(messages: Iterable[Coursed], until: date) -> MessageFigures:
    """The figures of a bulletin; ``messages`` are those of its nation or region."""
    tally = tally_by_area(messages, until, digits=0).get("", MessageTally())
    return MessageFigures(until=until, valid=tally.valid, handled=tally.handled, overdue=tally.overdue)
