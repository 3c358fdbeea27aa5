"""Pass rates by a few words."""

import pytest

from inspection.statistics import Dimension, PassRate


@pytest.fixture
def rated():
    """A rate of so many passed and failed sites; keyword arguments replace fields."""

    def make(key: str = "37", passed: int = 90, failed: int = 10, **rest) -> PassRate:
        rate = passed / (passed + failed) if passed + failed else None
        fields = {
            "round_id": "r1",
            "dimension": Dimension.PROVINCE,
            "key": key,
            "label": f"{key}省",
            "population": 1000,
            "sampled": passed + failed,
            "passed": passed,
            "failed": failed,
            "not_determined": 0,
            "closed": 0,
            "rate": rate,
            "low": None if rate is None else max(rate - 0.05, 0),
            "high": None if rate is None else min(rate + 0.05, 1),
            "method": "m",
            "small_cell": False,
            **rest,
        }
        return PassRate(**fields)

    return make
