"""What the text says, and what it leaves out."""

from datetime import date
from typing import Any

import msgspec
import pytest

from inspection.bulletin.document import Heading, Paragraph, Table, text_of
from inspection.bulletin.figures import (
    BulletinFigures,
    Change,
    ClassCount,
    Deadlines,
    GroupRow,
    LinkageFigures,
    MessageFigures,
    ProblemShare,
    RectificationFigures,
    SampleFigures,
    UnitDeduction,
)
from inspection.bulletin.prose import Correction, compose
from inspection.bulletin.wording import own_wording, shipped_wording
from inspection.bulletin.words import interval, numeral, ordered, percent, points
from inspection.errors import InputRejected
from inspection.offices import OfficeLevel
from inspection.registry import SiteCategory

BARE = BulletinFigures(
    period="2026年第三季度",
    level=OfficeLevel.NATIONAL,
    office="某办公厅",
    area="全国",
    as_of=date(2026, 9, 30),
    edition="2019",
)
SAMPLE = SampleFigures(round_id="r", sampled=100, passed=90, failed=10, rate=0.9, low=0.83, high=0.95)


def text(**figures: Any) -> str:
    return text_of(compose(msgspec.structs.replace(BARE, **figures), shipped_wording()))


def test_parts_that_are_absent_are_left_out() -> None:
    document = compose(BARE, shipped_wording())
    headings = [block.text for block in document.blocks if isinstance(block, Heading) and block.level == 1]
    assert headings == ["一、下一步工作要求"]
    assert document.annexes == ()
    assert not any(word in text_of(document) for word in ("合格率", "办结", "被问责", "None", "0个", "0%"))


@pytest.mark.parametrize(
    ("share", "decimals", "printed"),
    [
        (427 / 469, 0, "91%"),
        (0.885, 0, "89%"),
        (0.8839, 1, "88.4%"),
        (0.94, 1, "94%"),
        (1.0, 1, "100%"),
        (0.9996, 0, "99.96%"),
        (0.997, 0, "99.7%"),
        (0.001, 0, "0.1%"),
        (0.0, 0, "0%"),
    ],
)
def test_percentages(share: float, decimals: int, printed: str) -> None:
    assert percent(share, decimals) == printed


def test_words() -> None:
    assert interval(0.88, 1, 1) == "88.0%—100.0%"
    assert [numeral(n) for n in (1, 10, 11, 20, 25)] == ["一", "十", "十一", "二十", "二十五"]
    assert (ordered(["甲"]), ordered(["甲", "乙"])) == ("甲", "一是甲；二是乙")
    assert [points(n) for n in (4.0, -0.25, 10)] == ["4", "0.3", "10"]


@pytest.mark.parametrize(
    ("change", "printed"),
    [
        (Change(points=3, significant=True), "合格率90%，比上季度提高3个百分点。"),
        (Change(points=-1.5, significant=False), "合格率90%，比上季度下降1.5个百分点（差异在抽样误差范围内）。"),
        (Change(points=0.0, significant=False), "合格率90%，与上季度持平。"),
        (Change(points=0.02, significant=True), "合格率90%，与上季度基本持平。"),
        (
            Change(points=2, significant=None, statement="比上期提高2个百分点；不能判断。"),
            "90%，比上季度提高2个百分点（不能判断是否属于抽样误差）。",
        ),
        (None, "合格率90%。"),
    ],
)
def test_change_on_the_last_period(change: Change | None, printed: str) -> None:
    assert printed in text(own=msgspec.structs.replace(SAMPLE, change=change))


@pytest.mark.parametrize(
    ("period", "compared_with", "printed"),
    [
        ("2017年第一季度", "2016年第一季度", "比2016年第一季度提高3个百分点"),
        ("2017年第一季度", "", "比上季度提高"),
        ("2017年2月", "", "比上月提高"),
        ("2017年上半年", "", "比2016年下半年提高"),
        ("2017年下半年", "", "比2017年上半年提高"),
        ("近期", "", "比上期提高"),
    ],
)
def test_the_period_that_a_change_is_on_is_named(period: str, compared_with: str, printed: str) -> None:
    change = Change(points=3, significant=True, statement="比上期提高3.0个百分点")
    own = msgspec.structs.replace(SAMPLE, change=change)
    rectification = RectificationFigures(failing=3, rectified=3)
    said = text(period=period, compared_with=compared_with, own=own, rectification=rectification)
    assert printed in said
    assert f"{printed[1:].partition('提高')[0]}通报的3个不合格政府网站" in said
    assert ("上期指2016年第一季度。" in said) is bool(compared_with)


ESTIMATED, PLAIN = "按各网站被抽中的概率加权推算的估计值", "合格率为合格网站占作出判定的网站的比例"


@pytest.mark.parametrize(
    ("fields", "weighted", "estimated"),
    [
        ({"passed": 12, "failed": 2, "rate": 0.81, "low": 0.5, "high": 0.96}, True, True),
        ({"passed": 90, "failed": 10, "rate": 0.9, "low": 0.83, "high": 0.95}, False, True),
        ({"passed": 90, "failed": 10, "rate": 0.9, "low": 0.9, "high": 0.9}, False, False),
    ],
)
def test_an_estimate_is_not_described_as_a_quotient(fields: dict[str, Any], weighted: bool, estimated: bool) -> None:
    """12 of 14 is 86 %; weighted by the chances of the sites it may be 81 %."""
    sampled = fields["passed"] + fields["failed"]
    row = GroupRow(name="甲省", running=50, sampled=sampled, **fields)
    own = SampleFigures(round_id="r", sampled=sampled, **fields)
    document = compose(msgspec.structs.replace(BARE, own=own, regions=(row,)), shipped_wording())
    said = "".join(block.text for block in document.blocks if isinstance(block, Paragraph))
    assert ("总体合格率按各网站被抽中的概率加权推算" in said) is weighted
    notes = [block.note for annex in document.annexes for block in annex.blocks if isinstance(block, Table)]
    assert [ESTIMATED in note for note in notes] == [estimated, estimated]
    assert [PLAIN in note for note in notes] == [not estimated, not estimated]


def test_where_some_rates_are_estimated_both_are_described() -> None:
    own = msgspec.structs.replace(SAMPLE, rate=0.88)
    reported = SampleFigures(round_id="r", sampled=50, passed=40, failed=10, rate=0.8)
    said = text(own=own, reported=reported)
    assert f"列有置信区间的，合格率为{ESTIMATED}" in said
    assert "未列的，为合格网站占作出判定的网站的比例。" in said


def test_a_small_sample_gives_its_interval_and_no_rate() -> None:
    small = SampleFigures(round_id="r", sampled=8, passed=7, failed=1, rate=0.875, low=0.47, high=0.99)
    said = text(own=small)
    assert "发现不合格网站1个；样本量较小，不作结论（合格率的95%置信区间为47.0%—99.0%）。" in said
    assert "合格率88%" not in said
    assert "合格率88%" in text(own=msgspec.structs.replace(small, share_of_running=1.0))


def test_undecided_and_closed_sites_are_named() -> None:
    sample = msgspec.structs.replace(SAMPLE, sampled=105, not_determined=3, closed=2)
    assert "另有3个网站未作判定、2个网站在抽查期间已经关停，不计入合格率。" in text(own=sample)


@pytest.mark.parametrize(
    ("outcome", "printed"),
    [
        (RectificationFigures(failing=10, rectified=10), "10个不合格政府网站已全部完成整改。"),
        (RectificationFigures(failing=10, rectified=8, closed=2), "已全部完成整改（含关停整合2个）。"),
        (RectificationFigures(failing=100, rectified=97, open=3), "已基本完成整改（占97%），3个正在整改。"),
        (
            RectificationFigures(failing=10, rectified=5, open=3, escalated=2),
            "中，5个已完成整改（占50%），3个正在整改，2个逾期未整改或者整改不到位，已加重处理。",
        ),
        (RectificationFigures(failing=3, rectified=0, open=3), "3个不合格政府网站均未完成整改。"),
    ],
)
def test_what_became_of_last_periods_failures(outcome: RectificationFigures, printed: str) -> None:
    assert f"上季度通报的{outcome.failing}个不合格政府网站" in text(rectification=outcome)
    assert printed in text(rectification=outcome)


def test_closed_sites_count_as_done_in_the_one_share_that_there_is() -> None:
    figures = RectificationFigures(failing=50, rectified=40, closed=8, open=2)
    assert (figures.done, figures.share) == (48, 0.96)
    assert RectificationFigures(failing=0, rectified=0).share is None
    assert "已基本完成整改（占96%，含关停整合8个），2个正在整改。" in text(rectification=figures)


def test_parts_of_parts_may_be_absent() -> None:
    assert "转载了国务院重要信息" in text(linkage=LinkageFigures(sites_reposting=5))
    assert "24小时" not in text(linkage=LinkageFigures(column_share=0.5))
    assert "联动" not in text(linkage=LinkageFigures())[:200]
    none = MessageFigures(until=date(2026, 9, 30), valid=0, handled=0)
    assert "办结率" not in text(messages=none)
    late = MessageFigures(until=date(2026, 9, 30), valid=10, handled=7, overdue=2)
    assert "已办结7条，总体办结率70%，逾期未办结2条。" in text(messages=late)


def test_a_class_without_sites_is_not_named() -> None:
    running = (
        ClassCount(category=SiteCategory.CITY_PORTAL, sites=3),
        ClassCount(category=SiteCategory.COUNTY_BELOW, sites=0),
        ClassCount(category=SiteCategory.CITY_DEPARTMENT, sites=4),
    )
    said = text(running=running)
    assert "政府网站7家。其中，市级政府门户网站3家，市级政府部门网站4家。" in said
    assert "县级以下" not in said


def test_problems_are_counted_off_and_the_rest_is_listed() -> None:
    problems = tuple(ProblemShare(name=f"问题{n}", sites=10 - n, share=(10 - n) / 10) for n in range(10))
    said = text(problems=problems)
    assert "一是问题0，涉及10个网站，占不合格网站的100%；二是" in said
    assert "八是问题7，涉及3个网站，占不合格网站的30%。此外，还发现问题8、问题9等问题。" in said


def test_annex_of_regions_keeps_small_cells_and_absent_columns_apart() -> None:
    rows = (
        GroupRow(name="甲省", running=50, sampled=20, passed=18, failed=2, rate=0.9, low=0.7, high=0.98, rank=1),
        GroupRow(
            name="乙省", running=None, sampled=4, passed=1, failed=3, rate=0.25, low=0.01, high=0.8, small_cell=True
        ),
    )
    [annex] = compose(msgspec.structs.replace(BARE, regions=rows), shipped_wording()).annexes
    [table] = annex.blocks
    assert isinstance(table, Table)
    assert table.header == ("序号", "地区", "运行网站数", "抽查数", "合格", "不合格", "合格率", "95%置信区间", "位次")
    assert table.rows[0] == ("1", "甲省", "50", "20", "18", "2", "90%", "70.0%—98.0%", "1")
    assert table.rows[1] == ("2", "乙省", "—", "4", "1", "3", "*", "1.0%—80.0%", "—")
    assert "标注*的，样本量较小，不作结论。" in table.note


def test_undecided_sites_are_told_beside_the_places_at_100_percent() -> None:
    full = GroupRow(
        name="甲省", running=50, sampled=23, passed=20, failed=0, not_determined=3, rate=1.0, low=0.9, high=1.0
    )
    other = msgspec.structs.replace(full, name="丙省", not_determined=9)
    sample = msgspec.structs.replace(SAMPLE, full=("甲省",))
    said = text(own=sample, regions=(full, other))
    assert "其中，甲省政府网站抽查合格率达100%（未作判定的3个网站不计在内）。" in said
    decided = msgspec.structs.replace(full, not_determined=0)
    assert "甲省政府网站抽查合格率达100%。" in text(own=sample, regions=(decided, other))


def test_a_chart_of_rates_says_how_many_share_the_best_one() -> None:
    best = GroupRow(name="甲省", running=50, sampled=20, passed=20, failed=0, rate=1.0, low=0.9, high=1.0)
    rows = (
        best,
        msgspec.structs.replace(best, name="乙省"),
        msgspec.structs.replace(best, name="丙省", rate=0.9, low=0.8),
    )
    assert "最高为甲省等2个单位（100%），最低为丙省（90%）" in text(regions=rows)


def test_many_deductions_stand_in_the_annex() -> None:
    units = tuple(UnitDeduction(unit=f"第{n}局", points=1.5) for n in range(1, 11))
    said = text(level=OfficeLevel.MUNICIPAL, deductions=units)
    assert "第8局扣1.5分等10个单位被扣分。" in said
    assert "10\t第10局\t1.5" in said


def test_next_steps_name_deadlines_only_where_there_are_some() -> None:
    assert "并及时将整改和问责情况报某办公厅" in text()
    dated = text(deadlines=Deadlines(report_by=date(2026, 11, 2)))
    assert "于2026年11月2日前将整改和问责情况报某办公厅" in dated
    assert "并及时" not in dated


@pytest.mark.parametrize("level", list(OfficeLevel))
def test_rectification_is_demanded_at_every_level_with_or_without_a_deadline(level: OfficeLevel) -> None:
    undated, dated = text(level=level), text(level=level, deadlines=Deadlines(report_by=date(2026, 11, 2)))
    assert "整改情况" in undated.replace("整改和问责情况", "整改情况")
    assert "及时将整改" in undated
    assert "于2026年11月2日前将整改" in dated
    assert "及时将整改" not in dated
    assert undated.count("报某办公厅") == dated.count("报某办公厅")


@pytest.mark.parametrize(
    ("area", "governments", "places"),
    [
        ("海南省", "各市、县、自治县人民政府，省政府直属各单位：", "各市县要切实履行"),
        ("山东省", "各市、县（市、区）人民政府，省政府直属各单位：", "各市要切实履行"),
        ("湖南省", "各市、州、县（市、区）人民政府，省政府直属各单位：", "各市（州）要切实履行"),
        ("全省", "各市、州、县（市、区）人民政府，省政府直属各单位：", "各市（州）要切实履行"),
    ],
)
def test_the_parts_of_a_province_are_called_what_they_are(area: str, governments: str, places: str) -> None:
    row = GroupRow(name="甲", running=5, sampled=5, passed=5, failed=0)
    said = text(level=OfficeLevel.PROVINCIAL, area=area, regions=(row,))
    assert governments in said
    assert places in said
    assert "{" not in said
    assert f"{places.removesuffix('要切实履行')}政府网站抽查情况" in said


def test_the_title_is_broken_where_the_sense_allows() -> None:
    assert compose(BARE, shipped_wording()).title_lines == ("某办公厅关于2026年第三季度", "全国政府网站抽查情况的通报")
    long = msgspec.structs.replace(BARE, office="国务院办公厅政府信息与政务公开办公室")
    assert len(compose(long, shipped_wording()).title_lines) == 3


def test_the_head_names_the_office_unless_the_wording_says_otherwise() -> None:
    assert text().splitlines()[0] == "某办公厅文件"
    own = own_wording('[national]\nhead = "{office}秘书局文件"', "a.toml")
    assert compose(BARE, own).head == "某办公厅秘书局文件"


def test_a_correction_names_what_it_corrects() -> None:
    correction = Correction(title="某通报", number="国办函〔2026〕1号", reason="抽查数有误。")
    said = text_of(compose(BARE, shipped_wording(), correction=correction))
    assert "本通报是对《某通报》（国办函〔2026〕1号）的更正。更正原因：抽查数有误。原通报与本通报不一致的" in said


def test_own_wording_is_laid_over_the_shipped_one() -> None:
    own = own_wording(
        '[national]\ndecimals = 1\nnext = [{title = "甲", text = "报{office}。", source = "found"}]', "a.toml"
    )
    said = text_of(compose(msgspec.structs.replace(BARE, own=SAMPLE, period="2026年"), own))
    assert "总体合格率90%" in said
    assert "一、抽查情况" in said
    assert "\n报某办公厅。\n" in said
    assert "常态化监管" not in said


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("[national", "不是有效的 TOML"),
        ("[national]\ndecimal = 1", "decimal"),
        ('[national]\nhead = "{offce}文件"', "offce"),
        ('[national]\nnext = [{title = "甲", text = "报{offce}", source = "found"}]', "offce"),
        ('[national]\nnext = [{title = "甲", text = "报", source = "found", unless = "x"}]', "unless"),
    ],
)
def test_bad_wording_is_refused(file: str, told: str) -> None:
    with pytest.raises(InputRejected, match=told):
        own_wording(file, "a.toml")
