"""The parts of a bulletin from records, with the published numbers of the first quarter of 2017."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from inspection.accountability import Accountability
from inspection.assessment.scoring_rules import shipped_rules as scoring_rules
from inspection.messages import Message, MessageState
from inspection.messages.message import Step
from inspection.offices import Office, OfficeLevel
from inspection.registry import regions
from inspection.reporting import ReportedRound
from inspection.reporting.report import Filing, Totals
from inspection.reporting.rules import shipped_rules
from inspection.sampling import Round, RoundState
from inspection.workflows.bulletin_parts import Reported, bulletin_parts
from inspection.workflows.fix_late_lists import fix_late_list_of
from inspection.workflows.gather_figures import BulletinScope
from store.memory import MemoryStores

AT = datetime(2017, 3, 20, tzinfo=UTC)
SCOPE = BulletinScope(
    round_id="r",
    office=Office(id="guoban", name="国务院办公厅", level=OfficeLevel.NATIONAL),
    period="2017年第一季度",
    area="全国",
    until=date(2017, 3, 31),
)


@pytest.fixture
def stores() -> MemoryStores:
    stores = MemoryStores()
    stores.rounds.add(
        Round(
            id="r",
            title="r",
            as_of=date(2017, 3, 31),
            edition="2015",
            plan="",
            seed="",
            registry_digest="",
            sample_digest="",
            state=RoundState.CLOSED,
            drawn_at=AT,
        ),
        (),
        (),
    )
    return stores


def report(office: str, level: OfficeLevel, region: str, sampled: int, failed: int) -> ReportedRound:
    totals = Totals(running=sampled * 5, sampled=sampled, passed=sampled - failed, failed=failed)
    filing = Filing(totals=totals, as_of=date(2017, 3, 31), filed_at=AT, by="甲")
    return ReportedRound(
        id=f"2017Q1:{office}",
        region=region,
        office=office,
        office_name=office,
        level=level,
        period="2017Q1",
        filings=(filing,),
    )


def test_reported_rounds_of_regions_and_71_departments_make_7768_sites_and_92_percent(stores: MemoryStores) -> None:
    provinces = [code for code in regions.provinces() if code[:2] != "00"]
    reports = [report(f"p{code}", OfficeLevel.PROVINCIAL, code, 220, 19) for code in provinces]
    left = 7768 - 220 * len(provinces)
    each, more = divmod(left, 71)
    reports += [
        report(f"d{n:02}", OfficeLevel.DEPARTMENTAL, "000000", each + (n < more), 0 if n % 2 else 1) for n in range(71)
    ]
    stores.reports.add(reports)
    parts = bulletin_parts(stores, since=date(2017, 1, 1), reports=Reported(period="2017Q1", rules=shipped_rules()))
    found = parts["reported"](SCOPE)
    assert found is not None
    assert (found.sample.sampled, found.regions, found.departments) == (7768, len(provinces), 71)
    assert found.sample.rate is not None
    assert round(found.sample.rate, 2) == 0.92
    assert bulletin_parts(stores, since=date(2017, 1, 1))["reported"](SCOPE) is None


def test_messages_until_a_day_and_their_handled_share(stores: MemoryStores) -> None:
    def message(n: int, state: MessageState) -> Message:
        return Message(
            id=f"m{n:05}",
            region="370600",
            received_at=AT,
            channel="找错",
            text="死链",
            state=state,
            due=date(2017, 3, 23),
            rule="national",
            office="o",
            steps=(Step(at=AT, by="平台", state=state),),
        )

    handled = round(4176 * 0.99)
    stores.messages.add([message(n, MessageState.HANDLED) for n in range(handled)])
    stores.messages.add([message(n, MessageState.ROUTED) for n in range(handled, 4176)])
    stores.messages.add([message(9000 + n, MessageState.INVALID) for n in range(50)])
    found = bulletin_parts(stores, since=date(2017, 1, 1))["messages"](SCOPE)
    assert found is not None
    assert (found.valid, found.handled, found.overdue) == (4176, handled, 4176 - handled)
    assert found.handled_share is not None
    assert f"{found.handled_share:.0%}" == "99%"


def test_persons_held_to_account_in_the_period(stores: MemoryStores) -> None:
    kinds = [kind.id for kind in stores.rules.accountability.kinds]
    numbers = [19, 6, 10, 3, 10]
    stores.accountability.add(
        [
            Accountability(id=f"a{n}", kind=kind, persons=persons, unit="某局", on=date(2017, 3, 1))
            for n, (kind, persons) in enumerate(zip(kinds, numbers, strict=False))
        ]
        + [Accountability(id="before", kind=kinds[0], persons=99, unit="某局", on=date(2016, 12, 31))]
    )
    found = bulletin_parts(stores, since=date(2017, 1, 1))["accountability"](SCOPE)
    assert found is not None
    assert [number for _, number in found.persons] == numbers
    assert found.total == 48


def test_a_department_tells_of_its_own_persons_alone(stores: MemoryStores) -> None:
    kind = stores.rules.accountability.kinds[0].id
    stores.accountability.add(
        [
            Accountability(id=f"a{department}", kind=kind, persons=n, unit="某司", on=AT.date(), department=department)
            for n, department in enumerate(("07", "55", ""), 1)
        ]
    )
    office = Office(id="gongxin", name="工业和信息化部", level=OfficeLevel.DEPARTMENTAL, department="07")
    scope = msgspec.structs.replace(SCOPE, office=office, until=AT.date())
    found = bulletin_parts(stores, since=AT.date())["accountability"](scope)
    assert found is not None
    assert found.total == 1


def test_of_what_nothing_is_on_file_nothing_is_said(stores: MemoryStores) -> None:
    parts = bulletin_parts(stores, since=date(2017, 1, 1))
    assert [parts[name](SCOPE) for name in ("rectification", "messages", "accountability")] == [None] * 3  # type: ignore[literal-required]
    assert parts["deductions"](SCOPE) == ()


def test_deductions_count_late_monthly_reports_of_the_office_own_region(stores: MemoryStores) -> None:
    """As the assessment of the same units does."""
    for id_, region in (("qs", "370600"), ("gz", "440100")):
        stores.offices.add([Office(id=id_, name=id_, level=OfficeLevel.MUNICIPAL, region=region)])
    fix_late_list_of("2017-02", date(2017, 3, 6), stores, stores.rules.monthly)
    parts = bulletin_parts(stores, since=date(2017, 3, 1), assessment=scoring_rules("city-example"))
    province = Office(id="sd", name="山东省政府办公厅", level=OfficeLevel.PROVINCIAL, region="370000")
    [row] = parts["deductions"](msgspec.structs.replace(SCOPE, office=province))
    assert row.unit == "qs"
    assert len(parts["deductions"](SCOPE)) == 2
