"""Cases opened for a round, steps on them, rechecks ordered and settled, repeat offenders."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from api.clock import Present
from api.problems import RowsRejected, responses
from api.repositories import Repositories, Stores
from api.schemas.case_steps import (
    CasesOpenedOut,
    OpenCasesIn,
    RecheckIn,
    RecheckOrderedOut,
    RepeatsIn,
    RepeatsOut,
    SettledOut,
    SettleIn,
    StepIn,
    StepTaken,
    rows_of,
)
from api.schemas.cases import CaseDetailOut
from inspection.errors import InputRejected
from inspection.observation.site import china_day
from inspection.ports import Clock
from inspection.workflows.open_cases import CasesOpened, Occasion, open_cases, open_reported_cases
from inspection.workflows.recheck_cases import recheck_cases
from inspection.workflows.reported_failures import read_failures
from inspection.workflows.settle_cases import settle_cases
from inspection.workflows.step_case import escalate_case, step_case
from inspection.workflows.watch_repeats import watch_repeats

router = APIRouter(prefix="/v1", tags=["cases"])


@router.post(
    "/cases", operation_id="openCases", response_model=CasesOpenedOut, status_code=201, responses=responses(404, 409)
)
def open_(stores: Stores, clock: Present, order: OpenCasesIn) -> CasesOpenedOut:
    """Open a case with its notice for each failing site of a round. Repeating it leaves the cases there are alone."""
    if order.failures is None:
        done = open_cases(
            order.round_id,
            stores.rules.rectification_of(order.rules),
            stores,
            by=order.by,
            clock=clock,
            due=order.due,
            recheck_on=order.recheck_on,
        )
    else:
        done = _of_elsewhere(order, stores, clock)
    return CasesOpenedOut.of(done, china_day(clock.now()))


def _of_elsewhere(order: OpenCasesIn, stores: Repositories, clock: Clock) -> CasesOpened:
    failures, rejected = read_failures(rows_of(order.failures or ()), stores.editions.get(order.edition))
    if rejected:
        raise RowsRejected("failures", rejected)
    occasion = Occasion(
        round_id=order.round_id,
        title=order.title or order.round_id,
        edition=order.edition,
        by=order.by,
        due=order.due,
        recheck_on=order.recheck_on,
    )
    return open_reported_cases(occasion, failures, stores.rules.rectification_of(order.rules), stores, clock)


@router.post(
    "/cases/{case_id}/steps",
    operation_id="stepCase",
    response_model=CaseDetailOut,
    status_code=201,
    responses=responses(404, 409),
)
def step(stores: Stores, clock: Present, case_id: str, wanted: StepIn) -> CaseDetailOut:
    """Take a step on a case: receipt, escalation, interview, closing of the site, opening again, undoing the last.

    409 where the state of the case does not allow it; `detail` says what is possible. 422 without a name, or without
    the note or the document that the kind needs, or where an escalation is not by a third party or too early.
    """
    rules = stores.rules.rectification_of(wanted.rules)
    if (wanted.reverses is not None) is not (wanted.kind is StepTaken.REVERSE):
        raise InputRejected("reverses 与 kind: reverse 须同时给出：被撤销的步骤的序号")
    if wanted.kind is StepTaken.ESCALATE:
        if wanted.documents:
            raise InputRejected("升级不收附件，请去掉 documents")
        case = escalate_case(case_id, rules, stores, by=wanted.by, reason=wanted.note, clock=clock, due=wanted.due)
    else:
        case = step_case(
            case_id,
            wanted.kind.kind,
            rules,
            stores,
            by=wanted.by,
            clock=clock,
            note=wanted.note,
            due=wanted.due,
            reverses=wanted.reverses or 0,
            documents=[each.document() for each in wanted.documents],
        )
    return CaseDetailOut.of(case, china_day(clock.now()))


@router.post(
    "/rechecks",
    operation_id="orderRecheck",
    response_model=RecheckOrderedOut,
    status_code=201,
    responses=responses(404, 409),
)
def recheck(stores: Stores, clock: Present, order: RecheckIn) -> RecheckOrderedOut:
    """Order the recheck of the cases of a round that are due, as a round of its own; 404 where none is."""
    done = recheck_cases(order.round_id, stores, by=order.by, clock=clock, codes=order.codes, early=order.early)
    return RecheckOrderedOut.of(done, china_day(clock.now()))


@router.post(
    "/rechecks/{recheck_id}/settle",
    operation_id="settleRecheck",
    response_model=list[SettledOut],
    responses=responses(404, 409),
)
def settle(stores: Stores, clock: Present, recheck_id: str, order: SettleIn) -> list[SettledOut]:
    """Close what is put right, escalate what is not, leave open what cannot be told; 404 where no case waits for it.

    Only the problems of the case count. Repeating it leaves settled cases alone.
    """
    done = settle_cases(
        recheck_id,
        stores.rules.rectification_of(order.rules),
        stores,
        by=order.by,
        clock=clock,
        due=order.due,
        seen=order.fates(),
    )
    return [SettledOut.of(each, china_day(clock.now())) for each in done]


@router.get(
    "/repeat-offenders", operation_id="listRepeatOffenders", response_model=RepeatsOut, responses=responses(404)
)
def list_repeats(
    stores: Stores,
    clock: Present,
    rules: Annotated[str, Query(max_length=40, description="Id of rules of rectification")] = "national",
    round_id: Annotated[
        list[str], Query(max_length=100, description="Counted rounds, newest first; the last closed by default")
    ] = [],  # noqa: B006 - read by the framework, never changed
    drill: Annotated[bool, Query(description="Count drills in place of real rounds")] = False,
    day: Annotated[date | None, Query(description="On which day; today in China by default")] = None,
) -> RepeatsOut:
    """Sites that failed again and again, or were escalated, by the rules; nothing is changed."""
    rule = stores.rules.rectification_of(rules).repeat
    today = day or china_day(clock.now())
    found = watch_repeats(rule, stores, by="", day=today, periods=round_id, drill=drill, register=False)
    return RepeatsOut.of(found, rule.source)


@router.post(
    "/repeat-offenders", operation_id="watchRepeatOffenders", response_model=RepeatsOut, responses=responses(404)
)
def watch(stores: Stores, clock: Present, order: RepeatsIn) -> RepeatsOut:
    """Put them on the list of key sites; those that are on it stay as they are."""
    rule = stores.rules.rectification_of(order.rules).repeat
    found = watch_repeats(
        rule,
        stores,
        by=order.by,
        day=order.day or china_day(clock.now()),
        periods=order.rounds,
        drill=order.drill,
    )
    return RepeatsOut.of(found, rule.source)
