"""Messages as callers see them; who sent one is told with that one alone."""

from datetime import date, datetime

from pydantic import AwareDatetime, BaseModel, Field

from inspection.messages.message import Message, MessageState, Sender
from inspection.messages.privacy import without_numbers
from inspection.messages.recheck import RecheckRequest, RecheckState
from inspection.messages.row import DEFAULT_CHANNEL, MAX_TEXT, Incoming
from inspection.workdays import is_known


class SenderIn(BaseModel):
    """Personal data of the sender; kept apart from the message."""

    name: str = Field("", max_length=40)
    phone: str = Field("", max_length=60)
    email: str = Field("", max_length=100)


class MessageIn(BaseModel):
    """A message to take in. It is routed by ``code``, else by the host of ``address``."""

    number: str = Field(min_length=1, max_length=60, description="Its number in the system that it comes from")
    received_at: AwareDatetime
    text: str = Field(min_length=1, max_length=MAX_TEXT)
    channel: str = Field(DEFAULT_CHANNEL, min_length=1, max_length=40)
    address: str = Field("", max_length=2048)
    code: str = Field("", max_length=20, description="Site code (网站标识码)")
    category: str = Field("", max_length=40)
    sender: SenderIn = SenderIn(name="", phone="", email="")

    def incoming(self) -> Incoming:
        """As the domain takes it in."""
        return Incoming(
            number=self.number,
            received_at=self.received_at,
            text=self.text,
            channel=self.channel,
            address=self.address,
            code=self.code,
            category=self.category,
            sender_name=self.sender.name,
            sender_phone=self.sender.phone,
            sender_email=self.sender.email,
        )


class ReplyIn(BaseModel):
    """An answer of the responsible office."""

    text: str = Field(min_length=1, max_length=MAX_TEXT)
    by: str = Field(min_length=1, max_length=100)


class RouteIn(BaseModel):
    """Where a person sends a message; ``office`` empty: the one that answers for the site."""

    site: str = Field(max_length=20)
    office: str = Field("", max_length=60)
    by: str = Field(min_length=1, max_length=100)


class ReviewIn(BaseModel):
    """The superior's decision on a reply; a return needs a note."""

    approved: bool
    note: str = Field("", max_length=500)
    by: str = Field(min_length=1, max_length=100)


class SetAsideIn(BaseModel):
    """Why a message does not count: it is invalid for a reason, or a duplicate of another."""

    reason: str = Field("", max_length=500)
    duplicate_of: str = Field("", max_length=60)
    by: str = Field(min_length=1, max_length=100)


class ByIn(BaseModel):
    """Who asks."""

    by: str = Field(min_length=1, max_length=100)


class MessageOut(BaseModel):
    """A message in a list: telephone and identity numbers in its text are masked."""

    number: str
    region: str
    received_at: datetime
    due: date
    state: MessageState
    channel: str
    category: str
    text: str
    address: str
    site: str = Field(description="Code of the site that it was routed to; empty while that is unclear")
    office: str = Field(description="Id of the responsible office")
    reason: str = Field(description="Why it is invalid or unclear, in Chinese")
    duplicate_of: str

    @classmethod
    def of(cls, message: Message) -> "MessageOut":
        """From the domain's value."""
        return cls(
            number=message.id,
            region=message.region,
            received_at=message.received_at,
            due=message.due,
            state=message.state,
            channel=message.channel,
            category=message.category,
            text=without_numbers(message.text),
            address=message.address,
            site=message.site,
            office=message.office,
            reason=message.reason,
            duplicate_of=message.duplicate_of,
        )


class StepOut(BaseModel):
    """One step of a message's way."""

    at: datetime
    by: str
    state: MessageState
    note: str
    round_id: str = Field(description="Round of the recheck whose result the step tells; empty in other steps")


class SenderOut(BaseModel):
    """Who sent it."""

    name: str
    phone: str
    email: str


class MessageDetailOut(MessageOut):
    """One message with all that is known of it; the text as it came."""

    reply: str
    rule: str = Field(description="Id of the rule that set the due date")
    due_is_provisional: bool = Field(description="Holidays of the due date's year are not known: it may yet change")
    superior_review: bool
    steps: list[StepOut]
    sender: SenderOut | None

    @classmethod
    def with_sender(cls, message: Message, sender: Sender | None) -> "MessageDetailOut":
        """From the domain's values."""
        shown = MessageOut.of(message).model_dump() | {"text": message.text}
        known = None if sender is None else SenderOut(name=sender.name, phone=sender.phone, email=sender.email)
        return cls(
            **shown,
            reply=message.reply,
            rule=message.rule,
            due_is_provisional=not is_known(message.due),
            superior_review=message.superior_review,
            steps=[
                StepOut(at=step.at, by=step.by, state=step.state, note=step.note, round_id=step.round_id)
                for step in message.steps
            ],
            sender=known,
        )


class AreaTallyOut(BaseModel):
    """Messages of one area up to a day."""

    area: str = Field(description="Region prefix; `00` or longer: State Council departments, and not yet routed")
    valid: int
    handled: int
    handled_share: float | None = Field(description="办结率, 0..1; null without a valid message")
    overdue: int = Field(description="Answer due before the day and not given at its end")
    late: int = Field(description="First answer after the due date, or overdue")
    invalid: int
    duplicate: int


class RequestStepOut(BaseModel):
    """One step of a request: asked for, ordered, done, asked for again."""

    at: datetime
    by: str
    state: RecheckState
    order: str = Field(description="The round that takes it up")
    result: str


class RecheckOut(BaseModel):
    """A request that a site be looked at again."""

    id: str
    code: str
    url: str
    asked_at: datetime
    asked_by: str
    state: RecheckState
    order: str
    result: str
    steps: list[RequestStepOut]

    @classmethod
    def of(cls, request: RecheckRequest) -> "RecheckOut":
        """From the domain's value."""
        return cls(
            id=request.id,
            code=request.code,
            url=request.url,
            asked_at=request.asked_at,
            asked_by=request.asked_by,
            state=request.state,
            order=request.order,
            result=request.result,
            steps=[
                RequestStepOut(at=step.at, by=step.by, state=step.state, order=step.order, result=step.result)
                for step in request.steps
            ],
        )
