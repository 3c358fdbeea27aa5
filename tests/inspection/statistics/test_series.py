"""The published series: read from a file, joined with one's own rounds."""

import pytest

from inspection.bulletin.figures import SeriesPoint
from inspection.errors import InputRejected
from inspection.statistics.series import joined, read_entries

HEADING = (
    "\ufeffperiod,as_of,running_sites,state_council_sampled,state_council_pass_pct,"
    "regions_sampled,regions_pct_of_running,regions_pass_pct,note,source\n"
)
TEXT = f"""{HEADING}\
2015-census-final,2015-12-15,,,90.8,,,,"portals 100%, others >80%",F
2016Q2,2016-06,,746,85,,,,,F;F
2017Q1,,43143,469,91,7768,18,92,11 regions 100%,F
2017Q3,2017-09-01,29431,,,,,,,D
"""


def read(text: str):
    return read_entries(text, region="000000", origin="b1.csv")


def test_read_entries():
    entries = {entry.period: entry for entry in read(TEXT)}
    first = entries["2017Q1"]
    assert (first.id, first.running, first.sampled, first.rate) == ("000000:2017Q1", 43143, 469, 0.91)
    assert (first.reported_sampled, first.reported_share, first.reported_rate) == (7768, 0.18, 0.92)
    assert (first.note, first.source) == ("11 regions 100%", "F")
    assert entries["2015-census-final"].rate == 0.908
    assert entries["2016Q2"].running is None
    assert first.point == SeriesPoint(period="2017Q1", running=43143, sampled=469, rate=0.91, reported_rate=0.92)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("时间\n2017Q1\n", "缺少列 period"),
        ("period,rate\n2017Q1,91\n", "不认识的列 rate"),
        ("period\n2017Q7\n", "第 2 行：期次 '2017Q7' 无效"),
        ("period,running_sites\n2017Q1,4万\n", "第 2 行 running_sites：'4万' 不是整数"),
        ("period,state_council_pass_pct\n2017Q1,0x5b\n", "不是 0 到 100 之间的百分数"),
        ("period,state_council_pass_pct\n2017Q1,nan\n", "不是 0 到 100 之间的百分数"),
        ("period,state_council_pass_pct\n2017Q1,910\n", "不是 0 到 100 之间的百分数"),
        ("period\n2017Q1\n2017Q1\n", "第 3 行：期次 2017Q1 重复"),
    ],
)
def test_faults_say_where(text, told):
    with pytest.raises(InputRejected, match=told):
        read(text)


def test_own_rounds_fill_what_was_not_published():
    published = [entry.point for entry in read(TEXT)]
    own = [
        SeriesPoint(period="2017Q1", running=43000, sampled=400, rate=0.5),
        SeriesPoint(period="2017Q3", running=29000, sampled=500, rate=0.93),
        SeriesPoint(period="2016Q4", running=47094, sampled=450, rate=0.88),
    ]
    points = joined(published, own)
    assert [point.period for point in points] == ["2015-census-final", "2016Q2", "2016Q4", "2017Q1", "2017Q3"]
    assert points[2] == own[2]
    assert points[3] == published[2]
    assert points[4] == SeriesPoint(period="2017Q3", running=29431, sampled=500, rate=0.93)
