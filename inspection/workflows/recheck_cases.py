"""Order the recheck of the cases that are due: a small round of its own, in which only what was found is looked at."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from itertools import count
from typing import Protocol

import msgspec

from inspection.errors import Conflict, NotFound, RuleBroken, XunchaError
from inspection.observation.site import CHINA, china_day
from inspection.ports import Clock, OptOutRepository, RoundRepository
from inspection.records import RecordRepository, every
from inspection.rectification.case import RectificationCase, refuse_own, take_step
from inspection.rectification.recheck import Errand, errand_of
from inspection.rectification.recheck_ids import is_recheck_of, number_of, recheck_id
from inspection.rectification.steps import CaseState, StepKind
from inspection.registry.opt_out import OptOut
from inspection.sampling import ProbePlan, Round, RoundState
from inspection.workflows.errand_round import ErrandStores, draw_errands, open_errands
from inspection.workflows.rounds import find_round

_NOTHING_BUT_HOME = Errand(addresses=())


class RecheckStores(ErrandStores, Protocol):
    """What ordering a recheck reads and writes; processes pass their stores whole."""

    @property
    def opt_outs(self) -> OptOutRepository: ...

    @property
    def cases(self) -> RecordRepository[RectificationCase]: ...


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A case that was wanted in a recheck and is not in it; ``reason`` is Chinese."""

    case_id: str
    reason: str

    def __str__(self) -> str:
        """One sentence that names the case once."""
        return self.reason if self.case_id in self.reason else f"案件 {self.case_id}：{self.reason}"


class RecheckOrdered(msgspec.Struct, frozen=True, kw_only=True):
    """The recheck round, the cases in it, and how many problems are looked at again and probe series were ordered.

    ``refused`` are cases that cannot be rechecked now, which keeps no other from it. ``waiting`` are site codes of
    cases that are due and not in this round, since it was drawn before and is gone on with: ask once more for them.
    """

    round: Round
    cases: tuple[RectificationCase, ...]
    problems: int
    probed: int
    refused: tuple[Refusal, ...] = ()
    waiting: tuple[str, ...] = ()


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
    cases have not all been told so yet is gone on with. NotFound where nothing is due. A case that cannot be rechecked
    by ``by`` (no third party), in its state, or while its site is to be left alone stays as it is; where that is so of
    all, RuleBroken or Conflict says why of each.
    """
    now = clock.now()
    cases = list(every(stores.cases, {"round_id": round_id}))
    wanted = [case for case in cases if _is_wanted(case, codes, china_day(now), early=early)]
    if not wanted:
        raise NotFound(_nothing_due(round_id, cases, china_day(now)))
    allowed, refused = _sorted_out(wanted, by, now, stores)
    rechecks = _rechecks(round_id, cases, stores.rounds)
    round_, ours = _unfinished(rechecks, allowed, stores.rounds)
    waiting = () if round_ is None else tuple(case.code for case in allowed if case not in ours)
    if round_ is None:
        ours, left_alone = _without_opted_out(allowed, stores.opt_outs.in_force(now))
        refused += left_alone
        if not ours:
            raise _refused(refused, Conflict)
        round_ = _drawn(recheck_id(round_id, _last_number(rechecks, cases) + 1), round_id, ours, stores, clock)
    members = {member.code for member in stores.rounds.members(round_.id)}
    still = untold_cases(round_, cases, members)
    errands = dict.fromkeys(members, _NOTHING_BUT_HOME) | {case.code: errand_of(case.problems) for case in still}
    opened = open_errands(round_, errands, stores=stores, clock=clock)
    told, changed_meanwhile = _told(ours, opened.id, by, now, stores.cases)
    return RecheckOrdered(
        round=opened,
        cases=tuple(told),
        problems=sum(len(case.problems) for case in told),
        probed=sum(errand_of(case.problems).probed for case in told),
        refused=(
            *refused,
            *_given_up(round_, [case for case in cases if case not in still], members),
            *changed_meanwhile,
        ),
        waiting=waiting,
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


def _sorted_out(
    wanted: Sequence[RectificationCase], by: str, now: datetime, stores: RecheckStores
) -> tuple[list[RectificationCase], list[Refusal]]:
    """Cases that may be rechecked by ``by``; :class:`RuleBroken` or :class:`Conflict` where none may."""
    registered = stores.sites.many([case.code for case in wanted])
    allowed, refused, errors = [], [], []
    for case in wanted:
        try:
            refuse_own(case, by)
            take_step(case, StepKind.RECHECK, at=now, by=by)
            if case.code not in registered:
                raise Conflict(f"网站 {case.code} 已不在登记中，不能复查")
        except (RuleBroken, Conflict) as error:
            errors.append(error)
            refused.append(Refusal(case_id=case.id, reason=str(error)))
        else:
            allowed.append(case)
    if not allowed:
        raise _refused(refused, type(errors[0]))
    return allowed, refused


def _refused(refused: Sequence[Refusal], kind: type[XunchaError]) -> XunchaError:
    return kind("；".join(map(str, refused)))


def _without_opted_out(
    cases: Sequence[RectificationCase], opt_outs: Iterable[OptOut]
) -> tuple[list[RectificationCase], list[Refusal]]:
    out = {each.code: each for each in opt_outs}
    refused = [
        Refusal(case_id=case.id, reason=f"网站 {case.code} 已退出检查（{_explained(out[case.code])}），恢复后再复查")
        for case in cases
        if case.code in out
    ]
    return [case for case in cases if case.code not in out], refused


def _explained(opt_out: OptOut) -> str:
    until = "" if opt_out.until is None else f"，至 {opt_out.until.astimezone(CHINA):%Y-%m-%d %H:%M}"
    return f"{opt_out.reason}{until}"


def _rechecks(round_id: str, cases: Sequence[RectificationCase], rounds: RoundRepository) -> list[Round]:
    """The rechecks of a round that are on file, by number."""
    found = []
    last = _last_number((), cases)
    for number in count(1):
        round_ = find_round(rounds, recheck_id(round_id, number))
        if round_ is not None:
            found.append(round_)
        elif number > last:
            break
    return found


def _last_number(rechecks: Iterable[Round], cases: Iterable[RectificationCase]) -> int:
    told = (step.round_id for case in cases for step in case.steps if step.kind is StepKind.RECHECK)
    return max(map(number_of, (*told, *(round_.id for round_ in rechecks))), default=0)


def _unfinished(
    rechecks: Iterable[Round], cases: Sequence[RectificationCase], rounds: RoundRepository
) -> tuple[Round | None, list[RectificationCase]]:
    """A recheck that was drawn for some of these cases which were not told, since the process ended there; and them."""
    for round_ in rechecks:
        if round_.state is not RoundState.CLOSED:
            untold = untold_cases(round_, cases, {member.code for member in rounds.members(round_.id)})
            if untold:
                return round_, untold
    return None, []


def untold_cases(
    round_: Round, cases: Iterable[RectificationCase], members: Collection[str]
) -> list[RectificationCase]:
    """Cases that a recheck was drawn for, that were not told so, and that it is still good for.

    It is not for a case that was decided otherwise meanwhile, nor for one whose report came after the draw.
    """
    return [
        case
        for case in cases
        if case.code in members
        and case.state in (CaseState.SUBMITTED, CaseState.RECHECKING)
        and not _is_told(case, round_)
        and case.of_kind(StepKind.SUBMIT)[-1].at <= round_.drawn_at
    ]


def _is_told(case: RectificationCase, round_: Round) -> bool:
    return any(step.round_id == round_.id for step in case.steps)


def _given_up(round_: Round, others: Iterable[RectificationCase], members: Collection[str]) -> list[Refusal]:
    """Of other cases than the untold ones those that a recheck was drawn for, too, with what became of them."""
    return [
        Refusal(
            case_id=case.id,
            reason=f"复查轮次 {round_.id} 抽样后案件已{_last_step(case)}，现为{case.state.chinese}，不再列入该轮复查",
        )
        for case in others
        if case.code in members and not _is_told(case, round_)
    ]


def _last_step(case: RectificationCase) -> str:
    step = case.standing[-1]
    return f"{step.kind.chinese}（{china_day(step.at)}，{step.by}）"


def _drawn(id_: str, round_id: str, cases: Sequence[RectificationCase], stores: RecheckStores, clock: Clock) -> Round:
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


def _told(
    cases: Iterable[RectificationCase],
    id_: str,
    by: str,
    now: datetime,
    records: RecordRepository[RectificationCase],
) -> tuple[list[RectificationCase], list[Refusal]]:
    """The cases with the step of the recheck, put on file; one that was changed meanwhile is told the next time."""
    told, refused = [], []
    for case in cases:
        moved = take_step(case, StepKind.RECHECK, at=now, by=by, round_id=id_)
        try:
            records.replace(moved)
        except Conflict as error:
            refused.append(Refusal(case_id=case.id, reason=str(error)))
        else:
            told.append(moved)
    return told, refused


def cases_of_recheck(
    round_: Round, members: Iterable[str], records: RecordRepository[RectificationCase]
) -> list[RectificationCase]:
    """All cases of the round that a recheck belongs to; none where no site of it has a case."""
    for code in members:
        for case in every(records, {"code": code}):
            if is_recheck_of(round_.id, case.round_id):
                return list(every(records, {"round_id": case.round_id}))
    return []
