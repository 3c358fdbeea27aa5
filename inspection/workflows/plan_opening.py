"""Plan the day on which a drawn round is opened, and open what has come due."""

from datetime import date

from inspection.errors import Conflict, InputRejected
from inspection.observation.site import china_day
from inspection.ports import Clock, InspectionRepository, RoundRepository, SiteRepository, WorkQueue
from inspection.records import RecordRepository, every, revised
from inspection.sampling import RoundState
from inspection.standard import EditionLibrary
from inspection.timetable import PlannedOpening
from inspection.workflows.open_round import Opened, open_round


def plan_opening(
    round_id: str,
    day: date,
    *,
    by: str,
    rounds: RoundRepository,
    planned: RecordRepository[PlannedOpening],
    clock: Clock,
) -> PlannedOpening:
    """Have a drawn round opened on a day; a day planned before is forgotten.

    NotFound for an unknown round, Conflict for one that is open or closed already, InputRejected for a past day.
    """
    round_ = rounds.get(round_id)
    if round_.state is not RoundState.DRAWN:
        raise Conflict(f"轮次 {round_id} 当前为“{round_.state.chinese}”，不能再安排开始日期")
    if day < china_day(clock.now()):
        raise InputRejected(f"日期 {day} 已过，请给出今天或以后的日期")
    before = planned.find(round_id)
    if before is None:
        new = PlannedOpening(id=round_id, day=day, by=by)
        planned.add([new])
        return new
    changed = revised(before, day=day, by=by)
    planned.replace(changed)
    return changed


def open_planned(
    *,
    planned: RecordRepository[PlannedOpening],
    editions: EditionLibrary,
    rounds: RoundRepository,
    sites: SiteRepository,
    inspections: InspectionRepository,
    queue: WorkQueue,
    clock: Clock,
) -> list[Opened]:
    """Open the rounds whose day has come. Safe to repeat and to interrupt; one opened by hand is left alone."""
    now, opened = clock.now(), []
    for plan in every(planned):
        if plan.opened is not None or plan.day > china_day(now):
            continue
        round_ = rounds.get(plan.id)
        if round_.state is RoundState.DRAWN:
            opened.append(
                open_round(
                    plan.id,
                    editions.get(round_.edition),
                    rounds=rounds,
                    sites=sites,
                    inspections=inspections,
                    queue=queue,
                    clock=clock,
                )
            )
        planned.replace(revised(plan, opened=now))
    return opened
