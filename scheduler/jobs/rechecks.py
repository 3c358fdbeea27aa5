"""Jobs of rechecks: order those that are due or that messages ask for, and draw what follows from those judged."""

import logging
from collections.abc import Sequence

from inspection.errors import StoreUnavailable, XunchaError
from inspection.observation.site import china_day
from inspection.ports import Clock
from inspection.records import every
from inspection.rectification import CaseState
from inspection.rectification.recheck_ids import PREFIX
from inspection.rectification.rules import RectificationRules
from inspection.rectification.steps import Fate
from inspection.sampling import Round
from inspection.workflows.close_round import close_round
from inspection.workflows.recheck_cases import cases_of_recheck, recheck_cases, untold_cases
from inspection.workflows.recheck_messages import finish_requests, order_requests, settled_rounds
from inspection.workflows.settle_cases import Settled, settle_cases
from scheduler.job import Job, Repositories
from scheduler.jobs.rounds import all_open
from scheduler.timetable import Due

logger = logging.getLogger(__name__)


def rechecks(by: str) -> Job:
    """The job that orders the rechecks of the day, in the name of the third party ``by``; without one it says so.

    A case or round whose recheck cannot be ordered keeps no other from its own; it is tried again with the next run.
    """

    def order(stores: Repositories, clock: Clock, run: Due) -> None:
        del run
        today = china_day(clock.now())
        reported = every(stores.cases, {"state": CaseState.SUBMITTED.value})
        due = sorted({case.round_id for case in reported if case.is_due_for_recheck(today)})
        if due and not by:
            logger.warning(
                "轮次 %s 有案件到期应复查；请用 XUNCHA_RECHECK_BY 指定复查的第三方，或运行 xuncha case recheck",
                "、".join(due),
            )
            return
        for round_id in due:
            try:
                _order(round_id, stores, by, clock)
            except StoreUnavailable:
                raise
            except XunchaError as error:
                logger.error("轮次 %s 的复查未能安排：%s", round_id, error)

    return order


def _order(round_id: str, stores: Repositories, by: str, clock: Clock) -> None:
    """Order all that is due of a round: what was broken off before, then the rest."""
    codes: Sequence[str] = ()
    while True:
        done = recheck_cases(round_id, stores, by=by, clock=clock, codes=codes)
        logger.info("复查轮次 %s：%d 件案件，%d 项问题", done.round.id, len(done.cases), done.problems)
        for each in done.refused:
            logger.error("未安排复查：%s", each)
        codes = done.waiting
        if not codes:
            return


def settlements(by: str, rules: RectificationRules) -> Job:
    """The job that settles what judged rechecks tell for sure, and closes the rounds that no case waits for any more.

    Where a person has to look, at a veto or at a page that could not be read, the case waits, and the log says so once.
    """

    def settle(stores: Repositories, clock: Clock, run: Due) -> None:
        del run
        if not by:
            return
        rechecking = every(stores.cases, {"state": CaseState.RECHECKING.value})
        for recheck_id in sorted({case.recheck_round for case in rechecking}):
            try:
                done = settle_cases(recheck_id, rules, stores, by=by, clock=clock)
            except StoreUnavailable:
                raise
            except XunchaError as error:
                logger.error("复查轮次 %s 未能处理：%s", recheck_id, error)
                continue
            for each in done:
                _log_settled(each)
        _close_settled(stores, clock)

    return settle


def _log_settled(settled: Settled) -> None:
    case, result = settled.case, settled.result
    if settled.refused:
        logger.error("案件 %s 的复查结果未能处理：%s", case.id, settled.refused)
    elif settled.changed and result is not None:
        if case.state is CaseState.RECHECKING:
            doubts = "；".join(dict.fromkeys(each.why for each in result.of(Fate.UNCLEAR)))
            logger.warning("案件 %s：未能判断，须人工核实，%s（%s）", case.id, result.summary, doubts)
        else:
            logger.info("案件 %s：%s，%s", case.id, case.state.chinese, result.summary)


def _close_settled(stores: Repositories, clock: Clock) -> None:
    """Close the judged recheck rounds of which every case that they are good for was told and has been settled."""
    for round_ in list(all_open(stores)):
        if not round_.id.startswith(PREFIX) or any(
            row.verdict is None for row in stores.inspections.verdicts(round_.id)
        ):
            continue
        members = {member.code for member in stores.rounds.members(round_.id)}
        cases = cases_of_recheck(round_, sorted(members), stores.cases)
        waiting = any(case.state is CaseState.RECHECKING and case.recheck_round == round_.id for case in cases)
        if waiting or untold_cases(round_, cases, members):
            continue
        _close(round_, stores, clock)
        logger.info("复查轮次 %s 的案件都已处理，轮次结束", round_.id)


def requests(stores: Repositories, clock: Clock, run: Due) -> None:
    """Order the rechecks that messages ask for, note the results of those judged, close their rounds."""
    del run
    for ordered in order_requests(stores, clock=clock):
        logger.info("复查请求 %s 已安排：轮次 %s", ordered.id, ordered.order)
    for finished in finish_requests(stores, clock=clock):
        if finished.clear:
            logger.info("复查请求 %s：%s", finished.request.id, finished.request.result)
        else:
            logger.warning("复查请求 %s 未能判断，须人工核实：%s", finished.request.id, finished.request.result)
    for round_ in settled_rounds(stores):
        _close(round_, stores, clock)


def _close(round_: Round, stores: Repositories, clock: Clock) -> None:
    close_round(
        round_.id,
        rounds=stores.rounds,
        inspections=stores.inspections,
        sites=stores.sites,
        pass_rates=stores.pass_rates,
        queue=stores.queue,
        clock=clock,
    )
