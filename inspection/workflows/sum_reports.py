"""Add up what the offices below another have reported on a period."""

from inspection.offices import Office
from inspection.records import RecordRepository
from inspection.reporting import ReportedRound
from inspection.reporting.figures import ReportedFigures, reported_figures
from inspection.workflows.verify_reports import reports_below


def sum_reports(
    office: Office,
    period: str,
    *,
    reports: RecordRepository[ReportedRound],
    below: float,
    running: int | None = None,
    verified: str = "",
) -> ReportedFigures:
    """The figures of all reporting offices together, as :func:`reported_figures` defines them."""
    return reported_figures(
        reports_below(office, period, reports), period, below=below, running=running, verified=verified
    )
