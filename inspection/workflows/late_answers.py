"""Events of the daily assessment that are no cases: late replies to messages, late monthly reports."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Protocol

from inspection.assessment import AssessmentEvent, AssessmentRules
from inspection.monthly.report import MonthlyRules
from inspection.records import every
from inspection.registry import regions
from inspection.supervision import SupervisionRules
from inspection.workflows.assess import EventProvider
from inspection.workflows.file_monthly_report import MonthlyStores, monthly_status
from inspection.workflows.handle_message import MessageStores

LATE_REPLY, LATE_MONTHLY_REPORT = "late-reply", "late-monthly-report"
"""Ids of the scoring rules that these events fall under; rules without them do not count them."""


class LateAnswerStores(MessageStores, MonthlyStores, Protocol):
    """What the events are read from; processes pass their stores whole."""

    @property
    def rules(self) -> SupervisionRules: ...


def event_providers(stores: LateAnswerStores, *, region: str = "") -> tuple[EventProvider, ...]:
    """Every source of events beside the cases: whoever assesses passes these on. ``region`` is a prefix."""
    return (
        partial(late_replies, stores, region=region),
        partial(late_monthly_reports, stores, stores.rules.monthly, region=region),
    )


def late_replies(
    stores: MessageStores, rules: AssessmentRules, first: date, last: date, *, region: str = ""
) -> Iterator[AssessmentEvent]:
    """Messages on sites of a region, due in the period, that were answered late or not at all."""
    if rules.of(LATE_REPLY) is None:
        return
    names = {office.id: office.name for office in every(stores.offices)}
    for message in every(stores.messages, {"region": region}):
        if first <= message.due <= last and message.office and message.was_late(last):
            yield AssessmentEvent(
                unit=names.get(message.office, message.office),
                rule=LATE_REPLY,
                day=message.due,
                reference=message.id,
                note=f"网民留言 {message.id}，期限 {message.due}",
            )


def late_monthly_reports(
    stores: MonthlyStores,
    monthly: MonthlyRules,
    rules: AssessmentRules,
    first: date,
    last: date,
    *,
    region: str = "",
) -> Iterator[AssessmentEvent]:
    """Cities of a region whose report on a month was due in the period and was not there in time."""
    if rules.of(LATE_MONTHLY_REPORT) is None:
        return
    for month in _months_before(first, last):
        for status in monthly_status(month, last, stores, monthly, region=region):
            if first <= status.due <= last and (status.filed_on or date.max) > status.due and last > status.due:
                yield AssessmentEvent(
                    unit=regions.full_name(status.city),
                    rule=LATE_MONTHLY_REPORT,
                    day=status.due,
                    reference=f"{month}:{status.city}",
                    note=f"{month} 的日常监管月报，期限 {status.due}",
                )


def _months_before(first: date, last: date) -> list[str]:
    """The months whose reports may be due in a period: those that ended within it, and the one before."""
    year, month = (first.year, first.month - 1) if first.month > 1 else (first.year - 1, 12)
    months = []
    while (year, month) < (last.year, last.month):
        months.append(f"{year}-{month:02}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return months
