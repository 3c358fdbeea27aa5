"""Verification sampling by reporting office: the draw, the weights, what may be said."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from inspection.errors import InputRejected, RuleBroken
from inspection.reporting import ReportedResult, VerificationDraw
from inspection.reporting.rules import parse_rules, shipped_rules
from inspection.reporting.verification import Agreement, OfficeResults, compare, draw_results, statement_of
from inspection.sampling.plan import Size
from inspection.scoring import Verdict
from inspection.statistics.hypergeometric import bounds

PASSED, FAILED, OPEN = Verdict.PASSED, Verdict.FAILED, Verdict.NOT_DETERMINED
RULE = shipped_rules().verification


def office(id_: str, number: int, *, apart: int = 0) -> OfficeResults:
    """``number`` decided results (each third failed) and ``apart`` others."""
    verdicts = [FAILED if n % 3 == 0 else PASSED for n in range(number)] + [OPEN] * apart
    batch = f"p:{id_}:1"
    results = tuple(
        ReportedResult(id=f"{batch}:{id_}{n:04}", batch=batch, code=f"{id_}{n:04}", verdict=verdict)
        for n, verdict in enumerate(verdicts)
    )
    return OfficeResults(office=id_, name=f"{id_}市", batch=batch, results=results)


OFFICES = [office("a", 900, apart=10), office("b", 95), office("c", 3)]


def drawn(offices: list[OfficeResults], count: int) -> tuple[VerificationDraw, list[ReportedResult]]:
    found = draw_results(offices, "s", Size(count=count), min_per_office=5)
    record = VerificationDraw(
        **{"id": "v", "office": "up", "period": "p", "seed": "s", "batches": tuple(each.batch for each in offices)},
        results_digest=found.results_digest,
        population=found.population,
        apart=found.apart,
        drawn=tuple(each.id for each in found.drawn),
        drawn_at=datetime(2017, 4, 3, tzinfo=UTC),
        strata=found.strata,
    )
    return record, list(found.drawn)


def against(record: VerificationDraw, rows: list[ReportedResult], **differ: int) -> Agreement:
    """The comparison where the first so many results of an office are found to be the other way round."""
    found: dict[str, Verdict | None] = {}
    for row in rows:
        wrong = differ.get(row.code[0], 0)
        other = FAILED if row.verdict is PASSED else PASSED
        found[row.code] = other if wrong > 0 else row.verdict
        differ[row.code[0]] = wrong - 1
    return compare(record, rows, found, alpha=0.05)


def test_every_office_gives_its_part_and_none_less_than_the_minimum() -> None:
    record, rows = drawn(OFFICES, 100)
    assert [(each.office, each.population, each.apart, each.drawn) for each in record.strata] == [
        ("a", 900, 10, 88),
        ("b", 95, 0, 9),
        ("c", 3, 0, 3),
    ]
    assert {each.office: sum(row.batch == each.batch for row in rows) for each in record.strata} == {
        each.office: each.drawn for each in record.strata
    }
    assert (record.population, record.apart) == (998, 10)


def test_the_draw_follows_from_results_and_seed_alone() -> None:
    first = draw_results(OFFICES, "s", Size(count=100), min_per_office=5)
    turned = [msgspec.structs.replace(each, results=each.results[::-1]) for each in reversed(OFFICES)]
    assert first == draw_results(turned, "s", Size(count=100), min_per_office=5)
    assert first.drawn != draw_results(OFFICES, "t", Size(count=100), min_per_office=5).drawn
    with pytest.raises(RuleBroken, match="没有种子"):
        draw_results(OFFICES, " ", Size(count=100), min_per_office=5)


def test_a_share_is_never_less_than_the_minimum_and_a_number_that_is_gets_refused() -> None:
    least = draw_results(OFFICES, "s", Size(share=Decimal("0.001")), min_per_office=5)
    assert [each.drawn for each in least.strata] == [5, 5, 3]
    told = (
        "复核个数为 12，至少应为 13：3 个报送单位每个至少复核 5 个，其中 1 个单位的结果不足 5 个（共 3 个），全部复核；"
    )
    with pytest.raises(InputRejected, match=told):
        draw_results(OFFICES, "s", Size(count=12), min_per_office=5)


def test_an_office_without_a_decided_result_is_listed_and_gives_none() -> None:
    found = draw_results([*OFFICES, office("d", 0, apart=4)], "s", Size(count=100), min_per_office=5)
    assert (found.strata[-1].drawn, found.strata[-1].apart, found.apart) == (0, 4, 14)


def test_offices_are_weighted_by_their_results() -> None:
    found = against(*drawn(OFFICES, 100), b=3, c=1)
    assert found.agreed == 96
    assert found.rate == pytest.approx((900 * 1 + 95 * 6 / 9 + 3 * 2 / 3) / 998)
    assert found.rate != pytest.approx(0.96)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.rate < found.high
    by_office = {line.office: line for line in found.offices}
    assert (by_office["b"].rate, by_office["b"].low) == (pytest.approx(6 / 9), bounds(6, 9, 95)[0])
    assert by_office["c"].low == by_office["c"].high, "all of its results were verified"
    assert by_office["b"].is_small
    assert not by_office["c"].is_small
    assert by_office["b"].kappa is not None


def test_what_could_not_be_verified_counts_as_missing_within_its_office() -> None:
    record, rows = drawn(OFFICES, 100)
    verdicts = {row.code: row.verdict for row in rows}
    of_b = [row.code for row in rows if row.code.startswith("b")]
    found = compare(record, rows, {**verdicts, **dict.fromkeys(of_b[:4], OPEN), of_b[4]: FAILED}, alpha=0.05)
    line = next(each for each in found.offices if each.office == "b")
    assert (line.drawn, line.compared, line.not_determined) == (9, 5, 4)
    wrong = verdicts[of_b[4]] is not FAILED
    assert found.rate == pytest.approx((900 + 3 + 95 * (5 - wrong) / 5) / 998)


def test_nothing_is_called_true_of_an_office_of_which_nothing_is_compared() -> None:
    record, rows = drawn(OFFICES, 100)
    found = compare(record, rows, {row.code: OPEN if row.code[0] == "c" else row.verdict for row in rows}, alpha=0.05)
    assert found.low is not None
    assert found.low > RULE.agreement_low
    said = statement_of(found, RULE)
    assert not said.holds
    assert "c市的上报结果没有一个可以比较" in said.text
    assert statement_of(against(record, rows), RULE).holds


def test_a_heavy_office_that_is_wrong_is_not_hidden_by_many_small_ones() -> None:
    offices = [office("a", 2000), *(office(each, 6) for each in "bcdefghijklmnop")]
    found = against(*drawn(offices, 150), a=12)
    assert found.agreed / found.compared > RULE.agreement_low, "all in one pot it would look well"
    assert found.rate is not None
    assert found.rate < RULE.agreement_low
    assert not statement_of(found, RULE).holds


def test_a_draw_of_an_earlier_version_is_read_and_compared_as_it_was_made() -> None:
    record, rows = drawn(OFFICES, 100)
    stored = msgspec.to_builtins(record)
    del stored["strata"]
    old = msgspec.convert(stored, VerificationDraw)
    found = against(old, rows, b=3)
    assert (found.rate, found.low, found.high) == pytest.approx((0.97, *bounds(97, 100, 998)))
    assert found.offices == ()
    assert "加权" not in statement_of(found, RULE).text


def test_rules_of_ones_own_may_leave_out_tables() -> None:
    own = parse_rules('[draw]\nshare = 0.2\nmin_per_office = 1\nsource = "engineering"', origin="own.toml")
    assert (own.draw.share, own.verification) == (Decimal("0.2"), RULE)
    for wrong in ("share = 0.0\nmin_per_office = 1", "share = 0.1\nmin_per_office = 0"):
        with pytest.raises(InputRejected, match=r"own.toml 有误：draw"):
            parse_rules(f'[draw]\n{wrong}\nsource = "engineering"', origin="own.toml")
