"""Late replies and late monthly reports as events of the daily assessment."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from inspection.assessment.scoring_rules import UnitOf, shipped_rules
from inspection.messages import Message, MessageState
from inspection.messages.message import Step, moved
from inspection.monthly import Filing, MonthlyReport
from inspection.offices import Office, OfficeLevel
from inspection.registry import Site, SiteCategory
from inspection.workflows.assess import assess
from inspection.workflows.fix_late_lists import fix_late_list_of
from inspection.workflows.late_answers import (
    event_providers,
    late_monthly_reports,
    late_replies,
    messages_over_a_month,
    months_not_fixed,
)
from store.memory import MemoryStores

RULES = shipped_rules("city-example")
FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


@pytest.fixture
def stores() -> MemoryStores:
    stores = MemoryStores()
    stores.offices.add(
        [
            Office(id="qs", name="青山市政府办公室", level=OfficeLevel.MUNICIPAL, region="370600"),
            Office(id="bh", name="滨海市政府办公室", level=OfficeLevel.MUNICIPAL, region="370700"),
        ]
    )
    return stores


def fix(stores: MemoryStores, *months: str) -> None:
    for month in months:
        fix_late_list_of(month, date(2026, 12, 31), stores, stores.rules.monthly)


def message(id_: str, *, answered: date | None) -> Message:
    received = date(2026, 10, 12)
    steps = [Step(at=at(received), by="平台", state=MessageState.ROUTED)]
    if answered is not None:
        steps.append(Step(at=at(answered), by="青山市", state=MessageState.HANDLED))
    return Message(
        id=id_,
        region="370600",
        received_at=at(received),
        channel="找错",
        text="死链",
        state=steps[-1].state,
        due=date(2026, 10, 15),
        rule="national",
        office="qs",
        steps=tuple(steps),
    )


def test_replies_after_the_due_day_are_events_of_the_office(stores: MemoryStores) -> None:
    stores.messages.add(
        [
            message("in-time", answered=date(2026, 10, 15)),
            message("late", answered=date(2026, 10, 16)),
            message("never", answered=None),
        ]
    )
    found = list(late_replies(stores, RULES, FIRST, LAST))
    assert {(each.unit, each.reference) for each in found} == {
        ("青山市政府办公室", "late"),
        ("青山市政府办公室", "never"),
    }
    assert not list(late_replies(stores, RULES, date(2026, 11, 1), LAST))


def test_monthly_reports_that_were_not_there_on_the_due_day(stores: MemoryStores) -> None:
    for month, filed in (("2026-09", date(2026, 10, 5)), ("2026-10", date(2026, 11, 20))):
        filing = Filing(region="370600", name="月报.pdf", digest="ab" * 32, size=1, at=at(filed), by="甲")
        stores.monthly_reports.add(
            [MonthlyReport(id=f"{month}:370600", region="370600", month=month, filings=(filing,))]
        )
    fix(stores, "2026-09", "2026-10", "2026-11")
    found = {each.reference for each in late_monthly_reports(stores, RULES, FIRST, LAST)}
    ours = {each for each in found if each.endswith("370600")}
    assert ours == {"2026-10:370600", "2026-11:370600"}
    assert "2026-09:370700" in found


def test_monthly_reports_count_as_their_late_lists_were_fixed(stores: MemoryStores) -> None:
    """A city whose office came on file later is charged for nothing before; months without a list are named."""
    fix(stores, "2026-09")
    stores.offices.add([Office(id="hs", name="河山市政府办公室", level=OfficeLevel.MUNICIPAL, region="370100")])
    assert {each.reference for each in late_monthly_reports(stores, RULES, FIRST, LAST)} == {
        "2026-09:370600",
        "2026-09:370700",
    }
    assert months_not_fixed(stores, RULES, FIRST, LAST) == ["2026-10", "2026-11"]
    assert months_not_fixed(stores, RULES, FIRST, date(2026, 11, 5)) == []
    assert months_not_fixed(stores, shipped_rules("annual"), FIRST, LAST) == []


def test_adjoining_periods_add_up_to_the_whole(stores: MemoryStores) -> None:
    """The day after the due day counts, as for the reports of cases, whatever is set aside later."""
    aside = moved(message("aside", answered=None), MessageState.INVALID, at=at(date(2026, 10, 20)), by="甲")
    fix(stores, "2026-09", "2026-10", "2026-11")
    stores.messages.add([message("never", answered=None), message("late", answered=date(2026, 10, 20)), aside])

    def told(first: date, last: date) -> list[tuple[str, str, date]]:
        return sorted(
            (event.rule, event.reference, event.day)
            for provider in event_providers(stores)
            for event in provider(RULES, first, last)
            if first <= event.day <= last
        )

    whole = told(FIRST, LAST)
    assert {each for each in whole if each[0] == "late-reply"} == {
        ("late-reply", id_, date(2026, 10, 16)) for id_ in ("never", "late", "aside")
    }
    assert ("late-monthly-report", "2026-09:370700", date(2026, 10, 6)) in whole
    for day in range(3, 31):
        end = date(2026, 10, day)
        assert sorted(told(FIRST, end) + told(end + timedelta(days=1), LAST)) == whole, end


@pytest.mark.parametrize(
    ("unit_of", "unit"),
    [(UnitOf.SUPERVISOR, "青山市教育局"), (UnitOf.UNIT, "青山一中"), (UnitOf.OFFICE, "青山市政府办公室")],
)
def test_who_answers_for_a_message_is_who_answers_for_a_case(stores: MemoryStores, unit_of, unit) -> None:
    site = Site(
        code="3706000001",
        name="青山一中",
        url="http://qs.gov.cn/",
        category=SiteCategory.CITY_DEPARTMENT,
        region="370600",
        organizer="青山一中",
        supervisor="青山市教育局",
    )
    stores.sites.upsert([site], at=at(FIRST), source="登记")
    stores.messages.add([msgspec.structs.replace(message("never", answered=None), site=site.code)])
    rules = msgspec.structs.replace(RULES, unit_of=unit_of)
    assert [each.unit for each in late_replies(stores, rules, FIRST, LAST)] == [unit]


def test_the_yearly_rules_count_messages_that_are_open_or_took_over_a_month(stores: MemoryStores) -> None:
    """Received on 12 October, due on the 15th."""
    aside = moved(message("aside", answered=None), MessageState.INVALID, at=at(date(2026, 12, 1)), by="甲")
    stores.messages.add(
        [
            message("open", answered=None),
            message("a-month", answered=date(2026, 11, 12)),
            message("longer", answered=date(2026, 11, 13)),
            aside,
        ]
    )
    annual = shipped_rules("annual")

    def told(last: date) -> dict[str, list[str]]:
        table = assess(annual, stores.cases, first=FIRST, last=last, providers=event_providers(stores))
        assert {unit.unit for unit in table} <= {"青山市政府办公室"}
        lines = [line for unit in table for line in unit.lines]
        rules = {line.rule.id for line in lines}
        return {rule: sorted(line.event.reference for line in lines if line.rule.id == rule) for rule in rules}

    assert told(LAST) == {"message-unhandled": ["open"], "message-over-a-month": ["longer"]}
    assert told(date(2026, 10, 31)) == {"message-unhandled": ["a-month", "aside", "longer", "open"]}
    assert told(date(2026, 10, 15)) == {}


def test_a_month_from_the_end_of_january_ends_with_february(stores: MemoryStores) -> None:
    received, due = date(2027, 1, 31), date(2027, 2, 3)
    for id_, day in (("in-time", date(2027, 2, 28)), ("longer", date(2027, 3, 1))):
        steps = (Step(at=at(received), by="平台", state=MessageState.ROUTED),)
        steps += (Step(at=at(day), by="青山市", state=MessageState.HANDLED),)
        told = msgspec.structs.replace(message(id_, answered=day), received_at=at(received), due=due, steps=steps)
        stores.messages.add([told])
    found = messages_over_a_month(stores, shipped_rules("annual"), received, date(2027, 12, 31))
    assert [each.reference for each in found] == ["longer"]


def test_all_providers_together_keep_to_a_region(stores: MemoryStores) -> None:
    stores.messages.add([message("never", answered=None)])
    fix(stores, "2026-09")

    def told(region: str) -> set[tuple[str, str]]:
        return {
            (event.rule, event.unit)
            for provider in event_providers(stores, region=region)
            for event in provider(RULES, FIRST, LAST)
        }

    late = {("late-monthly-report", "滨海市政府办公室")}
    assert told("3707") == late
    assert told("37") == late | {("late-monthly-report", "青山市政府办公室"), ("late-reply", "青山市政府办公室")}


def test_rules_without_such_a_rule_do_not_count_them(stores: MemoryStores) -> None:
    stores.messages.add([message("never", answered=None)])
    none = msgspec.structs.replace(RULES, rules=())
    assert not list(late_replies(stores, none, FIRST, LAST))
    assert not list(late_monthly_reports(stores, none, FIRST, LAST))
