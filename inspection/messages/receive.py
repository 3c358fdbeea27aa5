"""From what comes in to a message on file: validity, route, due date, and the steps it has behind it."""

from collections.abc import Iterator

from inspection.messages.message import Message, MessageState, Sender, Step
from inspection.messages.routing import Route, Router, canonical_address
from inspection.messages.row import Incoming
from inspection.messages.rules import MessageRules
from inspection.observation.site import china_day
from inspection.registry.site import NATION
from inspection.workdays import after_working_days


def received(incoming: Incoming, router: Router, rules: MessageRules, *, by: str) -> Message:
    """The message as it goes on file; ``by`` is the file or the system that it came from."""
    route = router.route(incoming.code, incoming.address)
    region = NATION if route.site is None else route.site.region
    rule = rules.for_region(region)
    steps = tuple(_steps(incoming, route, superior_review=rule.superior_review, by=by))
    return Message(
        id=incoming.number,
        region=region,
        received_at=incoming.received_at,
        channel=incoming.channel,
        text=incoming.text,
        state=steps[-1].state,
        due=after_working_days(china_day(incoming.received_at), rule.working_days),
        rule=rule.id,
        address=canonical_address(incoming.address) or incoming.address,
        given_code=incoming.code.lower(),
        category=incoming.category,
        site="" if route.site is None else route.site.code,
        office="" if route.office is None else route.office.id,
        reason=incoming.reason or route.unclear,
        duplicate_of=incoming.duplicate_of,
        reply=incoming.reply,
        superior_review=rule.superior_review,
        steps=steps,
    )


def sender_of(incoming: Incoming) -> Sender:
    """Personal data apart from the message."""
    return Sender(
        id=incoming.number, name=incoming.sender_name, phone=incoming.sender_phone, email=incoming.sender_email
    )


def _steps(incoming: Incoming, route: Route, *, superior_review: bool, by: str) -> Iterator[Step]:
    first = incoming.state
    if first is MessageState.ROUTED and route.unclear:
        first = MessageState.UNCLEAR
    yield Step(at=incoming.received_at, by=by, state=first, note=incoming.reason or route.unclear)
    if incoming.replied_at is None:
        return
    replied = MessageState.REPLIED if superior_review else MessageState.HANDLED
    yield Step(at=incoming.replied_at, by=by, state=replied)
    if superior_review and incoming.reviewed_at is not None:
        yield Step(at=incoming.reviewed_at, by=by, state=MessageState.HANDLED)
