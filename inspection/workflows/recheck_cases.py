"""Order the recheck of the cases that are due: a small round of its own, in which only what was found is looked at."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import msgspec

from inspection.errors import Conflict, NotFound
from inspection.observation.site import china_day
from inspection.ports import Clock
from inspection.records import RecordRepository, every
from inspection.rectification.case import RectificationCase, refuse_own, take_step
from inspection.rectification.recheck import errand_of
from inspection.rectification.steps import CaseState, StepKind
from inspection.sampling import ProbePlan, Round, RoundState
from inspection.workflows.errand_round import ErrandStores, draw_errands, open_errands
from inspection.workflows.rounds import find_round

PREFIX = "recheck-"
"""Ids of rounds that are rechecks begin so."""


class RecheckStores(ErrandStores, Protocol):
    """What ordering a recheck reads and writes; processes pass their stores whole."""

    @property
    def cases(self) -> RecordRepository[RectificationCase]: ...


class RecheckOrdered(msgspec.Struct, frozen=True, kw_only=True):
    """The recheck round, the cases in it, and how many problems are looked at again and probe series were ordered."""

    round: Round
    cases: tuple[RectificationCase, ...]
    problems: int
    probed: int


def recheck_cases(
    round_id: str,
    stores: RecheckStores,
    *,
    by: str,
    clock: Clock,
    codes: Sequence[str] = (),
    early: bool = False,
) -> RecheckOrdered:
    """Order the recheck of the cases of a round: those due, or those of ``codes`` in any state that allows it.

    ``early``: also those whose day for the recheck has not come. Interrupted, it can be repeated: a recheck whose
    cases have not all been told so yet is gone on with. RuleBroken where ``by`` is no third party, NotFound where
    nothing is due.
    """
    now = clock.now()
    cases = list(every(stores.cases, {"round_id": round_id}))
    due = [case for case in cases if _is_wanted(case, codes, china_day(now), early=early)]
    if not due:
        raise NotFound(_nothing_due(round_id, cases, china_day(now)))
    for case in due:
        refuse_own(case, by)
    id_ = _unfinished(round_id, cases, stores) or _next_id(round_id, cases)
    steps = {case.code: take_step(case, StepKind.RECHECK, at=now, by=by, round_id=id_) for case in due}
    round_ = _round(id_, round_id, due, stores, clock)
    members = {member.code for member in stores.rounds.members(id_)}
    ours = [case for case in due if case.code in members]
    opened = open_errands(round_, {case.code: errand_of(case.problems) for case in ours}, stores=stores, clock=clock)
    moved = [steps[case.code] for case in ours]
    for case in moved:
        stores.cases.replace(case)
    return RecheckOrdered(
        round=opened,
        cases=tuple(moved),
        problems=sum(len(case.problems) for case in ours),
        probed=sum(errand_of(case.problems).probed for case in ours),
    )


def _is_wanted(case: RectificationCase, codes: Sequence[str], day: date, *, early: bool) -> bool:
    if codes:
        return case.code in codes
    return case.state is CaseState.SUBMITTED and (early or case.is_due_for_recheck(day))


def _nothing_due(round_id: str, cases: Sequence[RectificationCase], day: date) -> str:
    if not cases:
        return f"轮次 {round_id} 没有整改案件；请先运行 xuncha case open --round {round_id}"
    waiting = sum(case.state is CaseState.SUBMITTED for case in cases)
    owed = sum(case.state.awaits_report for case in cases)
    return (
        f"轮次 {round_id} 没有到期应复查的案件（{day}）：已报整改、未到复查日期的 {waiting} 件，尚未报送的 {owed} 件。"
        "提前复查请加 --early；未报送而逾期的请用 xuncha case escalate"
    )


def rechecked_round(recheck_id: str) -> str:
    """The round whose cases a recheck round looks at again."""
    return recheck_id.removeprefix(PREFIX).rpartition("-")[0]


def _number(id_: str) -> int:
    return int(id_.rpartition("-")[2])


def _next_id(round_id: str, cases: Sequence[RectificationCase]) -> str:
    used = [_number(step.round_id) for case in cases for step in case.steps if step.kind is StepKind.RECHECK]
    return f"{PREFIX}{round_id}-{max(used, default=0) + 1}"


def _unfinished(round_id: str, cases: Sequence[RectificationCase], stores: RecheckStores) -> str:
    """A recheck that was drawn, of which some case was not told since the process ended there; empty if none."""
    id_ = _next_id(round_id, cases)
    last = f"{PREFIX}{round_id}-{_number(id_) - 1}"
    for each in (id_, last):
        if find_round(stores.rounds, each) is None:
            continue
        told = {case.code for case in cases if any(step.round_id == each for step in case.steps)}
        if any(member.code not in told for member in stores.rounds.members(each)):
            return each
    return ""


def _round(id_: str, round_id: str, cases: Sequence[RectificationCase], stores: RecheckStores, clock: Clock) -> Round:
    known = find_round(stores.rounds, id_)
    if known is not None:
        if known.state is RoundState.CLOSED:
            raise Conflict(f"复查轮次 {id_} 已结束，请核对案件的步骤")
        return known
    original = find_round(stores.rounds, round_id)
    return draw_errands(
        id_,
        [case.code for case in cases],
        name=f"轮次 {round_id} 整改复查",
        title=f"{original.title if original is not None else round_id}复查",
        edition=cases[0].edition,
        stores=stores,
        clock=clock,
        probes=original.probes if original is not None else ProbePlan(),
        drill=original is not None and original.drill,
    )
