"""Take up the rechecks that messages ask for, and write back what they found."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Protocol

from inspection.findings import FindingState
from inspection.messages.recheck import RecheckRequest, RecheckState, recheck_moved
from inspection.observation import FetchOutcome
from inspection.observation.site import CHINA, china_day
from inspection.ports import Clock, Inspection, JudgingStores, RoundRepository
from inspection.records import RecordRepository, every
from inspection.rectification.recheck import Errand
from inspection.sampling import Round, RoundState
from inspection.workflows.errand_round import ErrandStores, draw_errands, open_errands
from inspection.workflows.rounds import every_round

PREFIX = "asked-"
"""Ids of the rounds that requests are looked at in begin so."""
_FINDINGS = 100_000
_TOLD = 3
"""Problems that a result names; the others it counts."""


class RequestStores(ErrandStores, JudgingStores, Protocol):
    """What taking requests up reads and writes; processes pass their stores whole."""

    @property
    def recheck_requests(self) -> RecordRepository[RecheckRequest]: ...


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
            stores.recheck_requests.replace(recheck_moved(each, RecheckState.DROPPED, result="网站已不在登记中"))
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
        ordered = recheck_moved(each, RecheckState.ORDERED, order=round_.id)
        stores.recheck_requests.replace(ordered)
        yield ordered


def finish_requests(stores: RequestStores) -> list[RecheckRequest]:
    """Write the result of each ordered request whose site has been judged; safe to repeat."""
    finished = []
    for each in every(stores.recheck_requests, {"state": RecheckState.ORDERED.value}):
        inspection = stores.inspections.get(each.order, each.code)
        if inspection.scorecard is not None:
            done = recheck_moved(each, RecheckState.DONE, result=_result(each, inspection, stores))
            stores.recheck_requests.replace(done)
            finished.append(done)
    return finished


def _result(request: RecheckRequest, inspection: Inspection, stores: RequestStores) -> str:
    """One Chinese sentence: how the address answered, and what was found there."""
    pages = stores.observations.pages(request.order, request.code)
    outcome = next((page.outcome for page in pages if request.url in (page.url, page.final_url)), None)
    answered = "未读取" if outcome is None else outcome.policy.chinese
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
    return f"{day}{request.url} {answered}{problems}"


def _day(at: datetime) -> str:
    return f"{china_day(at):%Y-%m-%d}"


def is_settled(round_: Round, stores: RequestStores) -> bool:
    """Whether a round for requests is open and has nothing more to tell: all is judged, and no request waits for it."""
    if round_.state is not RoundState.OPEN:
        return False
    if any(row.verdict is None for row in stores.inspections.verdicts(round_.id)):
        return False
    ordered = every(stores.recheck_requests, {"state": RecheckState.ORDERED.value})
    return all(each.order != round_.id for each in ordered)
