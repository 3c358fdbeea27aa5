"""Rates of two rounds side by side, whatever groups each has."""

from msgspec.structs import replace

from inspection.statistics import Dimension, PassRate
from inspection.workflows.compare_rates import changes_since, stored_rates

RATE = PassRate(
    round_id="r2",
    dimension=Dimension.COUNTY,
    key="",
    label="某县",
    population=100,
    sampled=50,
    passed=40,
    failed=10,
    not_determined=0,
    closed=0,
    rate=0.8,
    low=0.7,
    high=0.9,
    method="m",
    small_cell=False,
)


def counties(round_id: str, keys, share: float) -> list[PassRate]:
    return [replace(RATE, round_id=round_id, key=key, rate=share) for key in keys]


def test_each_group_meets_its_own(stores):
    old = [f"{n:06d}" for n in range(110100, 110140) if n % 7]
    nation = replace(RATE, round_id="r1", dimension=Dimension.NATION, key="000000", rate=0.75)
    stores.pass_rates.replace("r1", sorted([nation, *counties("r1", old, 0.7)], key=lambda rate: rate.sort_key))
    new = [f"{n:06d}" for n in range(110105, 110145)]
    rates = [*counties("r2", new, 0.8), replace(RATE, dimension=Dimension.NATION, key="000000", rate=0.8)]
    changes = changes_since("r1", rates, stores.pass_rates)
    found = {rate.key: change for rate, change in zip(rates, changes, strict=True)}
    assert {key for key, change in found.items() if change is None} == set(new) - set(old)
    assert round(found["110106"].points, 6) == 10
    assert round(found["000000"].points, 6) == 5


def test_a_page_of_one_and_a_page_of_none(stores):
    stores.pass_rates.replace("r1", counties("r1", ["110101", "110102"], 0.7))
    [change] = changes_since("r1", counties("r2", ["110102"], 0.8), stores.pass_rates)
    assert round(change.points, 6) == 10
    assert changes_since("r1", [], stores.pass_rates) == []
    assert [rate.key for rate in stored_rates(stores.pass_rates, "r1", Dimension.COUNTY)] == ["110101", "110102"]
