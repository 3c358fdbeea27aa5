"""One row of a file of messages: cells in, a message not yet routed out."""

import re
from datetime import date, datetime

import msgspec

from inspection.cells import Cells, choices_of
from inspection.messages.message import MessageState
from inspection.observation.site import china_day

REQUIRED = ("number", "received_at", "text")
OPTIONAL = (
    *("channel", "address", "code", "category", "validity", "reason", "duplicate_of"),
    *("reply", "replied_at", "reviewed_at", "sender_name", "sender_phone", "sender_email"),
)
MOMENTS = ("received_at", "replied_at", "reviewed_at")
DEFAULT_CHANNEL = "我为政府网站找错"
MAX_TEXT = 5000
_UNFIT = re.compile(r"[\s/?#%\\]")
"""Numbers stand in addresses of the API."""
_VALIDITIES = {
    "有效": MessageState.ROUTED,
    "valid": MessageState.ROUTED,
    **{k: v for k, v in choices_of(MessageState).items() if not v.is_valid},
}


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it comes in, from a file or over the API; moments are aware.

    ``state`` is invalid or duplicate where the sender's system has set it aside, else routed. A reply that has
    been given already comes with its moment.
    """

    number: str
    received_at: datetime
    text: str
    channel: str = DEFAULT_CHANNEL
    address: str = ""
    code: str = ""
    category: str = ""
    state: MessageState = MessageState.ROUTED
    reason: str = ""
    duplicate_of: str = ""
    reply: str = ""
    replied_at: datetime | None = None
    reviewed_at: datetime | None = None
    sender_name: str = ""
    sender_phone: str = ""
    sender_email: str = ""


def read_message(cells: Cells, today: date) -> Incoming | None:
    """The message of a row that comes in ``today`` (in China); None where ``cells`` has noted problems."""
    received_at = cells.moment("received_at", required=True)
    incoming = Incoming(
        number=cells.text("number", required=True, limit=60),
        received_at=received_at or datetime.min,
        text=cells.text("text", required=True, limit=MAX_TEXT),
        channel=cells.text("channel", limit=40) or DEFAULT_CHANNEL,
        address=cells.text("address", limit=2048),
        code=cells.text("code", limit=20),
        category=cells.text("category", limit=40),
        state=cells.choice("validity", _VALIDITIES, MessageState.ROUTED),
        reason=cells.text("reason"),
        duplicate_of=cells.text("duplicate_of", limit=60),
        reply=cells.text("reply", limit=MAX_TEXT),
        replied_at=cells.moment("replied_at"),
        reviewed_at=cells.moment("reviewed_at"),
        sender_name=cells.text("sender_name", limit=40),
        sender_phone=cells.text("sender_phone", limit=60),
        sender_email=cells.text("sender_email", limit=100),
    )
    if not cells.problems:
        for column, reason in complaints(incoming, today):
            cells.refuse(column, reason)
    return None if cells.problems else incoming


def complaints(incoming: Incoming, today: date) -> list[tuple[str, str]]:
    """(field, what is wrong with it) of values that contradict each other, or lie after the day in China."""
    moments = ((name, getattr(incoming, name)) for name in MOMENTS)
    found = [
        (name, f"时间 {moment:%Y-%m-%d %H:%M} 晚于今天（{today}），请核对年份")
        for name, moment in moments
        if moment is not None and china_day(moment) > today
    ]
    if _UNFIT.search(incoming.number):
        found.append(("number", "编号不能含空白和 / ? # % 等字符"))
    if incoming.state is MessageState.INVALID and not incoming.reason:
        found.append(("reason", "无效留言须说明原因"))
    if incoming.state is MessageState.DUPLICATE and incoming.duplicate_of in ("", incoming.number):
        found.append(("duplicate_of", "重复留言须填写所重复的另一条留言的编号"))
    if incoming.replied_at is not None and incoming.replied_at < incoming.received_at:
        found.append(("replied_at", "答复时间早于收到时间"))
    if incoming.replied_at is not None and not incoming.state.is_valid:
        found.append(("replied_at", "无效或重复的留言不应有答复时间"))
    if incoming.reply and incoming.replied_at is None:
        found.append(("replied_at", "有答复内容时须填写答复时间"))
    if incoming.reviewed_at is not None and (incoming.replied_at is None or incoming.reviewed_at < incoming.replied_at):
        found.append(("reviewed_at", "审核时间须在答复时间之后"))
    return found
