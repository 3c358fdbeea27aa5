"""Rolling up and closing: the numbers add up, and nothing is closed by accident."""

from collections import defaultdict
from decimal import Decimal

import msgspec
import pytest

from inspection.checks import CHECK_PARAMS
from inspection.errors import Conflict
from inspection.sampling import ForcedClosing, RoundState
from inspection.scoring import Scorecard, Verdict
from inspection.standard import EditionLibrary
from inspection.statistics import Dimension
from inspection.statistics.estimate import CENSUS, EXACT
from inspection.workflows.close_round import close_round
from inspection.workflows.open_round import open_round
from inspection.workflows.roll_up import roll_up
from inspection.workflows.verify_round import manifest_of_round

EDITION = EditionLibrary(CHECK_PARAMS).get("2019")
COUNTS = ("sampled", "passed", "failed", "not_determined", "closed")


@pytest.fixture
def opened(stores, clock, draw_round):
    draw_round()
    open_round(
        "r1",
        EDITION,
        rounds=stores.rounds,
        sites=stores.sites,
        inspections=stores.inspections,
        queue=stores.queue,
        clock=clock,
    )
    return [member.code for member in stores.rounds.members("r1")]


def judge(stores, clock, code: str, verdict: Verdict, **rest) -> None:
    card = Scorecard(edition="2019", verdict=verdict, score=None, deducted=Decimal(0), **rest)
    stores.inspections.crawl_finished("r1", code, at=clock.now())
    stores.inspections.save_judgement("r1", code, card, [], at=clock.now())


@pytest.fixture
def roll(stores):
    def roll_it():
        ports = {name: getattr(stores, name) for name in ("rounds", "inspections", "sites", "pass_rates")}
        return {(rate.dimension, rate.key): rate for rate in roll_up("r1", **ports)}

    return roll_it


@pytest.fixture
def close(stores, clock):
    def close_it(reason: str = ""):
        names = ("rounds", "inspections", "sites", "pass_rates", "queue")
        return close_round("r1", clock=clock, reason=reason, **{name: getattr(stores, name) for name in names})

    return close_it


def test_rates_of_the_small_round(stores, clock, opened, roll):
    for code in opened:
        judge(stores, clock, code, Verdict.FAILED if code == "1101000099" else Verdict.PASSED)
    rates = roll()
    nation = rates[Dimension.NATION, "000000"]
    assert (nation.population, nation.sampled, nation.passed, nation.failed) == (30, 10, 9, 1)
    assert nation.rate == pytest.approx(29 / 30)
    assert nation.high == pytest.approx(29 / 30)
    assert nation.low < nation.rate
    assert (nation.label, nation.method) == ("全国", EXACT)
    portal = rates[Dimension.CATEGORY, "city-portal"]
    assert (portal.rate, portal.method, portal.small_cell) == (0.0, CENSUS, False)
    assert rates[Dimension.PROVINCE, "11"].population == 10
    assert rates[Dimension.CITY, "1101"].sampled == 4
    assert rates[Dimension.COUNTY, "110105"].sampled == 3
    assert (Dimension.COUNTY, "370600") not in rates
    assert rates[Dimension.PROVINCE_CATEGORY, "37/city-department"].label == "山东省 市级政府部门"
    assert stores.pass_rates.page("r1", limit=100) == sorted(rates.values(), key=lambda r: f"{r.dimension}:{r.key}")


def test_everything_adds_up(stores, clock, opened, roll):
    for number, code in enumerate(opened[:8]):
        judge(stores, clock, code, list(Verdict)[number % 4])
    rates = roll()
    sums = defaultdict(lambda: dict.fromkeys(("population", *COUNTS), 0))
    for (dimension, _), rate in rates.items():
        assert rate.sampled == rate.passed + rate.failed + rate.not_determined + rate.closed
        for name in sums[dimension]:
            sums[dimension][name] += getattr(rate, name)
    assert sums[Dimension.NATION] == {
        "population": 30,
        "sampled": 10,
        "passed": 2,
        "failed": 2,
        "not_determined": 4,
        "closed": 2,
    }
    for dimension in (Dimension.PROVINCE, Dimension.CATEGORY, Dimension.PROVINCE_CATEGORY):
        assert sums[dimension] == sums[Dimension.NATION]


def test_the_population_is_that_of_the_draw(stores, clock, opened, roll):
    """Sites that were renamed or moved since count where they stood."""
    before = roll()
    moved = [msgspec.structs.replace(site, region="650000", name="迁移") for site in stores.sites.all()]
    stores.sites.upsert(moved, at=clock.now(), source="later")
    assert roll() == before


def test_a_lost_inspection_is_not_passed_over(stores, opened, roll):
    code = opened[3]
    del stores.inspections._inspections[f"r1:{code}"]
    with pytest.raises(Conflict, match=f"1 个网站没有检查记录（例如 {code}）"):
        roll()


def test_a_lost_registry_is_not_guessed(stores, opened, roll):
    code = opened[0]
    stores.sites._sites[code] = msgspec.structs.replace(stores.sites.get(code), name="改写")
    stores.sites._history.clear()
    with pytest.raises(Conflict, match=f"网站 {code} 抽样时的登记内容已无从查考"):
        roll()


def test_a_drawn_round_has_no_rates_and_cannot_close(draw_round, roll, close):
    draw_round()
    with pytest.raises(Conflict, match="尚未开始"):
        roll()
    with pytest.raises(Conflict, match="尚未开始"):
        close()


def test_closing_waits_for_every_verdict(stores, clock, opened, close):
    for code in opened[:-2]:
        judge(stores, clock, code, Verdict.PASSED)
    stores.inspections.crawl_finished("r1", opened[-1], at=clock.now())
    with pytest.raises(Conflict, match=f"还有 2 个网站未判定（其中 1 个尚未抓取完成，例如 {opened[-2]}）"):
        close()
    assert stores.rounds.get("r1").state is RoundState.OPEN
    assert stores.queue.progress("r1").queued == 10


def test_closing_early_records_the_reason_on_each_scorecard(stores, clock, opened, close):
    for code in opened[:-2]:
        judge(stores, clock, code, Verdict.PASSED)
    assert close("机房停电").state is RoundState.CLOSED
    card = stores.inspections.get("r1", opened[-1]).scorecard
    assert card.verdict is Verdict.NOT_DETERMINED
    assert card.reasons == ("轮次提前结束时尚未判定：机房停电",)
    [nation] = stores.pass_rates.page("r1", dimension=Dimension.NATION)
    assert (nation.passed, nation.not_determined) == (8, 2)
    assert stores.queue.progress("r1").queued == 0


def test_closing_twice_changes_nothing(stores, clock, opened, close):
    for code in opened:
        judge(stores, clock, code, Verdict.PASSED)
    first = close()
    assert first.closed_at == clock.now()
    assert close() == first


def judge_with_unconfirmed(stores, clock, opened) -> list[str]:
    """All pass but four that fail by a veto nobody has confirmed and one whose veto somebody has."""
    unconfirmed, confirmed = opened[:4], opened[4]
    for code in opened:
        judge(stores, clock, code, Verdict.PASSED)
    for code in unconfirmed:
        judge(stores, clock, code, Verdict.FAILED, vetoes=("N19-V1",), provisional=True, reasons=("单项否决",))
    judge(stores, clock, confirmed, Verdict.FAILED, vetoes=("N19-V1",))
    return unconfirmed


def test_closing_waits_for_vetoes_to_be_reviewed(stores, clock, opened, close):
    first, *_, last = judge_with_unconfirmed(stores, clock, opened)
    with pytest.raises(Conflict, match="4 个网站仅因未经人工确认的单项否决不合格，例如") as refused:
        close()
    told = str(refused.value)
    assert f"{first} {stores.sites.get(first).name}（N19-V1）" in told
    assert "xuncha review list r1 --vetoes" in told
    assert last not in told, "the first three are named"
    assert opened[4] not in told
    assert stores.rounds.get("r1").state is RoundState.OPEN


def test_unconfirmed_vetoes_are_not_determined_where_closing_is_forced(stores, clock, opened, close, roll):
    unconfirmed = judge_with_unconfirmed(stores, clock, opened)
    before = roll()[Dimension.NATION, "000000"]
    closed = close(" 复核员离岗 ")
    assert closed.forced == ForcedClosing(reason="复核员离岗", unjudged=0, unconfirmed=4)
    card = stores.inspections.get("r1", unconfirmed[0]).scorecard
    assert (card.verdict, card.provisional, card.vetoes) == (Verdict.NOT_DETERMINED, False, ())
    assert card.undetermined == ("N19-V1",)
    assert card.reasons == ("轮次结束时否决项未经人工确认，不作判定：复核员离岗", "单项否决")
    [nation] = stores.pass_rates.page("r1", dimension=Dimension.NATION)
    assert (nation.sampled, nation.passed, nation.failed, nation.not_determined, nation.closed) == (10, 5, 1, 4, 0)
    assert nation.rate > before.rate
    assert nation.worst < nation.rate
    assert manifest_of_round("r1", rounds=stores.rounds).forced == closed.forced


def test_a_forced_closing_begun_twice_tells_all_of_it(stores, clock, opened, close):
    """The process died after the scorecards were written and before the round was closed."""
    judge_with_unconfirmed(stores, clock, opened)
    drop, stores.rounds.move = stores.rounds.move, None
    with pytest.raises(TypeError):
        close("停电")
    stores.rounds.move = drop
    assert close().forced == ForcedClosing(reason="停电", unjudged=0, unconfirmed=4)


def test_a_recheck_may_close_on_unconfirmed_vetoes(stores, clock, opened, close):
    unconfirmed = judge_with_unconfirmed(stores, clock, opened)
    stores.rounds._rounds["r1"] = msgspec.structs.replace(stores.rounds.get("r1"), recheck=True)
    assert close().forced is None
    assert stores.inspections.get("r1", unconfirmed[0]).scorecard.provisional
