"""Take messages in and bring them on: route, reply, review, set aside, ask for a recheck."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Protocol

import msgspec

from inspection.cells import Cells
from inspection.errors import Conflict, InputRejected
from inspection.messages.message import Message, MessageState, Sender, moved
from inspection.messages.privacy import without_numbers
from inspection.messages.receive import received, sender_of
from inspection.messages.recheck import RecheckRequest, RecheckState, RequestStep, asked_again
from inspection.messages.routing import Router, bare_host, canonical_address, responsible
from inspection.messages.row import Incoming, complaints, read_message
from inspection.messages.rules import MessageRules
from inspection.observation.site import china_day
from inspection.offices import Office
from inspection.ports import Clock, ImportCounts, SiteFilter, SiteRepository
from inspection.records import RecordRepository, every, get
from inspection.registry import Site
from inspection.registry.address import SiteScope
from inspection.workdays import after_working_days
from inspection.workflows.import_records import counted, import_records
from inspection.workflows.import_registry import ImportReport, RawRow

_AT_ONE_HOST = 500
_NO_ORIGINAL = "不是另一条留言的编号：文件中没有可用的这一条，也未曾导入；几条留言也不能互为重复，请改正编号"


class MessageStores(Protocol):
    """What handling messages reads and writes."""

    @property
    def sites(self) -> SiteRepository: ...

    @property
    def offices(self) -> RecordRepository[Office]: ...

    @property
    def messages(self) -> RecordRepository[Message]: ...

    @property
    def message_senders(self) -> RecordRepository[Sender]: ...

    @property
    def recheck_requests(self) -> RecordRepository[RecheckRequest]: ...


def import_messages(
    rows: Iterable[RawRow],
    stores: MessageStores,
    rules: MessageRules,
    *,
    source: str,
    clock: Clock,
    progress: Callable[[int], None] = lambda _: None,
) -> ImportReport:
    """Import a file; messages that are on file already stay as they are. ``source`` names the file in the steps.

    A row with a moment after today is refused, and so is one whose ``duplicate_of`` is neither on file nor a good row
    of the file, or leads back to itself.
    """
    router = Router(stores.sites.all(), every(stores.offices))
    today = china_day(clock.now())
    taken: set[str] = set()

    def read(cells: Cells) -> Incoming | None:
        incoming = read_message(cells, today)
        if incoming is None:
            return None
        original = incoming.duplicate_of
        if original and original not in taken and stores.messages.find(original) is None:
            cells.refuse("duplicate_of", _NO_ORIGINAL)
            return None
        taken.add(incoming.number)
        return incoming

    def write(incoming: Sequence[Incoming]) -> ImportCounts:
        return counted(_write(incoming, stores, router, rules, source), len(incoming))

    found = import_records(
        _originals_first(rows), read, write, key=("number", lambda incoming: incoming.number), progress=progress
    )
    return msgspec.structs.replace(found, problems=sorted(found.problems, key=lambda each: each.line))


def _originals_first(rows: Iterable[RawRow]) -> Iterator[RawRow]:
    """Rows that name an earlier message come behind it, whatever their order in the file; none is left out."""
    held: dict[str, RawRow] = {}
    repeated: list[RawRow] = []
    for row in rows:
        if row.problem is not None or not _cell(row, "duplicate_of"):
            yield row
        elif held.setdefault(_cell(row, "number"), row) is not row:
            repeated.append(row)
    while held:
        chain: list[RawRow] = []
        number = next(iter(held))
        while number in held:
            chain.append(held.pop(number))
            number = _cell(chain[-1], "duplicate_of")
        yield from reversed(chain)
    yield from repeated


def _cell(row: RawRow, column: str) -> str:
    return Cells(row.values).text(column)


def receive_message(
    incoming: Incoming, stores: MessageStores, rules: MessageRules, *, by: str, clock: Clock
) -> Message:
    """Take in one message; Conflict where its number is on file already, InputRejected where it makes no sense."""
    faults = complaints(incoming, china_day(clock.now()))
    if faults:
        raise InputRejected("；".join(f"{field}：{reason}" for field, reason in faults))
    router = Router(_sites_for(incoming, stores.sites), every(stores.offices))
    if not _write([incoming], stores, router, rules, by):
        raise Conflict(f"编号为 {incoming.number} 的留言已存在")
    return get(stores.messages, incoming.number, "留言")


def _write(incoming: Sequence[Incoming], stores: MessageStores, router: Router, rules: MessageRules, by: str) -> int:
    """Senders first: a message on file has its sender on file, too."""
    stores.message_senders.add([sender for each in incoming if (sender := sender_of(each)).is_known])
    return stores.messages.add([received(each, router, rules, by=by) for each in incoming])


def _sites_for(incoming: Incoming, sites: SiteRepository) -> Iterator[Site]:
    """The few sites that one message can be about: the whole registry need not be read for it."""
    named = sites.find(incoming.code.lower()) if incoming.code else None
    if named is not None:
        yield named
        return
    url = canonical_address(incoming.address)
    if url is not None:
        yield from sites.page(SiteFilter(text=bare_host(url)), limit=_AT_ONE_HOST)


def route_message(
    number: str,
    code: str,
    office_id: str,
    *,
    by: str,
    stores: MessageStores,
    rules: MessageRules,
    clock: Clock,
) -> Message:
    """A person says which site it is about, and which office answers where more than one or none would.

    Also takes back that it was set aside. The due date follows the rule of the site's region, from the day it came.
    """
    message = get(stores.messages, number, "留言")
    site = stores.sites.get(code.lower())
    if office_id:
        office = get(stores.offices, office_id, "单位")
        if not office.covers(site):
            raise InputRejected(f"{office.name}不负责网站 {site.code}（{site.name}），请另选单位")
    else:
        route = responsible(site, every(stores.offices))
        if route.office is None:
            raise InputRejected(f"{route.unclear}，请用 --office 指定")
        office = route.office
    rule = rules.for_region(site.region)
    changed = moved(
        message,
        MessageState.ROUTED,
        at=clock.now(),
        by=by,
        note=f"转{office.name}办理",
        region=site.region,
        site=site.code,
        office=office.id,
        reason="",
        duplicate_of="",
        rule=rule.id,
        due=after_working_days(message.received_on, rule.working_days),
        superior_review=rule.superior_review,
    )
    stores.messages.replace(changed)
    return changed


def reply_to_message(number: str, text: str, *, by: str, stores: MessageStores, clock: Clock) -> Message:
    """The office answers; the message is handled, or waits for the superior where the rule says so."""
    if not text.strip():
        raise InputRejected("答复内容不能为空")
    message = get(stores.messages, number, "留言")
    to = MessageState.REPLIED if message.superior_review else MessageState.HANDLED
    changed = moved(message, to, at=clock.now(), by=by, note=text, reply=text.strip())
    stores.messages.replace(changed)
    return changed


def review_reply(number: str, *, approved: bool, note: str, by: str, stores: MessageStores, clock: Clock) -> Message:
    """The superior approves the reply, or returns it with what is wanting; the due date stays what it was."""
    if not approved and not note.strip():
        raise InputRejected("退回时请用 --note 说明理由")
    message = get(stores.messages, number, "留言")
    to = MessageState.HANDLED if approved else MessageState.RETURNED
    changed = moved(message, to, at=clock.now(), by=by, note=note)
    stores.messages.replace(changed)
    return changed


def set_message_aside(
    number: str, *, reason: str, duplicate_of: str, by: str, stores: MessageStores, clock: Clock
) -> Message:
    """Say that it is invalid, for a reason, or a duplicate of another message on file; routing takes that back."""
    message = get(stores.messages, number, "留言")
    if duplicate_of:
        original = get(stores.messages, duplicate_of, "留言")
        if original.id == number or not original.state.is_valid:
            raise InputRejected(f"留言 {duplicate_of} 不能作为原件：应是另一条有效留言")
    elif not reason.strip():
        raise InputRejected("请用 --reason 说明无效的原因，或用 --duplicate-of 给出所重复的留言编号")
    to = MessageState.DUPLICATE if duplicate_of else MessageState.INVALID
    changed = moved(message, to, at=clock.now(), by=by, note=reason, reason=reason.strip(), duplicate_of=duplicate_of)
    stores.messages.replace(changed)
    return changed


def request_recheck(number: str, *, by: str, stores: MessageStores, clock: Clock) -> RecheckRequest:
    """Ask that the site be looked at again for what the message says.

    One that is open or ordered stays as it is; one that is finished is asked again, by a further step.

    The address is the sender's where it lies within the site, else the home page: strangers order no crawl elsewhere.
    """
    message = get(stores.messages, number, "留言")
    if not message.site or not message.state.is_valid:
        raise Conflict(f"留言 {number} 为{message.state.chinese}，尚不能安排复查：须是有效留言并已分派到网站")
    home = stores.sites.get(message.site).url
    named = canonical_address(message.address)
    now = clock.now()
    request = RecheckRequest(
        id=f"message:{number}",
        region=message.region,
        code=message.site,
        url=named if named is not None and SiteScope.of(home).contains(named) else home,
        reason=without_numbers(message.text),
        asked_at=now,
        asked_by=by,
        steps=(RequestStep(at=now, by=by, state=RecheckState.OPEN),),
    )
    if stores.recheck_requests.add([request]):
        return request
    known = get(stores.recheck_requests, request.id, "复查请求")
    if not known.is_finished:
        return known
    again = asked_again(known, request)
    stores.recheck_requests.replace(again)
    return again


def overdue_messages(stores: MessageStores, day: date, *, region: str = "") -> list[Message]:
    """Valid messages whose answer was due before ``day`` and had not been given at its end; longest overdue first."""
    found = (message for message in every(stores.messages, {"region": region}) if message.is_overdue(day))
    return sorted(found, key=lambda message: (message.due, message.id))
