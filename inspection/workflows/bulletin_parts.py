"""The parts of a bulletin beside its round: reports, rectification, linkage, messages, accountability and others."""

from collections.abc import Callable
from datetime import date
from typing import Protocol, TypedDict

import msgspec

from inspection.accountability import Accountability, accountability_figures
from inspection.assessment import AssessmentRules
from inspection.assessment.evaluation import deductions
from inspection.bulletin.figures import (
    AccountabilityFigures,
    LinkageFigures,
    MessageFigures,
    RectificationFigures,
    SpecialCheckFigures,
    UnitDeduction,
)
from inspection.records import RecordRepository, every
from inspection.rectification import RectificationCase
from inspection.rectification.figures import rectification_figures
from inspection.reporting.figures import ReportedFigures
from inspection.reporting.rules import ReportingRules
from inspection.special import SpecialCheck
from inspection.special.check import special_check_figures
from inspection.supervision import SupervisionRules
from inspection.workflows.assess import assess
from inspection.workflows.gather_figures import BulletinScope
from inspection.workflows.late_answers import LateAnswerStores, event_providers
from inspection.workflows.linkage_figures import LinkageStores, figures_of_messages, linkage_figures
from inspection.workflows.sum_reports import sum_reports
from inspection.workflows.verify_reports import VerificationStores, verification_result


class PartStores(LinkageStores, VerificationStores, LateAnswerStores, Protocol):
    """What the parts are read from; processes pass their stores whole."""

    @property
    def cases(self) -> RecordRepository[RectificationCase]: ...

    @property
    def accountability(self) -> RecordRepository[Accountability]: ...

    @property
    def special_checks(self) -> RecordRepository[SpecialCheck]: ...

    @property
    def rules(self) -> SupervisionRules: ...


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """Which reported rounds count: those of a ``period`` (2017Q1). ``verification`` is the id of the one to be quoted.

    Offices that pass less than ``rules`` say are named.
    """

    period: str
    rules: ReportingRules
    verification: str = ""


class Parts(TypedDict):
    """Keyword arguments of :func:`inspection.workflows.gather_figures.gather_figures`."""

    reported: Callable[[BulletinScope], ReportedFigures | None]
    rectification: Callable[[BulletinScope], RectificationFigures | None]
    linkage: Callable[[BulletinScope], LinkageFigures | None]
    messages: Callable[[BulletinScope], MessageFigures | None]
    accountability: Callable[[BulletinScope], AccountabilityFigures | None]
    deductions: Callable[[BulletinScope], tuple[UnitDeduction, ...]]
    special_checks: Callable[[BulletinScope], tuple[SpecialCheckFigures, ...]]


def bulletin_parts(
    stores: PartStores,
    *,
    since: date,
    event: str = "",
    assessment: AssessmentRules | None = None,
    reports: Reported | None = None,
) -> Parts:
    """How each part is gathered from the stores, for the period from ``since`` to the last day of the scope.

    ``event`` is the title of what sites and accounts were to carry. Of what nothing is on file, nothing is said.
    """

    def reported(scope: BulletinScope) -> ReportedFigures | None:
        if reports is None:
            return None
        verified = ""
        if reports.verification:
            found = verification_result(reports.verification, stores=stores, rule=reports.rules.verification)
            verified = reports.rules.verification.statement if found.statement.holds else ""
        below = reports.rules.named_below.rate
        return sum_reports(scope.office, reports.period, reports=stores.reports, below=below, verified=verified)

    def rectification(scope: BulletinScope) -> RectificationFigures | None:
        if not scope.against:
            return None
        found = rectification_figures(every(stores.cases, _within(scope, round_id=scope.against)))
        return found if found.failing else None

    def linkage(scope: BulletinScope) -> LinkageFigures | None:
        if not scope.sampled_round:
            return None
        found = linkage_figures(scope.round_id, stores, event=event, region=scope.office.scope)
        said = (found.column_share, found.in_time_share, found.sites_reposting, found.accounts_reposting)
        return None if all(each is None for each in said) else found

    def messages(scope: BulletinScope) -> MessageFigures | None:
        found = figures_of_messages(
            scope.until, stores, region=scope.office.scope, round_id=scope.sampled_round, before=scope.against
        )
        return found if found.valid or found.entry_share is not None else None

    def accountability(scope: BulletinScope) -> AccountabilityFigures | None:
        records = every(stores.accountability, _within(scope, department=scope.office.department))
        found = accountability_figures(records, since, scope.until, stores.rules.accountability)
        return found if found.total else None

    def deducted(scope: BulletinScope) -> tuple[UnitDeduction, ...]:
        if assessment is None:
            return ()
        region = scope.office.scope
        providers = event_providers(stores, region=region)
        return deductions(
            assess(assessment, stores.cases, first=since, last=scope.until, region=region, providers=providers)
        )

    def special(scope: BulletinScope) -> tuple[SpecialCheckFigures, ...]:
        return special_check_figures(every(stores.special_checks, {"office": scope.office.id}), since, scope.until)

    return {
        "reported": reported,
        "rectification": rectification,
        "linkage": linkage,
        "messages": messages,
        "accountability": accountability,
        "deductions": deducted,
        "special_checks": special,
    }


def _within(scope: BulletinScope, **fields: str) -> dict[str, str]:
    return {"region": scope.office.scope, **fields}
