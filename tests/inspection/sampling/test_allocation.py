"""Allocation: exact numbers, and properties that hold for every plan."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspection.errors import InputRejected
from inspection.sampling.allocation import allocate, total_size
from inspection.sampling.plan import Allocation, AllocationMethod, Size

FIXED = AllocationMethod.FIXED
NEYMAN = AllocationMethod.NEYMAN

CASES = [
    pytest.param(Allocation(), {"a": 50, "b": 30, "c": 20}, 10, {"a": 5, "b": 3, "c": 2}, id="proportional"),
    pytest.param(Allocation(), {"a": 1, "b": 1, "c": 1}, 2, None, id="fewer sites than strata"),
    pytest.param(Allocation(), {"a": 10, "b": 10, "c": 10}, 4, {"a": 2, "b": 1, "c": 1}, id="tie: first name"),
    pytest.param(Allocation(), {"a": 59, "b": 29, "c": 12}, 10, {"a": 6, "b": 3, "c": 1}, id="largest remainder"),
    pytest.param(Allocation(), {"a": 1000, "b": 1}, 10, {"a": 9, "b": 1}, id="at least one"),
    pytest.param(
        Allocation(min_per_stratum=3), {"a": 1000, "b": 2, "c": 50}, 20, {"a": 15, "b": 2, "c": 3}, id="at least three"
    ),
    pytest.param(Allocation(), {"a": 3, "b": 4}, 7, {"a": 3, "b": 4}, id="census"),
    pytest.param(
        # weights 100 * sqrt(.5*.5) and 100 * sqrt(.9*.1): 5 to 3
        Allocation(method=NEYMAN, rates={"a": Decimal("0.5")}, default_rate=Decimal("0.9")),
        {"a": 100, "b": 100},
        16,
        {"a": 10, "b": 6},
        id="neyman",
    ),
    pytest.param(
        # "a" cannot give its quota of 10; what it lacks goes on to "b" and "c" by their weights
        Allocation(method=NEYMAN, rates={"a": Decimal("0.5")}, default_rate=Decimal("0.99")),
        {"a": 5, "b": 20, "c": 10},
        11,
        {"a": 5, "b": 4, "c": 2},
        id="capped, surplus goes on",
    ),
    pytest.param(
        Allocation(method=NEYMAN, rates={"11": Decimal("0.5"), "x": Decimal("0.8"), "12/x": Decimal("0.5")}),
        {"11/x": 100, "11/y": 100, "12/x": 100, "12/y": 100},
        40,
        # 0.4 (class x), 0.5 (region 11), 0.5 (by name), 0.3 (default): of 40 / 1.7
        {"11/x": 9, "11/y": 12, "12/x": 12, "12/y": 7},
        id="neyman: name, then class, then region, then default",
    ),
    pytest.param(
        Allocation(method=FIXED, counts={"a": 5, "b": 9}, default_count=1),
        {"a": 50, "b": 3, "c": 20},
        0,
        {"a": 5, "b": 3, "c": 1},
        id="fixed: capped, surplus lapses",
    ),
    pytest.param(Allocation(method=FIXED, counts={"a": 5}), {"a": 50, "b": 3}, 0, None, id="fixed: one forgotten"),
    pytest.param(
        Allocation(method=FIXED, counts={"aa": 5}, default_count=1), {"a": 50, "b": 3}, 0, None, id="fixed: misspelt"
    ),
    pytest.param(Allocation(method=NEYMAN, rates={"zz": Decimal("0.5")}), {"a": 50}, 5, None, id="neyman: misspelt"),
]


@pytest.mark.parametrize(("allocation", "populations", "size", "expected"), CASES)
def test_numbers(allocation, populations, size, expected):
    if expected is None:
        with pytest.raises(InputRejected):
            allocate(allocation, populations, size)
    else:
        assert allocate(allocation, populations, size) == expected


def test_national_sample_over_the_seven_classes():
    """Shares of 43,143 for 469 sites, rounded by hand."""
    classes = {"1": 2229, "2": 32, "3": 2591, "4": 496, "5": 17211, "6": 2773, "7": 17811}
    numbers = allocate(Allocation(), classes, 469)
    assert numbers == {"1": 24, "2": 1, "3": 28, "4": 6, "5": 187, "6": 30, "7": 193}


@given(
    populations=st.dictionaries(st.text("abc", min_size=1), st.integers(1, 5000), min_size=1, max_size=12),
    data=st.data(),
)
def test_sum_bounds_and_order(populations, data):
    minimum = data.draw(st.integers(1, 3))
    needed = sum(min(minimum, n) for n in populations.values())
    size = data.draw(st.integers(needed, sum(populations.values())))
    method = data.draw(st.sampled_from([AllocationMethod.PROPORTIONAL, NEYMAN]))
    numbers = allocate(Allocation(method=method, min_per_stratum=minimum), populations, size)
    assert sum(numbers.values()) == size
    for stratum, population in populations.items():
        assert min(minimum, population) <= numbers[stratum] <= population
    for one in populations:
        for other in populations:
            if populations[one] >= populations[other]:
                assert numbers[one] >= numbers[other] - 1


@pytest.mark.parametrize(
    ("size", "population", "expected"),
    [
        (Size(count=5), 5, 5),
        (Size(share=Decimal("0.3")), 10, 3),
        (Size(share=Decimal("0.3")), 11, 4),
        (Size(share=Decimal("0.0001")), 10, 1),
        (Size(share=Decimal("1")), 10, 10),
    ],
)
def test_total_size_rounds_shares_up(size, population, expected):
    assert total_size(size, population) == expected


def test_a_sample_cannot_exceed_the_population():
    with pytest.raises(InputRejected, match="大于总体 5"):
        total_size(Size(count=6), 5)
