"""The figures of a bulletin on a round of one's own, with all its parts, as a person orders them."""

from datetime import date
from typing import Protocol

import msgspec

from inspection.assessment import AssessmentRules
from inspection.bulletin.figures import BulletinFigures
from inspection.statistics.period import first_day_of_quarter
from inspection.workflows.bulletin_parts import PartStores, Reported, bulletin_parts
from inspection.workflows.gather_figures import BulletinScope, FigureStores, gather_figures


class RoundFiguresStores(PartStores, FigureStores, Protocol):
    """What all figures are read from; processes pass their stores whole."""


class FiguresOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into a bulletin beside its round.

    ``since`` is the first day of the period, None for that of the quarter; ``event`` the title of what sites and
    accounts were to carry; ``reported`` the period of which reported rounds are added up (2017Q1), ``verification`` the
    id of the one whose statement is quoted. What is empty is left out.
    """

    since: date | None = None
    event: str = ""
    assessment: AssessmentRules | None = None
    reported: str = ""
    verification: str = ""


def figures_of_round(scope: BulletinScope, order: FiguresOrder, stores: RoundFiguresStores) -> BulletinFigures:
    """All figures; errors as of :func:`inspection.workflows.gather_figures.gather_figures`."""
    reports = Reported(period=order.reported, rules=stores.rules.reporting, verification=order.verification)
    parts = bulletin_parts(
        stores,
        since=first_day_of_quarter(scope.until) if order.since is None else order.since,
        event=order.event,
        assessment=order.assessment,
        reports=reports if order.reported else None,
    )
    return gather_figures(scope, stores, **parts)
