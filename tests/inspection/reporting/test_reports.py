"""Reported rounds: the form against its rows, corrections, sums, verification, self-checks."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from inspection.errors import Conflict, InputRejected
from inspection.offices import Office, OfficeLevel
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.reporting.report import StatedTotals
from inspection.reporting.rules import parse_rules, shipped_rules
from inspection.reporting.verification import statement_of
from inspection.sampling.plan import Size
from inspection.scoring import Scorecard, Verdict
from inspection.workflows.file_report import Filed, file_report
from inspection.workflows.file_self_check import file_self_check, self_check_status
from inspection.workflows.import_registry import RawRow
from inspection.workflows.open_round import open_round
from inspection.workflows.sum_reports import sum_reports
from inspection.workflows.verify_reports import draw_verification, verification_result
from store.memory import MemoryStores

NOW = datetime(2017, 4, 3, 4, tzinfo=UTC)
NATION = Office(id="guoban", name="国务院办公厅", level=OfficeLevel.NATIONAL)
PROVINCE = Office(id="sd", name="山东省政府办公厅", level=OfficeLevel.PROVINCIAL, region="370000", parent="guoban")
CITY = Office(id="yt", name="青山市政府办公室", level=OfficeLevel.MUNICIPAL, region="370600", parent="sd")
MINISTRY = Office(id="bm07", name="某部", level=OfficeLevel.DEPARTMENTAL, department="07", parent="guoban")
SITES = 40
RULES = shipped_rules()


class Clock:
    def now(self) -> datetime:
        return NOW


def site(n: int, **rest: object) -> Site:
    values = {"category": SiteCategory.CITY_DEPARTMENT, "region": "370600", **rest}
    return Site(code=f"370600{n:04d}", name=f"{n}局", url=f"http://s{n}.cn/", **values)  # type: ignore[arg-type]


@pytest.fixture
def stores() -> MemoryStores:
    stores = MemoryStores()
    stores.sites.upsert([site(n) for n in range(SITES)], at=NOW, source="t")
    stores.offices.add([NATION, PROVINCE, CITY, MINISTRY])
    return stores


def rows(verdicts: dict[int, str]) -> list[RawRow]:
    return [
        RawRow(line=n + 2, values={"code": f"370600{n:04d}", "verdict": verdict, "problems": "死链；空白栏目"})
        for n, verdict in verdicts.items()
    ]


def file(
    stores: MemoryStores, verdicts: dict[int, str] | None, *, office: str = "sd", reason: str = "", **said: int
) -> Filed:
    return file_report(
        None if verdicts is None else rows(verdicts),
        StatedTotals(**said),
        office_id=office,
        period="2017Q1",
        as_of=date(2017, 3, 31),
        by="甲",
        source="x.csv",
        reason=reason,
        stores=stores,
        clock=Clock(),
        rules=RULES,
    )


def test_the_form_is_held_against_its_rows(stores: MemoryStores) -> None:
    done = file(stores, {0: "合格", 1: "不合格", 2: "未判定"}, sampled=3, passed=1).report
    assert done is not None
    assert (done.totals.running, done.totals.sampled, done.totals.failed, done.totals.not_determined) == (
        SITES,
        3,
        1,
        1,
    )
    with pytest.raises(InputRejected, match="报表合格 3 个，明细中有 2 个"):
        file(stores, {0: "合格", 1: "合格"}, passed=3)
    with pytest.raises(InputRejected, match=r"合格 9 \+ 不合格 2 .* = 11，而抽查为 12，相差 1"):
        file(stores, None, sampled=12, passed=9, failed=2)


def test_one_bad_row_and_nothing_is_stored(stores: MemoryStores) -> None:
    bad = file(stores, {0: "合格", 99: "合格", 1: "好"})
    assert bad.report is None
    assert {(each.problem.column, each.problem.value) for each in bad.problems} == {
        ("code", "3706000099"),
        ("verdict", "好"),
    }
    assert not stores.reports.page()


@pytest.mark.parametrize(
    ("inspected_on", "taken"),
    [("2016-09-30", False), ("2016-10-01", True), ("2017-07-01", True), ("2017-07-02", False), ("2019-09-01", False)],
)
def test_results_inspected_outside_their_period_are_refused(
    stores: MemoryStores, inspected_on: str, taken: bool
) -> None:
    given = [RawRow(line=2, values={"code": "3706000001", "verdict": "合格", "inspected_on": inspected_on})]
    common = {"period": "2017Q1", "by": "甲", "rules": RULES, "stores": stores, "clock": Clock()}
    told = file_report(
        given,
        StatedTotals(),
        office_id="yt",
        as_of=date(2020, 1, 1),
        source="x.csv",
        reason="",
        **common,  # type: ignore[arg-type]
    )
    form = file_self_check(
        given,
        b"%PDF-1.4",
        office_id="yt",
        signatory="李局长",
        signed_on=date(2020, 1, 1),
        **common,  # type: ignore[arg-type]
    )
    assert [told.report is not None, form.check is not None] == [taken, taken]
    for problems in (told.problems, form.problems):
        assert [each.problem.column for each in problems] == ([] if taken else ["inspected_on"])
        assert all("2016-10-01 至 2017-07-01" in each.problem.reason for each in problems)


def test_how_long_before_and_after_a_period_is_a_rule() -> None:
    own = parse_rules('[inspected]\ndays_before = 0\ndays_after = 10\nsource = "engineering"', origin="x.toml")
    assert own.inspected.days("2017-02") == (date(2017, 2, 1), date(2017, 3, 10))
    assert own.inspected.days("2017H2") == (date(2017, 7, 1), date(2018, 1, 10))
    assert own.inspected.days("2016") == (date(2016, 1, 1), date(2017, 1, 10))


def test_a_correction_needs_a_reason_and_the_last_filing_counts(stores: MemoryStores) -> None:
    file(stores, None, sampled=10, passed=9, failed=1)
    again = file(stores, None, sampled=10, passed=9, failed=1).report
    assert again is not None
    assert len(again.filings) == 1, "the same once more is no correction"
    with pytest.raises(InputRejected, match="用 --reason 说明原因"):
        file(stores, None, sampled=10, passed=8, failed=2)
    corrected = file(stores, None, sampled=10, passed=8, failed=2, reason="漏报一个").report
    assert corrected is not None
    assert (corrected.totals.passed, len(corrected.filings)) == (8, 2)


def test_what_a_province_and_its_city_report_is_not_added_up_twice(stores: MemoryStores) -> None:
    file(stores, None, office="sd", sampled=30, passed=27, failed=3, running=100)
    file(stores, None, office="yt", sampled=10, passed=5, failed=5, running=40)
    file(stores, None, office="bm07", sampled=20, passed=20, failed=0, running=20)
    found = sum_reports(NATION, "2017Q1", reports=stores.reports, below=0.95)
    assert (found.sample.sampled, found.sample.passed, found.sample.failed) == (50, 47, 3)
    assert (found.regions, found.departments, found.sample.units) == (1, 1, 2)
    assert found.sample.share_of_running == pytest.approx(50 / 120)
    assert (found.sample.full, found.sample.below) == ((), ("山东",)), "lists are of regions"


def test_a_department_is_not_taken_for_part_of_another_whose_id_it_begins_with(stores: MemoryStores) -> None:
    twin = msgspec.structs.replace(MINISTRY, id="bm071", name="另一部", department="08")
    stores.offices.add([twin])
    for office in ("bm07", "bm071"):
        file(stores, None, office=office, sampled=5, passed=5, failed=0, running=9)
    found = sum_reports(NATION, "2017Q1", reports=stores.reports, below=0.7)
    assert (found.departments, found.sample.sampled) == (2, 10)


def verified(stores: MemoryStores, verdict_of: dict[str, Verdict]) -> None:
    """The round of a verification with these verdicts (passed, where there is none)."""
    for row in list(stores.inspections.verdicts("v1")):
        card = Scorecard(
            edition="2015", verdict=verdict_of.get(row.code, Verdict.PASSED), score=None, deducted=0, reasons=()
        )
        stores.inspections.save_judgement("v1", row.code, card, [], at=NOW)


def drawn(stores: MemoryStores, size: int) -> tuple[str, ...]:
    draw = draw_verification(
        round_id="v1",
        title="抽样复核",
        office_id="guoban",
        period="2017Q1",
        seed="种子",
        size=Size(count=size),
        min_per_office=5,
        as_of=date(2017, 4, 3),
        edition="2015",
        stores=stores,
        clock=Clock(),
        drill=True,
    )
    open_round(
        "v1",
        stores.editions.get("2015"),
        rounds=stores.rounds,
        sites=stores.sites,
        inspections=stores.inspections,
        queue=stores.queue,
        clock=Clock(),
    )
    return tuple(id_.rpartition(":")[2] for id_ in draw.drawn)


def test_a_round_of_the_same_id_is_not_taken_for_that_of_a_verification(stores: MemoryStores) -> None:
    file(stores, dict.fromkeys(range(SITES), "合格"))
    drawn(stores, SITES - 2)
    [draw] = stores.verifications.page()
    fresh = msgspec.structs.replace(stores.rounds.get("v1"), seed="别的种子")
    others = MemoryStores()
    others.rounds.add(fresh, list(stores.rounds.members("v1")), [])
    others.offices.add(list(stores.offices.page()))
    others.reports.add(list(stores.reports.page()))
    others.reported_results.add(list(stores.reported_results.page()))
    with pytest.raises(Conflict, match="v1 已存在，并不是这次抽样复核的轮次"):
        drawn(others, SITES - 2)
    assert others.verifications.find(draw.id) is None


def test_reported_results_are_called_true_only_where_the_bound_holds(stores: MemoryStores) -> None:
    file(stores, dict.fromkeys(range(SITES), "合格"))
    codes = drawn(stores, SITES - 2)
    assert len(codes) == SITES - 2
    pending = verification_result("v1", stores=stores, rule=RULES.verification)
    assert not pending.statement.holds
    verified(stores, {})
    good = verification_result("v1", stores=stores, rule=RULES.verification)
    assert good.agreement.agreed == SITES - 2
    assert good.statement.holds
    assert "真实准确" in good.statement.text
    verified(stores, dict.fromkeys(codes[:9], Verdict.FAILED) | {codes[-1]: Verdict.NOT_DETERMINED})
    bad = verification_result("v1", stores=stores, rule=RULES.verification)
    assert (bad.agreement.compared, bad.agreement.agreed, bad.agreement.not_determined) == (SITES - 3, SITES - 12, 1)
    assert [each.code for each in bad.agreement.disagreements] == list(codes[:9])
    assert not bad.statement.holds
    assert "不能认定" in bad.statement.text
    assert statement_of(bad.agreement, msgspec.structs.replace(RULES.verification, agreement_low=0.5)).holds


def test_a_self_check_covers_every_site_that_is_not_closed(stores: MemoryStores) -> None:
    stores.sites.upsert([site(0, status=SiteStatus.CLOSED)], at=NOW, source="t")
    common = {
        **{"office_id": "yt", "period": "2017Q1", "signatory": "李局长", "signed_on": date(2017, 3, 30), "by": "甲"},
        **{"rules": RULES, "stores": stores, "clock": Clock()},
    }
    with pytest.raises(InputRejected, match="扫描件的内容不是"):
        file_self_check(rows({1: "合格"}), b"GIF89a", **common)  # type: ignore[arg-type]
    done = file_self_check(rows(dict.fromkeys(range(1, SITES - 1), "合格")), b"%PDF-1.4 x", **common).check  # type: ignore[arg-type]
    assert done is not None
    assert stores.snapshots.get(done.scan.digest) == b"%PDF-1.4 x"
    status = self_check_status("sd", "2017Q1", stores=stores)
    assert (status.sites, status.verdicts[Verdict.PASSED]) == (SITES - 1, SITES - 2)
    assert [each.code for each in status.missing] == [f"370600{SITES - 1:04d}"]
    file_self_check(rows({SITES - 1: "不合格"}), b"%PDF-1.4 y", **common)  # type: ignore[arg-type]
    assert self_check_status("yt", "2017Q1", stores=stores).is_complete
