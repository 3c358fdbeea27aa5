"""Events of the assessment that are no cases: messages answered late or not handled, late monthly reports."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Protocol

from inspection.assessment import AssessmentEvent, AssessmentRules
from inspection.assessment.scoring_rules import ScoringRule, UnitOf
from inspection.messages import Message, MessageState
from inspection.monthly.late_list import list_id
from inspection.monthly.report import next_month
from inspection.observation.site import china_day
from inspection.offices import OfficeLevel
from inspection.records import every
from inspection.registry import regions
from inspection.supervision import SupervisionRules
from inspection.workflows.assess import EventProvider
from inspection.workflows.file_monthly_report import monthly_status
from inspection.workflows.fix_late_lists import LateListStores
from inspection.workflows.handle_message import MessageStores

LATE_REPLY, LATE_MONTHLY_REPORT = "late-reply", "late-monthly-report"
UNHANDLED, OVER_A_MONTH = "message-unhandled", "message-over-a-month"
PROVIDED = frozenset({LATE_REPLY, LATE_MONTHLY_REPORT, UNHANDLED, OVER_A_MONTH})
"""Ids of the scoring rules that these events fall under; rules without them do not count them."""

_DAY = timedelta(days=1)


class LateAnswerStores(MessageStores, LateListStores, Protocol):
    """What the events are read from; processes pass their stores whole."""

    @property
    def rules(self) -> SupervisionRules: ...


def event_providers(stores: LateAnswerStores, *, region: str = "") -> tuple[EventProvider, ...]:
    """Every source of events beside the cases: whoever assesses passes these on. ``region`` is a prefix."""
    return (
        partial(late_replies, stores, region=region),
        partial(unhandled_messages, stores, region=region),
        partial(messages_over_a_month, stores, region=region),
        partial(late_monthly_reports, stores, region=region),
    )


def without_source(rules: AssessmentRules) -> tuple[ScoringRule, ...]:
    """The rules that neither cases nor these events fall under: they count only what is handed in."""
    return tuple(rule for rule in rules.rules if rule.on is None and rule.id not in PROVIDED)


def late_replies(
    stores: MessageStores, rules: AssessmentRules, first: date, last: date, *, region: str = ""
) -> Iterator[AssessmentEvent]:
    """Messages on sites of a region that had no answer by the end of their due day; events of the day after.

    They are decided as things stood on that day, so that adjoining periods add up to the whole.
    """

    def told(message: Message) -> _Told | None:
        day = message.due + _DAY
        return (day, f"期限 {message.due}") if message.was_late(day) else None

    yield from _message_events(stores, rules, LATE_REPLY, told, first=first, last=last, region=region)


def unhandled_messages(
    stores: MessageStores, rules: AssessmentRules, first: date, last: date, *, region: str = ""
) -> Iterator[AssessmentEvent]:
    """Valid messages that fell due in the period and were not handled (未办结) at its end; events of the day after due.

    They depend on the end of the period: what was open at the end of a month may be handled at that of the year.
    """

    def told(message: Message) -> _Told | None:
        state = message.state_on(last)
        is_open = state is not None and state.is_valid and state is not MessageState.HANDLED
        return (message.due + _DAY, f"期限 {message.due}，至 {last} 未办结") if is_open else None

    yield from _message_events(stores, rules, UNHANDLED, told, first=first, last=last, region=region)


def messages_over_a_month(
    stores: MessageStores, rules: AssessmentRules, first: date, last: date, *, region: str = ""
) -> Iterator[AssessmentEvent]:
    """Messages that were first handled (办结) more than a month after they came; events of that day."""

    def told(message: Message) -> _Told | None:
        day = next((china_day(step.at) for step in message.steps if step.state is MessageState.HANDLED), None)
        if day is None or day <= _month_after(message.received_on):
            return None
        return day, f"{message.received_on} 收到，{day} 办结"

    yield from _message_events(stores, rules, OVER_A_MONTH, told, first=first, last=last, region=region)


_Told = tuple[date, str]
"""The day of an event, and what its note says of the message."""


def _message_events(
    stores: MessageStores,
    rules: AssessmentRules,
    rule: str,
    told: Callable[[Message], _Told | None],
    *,
    first: date,
    last: date,
    region: str,
) -> Iterator[AssessmentEvent]:
    """Events of the period under a rule, of routed messages that ``told`` tells something of; none without the rule."""
    if rules.of(rule) is None:
        return
    unit_of = _units_of_messages(stores, rules.unit_of)
    for message in every(stores.messages, {"region": region}):
        found = told(message)
        if found is not None and first <= found[0] <= last and message.office:
            day, note = found
            yield AssessmentEvent(
                unit=unit_of(message), rule=rule, day=day, reference=message.id, note=f"网民留言 {message.id}，{note}"
            )


def _month_after(day: date) -> date:
    """The same day of the next month, or its last one where it is shorter."""
    first = next_month(f"{day:%Y-%m}")
    end = next_month(f"{first:%Y-%m}") - _DAY
    return first.replace(day=min(day.day, end.day))


def _units_of_messages(stores: MessageStores, whose: UnitOf) -> Callable[[Message], str]:
    """Who answers for a message, named as cases of the same site name it; the office where its site names nobody."""
    names = {office.id: office.name for office in every(stores.offices)}

    def unit_of(message: Message) -> str:
        office = names.get(message.office, message.office)
        site = None if whose is UnitOf.OFFICE or not message.site else stores.sites.find(message.site)
        if site is None:
            return office
        named = site.supervisor.strip() if whose is UnitOf.SUPERVISOR else ""
        return named or site.organizer.strip() or office

    return unit_of


def late_monthly_reports(
    stores: LateListStores, rules: AssessmentRules, first: date, last: date, *, region: str = ""
) -> Iterator[AssessmentEvent]:
    """Cities of a region whose report is missing on a late list that was fixed; events of the day after the due day.

    The unit is the city's office by its name, the city where it has none on file.
    """
    if rules.of(LATE_MONTHLY_REPORT) is None:
        return
    offices = every(stores.offices, {"region": region})
    names = {office.region: office.name for office in offices if office.level is OfficeLevel.MUNICIPAL}
    for fixed in every(stores.late_lists):
        day = fixed.due + _DAY
        for late in fixed.late:
            if first <= day <= last and late.report_missing and late.city.startswith(region):
                yield AssessmentEvent(
                    unit=names.get(late.city) or regions.full_name(late.city),
                    rule=LATE_MONTHLY_REPORT,
                    day=day,
                    reference=f"{fixed.month}:{late.city}",
                    note=f"{fixed.month} 的日常监管月报，期限 {fixed.due}",
                )


def months_not_fixed(
    stores: LateAnswerStores, rules: AssessmentRules, first: date, last: date, *, region: str = ""
) -> list[str]:
    """Months that rules would count, with a report late from a day in the period on, but no late list fixed."""
    if rules.of(LATE_MONTHLY_REPORT) is None:
        return []
    monthly = stores.rules.monthly
    return [
        month
        for month in _months_before(first, last)
        if any(
            first <= status.due + _DAY <= last and stores.late_lists.find(list_id(month, status.due)) is None
            for status in monthly_status(month, last, stores, monthly, region=region)
        )
    ]


def _months_before(first: date, last: date) -> list[str]:
    """The months whose reports may be due, or late, in a period: those that ended within it, and the two before."""
    month = first
    for _ in range(2):
        month = month.replace(day=1) - _DAY
    months = []
    while (month.year, month.month) < (last.year, last.month):
        months.append(f"{month:%Y-%m}")
        month = next_month(months[-1])
    return months
