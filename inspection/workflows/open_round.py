"""Open a drawn round: one inspection and one work order per sampled site; again, to resume what was lost."""

from collections.abc import Mapping, Sequence

import msgspec

from inspection.errors import Conflict, RuleBroken
from inspection.ports import (
    Clock,
    Inspection,
    InspectionRepository,
    RoundRepository,
    SiteRepository,
    WorkOrder,
    WorkQueue,
)
from inspection.registry import SiteStatus
from inspection.sampling import Round, RoundState, SampleMember
from inspection.standard import Edition

_BATCH = 1000
_PAGES_PER_ADDRESS = 2
"""So that none of the addresses falls to what a crawl keeps back of its page budget."""
_RECHECK_PRIORITY = 1
_CLOSED_PROBES = 3
"""Visits of a site that is reported as closed, besides that of the crawl."""


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What opening did: members of the sample, already crawled, reported as closed now, work orders put in."""

    round: Round
    members: int
    finished: int
    closed: int
    submitted: int


def open_round(
    round_id: str,
    edition: Edition,
    *,
    rounds: RoundRepository,
    sites: SiteRepository,
    inspections: InspectionRepository,
    queue: WorkQueue,
    clock: Clock,
) -> Opened:
    """Open a round, or resume an open one. Safe to repeat and to interrupt.

    Sites whose crawl is finished are left alone; all others are queued unless they are queued or being
    worked on, even if the queue takes them for done (their result was lost). Of sites that the registry now
    reports as closed only the home page is visited, a few times, to see whether they really are. Inspections that are
    there already stay as they are: those of a recheck say what alone is looked at, and go before all others. Raises
    Conflict for a closed round, or if a sampled site is no longer registered.
    """
    round_ = rounds.get(round_id)
    _refuse(round_, edition)
    is_resumed = round_.state is RoundState.OPEN
    members = rounds.members(round_id)
    stored = {row.site.code: row for row in inspections.of_round(round_id)}
    done = {row.code for row in inspections.verdicts(round_id) if row.crawl_finished}
    waiting = [member for member in members if member.code not in done]
    submitted = closed = 0
    for start in range(0, len(waiting), _BATCH):
        batch = _inspections_of(round_, waiting[start : start + _BATCH], sites, stored)
        inspections.open(batch)
        closed += sum(row.site.status is SiteStatus.CLOSED for row in batch)
        orders = [_order(round_, row) for row in batch]
        submitted += queue.resubmit(orders) if is_resumed else queue.submit(orders)
    opened = rounds.move(round_id, to=RoundState.OPEN, at=clock.now())
    return Opened(round=opened, members=len(members), finished=len(done), closed=closed, submitted=submitted)


def _refuse(round_: Round, edition: Edition) -> None:
    if round_.state is RoundState.CLOSED:
        raise Conflict(f"轮次 {round_.id} 已结束，不能再开始")
    if edition.id != round_.edition:
        raise RuleBroken(f"轮次 {round_.id} 按 {round_.edition} 版标准抽样，不能按 {edition.id} 版开始")


def _inspections_of(
    round_: Round, members: Sequence[SampleMember], sites: SiteRepository, stored: Mapping[str, Inspection]
) -> list[Inspection]:
    """Each with the site as it was registered when the round first opened; what changed since is for the next round."""
    new = sites.many([member.code for member in members if member.code not in stored])
    for member in members:
        if member.code not in new and member.code not in stored:
            raise Conflict(f"样本中的网站 {member.code} 已不在登记中；请运行 xuncha round verify {round_.id}")
    return [
        stored.get(member.code) or Inspection(round_id=round_.id, site=new[member.code], stratum=member.stratum)
        for member in members
    ]


def _order(round_: Round, inspection: Inspection) -> WorkOrder:
    order = _order_of_all(round_, inspection)
    errand = inspection.errand
    if errand is None or order.home_only:
        return order
    return msgspec.structs.replace(
        order,
        addresses=errand.addresses,
        page_budget=_PAGES_PER_ADDRESS * (len(errand.addresses) + 1),
        probe_count=order.probe_count if errand.probed else 0,
        priority=_RECHECK_PRIORITY,
    )


def _order_of_all(round_: Round, inspection: Inspection) -> WorkOrder:
    is_closed = inspection.site.status is SiteStatus.CLOSED
    return WorkOrder(
        round_id=round_.id,
        code=inspection.site.code,
        url=inspection.site.url,
        page_budget=1 if is_closed else round_.page_budget,
        probe_count=min(_CLOSED_PROBES, round_.probes.count) if is_closed else round_.probes.count,
        probe_span_s=round_.probes.span.total_seconds(),
        vantages=round_.probes.vantages,
        home_only=is_closed or round_.monitoring,
        region=inspection.site.region,
    )
