"""Tables of pass rates and strata, as people read them."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from cli.tables import print_rates, print_strata
from inspection.sampling import StratumSize
from inspection.statistics import Dimension, PassRate
from inspection.statistics.estimate import CENSUS, EXACT


def rate(dimension: Dimension = Dimension.NATION, key: str = "000000", label: str = "全国", **rest) -> PassRate:
    fields = {
        "population": 43143,
        "sampled": 100,
        "passed": 90,
        "failed": 8,
        "not_determined": 2,
        "closed": 0,
        "rate": 0.9183,
        "low": 0.85,
        "high": 0.9666,
        "method": EXACT,
        "small_cell": False,
        "worst": 0.9,
        "best": 0.92,
        **rest,
    }
    return PassRate(round_id="r1", dimension=dimension, key=key, label=label, **fields)


def printed(print_, *arguments, **rest) -> str:
    console = Console(file=io.StringIO(), width=80)
    print_(console, *arguments, **rest)
    return console.file.getvalue()


def test_a_rate_with_its_interval():
    told = printed(print_rates, [rate()], title="合格率：[r1]")
    assert "合格率：[r1]" in told
    assert "43,143" in told
    assert "91.8%  85.0%~96.7%" in told
    assert "关停" not in told
    assert "演练" not in told
    assert "未判定的 2 个网站不计入合格率" in told


def test_names_stay_readable_on_80_columns():
    label = "国务院部门及其内设、垂直管理机构"
    told = printed(print_rates, [rate(Dimension.CATEGORY, "state-council", label, closed=1)])
    assert all(cell_len(line) <= 80 for line in told.splitlines())
    assert "国务院部门及其内" in told
    assert "设、垂直管理机构" in told
    assert "按类别" in told
    assert "关停" in told


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"method": CENSUS, "low": 0.9183, "high": 0.9183}, "全部检查"),
        ({"small_cell": True}, "*91.8%"),
        ({"rate": None, "low": None, "high": None, "small_cell": True}, "—"),
    ],
)
def test_special_groups(fields, words):
    assert words in printed(print_rates, [rate(**fields)])


def test_notes():
    unsampled = rate(Dimension.COUNTY, "370613", "莱山区", sampled=0, rate=None, low=None, high=None, small_cell=True)
    told = printed(print_rates, [rate(small_cell=True), unsampled], drill=True)
    assert "【演练】合格率" in told
    assert "不足 10 个，不宜单独引用" in told
    assert "另有 1 个分组没有抽到网站" in told
    assert "莱山区" not in told


def test_a_long_table_of_strata_is_cut_and_still_adds_up():
    names = [f"{province}/county-below" for province in range(11, 41)]
    rows = [StratumSize(stratum=name, population=100 + n, certain=1, sampled=9) for n, name in enumerate(names)]
    told = printed(print_strata, rows)
    assert "其余 10 层" in told
    total = [line for line in told.splitlines() if "合计" in line]
    assert "3,435" in total[0]
    assert "270" in total[0]


def test_a_plan_without_strata():
    assert "全部" in printed(print_strata, [StratumSize(stratum="all", population=10, certain=0, sampled=2)])
