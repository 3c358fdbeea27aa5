"""Apply the outcome of a recheck: close what is put right, escalate what is not, leave open what cannot be told."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Protocol

import msgspec

from inspection.errors import Conflict, NotFound, RuleBroken
from inspection.ports import Clock, Inspection, JudgingStores
from inspection.records import RecordRepository, every
from inspection.rectification.case import RectificationCase, refuse_own, take_step
from inspection.rectification.recheck import RecheckResult, compare, decided
from inspection.rectification.rules import RectificationRules
from inspection.rectification.steps import CaseState, Fate, StepKind
from inspection.scoring import Verdict
from inspection.workflows.judge_site import observations_of
from inspection.workflows.open_cases import CHARGED
from inspection.workflows.step_case import escalated

_FINDINGS = 100_000
_LEFT_ALONE = (Verdict.CLOSED, Verdict.NOT_DETERMINED)
"""Verdicts whose reasons tell why a recheck could not look: the site is closed, or has opted out."""


class SettleStores(JudgingStores, Protocol):
    """What settling reads and writes; processes pass their stores whole."""

    @property
    def cases(self) -> RecordRepository[RectificationCase]: ...


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """A case after its recheck; ``result`` is None where the site has not been judged yet.

    ``changed``: a step was taken now. ``refused`` says in Chinese why it could not be settled; the others were.
    """

    case: RectificationCase
    result: RecheckResult | None
    changed: bool = False
    refused: str = ""


def settle_cases(
    recheck_id: str,
    rules: RectificationRules,
    stores: SettleStores,
    *,
    by: str,
    clock: Clock,
    due: date | None = None,
    seen: Mapping[str, Mapping[str, Fate]] = MappingProxyType({}),
) -> list[Settled]:
    """Settle the cases that wait for a recheck round, by id. Safe to repeat: settled ones are left alone.

    A case goes by the shipped rules that it was opened by, others by ``rules``. ``seen`` is what a person has seen of
    problems that the recheck cannot tell, by site code and finding id. NotFound where no case waits for that round. A
    case that cannot be settled (``by`` is no third party to it) keeps no other from it; where that is so of all,
    RuleBroken or Conflict says why of each.
    """
    round_id = stores.rounds.get(recheck_id).id
    waiting = [
        case for case in every(stores.cases, {"state": CaseState.RECHECKING.value}) if case.recheck_round == round_id
    ]
    if not waiting:
        raise NotFound(f"没有案件在等待复查轮次 {recheck_id} 的结果")
    _refuse_unknown(waiting, seen)
    done, errors = [], []
    for case in waiting:
        try:
            done.append(
                _settled(case, recheck_id, rules, stores, by=by, clock=clock, due=due, seen=seen.get(case.code, {}))
            )
        except (RuleBroken, Conflict) as error:
            errors.append(error)
            done.append(Settled(case=case, result=None, refused=str(error)))
    if len(errors) == len(waiting):
        raise type(errors[0])("；".join(map(str, errors)))
    return done


def _refuse_unknown(waiting: list[RectificationCase], seen: Mapping[str, Mapping[str, Fate]]) -> None:
    known = {(case.code, problem.finding) for case in waiting for problem in case.problems}
    for code, fates in seen.items():
        for finding in fates:
            if (code, finding) not in known:
                raise NotFound(f"等待复查的网站 {code} 的案件中没有编号为 {finding} 的问题")


def result_of(case: RectificationCase, recheck_id: str, stores: SettleStores) -> RecheckResult | None:
    """What became of each problem by a recheck; None while the site has not been judged."""
    inspection: Inspection = stores.inspections.get(recheck_id, case.code)
    if inspection.scorecard is None:
        return None
    found = stores.inspections.findings(recheck_id, case.code, limit=_FINDINGS)
    observed = observations_of(stores.rounds.get(recheck_id), inspection, stores)
    rows = stores.editions.get(inspection.scorecard.edition).indicators
    charged = {row.id for row in rows if row.kind in CHARGED}
    result = compare(case, found, observed.pages, observed.links, charged)
    if inspection.scorecard.verdict in _LEFT_ALONE:
        return msgspec.structs.replace(result, remarks=inspection.scorecard.reasons)
    return result


def _settled(
    case: RectificationCase,
    recheck_id: str,
    rules: RectificationRules,
    stores: SettleStores,
    *,
    by: str,
    clock: Clock,
    due: date | None,
    seen: Mapping[str, Fate],
) -> Settled:
    refuse_own(case, by)
    result = result_of(case, recheck_id, stores)
    if result is None:
        return Settled(case=case, result=None)
    result = decided(result, seen, by)
    changed = _applied(case, result, rules, by=by, clock=clock, due=due)
    if changed is not case:
        stores.cases.replace(changed)
    return Settled(case=changed, result=result, changed=changed is not case)


def _applied(
    case: RectificationCase,
    result: RecheckResult,
    rules: RectificationRules,
    *,
    by: str,
    clock: Clock,
    due: date | None,
) -> RectificationCase:
    fates = {each.problem.finding: each.fate for each in result.fates}
    if result.outcome is Fate.REMAINS:
        return escalated(case, rules, by=by, reason=result.summary, clock=clock, due=due, fates=fates)
    kind = StepKind.CLOSE if result.outcome is Fate.GONE else StepKind.NOTE
    if kind is StepKind.NOTE and case.standing[-1].fates == fates:
        return case
    return take_step(case, kind, at=clock.now(), by=by, note=result.summary, fates=fates)
