"""Close a round: every sampled site has a verdict that stands, the pass rates are final, the queue is freed."""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from inspection.errors import Conflict
from inspection.ports import (
    Clock,
    Inspection,
    InspectionFilter,
    InspectionRepository,
    PassRateRepository,
    RoundRepository,
    SiteRepository,
    VerdictRow,
    WorkQueue,
)
from inspection.sampling import ForcedClosing, Round, RoundKind, RoundState
from inspection.scoring import Scorecard, Verdict
from inspection.workflows.roll_up import roll_up

_PAGE = 500
_FINDINGS = 100_000
_NAMED = 3


def close_round(
    round_id: str,
    *,
    rounds: RoundRepository,
    inspections: InspectionRepository,
    sites: SiteRepository,
    pass_rates: PassRateRepository,
    queue: WorkQueue,
    clock: Clock,
    reason: str = "",
) -> Round:
    """Close an open round. Safe to repeat.

    While sites have no verdict, or sites of a sample fail by vetoes that nobody has confirmed, the round is refused
    with Conflict, unless a ``reason`` is given: these sites are then recorded as not determined, with the reason on
    their scorecard and on the round, so that the round adds up and its rates rest on nothing unconfirmed. A recheck
    may close on unconfirmed vetoes: it has no rate that speaks for others, and its cases wait for a person themselves.
    """
    round_ = rounds.get(round_id)
    if round_.state is RoundState.DRAWN:
        raise Conflict(f"轮次 {round_id} 尚未开始，不能结束")
    forced = None
    if round_.state is RoundState.OPEN:
        reason = reason.strip()
        unjudged = [row for row in inspections.verdicts(round_id) if row.verdict is None]
        unconfirmed = list(_unconfirmed(round_id, inspections)) if round_.kind is RoundKind.SAMPLE else []
        if not reason:
            _refuse_open(round_id, unjudged, unconfirmed)
        for row in unjudged:
            inspections.save_judgement(round_id, row.code, _given_up(round_.edition, reason), [], at=clock.now())
        for each in unconfirmed:
            _set_aside(each, reason, inspections, clock)
        forced = _forced(round_id, inspections)
        roll_up(round_id, rounds=rounds, inspections=inspections, sites=sites, pass_rates=pass_rates)
    closed = rounds.move(round_id, to=RoundState.CLOSED, at=clock.now(), forced=forced)
    queue.drop_round(round_id)
    return closed


def _refuse_open(round_id: str, unjudged: list[VerdictRow], unconfirmed: list[tuple[Inspection, Scorecard]]) -> None:
    """Conflict while a site is left open."""
    if unjudged:
        crawling = sum(not row.crawl_finished for row in unjudged)
        raise Conflict(
            f"轮次 {round_id} 还有 {len(unjudged)} 个网站未判定（其中 {crawling} 个尚未抓取完成，"
            f"例如 {unjudged[0].code}），不能结束。"
            f"请先完成抓取并运行 xuncha round judge {round_id}，或用 --force 说明提前结束的理由"
        )
    if unconfirmed:
        named = "、".join(
            f"{inspection.site.code} {inspection.site.name}（{'、'.join(card.vetoes)}）"
            for inspection, card in unconfirmed[:_NAMED]
        )
        raise Conflict(
            f"轮次 {round_id} 有 {len(unconfirmed)} 个网站仅因未经人工确认的单项否决不合格"
            f"{'，例如' if len(unconfirmed) > _NAMED else '：'}{named}，不能结束。"
            f"请先复核，待复核的否决项见 xuncha review list {round_id} --vetoes；"
            "或用 --force 说明理由，把这些网站记为“未判定”"
        )


def _unconfirmed(round_id: str, inspections: InspectionRepository) -> Iterator[tuple[Inspection, Scorecard]]:
    """Sites that fail by vetoes which nobody has confirmed, by code."""
    return (
        (inspection, card) for inspection, card in _cards(round_id, Verdict.FAILED, inspections) if card.provisional
    )


def _cards(
    round_id: str, verdict: Verdict, inspections: InspectionRepository
) -> Iterator[tuple[Inspection, Scorecard]]:
    where = InspectionFilter(round_id=round_id, verdict=verdict)
    after = ""
    while found := inspections.page(where, after=after, limit=_PAGE):
        yield from ((each, each.scorecard) for each in found if each.scorecard is not None)
        after = found[-1].id


def _given_up(edition: str, reason: str) -> Scorecard:
    return Scorecard(
        edition=edition,
        verdict=Verdict.NOT_DETERMINED,
        score=None,
        deducted=Decimal(0),
        given_up=reason,
        reasons=(f"轮次提前结束时尚未判定：{reason}",),
    )


def _set_aside(
    unconfirmed: tuple[Inspection, Scorecard], reason: str, inspections: InspectionRepository, clock: Clock
) -> None:
    """Record as not determined what fails by unconfirmed vetoes; the findings stay, as what the machine has found."""
    inspection, card = unconfirmed
    round_id, code = inspection.round_id, inspection.site.code
    aside = msgspec.structs.replace(
        card,
        verdict=Verdict.NOT_DETERMINED,
        provisional=False,
        given_up=reason,
        vetoes=(),
        undetermined=(*card.vetoes, *card.undetermined),
        reasons=(f"轮次结束时否决项未经人工确认，不作判定：{reason}", *card.reasons),
    )
    findings = inspections.findings(round_id, code, limit=_FINDINGS)
    inspections.save_judgement(round_id, code, aside, findings, at=clock.now())


def _forced(round_id: str, inspections: InspectionRepository) -> ForcedClosing | None:
    """What goes on record with the round: read from the scorecards, so that a closing begun twice tells all of it."""
    cards = [card for _, card in _cards(round_id, Verdict.NOT_DETERMINED, inspections) if card.given_up]
    if not cards:
        return None
    unconfirmed = sum(bool(card.undetermined) for card in cards)
    return ForcedClosing(
        reason="；".join(dict.fromkeys(card.given_up for card in cards)),
        unjudged=len(cards) - unconfirmed,
        unconfirmed=unconfirmed,
    )
