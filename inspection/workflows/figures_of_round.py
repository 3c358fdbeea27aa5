"""The figures of a bulletin on a round of one's own, with all its parts, as a person orders them."""

from datetime import date
from typing import Protocol

import msgspec

from inspection.assessment import AssessmentRules
from inspection.bulletin.figures import BulletinFigures
from inspection.errors import InputRejected
from inspection.statistics.period import days_of, first_day_of_quarter
from inspection.workflows.bulletin_parts import PartStores, Reported, bulletin_parts
from inspection.workflows.gather_figures import BulletinScope, FigureStores, gather_figures


def last_day(period: str, asked: date | None, today: date) -> date:
    """The day with which a period ends: the one that is ``asked`` for, else its last by its printed name, once over.

    Today as long as it goes on, and where the name tells no days. InputRejected for a day that is still to come.
    """
    if asked is not None:
        if asked > today:
            raise InputRejected(f"时期的最后一天 {asked} 还没有到（今天是 {today}），请更正 --until")
        return asked
    days = days_of(period)
    return today if days is None else min(days[1], today)


def _first_day(scope: BulletinScope) -> date:
    """By the printed name of the period; of the quarter that its last day is in where that tells none before it."""
    days = days_of(scope.period)
    return first_day_of_quarter(scope.until) if days is None or scope.until < days[0] else days[0]


class RoundFiguresStores(PartStores, FigureStores, Protocol):
    """What all figures are read from; processes pass their stores whole."""


class FiguresOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into a bulletin beside its round.

    ``since`` is the first day of the period, None for that which its printed name tells, else of the quarter; ``event``
    the title of what sites and accounts were to carry; ``reported`` the period of which reported rounds are added up
    (2017Q1), ``verification`` the id of the one whose statement is quoted. What is empty is left out.
    """

    since: date | None = None
    event: str = ""
    assessment: AssessmentRules | None = None
    reported: str = ""
    verification: str = ""


def figures_of_round(scope: BulletinScope, order: FiguresOrder, stores: RoundFiguresStores) -> BulletinFigures:
    """All figures; errors as of :func:`inspection.workflows.gather_figures.gather_figures`.

    InputRejected where the period ends before it begins.
    """
    reports = Reported(period=order.reported, rules=stores.rules.reporting, verification=order.verification)
    since = _first_day(scope) if order.since is None else order.since
    if scope.until < since:
        raise InputRejected(f"时期的最后一天 {scope.until} 早于第一天 {since}，请更正 --since 或 --until")
    parts = bulletin_parts(
        stores,
        since=since,
        event=order.event,
        assessment=order.assessment,
        reports=reports if order.reported else None,
    )
    return gather_figures(scope, stores, **parts)
