"""The guard: published figures that add up go through, those that do not stop with the conflict named."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from inspection.bulletin.figures import (
    AccountabilityFigures,
    BulletinFigures,
    Change,
    ClassCount,
    DeclaredTotal,
    GroupRow,
    LinkageFigures,
    MessageFigures,
    NamedSite,
    ProblemShare,
    RectificationFigures,
    SampleFigures,
    SeriesPoint,
)
from inspection.errors import InputRejected, RuleBroken
from inspection.offices import OfficeLevel
from inspection.registry import SiteCategory
from inspection.statistics.guard import conflicts, override, require_consistent

CLASSES = (2229, 32, 2591, 496, 17211, 2773, 17811)
NATIONAL = BulletinFigures(
    period="2017年第一季度",
    level=OfficeLevel.NATIONAL,
    office="国务院办公厅",
    area="全国",
    as_of=date(2017, 3, 31),
    edition="2015",
    running=tuple(ClassCount(category=c, sites=n) for c, n in zip(SiteCategory, CLASSES, strict=True)),
    own=SampleFigures(round_id="own", sampled=469, passed=427, failed=42, rate=0.91),
    reported=SampleFigures(
        round_id="reported", sampled=7768, passed=7147, failed=621, rate=0.92, share_of_running=0.18
    ),
    rectification=RectificationFigures(failing=90, rectified=88, escalated=2),
    messages=MessageFigures(until=date(2017, 3, 31), valid=4176, handled=4134),
    problems=(ProblemShare(name="首页长期不更新", sites=21, share=0.5),),
    series=(SeriesPoint(period="2017Q1", running=43143, sampled=469, rate=0.91, reported_rate=0.92),),
    declared=(
        DeclaredTotal(
            name="问责人数",
            stated=48,
            parts=(("约谈", 19), ("书面检查", 6), ("通报批评", 10), ("警告、记过", 3), ("调岗、免职", 10)),
        ),
    ),
)
PARTS = (("市直部门", 13), ("甲区", 9), ("乙区", 9), ("丙区", 13), ("丁县", 12), ("戊区", 5))
CITY = BulletinFigures(
    period="2017年第一季度",
    level=OfficeLevel.MUNICIPAL,
    office="某市政府办公室",
    area="某市",
    as_of=date(2017, 3, 1),
    edition="2015",
    own=SampleFigures(round_id="city", sampled=60, passed=52, failed=8),
    declared=(DeclaredTotal(name="抽查网站", stated=60, parts=PARTS, source="通报原文"),),
)
NOW = datetime(2017, 3, 2, 1, tzinfo=UTC)


def row(name: str, sampled: int, failed: int = 0, **rest) -> GroupRow:
    return GroupRow(name=name, running=None, sampled=sampled, passed=sampled - failed, failed=failed, **rest)


def test_the_national_figures_add_up():
    assert conflicts(NATIONAL) == []
    assert require_consistent(NATIONAL) == ()


def test_sixty_are_not_sixty_one():
    [found] = conflicts(CITY)
    assert (found.stated, found.computed, found.parts) == ("60", "61", PARTS)
    assert found.sentence == (
        "抽查网站（通报原文）：总数为 60，"
        "各部分（市直部门 13、甲区 9、乙区 9、丙区 13、丁县 12、戊区 5）之和为 61，相差 1"
    )
    with pytest.raises(RuleBroken, match=r"共 1 处：（1）抽查网站.*60.*61"):
        require_consistent(CITY)


def test_a_person_may_override_with_a_reason():
    [found] = conflicts(CITY)
    decision = override(found, subject="b1", by="李四", at=NOW, reason="原文如此，待市里核实。")
    [note] = require_consistent(CITY, [decision])
    assert "60" in note
    assert note.endswith("之和为 61，相差 1。经李四于2017年3月2日核定按原数刊发，理由：原文如此，待市里核实。")


def test_an_override_does_not_hold_for_other_numbers():
    [found] = conflicts(CITY)
    decision = override(found, subject="b1", by="李四", at=NOW, reason="原文如此")
    other = replace(CITY, declared=(replace(CITY.declared[0], stated=59),))
    with pytest.raises(RuleBroken, match="相差 2"):
        require_consistent(other, [decision])
    moved = (("市直部门", 12), ("甲区", 10), *PARTS[2:])
    with pytest.raises(RuleBroken, match="相差 1"):
        require_consistent(replace(CITY, declared=(replace(CITY.declared[0], parts=moved),)), [decision])


@pytest.mark.parametrize(("by", "reason", "told"), [(" ", "原文如此", "核定人"), ("李四", " ", "理由")])
def test_an_override_needs_a_person_and_a_reason(by, reason, told):
    with pytest.raises(InputRejected, match=told):
        override(conflicts(CITY)[0], subject="b1", by=by, at=NOW, reason=reason)


def test_all_open_conflicts_are_named_together():
    wrong = replace(CITY, rectification=RectificationFigures(failing=9, rectified=7, open=1))
    with pytest.raises(RuleBroken, match=r"共 2 处：（1）抽查网站.*（2）上期不合格网站数"):
        require_consistent(wrong)


WRONG = {
    "本级抽查网站数": {"own": replace(NATIONAL.own, passed=426)},
    "本级抽查合格率": {"own": replace(NATIONAL.own, rate=0.93), "series": ()},
    "自行抽查占运行网站比例": {"reported": replace(NATIONAL.reported, share_of_running=0.19)},
    "上期不合格网站数": {"rectification": RectificationFigures(failing=90, rectified=89, escalated=2)},
    "问责人数": {"declared": (replace(NATIONAL.declared[0], stated=49),)},
    "已办结留言": {"messages": MessageFigures(until=date(2017, 3, 31), valid=4176, handled=4177)},
    "逾期未办结留言": {"messages": MessageFigures(until=date(2017, 3, 31), valid=10, handled=9, overdue=2)},
    "问题“首页长期不更新”占比": {"problems": (ProblemShare(name="首页长期不更新", sites=21, share=0.4),)},
    "2017Q1 序列中的运行网站数": {"series": (replace(NATIONAL.series[0], running=43142),)},
    "2017Q1 序列中的抽查网站数": {"series": (replace(NATIONAL.series[0], sampled=468),)},
    "2017Q1 序列中的合格率": {"series": (replace(NATIONAL.series[0], rate=0.9),)},
    "2017Q1 序列中的自行抽查合格率": {"series": (replace(NATIONAL.series[0], reported_rate=0.9),)},
    "甲省抽查网站数": {"regions": (replace(row("甲省", 7768, 621), not_determined=1),)},
    "甲省合格率": {"regions": (row("甲省", 7768, 621, rate=0.8),)},
    "甲省抽查网站": {"regions": (replace(row("甲省", 7768, 621), running=7767),)},
}


@pytest.mark.parametrize("name", WRONG)
def test_each_identity_is_looked_at(name):
    assert [conflict.name for conflict in conflicts(replace(NATIONAL, **WRONG[name]))] == [name]


def test_more_problem_sites_than_failing_ones():
    wrong = replace(CITY, declared=(), problems=(ProblemShare(name="错链", sites=9, share=1.125),))
    assert [conflict.name for conflict in conflicts(wrong)] == ["问题“错链”占比", "有“错链”问题的网站"]


def test_annexes_are_held_against_the_sample_they_belong_to():
    of_reported = {"regions": (row("甲省", 7000, 600),), "departments": (row("某部", 768, 21),)}
    of_own = {"regions": (row("甲省", 400, 40), row("乙省", 69, 2))}
    assert conflicts(replace(NATIONAL, **of_reported)) == []
    assert conflicts(replace(NATIONAL, **of_own)) == []
    short = {"regions": (row("甲省", 7000, 600),), "departments": (row("某部", 767, 21),)}
    names = [conflict.name for conflict in conflicts(replace(NATIONAL, **short))]
    assert names == ["自行抽查网站数（附件）", "自行抽查合格网站数（附件）"]


def test_percentages_are_held_to_the_digits_they_are_given_in():
    sample = SampleFigures(round_id="x", sampled=134, passed=126, failed=8)
    assert conflicts(replace(CITY, declared=(), own=replace(sample, rate=0.94))) == []
    assert conflicts(replace(CITY, declared=(), own=replace(sample, rate=126 / 134))) == []
    [found] = conflicts(replace(CITY, declared=(), own=replace(sample, rate=0.943)))
    assert (found.stated, found.computed) == ("94.3%", "94.03%")
    nine_tenths = SampleFigures(round_id="x", sampled=100, passed=94, failed=6, rate=0.9)
    assert len(conflicts(replace(CITY, declared=(), own=nine_tenths))) == 1


def test_a_weighted_estimate_lies_in_its_interval():
    sample = SampleFigures(
        round_id="x", sampled=100, passed=94, failed=6, rate=0.9, low=0.85, high=0.95, weights=(1, 20)
    )
    assert conflicts(replace(CITY, declared=(), own=sample)) == []
    [found] = conflicts(replace(CITY, declared=(), own=replace(sample, rate=0.96)))
    assert "不在其置信区间" in found.sentence


def messages(**fields) -> MessageFigures:
    return MessageFigures(until=date(2017, 3, 31), valid=10, handled=9, **fields)


def site(code: str) -> NamedSite:
    return NamedSite(code=code, name="某网站", url="http://www.x.gov.cn/", organizer="某局", problems=())


BEFORE = SeriesPoint(period="2016Q4", rate=0.91)
IMPOSSIBLE = {
    "国务院重要政策信息专栏开设比例": {"linkage": LinkageFigures(column_share=9)},
    "24小时内转载比例": {"linkage": LinkageFigures(in_time_share=-0.1)},
    "转载网站数": {"linkage": LinkageFigures(sites_reposting=-1)},
    "找错入口添加比例": {"messages": messages(entry_share=97)},
    "找错入口添加比例的上期数": {
        "messages": messages(entry_share=0.97, entry_change=Change(points=99, significant=None))
    },
    "有效留言数": {"messages": MessageFigures(until=date(2017, 3, 31), valid=-1, handled=-1)},
    "本级抽查占运行网站比例": {"own": replace(NATIONAL.own, share_of_running=5), "running": (), "series": ()},
    "本级抽查合格率": {"own": replace(NATIONAL.own, rate=1.5, low=1, high=2, weights=(1, 9))},
    "本级抽查不合格网站数": {"own": replace(NATIONAL.own, passed=474, failed=-5, rate=None)},
    "上期整改中网站数": {"rectification": RectificationFigures(failing=66, rectified=70, open=-4)},
    "约谈人数": {"accountability": AccountabilityFigures(persons=(("约谈", -3), ("免职", 10)))},
    "自行抽查的部门": {"departments_reporting": 200, "reported": replace(NATIONAL.reported, units=103)},
    "本级抽查合格率的变化": {
        "own": replace(NATIONAL.own, change=Change(points=9, significant=None)),
        "series": (BEFORE, *NATIONAL.series),
    },
    "不合格网站名单": {"named": (site("3706000001"),)},
    "自行抽查合格率达100%的火星": {
        "reported": replace(NATIONAL.reported, full=("北京", "火星")),
        "reported_regions": (row("北京", 100, rate=1.0), row("其他", 7668, 621)),
    },
    "自行抽查合格率达100%的甲省": {
        "reported": replace(NATIONAL.reported, full=("甲省",)),
        "reported_regions": (row("甲省", 7768, 621),),
    },
    "本级抽查合格率较低的乙省": {
        "own": replace(NATIONAL.own, below=("乙省",)),
        "regions": (row("甲省", 400, 42), row("乙省", 69)),
    },
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_is_named(name):
    figures = replace(NATIONAL, **IMPOSSIBLE[name])
    found = [conflict.name for conflict in conflicts(figures)]
    assert found[0] == name
    with pytest.raises(RuleBroken, match="不能发布"):
        require_consistent(figures)


def test_a_rate_is_the_quotient_of_its_counts_as_far_as_the_weights_leave_it():
    """91 % of 469 sites are not 100 of them, whatever the interval says."""
    counted = {"sampled": 469, "passed": 100, "failed": 369}
    stated = SampleFigures(round_id="x", **counted, rate=0.91, low=0.882, high=0.934)
    [found] = conflicts(replace(CITY, declared=(), own=stated))
    assert (found.stated, found.computed) == ("91%", "21.32%")
    [found] = conflicts(replace(CITY, declared=(), own=replace(stated, weights=(1, 30))))
    assert found.sentence == (
        "本级抽查合格率：所称为 91%，按网站数（合格 100、不合格 369）和抽样权数（1～30）只能在 0.9%～89.0% 之内"
    )
    assert conflicts(replace(CITY, declared=(), own=replace(stated, weights=(1, 40)))) == []
    hebei = {"regions": (row("河北", 14, 2, rate=0.81, low=0.5, high=0.95, weights=(20, 60)), row("其他", 46, 6))}
    own = replace(CITY.own, rate=52 / 60)
    assert conflicts(replace(CITY, declared=(), own=own, **hebei)) == []
    narrow = (replace(hebei["regions"][0], weights=(20, 22)), hebei["regions"][1])
    assert [each.name for each in conflicts(replace(CITY, declared=(), own=own, regions=narrow))] == ["河北合格率"]


def test_a_change_is_held_against_the_quarter_before_in_the_digits_that_are_given():
    def named(points: float, *series: SeriesPoint) -> list[str]:
        own = replace(NATIONAL.own, change=Change(points=points, significant=None))
        return [each.name for each in conflicts(replace(NATIONAL, own=own, series=(*series, *NATIONAL.series)))]

    assert named(1, BEFORE) == []
    assert named(3, BEFORE) == ["本级抽查合格率的变化"]
    assert named(3, SeriesPoint(period="2016Q3", rate=0.91)) == []
    assert named(93) == ["本级抽查合格率的上期数"]


def test_a_list_that_says_to_be_a_part_may_be_shorter_but_not_longer():
    sites = tuple(site(f"37060000{number:02}") for number in range(9))
    whole = replace(CITY, declared=())
    assert conflicts(replace(whole, named=sites[:8])) == []
    assert conflicts(replace(whole, named=sites[:1], named_in_full=False)) == []
    [found] = conflicts(replace(whole, named=(*sites[:7], sites[0])))
    assert found.sentence == "不合格网站名单：列出 7 个网站，不合格网站为 8 个"
    assert len(conflicts(replace(whole, named=sites, named_in_full=False))) == 1


def test_a_self_check_may_look_at_sites_that_run_no_more():
    sample = SampleFigures(round_id="x", sampled=100, passed=80, failed=0, closed=20, share_of_running=1.25)
    assert conflicts(replace(CITY, declared=(), own=sample)) == []
    assert len(conflicts(replace(CITY, declared=(), own=replace(sample, share_of_running=1.3)))) == 1
