"""Draw a random part of the reported results, order its inspection as a round, and compare what comes out."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import msgspec

from inspection.errors import Conflict, NotFound
from inspection.offices import Office, OfficeLevel
from inspection.ports import Clock, InspectionRepository, RoundRepository, SiteRepository
from inspection.records import RecordRepository, every, get
from inspection.reporting import ReportedResult, ReportedRound, VerificationDraw
from inspection.reporting.figures import outermost
from inspection.reporting.period import check_period
from inspection.reporting.rules import VerificationRule
from inspection.reporting.verification import (
    Agreement,
    OfficeResults,
    Statement,
    compare,
    draw_results,
    plan_of,
    statement_of,
)
from inspection.sampling import ProbePlan
from inspection.sampling.plan import Size
from inspection.workflows.draw_sample import draw_sample
from inspection.workflows.rounds import find_round


class VerificationStores(Protocol):
    """What a verification needs."""

    @property
    def sites(self) -> SiteRepository: ...

    @property
    def rounds(self) -> RoundRepository: ...

    @property
    def inspections(self) -> InspectionRepository: ...

    @property
    def offices(self) -> RecordRepository[Office]: ...

    @property
    def reports(self) -> RecordRepository[ReportedRound]: ...

    @property
    def reported_results(self) -> RecordRepository[ReportedResult]: ...

    @property
    def verifications(self) -> RecordRepository[VerificationDraw]: ...


class VerificationResult(msgspec.Struct, frozen=True, kw_only=True):
    """A draw, how far reported and verified verdicts agree, and what may be said of it."""

    draw: VerificationDraw
    agreement: Agreement
    statement: Statement


def reports_below(office: Office, period: str, reports: RecordRepository[ReportedRound]) -> list[ReportedRound]:
    """What others within an office's scope have reported on a period, each part of it once, by id."""
    where = {"period": check_period(period), "region": "" if office.level is OfficeLevel.DEPARTMENTAL else office.scope}
    found = (report for report in every(reports, where) if report.office != office.id)
    if office.level is OfficeLevel.DEPARTMENTAL:
        return []
    return outermost(report for report in found if report.level is not OfficeLevel.NATIONAL)


def draw_verification(
    *,
    round_id: str,
    title: str,
    office_id: str,
    period: str,
    seed: str,
    size: Size,
    min_per_office: int,
    as_of: date,
    edition: str,
    stores: VerificationStores,
    clock: Clock,
    probes: ProbePlan = ProbePlan(),  # noqa: B008 - immutable
    page_budget: int = 60,
    drill: bool = False,
) -> VerificationDraw:
    """Draw from the results that each office below has reported, and keep draw and round under one id.

    The round is an ordinary one of the verifying office, in state ``drawn``, whose plan is the list of codes. Safe to
    repeat where it was interrupted. Raises NotFound where nothing is reported, Conflict where the draw exists, or a
    round of that id which is not this draw's.
    """
    office = get(stores.offices, office_id, "单位")
    if stores.verifications.find(round_id) is not None:
        raise Conflict(f"抽样复核 {round_id} 已存在，请换一个编号")
    reports = reports_below(office, period, stores.reports)
    if not reports:
        raise NotFound(f"{office.name}的管辖范围内，{period} 还没有单位报送抽查结果")
    with_rows = [report for report in reports if report.current.batch]
    offices = [_filed(report, stores.reported_results) for report in with_rows]
    drawn = draw_results(offices, seed, size, min_per_office=min_per_office)
    plan = plan_of(title, (result.code for result in drawn.drawn))
    earlier = find_round(stores.rounds, round_id)
    if earlier is None:
        draw_sample(
            plan,
            round_id=round_id,
            title=title,
            as_of=as_of,
            edition=edition,
            seed=seed,
            sites=stores.sites,
            rounds=stores.rounds,
            clock=clock,
            probes=probes,
            page_budget=page_budget,
            drill=drill,
            office=office,
        )
    elif (earlier.plan, earlier.seed, earlier.office) != (plan, seed, office.id):
        raise Conflict(f"轮次 {round_id} 已存在，并不是这次抽样复核的轮次，请换一个编号")
    record = VerificationDraw(
        id=round_id,
        region=office.region,
        office=office.id,
        period=period,
        seed=seed,
        batches=tuple(report.current.batch for report in with_rows),
        results_digest=drawn.results_digest,
        population=drawn.population,
        apart=drawn.apart,
        drawn=tuple(result.id for result in drawn.drawn),
        drawn_at=clock.now(),
        strata=drawn.strata,
    )
    stores.verifications.add([record])
    return record


def _filed(report: ReportedRound, results: RecordRepository[ReportedResult]) -> OfficeResults:
    batch = report.current.batch
    return OfficeResults(
        office=report.office, name=report.office_name, batch=batch, results=tuple(_results([batch], results))
    )


def _results(batches: Sequence[str], results: RecordRepository[ReportedResult]) -> list[ReportedResult]:
    return [result for batch in batches for result in every(results, {"batch": batch})]


def verification_result(round_id: str, *, stores: VerificationStores, rule: VerificationRule) -> VerificationResult:
    """Compare the verdicts of a verification's round, as far as it is, with what was reported."""
    drawn = get(stores.verifications, round_id, "抽样复核")
    wanted = set(drawn.drawn)
    results = [result for result in _results(drawn.batches, stores.reported_results) if result.id in wanted]
    found = {row.code: row.verdict for row in stores.inspections.verdicts(round_id)}
    agreement = compare(drawn, results, found, alpha=1 - rule.confidence)
    return VerificationResult(draw=drawn, agreement=agreement, statement=statement_of(agreement, rule))
