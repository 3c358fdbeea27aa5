"""From draft to publication, and what stops it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import bson
import msgspec
import pytest
from bson.codec_options import CodecOptions

from inspection.bulletin.bulletin import Bulletin, BulletinState
from inspection.bulletin.document import Document, text_of
from inspection.bulletin.figures import BulletinFigures
from inspection.bulletin.prose import Correction
from inspection.bulletin.rules import BulletinRules
from inspection.bulletin.wording import shipped_wording
from inspection.errors import Conflict, InputRejected, NotFound, RuleBroken
from inspection.offices import Office, OfficeLevel
from inspection.records import revised
from inspection.rules import parse_rules
from inspection.sampling import Round, RoundState
from inspection.statistics.guard import conflicts
from inspection.workflows.draft_bulletin import (
    DraftOrder,
    corrections,
    draft_bulletin,
    override_conflict,
    region_on_file,
    review_bulletin,
)
from inspection.workflows.publish_bulletin import file_of, publish_bulletin
from inspection.workflows.verify_bulletin import verify_bulletin
from store.memory import MemoryStores
from store.mongo.codec import decode, encode

DATA = Path(__file__).parents[1] / "bulletin" / "published"
FIRST = datetime(2017, 3, 1, 17, tzinfo=UTC)


class Ticking:
    """A clock that moves on by a minute whenever it is read."""

    def __init__(self) -> None:
        self.at = FIRST

    def now(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


class TextRenderer:
    """Port ``BulletinRenderer``: the plain text."""

    format = "txt"

    def render(self, document: Document) -> bytes:
        return text_of(document).encode()


class Desk:
    """An office with its stores."""

    def __init__(self) -> None:
        self.stores = MemoryStores()
        self.clock = Ticking()

    def draft(self, figures: BulletinFigures, id_: str = "b1", by: str = "拟稿人", **order: Any) -> Bulletin:
        order = {"region": "" if figures.level is OfficeLevel.NATIONAL else "370600", **order}
        return draft_bulletin(
            DraftOrder(id=id_, by=by, **order),
            figures,
            shipped_wording(),
            bulletins=self.stores.bulletins,
            rounds=self.stores.rounds,
            clock=self.clock,
        )

    def review(self, id_: str = "b1", by: str = "审核人", rules: BulletinRules | None = None) -> Bulletin:
        return review_bulletin(id_, by=by, note="同意", bulletins=self.stores.bulletins, clock=self.clock, rules=rules)

    def override(self, digest: str, reason: str, by: str = "负责人") -> Bulletin:
        return override_conflict("b1", digest, reason=reason, by=by, bulletins=self.stores.bulletins, clock=self.clock)

    def publish(self, id_: str = "b1") -> Bulletin:
        return publish_bulletin(
            id_,
            by="签发人",
            bulletins=self.stores.bulletins,
            rounds=self.stores.rounds,
            snapshots=self.stores.snapshots,
            renderers=[TextRenderer()],
            clock=self.clock,
        )

    def issue(self, figures: BulletinFigures, id_: str = "b1", **order: Any) -> Bulletin:
        self.draft(figures, id_, **order)
        self.review(id_)
        return self.publish(id_)

    def faults(self, id_: str = "b1") -> dict[str, str]:
        checks = verify_bulletin(id_, bulletins=self.stores.bulletins, snapshots=self.stores.snapshots)
        return {check.format: check.fault for check in checks}

    def text(self, bulletin: Bulletin) -> str:
        return self.stores.snapshots.get(file_of(bulletin, "txt").digest).decode()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def figures() -> Callable[[str], BulletinFigures]:
    return lambda name: msgspec.json.decode((DATA / f"{name}.json").read_bytes(), type=BulletinFigures)


Figures = Callable[[str], BulletinFigures]


def test_each_step_is_recorded_and_the_mark_goes_with_the_publication(desk: Desk, figures: Figures) -> None:
    draft = desk.draft(figures("national-2017Q1"), number="国办秘函〔2017〕23号")
    assert draft.document.mark == "草稿，不得对外发布"
    assert desk.review().document.mark == "送审稿，不得对外发布"
    published = desk.publish()
    assert [(step.state, step.by) for step in published.steps] == [
        (BulletinState.DRAFT, "拟稿人"),
        (BulletinState.REVIEWED, "审核人"),
        (BulletinState.PUBLISHED, "签发人"),
    ]
    assert [step.at for step in published.steps] == [FIRST + timedelta(minutes=n) for n in (1, 2, 3)]
    assert published.document.mark == ""
    assert published.issued_on == date(2017, 3, 2)  # the day in China
    assert "国办秘函〔2017〕23号" in desk.text(published)
    assert desk.stores.bulletins.find("b1") == published


def test_the_day_that_an_office_gives_is_kept(desk: Desk, figures: Figures) -> None:
    assert desk.issue(figures("national-2017Q1"), issued_on=date(2017, 5, 11)).issued_on == date(2017, 5, 11)


def test_what_nobody_reviewed_is_not_published(desk: Desk, figures: Figures) -> None:
    desk.draft(figures("national-2017Q1"))
    with pytest.raises(Conflict, match="尚未审核"):
        desk.publish()


ALONE = parse_rules('[review]\npersons = 1\nsource = "engineering"', BulletinRules, "bulletin.toml")


def test_nobody_reviews_what_he_drafted_himself(desk: Desk, figures: Figures) -> None:
    desk.draft(figures("national-2017Q1"))
    with pytest.raises(RuleBroken, match=r"由拟稿人起草，不得由本人审核.*请由另一人审核$"):
        desk.review(by=" 拟稿人 ")
    desk.draft(figures("national-2017Q1"), by="审核人")
    with pytest.raises(RuleBroken, match="由审核人起草"):
        desk.review()
    assert desk.review(by="拟稿人").state is BulletinState.REVIEWED, "who drafted what is not there any more may review"


def test_nobody_reviews_a_conflict_that_he_let_stand_himself(desk: Desk, figures: Figures) -> None:
    found = desk.draft(figures("municipal-2017"))
    (conflict,) = conflicts(found.figures)
    desk.override(conflict.digest, "两处均计", by="审核人")
    for by, did in (("审核人", "核定不一致"), ("拟稿人", "起草")):
        with pytest.raises(RuleBroken, match=f"由{by}{did}，不得由本人审核"):
            desk.review(by=by)
    desk.override(conflict.digest, "两处均计", by="拟稿人")
    with pytest.raises(RuleBroken, match="由拟稿人起草、核定不一致"):
        desk.review(by="拟稿人")
    desk.review()
    assert desk.publish().state is BulletinState.PUBLISHED


def test_a_review_of_before_the_rule_does_not_lead_to_publication(desk: Desk, figures: Figures) -> None:
    desk.draft(figures("national-2017Q1"))
    desk.review(by="拟稿人", rules=ALONE)
    with pytest.raises(RuleBroken, match="不得由本人审核"):
        desk.publish()
    desk.review()
    with pytest.raises(Conflict, match="已经审核"):
        desk.review(by="又一人")
    assert desk.publish().state is BulletinState.PUBLISHED


def test_a_draft_may_be_drafted_anew_and_is_to_be_reviewed_again(desk: Desk, figures: Figures) -> None:
    desk.draft(figures("national-2017Q1"), number="国办函〔2017〕1号")
    desk.review()
    anew = desk.draft(figures("hainan-2016Q1"))
    assert (anew.state, anew.number, anew.figures.area) == (BulletinState.DRAFT, "国办函〔2017〕1号", "海南省")
    with pytest.raises(Conflict, match="尚未审核"):
        desk.publish()


def test_a_published_one_never_changes(desk: Desk, figures: Figures) -> None:
    published = desk.issue(figures("national-2017Q1"))
    for change in (
        lambda: desk.draft(figures("hainan-2016Q1")),
        desk.review,
        desk.publish,
    ):
        with pytest.raises(Conflict, match="已经发布，不能更改"):
            change()
    assert desk.stores.bulletins.find("b1") == published


def test_the_conflict_of_60_and_61_stops_publication_until_a_person_says_why(desk: Desk, figures: Figures) -> None:
    municipal = figures("municipal-2017")
    desk.draft(municipal)
    desk.review()
    with pytest.raises(RuleBroken, match=r"总数为 60，各部分（市直部门 13、东港区 9、河口区 9、.*）之和为 61"):
        desk.publish()
    assert desk.stores.bulletins.find("b1").state is BulletinState.REVIEWED  # type: ignore[union-attr]
    [conflict] = conflicts(municipal)
    changed = desk.override(conflict.digest, "一个网站在抽查期间并入市直部门，两处均计")
    assert changed.state is BulletinState.DRAFT  # the text is another one
    desk.review()
    published = desk.publish()
    text = desk.text(published)
    assert "之和为 61" in text
    assert "理由：一个网站在抽查期间并入市直部门，两处均计。" in text
    assert "抽查政府网站60个" in text


def test_an_override_holds_for_its_numbers_alone(desk: Desk, figures: Figures) -> None:
    municipal = figures("municipal-2017")
    desk.draft(municipal)
    desk.override(conflicts(municipal)[0].digest, "并入")
    other = msgspec.structs.replace(municipal.declared[0], parts=(*municipal.declared[0].parts[:-1], ("临湖县", 6)))
    redrafted = desk.draft(msgspec.structs.replace(municipal, declared=(other,)))
    assert redrafted.document.notes == ()
    desk.review()
    with pytest.raises(RuleBroken, match="之和为 62"):
        desk.publish()


def test_overrides_need_a_conflict_a_reason_and_a_person(desk: Desk, figures: Figures) -> None:
    municipal = figures("municipal-2017")
    desk.draft(municipal)
    with pytest.raises(NotFound, match=conflicts(municipal)[0].digest):
        desk.override("0" * 16, "并入")
    with pytest.raises(InputRejected, match="理由"):
        desk.override(conflicts(municipal)[0].digest, " ")


def test_drills_are_never_published(desk: Desk, figures: Figures) -> None:
    national = figures("national-2017Q1")
    assert national.own is not None
    drill = Round(
        id=national.own.round_id,
        title="演练",
        as_of=date(2017, 3, 1),
        edition="2015",
        plan="",
        seed="s",
        registry_digest="",
        sample_digest="",
        state=RoundState.CLOSED,
        drawn_at=FIRST,
        drill=True,
    )
    desk.draft(national, "before")
    desk.review("before")
    desk.stores.rounds.add(drill, (), ())
    with pytest.raises(RuleBroken, match="演练"):
        desk.publish("before")
    assert desk.draft(national).document.mark == "演练·草稿，不得对外发布"
    desk.review()
    with pytest.raises(RuleBroken, match="演练"):
        desk.publish()


def test_corrections_are_new_issues(desk: Desk, figures: Figures) -> None:
    national = figures("national-2017Q1")
    with pytest.raises(NotFound, match="b1"):
        desk.draft(national, "b2", corrects="b1", reason="误")
    desk.draft(national, number="国办函〔2017〕1号")
    with pytest.raises(Conflict, match="尚未发布"):
        desk.draft(national, "b2", corrects="b1", reason="误")
    desk.review()
    first = desk.publish()
    with pytest.raises(InputRejected, match="更正的原因（reason）"):
        desk.draft(national, "b2", corrects="b1")
    second = desk.issue(national, "b2", corrects="b1", reason="抽查数有误")
    assert second.corrects == "b1"
    assert f"本通报是对《{first.document.title}》（国办函〔2017〕1号）的更正。更正原因：抽查数有误。" in desk.text(
        second
    )
    assert desk.stores.bulletins.find("b1") == first


def test_a_redraft_keeps_what_a_person_said_of_it_unless_he_says_otherwise(desk: Desk, figures: Figures) -> None:
    national = figures("national-2017Q1")
    desk.issue(national)
    desk.issue(national, "b9")
    desk.draft(national, "b2", corrects="b1", reason="抽查数有误", region="000001")
    kept = desk.draft(national, "b2")
    assert (kept.corrects, kept.region) == ("b1", "000001")
    assert kept.correction is not None
    assert kept.correction.reason == "抽查数有误"
    assert "更正原因：抽查数有误。" in text_of(kept.document)
    assert "更正原因：合格数有误。" in text_of(desk.draft(national, "b2", reason="合格数有误").document)
    with pytest.raises(InputRejected, match="更正的原因（reason）"):
        desk.draft(national, "b2", corrects="b9")
    moved = desk.draft(national, "b2", corrects="b9", reason="文号有误", region="000002")
    assert (moved.corrects, moved.region) == ("b9", "000002")
    assert "更正原因：文号有误。" in text_of(moved.document)


def test_a_draft_can_become_a_correction_and_no_reason_is_lost(desk: Desk, figures: Figures) -> None:
    national = figures("national-2017Q1")
    desk.issue(national)
    with pytest.raises(InputRejected, match="所更正的通报（corrects）"):
        desk.draft(national, "b2", reason="抽查数有误")
    desk.draft(national, "b2")
    with pytest.raises(InputRejected, match="所更正的通报（corrects）"):
        desk.draft(national, "b2", reason="抽查数有误")
    with pytest.raises(NotFound, match="b3"):
        desk.draft(national, "b2", corrects="b3", reason="抽查数有误")
    desk.draft(national, "b2", corrects="b1", reason="抽查数有误")
    desk.review("b2")
    assert "更正原因：抽查数有误。" in desk.text(desk.publish("b2"))


def test_a_correction_corrects_the_latest_issue(desk: Desk, figures: Figures) -> None:
    national = figures("national-2017Q1")
    desk.issue(national)
    desk.draft(national, "b2", corrects="b1", reason="误")
    with pytest.raises(Conflict, match=r"更正 b2 正在办理（草稿）；请重新起草 b2"):
        desk.draft(national, "b3", corrects="b1", reason="误")
    desk.review("b2")
    desk.publish("b2")
    with pytest.raises(Conflict, match=r"b1 已由 b2 更正.*corrects 为 b2"):
        desk.draft(national, "b3", corrects="b1", reason="误")
    assert corrections(desk.stores.bulletins) == {"b1": "b2"}
    desk.draft(national, "b3", corrects="b2", reason="又误")
    assert corrections(desk.stores.bulletins) == {"b1": "b2"}, "not published yet"
    desk.review("b3")
    desk.publish("b3")
    assert corrections(desk.stores.bulletins) == {"b1": "b2", "b2": "b3"}


def test_of_two_corrections_drafted_at_once_one_is_published(desk: Desk, figures: Figures) -> None:
    national = figures("national-2017Q1")
    desk.issue(national)
    first = desk.draft(national, "b2", corrects="b1", reason="误")
    desk.stores.bulletins.add([msgspec.structs.replace(first, id="b3")])
    for id_ in ("b2", "b3"):
        desk.review(id_)
    desk.publish("b2")
    with pytest.raises(Conflict, match="b1 已由 b2 更正"):
        desk.publish("b3")


def test_the_region_is_that_of_the_office_on_file_or_asked_for(desk: Desk, figures: Figures) -> None:
    hainan = figures("hainan-2016Q1")
    offices = desk.stores.offices

    def region(office: Office | None = None, given: str = "") -> str:
        return region_on_file(hainan, office=office, region=given, offices=offices)

    with pytest.raises(InputRejected, match=r"region，例如 460000"):
        desk.draft(hainan, region=region())
    assert region(given="460000") == "460000"
    with pytest.raises(InputRejected, match="六位数字"):
        region(given="46")
    office = Office(id="hn", name=hainan.office, level=OfficeLevel.PROVINCIAL, region="460000")
    other = Office(id="gd", name="广东省人民政府办公厅", level=OfficeLevel.PROVINCIAL, region="440000")
    offices.add([office, other])
    assert region() == "460000"
    assert region(other) == "440000"
    with pytest.raises(InputRejected, match="440000，不是 460000"):
        region(other, "460000")
    assert desk.draft(hainan, region=region()).region == "460000"
    assert desk.draft(hainan, region="").region == "460000", "kept when it is drafted anew"
    assert desk.draft(figures("national-2017Q1"), "b2").region == "000000"


class TamperingDesk(Desk):
    """One whose record can be changed past the rules."""

    def alter(self, **changes: Any) -> None:
        found = self.stores.bulletins.find("b1")
        assert found is not None
        self.stores.bulletins.replace(revised(found, **changes))


@pytest.fixture
def tampering() -> TamperingDesk:
    return TamperingDesk()


ALTERED = {
    "状态": {"state": BulletinState.DRAFT},
    "级别": {"level": OfficeLevel.COUNTY},
    "发布单位": {"office": "某办公室"},
    "地区": {"region": "460000"},
    "文号": {"number": "国办函〔2017〕2号"},
    "成文日期": {"issued_on": date(2018, 1, 1)},
    "演练标记": {"drill": True},
    "所更正的通报": {"corrects": "b0"},
    "更正说明": {"correction": Correction(title="某通报", number="", reason="误")},
    "措辞": {"wording": msgspec.structs.replace(shipped_wording(), small_sample="样本小")},
    "办理记录": {"steps": ()},
    "文件摘要": {"files": ()},
}


@pytest.mark.parametrize("what", ALTERED)
def test_verification_finds_what_was_changed_behind_our_back(
    tampering: TamperingDesk, figures: Figures, what: str
) -> None:
    published = tampering.issue(figures("national-2017Q1"), number="国办函〔2017〕1号")
    assert tampering.faults() == {"txt": "", "json": ""}
    changes = ALTERED[what]
    if "files" in changes:
        changes = {"files": published.files[1:]}
    tampering.alter(**changes)
    assert tampering.faults()["json"] == f"登记的{what}与发布时不符"


def test_verification_finds_files_and_figures_that_are_not_those_of_the_publication(
    tampering: TamperingDesk, figures: Figures
) -> None:
    published = tampering.issue(figures("national-2017Q1"))
    tampering.alter(figures=msgspec.structs.replace(published.figures, area="某省"), region="370000")
    assert tampering.faults() == {"txt": "", "json": "登记的地区、数据与发布时不符"}
    lost = msgspec.structs.replace(published.files[0], digest="0" * 64)
    tampering.alter(figures=published.figures, region="000000", files=(lost, published.files[1]))
    assert tampering.faults() == {"txt": "文件已丢失", "json": "登记的文件摘要与发布时不符"}
    tampering.alter(files=(), state=BulletinState.DRAFT)
    assert tampering.faults() == {"json": "登记中没有这一文件，无从核对登记的内容"}


def test_a_published_bulletin_reads_from_the_database_as_it_was_fixed(
    tampering: TamperingDesk, figures: Figures
) -> None:
    """Databases keep milliseconds, clocks have microseconds."""
    tampering.clock.at += timedelta(microseconds=123456)
    published = tampering.issue(figures("national-2017Q1"))
    kept = bson.decode(bson.encode(encode(published)), CodecOptions(tz_aware=True))
    tampering.alter(steps=(*published.steps[:-1], decode(kept, Bulletin).steps[-1]))
    assert tampering.faults() == {"txt": "", "json": ""}


def test_issues_of_before_are_verified_by_what_was_kept_of_them(tampering: TamperingDesk, figures: Figures) -> None:
    published = tampering.issue(figures("national-2017Q1"))
    [digest] = tampering.stores.snapshots.put([msgspec.json.encode({"id": "b1", "figures": published.figures})])
    tampering.alter(files=(msgspec.structs.replace(published.files[1], digest=digest),))
    assert tampering.faults() == {"json": ""}
    tampering.alter(figures=msgspec.structs.replace(published.figures, area="某省"))
    assert tampering.faults() == {"json": "登记的数据与发布时不符"}


def test_unusable_names_are_refused(desk: Desk, figures: Figures) -> None:
    national = figures("national-2017Q1")
    with pytest.raises(InputRejected, match="编号"):
        desk.draft(national, "../b1")
    with pytest.raises(InputRejected, match="六角括号"):
        desk.draft(national, number="国办函[2017]1号")
    desk.draft(national)
    with pytest.raises(Conflict, match="尚未发布"):
        desk.faults()
    with pytest.raises(NotFound, match="尚未发布"):
        file_of(desk.review(), "docx")
