"""Messages of citizens about government websites (我为政府网站找错): validity, route, due date, reply, review."""

from inspection.messages.message import Message, MessageState, Sender, Step
from inspection.messages.recheck import RecheckRequest, RecheckState
from inspection.messages.rules import MessageRules

__all__ = ["Message", "MessageRules", "MessageState", "RecheckRequest", "RecheckState", "Sender", "Step"]
