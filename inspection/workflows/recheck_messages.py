"""Take up the rechecks that messages ask for, and write back what they found."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Protocol

import msgspec

from inspection.findings import FindingState
from inspection.messages.message import Message, rechecked
from inspection.messages.recheck import RecheckRequest, RecheckState, recheck_moved
from inspection.observation import FetchOutcome
from inspection.observation.site import CHINA, china_day
from inspection.ports import Clock, Inspection, JudgingStores, RoundRepository
from inspection.records import RecordRepository, every
from inspection.rectification.recheck import TELLING, Errand
from inspection.sampling import Round, RoundState
from inspection.scoring import Scorecard, Verdict
from inspection.workflows.errand_round import ErrandStores, draw_errands, open_errands
from inspection.workflows.rounds import every_round

PREFIX = "asked-"
"""Ids of the rounds that requests are looked at in begin so."""
_BY = "复查"
"""In whose name the steps are taken that follow from a recheck."""
_FINDINGS = 100_000
_TOLD = 3
"""Problems that a result names; the others it counts."""


class RequestStores(ErrandStores, JudgingStores, Protocol):
    """What taking requests up reads and writes; processes pass their stores whole."""

    @property
    def messages(self) -> RecordRepository[Message]: ...

    @property
    def recheck_requests(self) -> RecordRepository[RecheckRequest]: ...


class FinishedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is done; not ``clear`` where nobody can tell from what was read."""

    request: RecheckRequest
    clear: bool


def order_requests(stores: RequestStores, *, clock: Clock) -> list[RecheckRequest]:
    """Order a look at every open request: one round for all that are open, by the edition in force.

    Requests whose site has left the registry are dropped. Interrupted, it can be repeated: a round that was drawn
    for requests that were not told so yet is gone on with.
    """
    now = clock.now()
    waiting = list(every(stores.recheck_requests, {"state": RecheckState.OPEN.value}))
    registered = stores.sites.many([each.code for each in waiting])
    for each in waiting:
        if each.code not in registered:
            stores.recheck_requests.replace(_dropped(each, now))
    left = [each for each in waiting if each.code in registered]
    done: list[RecheckRequest] = []
    for round_ in asked_rounds(stores.rounds) if left else ():
        members = {member.code for member in stores.rounds.members(round_.id)}
        ours = [each for each in left if each.code in members and each.asked_at <= round_.drawn_at]
        done += _told(round_, ours, stores, clock)
        left = [each for each in left if each not in ours]
    if left:
        round_ = draw_errands(
            f"{PREFIX}{now.astimezone(CHINA):%Y%m%d-%H%M%S}",
            {each.code for each in left},
            name="留言反映问题复查",
            title=f"{china_day(now)} 留言反映问题复查",
            edition=stores.editions.in_force(china_day(now)).id,
            stores=stores,
            clock=clock,
        )
        done += _told(round_, left, stores, clock)
    return done


def _dropped(request: RecheckRequest, now: datetime) -> RecheckRequest:
    return recheck_moved(request, RecheckState.DROPPED, at=now, by=_BY, result="网站已不在登记中")


def asked_rounds(rounds: RoundRepository) -> list[Round]:
    """Rounds for requests that are not closed, by id."""
    ours = takewhile(lambda each: each.id.startswith(PREFIX), every_round(rounds, after=PREFIX))
    return [each for each in ours if each.state is not RoundState.CLOSED]


def _told(
    round_: Round, requests: Sequence[RecheckRequest], stores: RequestStores, clock: Clock
) -> Iterator[RecheckRequest]:
    """Open the round for these requests, and note with each that it is ordered."""
    if not requests:
        return
    addresses: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for each in requests:
        addresses[each.code][each.url] = None
    errands = {code: Errand(addresses=tuple(urls)) for code, urls in addresses.items()}
    open_errands(round_, errands, stores=stores, clock=clock)
    for each in requests:
        ordered = recheck_moved(each, RecheckState.ORDERED, at=clock.now(), by=_BY, order=round_.id)
        stores.recheck_requests.replace(ordered)
        yield ordered


def finish_requests(stores: RequestStores, *, clock: Clock) -> list[FinishedRequest]:
    """Write the result of each ordered request whose site has been judged, first as a step of the message that asked.

    Safe to repeat, also where it was broken off between the two.
    """
    finished = []
    for each in every(stores.recheck_requests, {"state": RecheckState.ORDERED.value}):
        inspection = stores.inspections.get(each.order, each.code)
        if inspection.scorecard is None:
            continue
        result, clear = _result(each, inspection, inspection.scorecard, stores)
        message = stores.messages.find(each.message) if each.message else None
        if message is not None:
            told = rechecked(message, each.order, at=clock.now(), by=_BY, result=result)
            if told is not message:
                stores.messages.replace(told)
        done = recheck_moved(each, RecheckState.DONE, at=clock.now(), by=_BY, result=result)
        stores.recheck_requests.replace(done)
        finished.append(FinishedRequest(request=done, clear=clear))
    return finished


def _result(
    request: RecheckRequest, inspection: Inspection, card: Scorecard, stores: RequestStores
) -> tuple[str, bool]:
    """One Chinese sentence: how the address answered, and what was found there; and whether that tells anything."""
    pages = stores.observations.pages(request.order, request.code)
    outcome = next((page.outcome for page in pages if request.url in (page.url, page.final_url)), None)
    answered = _unread(card) if outcome is None else outcome.policy.chinese
    found = [
        finding
        for finding in stores.inspections.findings(request.order, request.code, limit=_FINDINGS)
        if finding.state is FindingState.ESTABLISHED
        and any(evidence.url == request.url for evidence in finding.evidence)
    ]
    day = "" if inspection.judged_at is None else f"{_day(inspection.judged_at)}复查："
    listed = "；".join(finding.message for finding in found[:_TOLD])
    problems = f"，发现问题 {len(found)} 项：{listed}" if found else ""
    if not found and outcome is FetchOutcome.OK:
        problems = "，该网页未发现问题"
    return f"{day}{request.url} {answered}{problems}", bool(found) or outcome in TELLING


def _unread(card: Scorecard) -> str:
    """That the address was not read, with the reason where the whole site was left alone."""
    reasons = "；".join(card.reasons) if card.verdict in (Verdict.CLOSED, Verdict.NOT_DETERMINED) else ""
    return f"未读取（{reasons}）" if reasons else "未读取"


def _day(at: datetime) -> str:
    return f"{china_day(at):%Y-%m-%d}"


def settled_rounds(stores: RequestStores) -> list[Round]:
    """Open rounds for requests that have nothing more to tell: all is judged, and no request waits for them."""
    awaited = {each.order for each in every(stores.recheck_requests, {"state": RecheckState.ORDERED.value})}
    return [
        round_
        for round_ in asked_rounds(stores.rounds)
        if round_.state is RoundState.OPEN
        and round_.id not in awaited
        and all(row.verdict is not None for row in stores.inspections.verdicts(round_.id))
    ]
