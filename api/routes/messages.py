"""Messages of 我为政府网站找错: intake, lists, one message, its steps, figures."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.clock import Present
from api.paging import Cursor, Limit, Page, after, page_from, page_of
from api.problems import responses
from api.repositories import Repositories, Stores
from api.routes.registry import Region
from api.schemas.messages import (
    AreaTallyOut,
    ByIn,
    MessageDetailOut,
    MessageIn,
    MessageOut,
    RecheckOut,
    ReplyIn,
    ReviewIn,
    RouteIn,
    SetAsideIn,
)
from inspection.messages.figures import MessageTally, tally_by_area
from inspection.messages.message import Course, Message, MessageState
from inspection.messages.recheck import RecheckState
from inspection.observation.site import china_day
from inspection.records import get
from inspection.workflows.handle_message import (
    overdue_messages,
    receive_message,
    reply_to_message,
    request_recheck,
    review_reply,
    route_message,
    set_message_aside,
)

router = APIRouter(prefix="/v1", tags=["messages"])

_SOURCE = "接口"


class AreaLevel(StrEnum):
    """Levels that figures are broken down to."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


_DIGITS = {AreaLevel.PROVINCE: 2, AreaLevel.CITY: 4, AreaLevel.COUNTY: 6}


@router.post(
    "/messages", operation_id="addMessage", status_code=201, response_model=MessageDetailOut, responses=responses(409)
)
def add_message(stores: Stores, clock: Present, message: MessageIn) -> MessageDetailOut:
    """Take in a message; it is routed at once, or waits for people (`unclear`). 409 where its number is known."""
    incoming = message.incoming()
    return _detail(stores, receive_message(incoming, stores, stores.rules.messages, by=_SOURCE, clock=clock))


@router.get("/messages", operation_id="listMessages", response_model=Page[MessageOut], responses=responses())
def list_messages(
    stores: Stores,
    state: MessageState | None = None,
    region: Region = "",
    site: Annotated[str, Query(max_length=20, description="Site code")] = "",
    office: Annotated[str, Query(max_length=60, description="Id of the responsible office")] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Messages by number; `state=unclear` are those that people must route."""
    where = {"state": state or "", "region": region, "site": site.lower(), "office": office}
    return page_from(stores.messages, where, cursor, limit, MessageOut.of)


@router.get(
    "/overdue-messages", operation_id="listOverdueMessages", response_model=Page[MessageOut], responses=responses()
)
def list_overdue(
    stores: Stores,
    clock: Present,
    day: date | None = None,
    region: Region = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Valid messages whose answer was due before `day` (default: today in China) and not given at its end."""
    found = overdue_messages(stores, day or china_day(clock.now()), region=region)
    key = after(cursor)
    rows = [message for message in found if _due_key(message) > key]
    return page_of(rows[: limit + 1], limit, _due_key, MessageOut.of)


@router.get(
    "/message-figures", operation_id="getMessageFigures", response_model=list[AreaTallyOut], responses=responses()
)
def get_figures(
    stores: Stores,
    clock: Present,
    until: Annotated[date | None, Query(description="Up to this day; default: today in China")] = None,
    by: AreaLevel = AreaLevel.PROVINCE,
    region: Region = "",
) -> list[AreaTallyOut]:
    """Valid messages, handled share, overdue and late ones up to a day; the total (area ``) comes first."""
    messages = stores.messages.parts(Course, {"region": region})
    tallies = tally_by_area(messages, until or china_day(clock.now()), digits=_DIGITS[by])
    return [_tally("", sum(tallies.values(), MessageTally())), *(_tally(area, t) for area, t in tallies.items())]


@router.get("/messages/{number}", operation_id="getMessage", response_model=MessageDetailOut, responses=responses(404))
def get_message(stores: Stores, number: str) -> MessageDetailOut:
    """One message with its sender and its steps."""
    return _detail(stores, get(stores.messages, number, "留言"))


@router.post(
    "/messages/{number}/route",
    operation_id="routeMessage",
    response_model=MessageDetailOut,
    responses=responses(404, 409),
)
def route(stores: Stores, clock: Present, number: str, to: RouteIn) -> MessageDetailOut:
    """Send it to a site and its office; also takes back that it was set aside."""
    changed = route_message(
        number, to.site, to.office, by=to.by, stores=stores, rules=stores.rules.messages, clock=clock
    )
    return _detail(stores, changed)


@router.post(
    "/messages/{number}/reply",
    operation_id="replyToMessage",
    response_model=MessageDetailOut,
    responses=responses(404, 409),
)
def reply(stores: Stores, clock: Present, number: str, answer: ReplyIn) -> MessageDetailOut:
    """Answer it; where the rule asks for the superior's review it then waits for that."""
    return _detail(stores, reply_to_message(number, answer.text, by=answer.by, stores=stores, clock=clock))


@router.post(
    "/messages/{number}/review",
    operation_id="reviewReply",
    response_model=MessageDetailOut,
    responses=responses(404, 409),
)
def review(stores: Stores, clock: Present, number: str, decision: ReviewIn) -> MessageDetailOut:
    """Approve the reply, or return it."""
    changed = review_reply(
        number,
        approved=decision.approved,
        note=decision.note,
        by=decision.by,
        stores=stores,
        clock=clock,
    )
    return _detail(stores, changed)


@router.post(
    "/messages/{number}/set-aside",
    operation_id="setMessageAside",
    response_model=MessageDetailOut,
    responses=responses(404, 409),
)
def set_aside(stores: Stores, clock: Present, number: str, decision: SetAsideIn) -> MessageDetailOut:
    """Say that it is invalid or a duplicate."""
    changed = set_message_aside(
        number,
        reason=decision.reason,
        duplicate_of=decision.duplicate_of,
        by=decision.by,
        stores=stores,
        clock=clock,
    )
    return _detail(stores, changed)


@router.post(
    "/messages/{number}/recheck",
    operation_id="requestRecheck",
    response_model=RecheckOut,
    responses=responses(404, 409),
)
def recheck(stores: Stores, clock: Present, number: str, asked: ByIn) -> RecheckOut:
    """Ask that the site be looked at again; the same request until it is finished, then it is asked again."""
    return RecheckOut.of(request_recheck(number, by=asked.by, stores=stores, clock=clock))


@router.get(
    "/recheck-requests", operation_id="listRecheckRequests", response_model=Page[RecheckOut], responses=responses()
)
def list_rechecks(
    stores: Stores, state: RecheckState | None = None, region: Region = "", cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Requests for rechecks, by id."""
    where = {"state": state or "", "region": region}
    return page_from(stores.recheck_requests, where, cursor, limit, RecheckOut.of)


def _due_key(message: Message) -> str:
    return f"{message.due.isoformat()} {message.id}"


def _detail(stores: Repositories, message: Message) -> MessageDetailOut:
    return MessageDetailOut.with_sender(message, stores.message_senders.find(message.id))


def _tally(area: str, tally: MessageTally) -> AreaTallyOut:
    return AreaTallyOut(
        area=area,
        valid=tally.valid,
        handled=tally.handled,
        handled_share=tally.handled_share,
        overdue=tally.overdue,
        late=tally.late,
        invalid=tally.invalid,
        duplicate=tally.duplicate,
    )
